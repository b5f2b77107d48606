"""Finds the answers that tell a customer how to live with a bug: cues, for and against, added up and shown.

A score is the bias plus the weights of the cues and combinations that were found, in log-odds; `Scale` turns it into a
probability at the desk's own base rate. Nothing is flagged without words of the answer's own that speak for it.
"""

from bisect import bisect_left
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product, takewhile
from typing import Self

from supportdesk.insight.language import foreign_language
from supportdesk.insight.pasted import Voices
from supportdesk.insight.patterns import Span
from supportdesk.insight.rules import JUST_ASKED, TWICE, UNLIMITED, Combination, Cue, Hint, Rules, Side
from supportdesk.insight.segment import beginning, issue_links, own_words
from supportdesk.model import Band, Comment, Conversation, Evidence, Finding, Grade, Kind, Role
from supportdesk.text import LONGEST

SUBJECT = ""  # stands where a comment's id is asked for and the words are the subject's
BEGINNING = 100  # characters of a question that tell its topic
HEARD = 2_000  # characters of a customer's own words that are looked at: the trouble stands at the beginning
READ = 8_000  # characters of an answer's own words that are looked at; quotes, code and logs do not count
CONSIDERED = 0.5  # of the probability that a weak flag has: below it no desk's verdicts lift an answer soon
MOST_CONSIDERED = 3  # unflagged answers of one conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One entry of a conversation as the rules need it."""

    id: str
    role: Role
    body: str


@dataclass(frozen=True, slots=True)
class Match:
    """A cue, and the words in which it was found."""

    cue: Cue
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What the rules make of one answer; `skipped` names the language of one that was not read.

    `unread` is how many characters of its own, after the first `READ`, were not looked at.
    """

    comment_id: str
    logit: float
    p: float
    band: Band
    grade: Grade | None = None
    evidence: tuple[Evidence, ...] = ()
    hints: tuple[Finding, ...] = ()
    skipped: str = ""
    unread: int = 0

    @property
    def convincing(self) -> bool:
        """Whether the answer's own words speak for a workaround."""
        return any(one.weight > 0 and one.comment_id == self.comment_id for one in self.evidence)


def assess(rules: Rules, conversation: Conversation) -> tuple[Finding, ...]:
    """Return what the rules find in a conversation, strongest first; public and internal answers alike."""
    said = [Said(id=one.id, role=one.author.role, body=one.body) for one in conversation.comments]
    return findings(rules, score_all(rules, conversation.ticket.subject, said))


def considering(rules: Rules, subject: str, comments: Iterable[Comment]) -> Generator[None, None, tuple[Finding, ...]]:
    """Return what `assess` does and, after it, the few answers that come close to a flag, strongest first.

    Those are flags only where a desk's own verdicts or phrases lift them over the weakest band's threshold. It stops
    after each entry: ten megabytes take seconds. None is kept: they may come one by one.
    """
    said = (Said(id=one.id, role=one.author.role, body=one.body) for one in comments)
    scores = yield from scoring(rules, subject, said)
    least = CONSIDERED * rules.scale.weak
    close = [_finding(one) for one in scores if least <= one.p < rules.scale.weak and one.convincing]
    return (*findings(rules, scores), *sorted(close, key=lambda one: -one.p)[:MOST_CONSIDERED])


def findings(rules: Rules, scores: Sequence[Scored]) -> tuple[Finding, ...]:
    """Return the workarounds among scored answers, strongest first, then at most one hint of each other kind."""
    flagged = [_finding(one) for one in scores if one.p >= rules.scale.weak and one.convincing]
    sure = {one.comment_id for one in flagged if one.band is not Band.WEAK}
    hints = {hint.kind: hint for one in reversed(scores) if one.comment_id not in sure for hint in one.hints}
    return (*sorted(flagged, key=lambda one: -one.p), *hints.values())


def score_all(rules: Rules, subject: str, said: Iterable[Said]) -> tuple[Scored, ...]:
    """Score every answer by the support side, in order, by the whole conversation.

    Beside the answer's own words count the subject, the question, what the customer said just before and what just
    after, and whether we speak of a bug elsewhere.
    """
    steps = scoring(rules, subject, said)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return tuple(done.value)


def scoring(rules: Rules, subject: str, said: Iterable[Said]) -> Generator[None, None, tuple[Scored, ...]]:
    """Score as `score_all` does, and stop after each entry, of which only what was found in it is kept."""
    heard: dict[int, tuple[Match, ...]] = {}
    read: dict[int, _Read] = {}
    voices = Voices()
    for at, one in enumerate(said):
        words, pasted = voices.own(one.role, own_words(one.body[:LONGEST]))
        if one.role is Role.CUSTOMER:
            heard[at] = _listen(rules, one, words)
        elif one.role is Role.AGENT:
            read[at] = _Read.of(rules, one, words, pasted)
        yield
    about = _listen(rules, Said(id=SUBJECT, role=Role.CUSTOMER, body=subject), own_words(subject[:LONGEST]))
    question = next(iter(heard.values()), ())
    topic = [one for one in (*about, *question) if one.cue.side is Side.TOPIC and one.evidence.start < BEGINNING]
    opening = (*topic, *_of(Side.QUESTION, question))
    echoes = _echoes(rules, read)
    latest: tuple[Match, ...] = ()
    situation: frozenset[str] = frozenset()
    scores: list[Scored] = []
    for at in sorted((*heard, *read)):
        if at in heard:
            latest, situation = _of(Side.QUESTION, heard[at]), frozenset((JUST_ASKED,))
        else:
            context = (*opening, *latest, *_of(Side.QUESTION, about), *_after(heard, read, at), *_ours(echoes, at))
            scores.append(_score(rules, read[at], context, situation))
            situation = frozenset()
            yield
    return tuple(scores)


def listen(rules: Rules, comment: Said) -> tuple[Match, ...]:
    """Return the question cues in a customer's own words."""
    return _of(Side.QUESTION, _listen(rules, comment, own_words(comment.body[:LONGEST])))


def _listen(rules: Rules, comment: Said, words: str) -> tuple[Match, ...]:
    found = rules.customers.find(words[: beginning(words, HEARD)])
    return tuple(_match(cue, comment, span) for cue, span in found)


def _of(side: Side, matches: Iterable[Match]) -> tuple[Match, ...]:
    return tuple(match for match in matches if match.cue.side is side)


def _after(heard: dict[int, tuple[Match, ...]], read: Mapping[int, "_Read"], at: int) -> tuple[Match, ...]:
    """What the customer said after an answer and before our next one."""
    last = next(reversed(heard), at)
    following = takewhile(lambda later: later not in read, range(at + 1, last + 1))
    return tuple(match for later in following if later in heard for match in _of(Side.AFTER, heard[later]))


Echo = tuple[Cue, list[int], list[Match]]


def _echoes(rules: Rules, read: Mapping[int, "_Read"]) -> list[Echo]:
    """The cues of the side `ours`, each with the answers in which it echoes and what stands there."""
    found: list[Echo] = []
    for cue in rules.books[Side.OURS].cues:
        first = {at: next((one for one in read[at].matches if one.cue.group == cue.of), None) for at in read}
        spoken = {at: match for at, match in first.items() if match}
        found.append((cue, list(spoken), list(spoken.values())))
    return found


def _ours(echoes: Iterable[Echo], at: int) -> tuple[Match, ...]:
    """What another answer of ours says: the nearest before, else the next."""
    found: list[Match] = []
    for cue, places, matches in echoes:
        here = bisect_left(places, at)
        after = here + (here < len(places) and places[here] == at)
        near = matches[max(0, here - 1) : here] or matches[after : after + 1]
        found += [_renamed(cue, match) for match in near]
    return tuple(found)


def _renamed(cue: Cue, match: Match) -> Match:
    return Match(cue, replace(match.evidence, cue=cue.name, weight=cue.weight, says=cue.says))


def score(rules: Rules, answer: Said, *, asked: Iterable[Match] = ()) -> Scored:
    """Score one answer on its own; `asked` is what `listen` heard, the first match of a cue counting."""
    read = _Read.of(rules, answer, own_words(answer.body[:LONGEST]))
    return _score(rules, read, asked, frozenset())


def _score(rules: Rules, read: "_Read", context: Iterable[Match], situation: frozenset[str]) -> Scored:
    if read.language:
        p = rules.scale.base_rate
        return Scored(comment_id=read.comment_id, logit=rules.scale.bias, p=p, band=Band.WEAK, skipped=read.language)
    first = {match.cue.name: match for match in reversed(tuple(context))}
    scored = _weigh(rules, read, (*read.matches, *first.values()), situation)
    return replace(scored, unread=read.unread) if read.unread else scored


@dataclass(frozen=True, slots=True)
class _Read:
    """What was found in an answer's own words, as far as they are looked at; `language` is one that was not read.

    `length` counts the characters that are not hidden, `unread` how many of its own are beyond. The `words` themselves
    are kept only where a cue stands in them: no other answer is a flag, and of ten megabytes that is most.
    """

    comment_id: str
    words: str
    length: int
    language: str
    matches: tuple[Match, ...]
    unread: int

    @classmethod
    def of(cls, rules: Rules, answer: Said, words: str, pasted: Sequence[Span] = ()) -> Self:
        end = beginning(words, READ)
        beyond = words[end:]
        words, unread = words[:end], len(beyond) - beyond.count("\n") + max(0, len(answer.body) - LONGEST)
        if language := foreign_language(words):
            return cls(answer.id, "", 0, language, (), unread)
        found = rules.answers.find(words) if len(words.split(None, 1)) > 1 else []  # one word says too little
        matches = [_match(cue, answer, span) for cue, span in found]
        links = [span for span in issue_links(answer.body[:end]) if not any(_within(span, one) for one in pasted)][:1]
        matches += [_match(cue, answer, span) for cue in rules.books[Side.LINK].cues for span in links]
        length = len(words) - words.count("\n")
        return cls(answer.id, words if matches else "", length, "", tuple(matches), unread)


def _within(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _weigh(rules: Rules, read: _Read, matches: tuple[Match, ...], situation: frozenset[str]) -> Scored:
    groups = [match.cue.group for match in matches]
    seen = {match.cue.name for match in matches}.union(groups, situation)
    seen |= {f"{group}{TWICE}" for group in set(groups) if groups.count(group) > 1}
    evidence = [match.evidence for match in matches if match.cue.weight]
    held = [one for one in rules.combinations if one.holds(seen, read.length)]
    evidence += [_together(one, matches) for one in held if _near(one, matches, read.comment_id)]
    logit = rules.scale.bias + sum(one.weight for one in evidence)
    p, least = rules.scale.probability(logit), CONSIDERED * rules.scale.weak
    scored = Scored(
        comment_id=read.comment_id,
        logit=logit,
        p=p,
        band=rules.scale.band(p),
        grade=grade_of(rules, read.words, read.length) if read.words and p >= least else None,
        evidence=tuple(sorted(evidence, key=lambda one: -abs(one.weight))),
        hints=tuple(_hint(one, matches) for one in rules.hints if one.when.holds(seen, read.length)),
    )
    return scored if scored.convincing else replace(scored, band=Band.WEAK)


def _match(cue: Cue, comment: Said, span: tuple[int, int]) -> Match:
    start, end = _trimmed(comment.body, span)
    return Match(
        cue,
        Evidence(
            comment_id=comment.id,
            cue=cue.name,
            text=comment.body[start:end],
            start=start,
            end=end,
            weight=cue.weight,
            says=cue.says,
        ),
    )


def _trimmed(body: str, span: Span) -> Span:
    """Evidence begins and ends with words, whatever punctuation the expression needed around them."""
    start, end = span
    while start < end - 1 and not body[start].isalnum():
        start += 1
    while end > start + 1 and body[end - 1].isspace():
        end -= 1
    return start, end


def _near(combination: Combination, matches: Sequence[Match], comment_id: str) -> bool:
    if combination.within == UNLIMITED:
        return True
    here = [one for one in matches if one.evidence.comment_id == comment_id]
    starts = [
        [one.evidence.start for one in here if part in (one.cue.group, one.cue.name)] for part in combination.every
    ]
    return any(max(places) - min(places) <= combination.within for places in product(*starts))


def _together(combination: Combination, matches: Iterable[Match]) -> Evidence:
    """The combination as evidence: it stands where the last of its parts was found."""
    part = combination.every[-1]
    match = next(one for one in matches if part in (one.cue.group, one.cue.name))
    return replace(match.evidence, cue=combination.name, weight=combination.weight, says=combination.says)


def _hint(hint: Hint, matches: Iterable[Match]) -> Finding:
    part = _together(hint.when, matches)
    return Finding(kind=hint.kind, p=hint.p, band=Band.WEAK, comment_id=part.comment_id, evidence=(part,))


def _finding(scored: Scored) -> Finding:
    return Finding(
        kind=Kind.WORKAROUND,
        p=scored.p,
        band=scored.band,
        comment_id=scored.comment_id,
        grade=scored.grade,
        evidence=scored.evidence,
    )


def grade_of(rules: Rules, words: str, length: int) -> Grade:
    """Return how painful a workaround is, by its own words, of which `length` characters are not hidden."""
    found = (grade for grade, patterns in rules.grades if any(pattern.occurs(words) for pattern in patterns))
    return next(found, Grade.MANY_STEPS if rules.steps.many(words, length) else Grade.ONE_STEP)
