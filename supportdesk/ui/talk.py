"""A conversation as lines: who said what to whom, what the rules make of it, and what is still on its way; pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from rich.cells import cell_len

from supportdesk.desk import COLLEAGUE, Reading
from supportdesk.model import (
    Band,
    Comment,
    Decision,
    Evidence,
    Finding,
    Kind,
    Note,
    Outgoing,
    Person,
    Reply,
    State,
    Ticket,
    Verdict,
)
from supportdesk.ui import glyphs
from supportdesk.ui.cells import Line, Mark, Piece, fit, line, paragraphs
from supportdesk.ui.portions import left_out, portions
from supportdesk.ui.rows import outgoing_text
from supportdesk.ui.words import address, ago, change_words, counted, moment, side, state_words, verdict_sentence

MEASURE = 100
_FLAGGED = (Kind.WORKAROUND, Kind.KNOWN_BUG)


@dataclass(slots=True)
class Talk:
    """The lines of a conversation and the rows of its flagged answers."""

    lines: list[Line] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)
    newest: int = 0


def talk(reading: Reading, width: int, now: datetime, *, everything: bool = False, trouble: str = "") -> Talk:
    """Everything a conversation screen draws, oldest entry first."""
    width = min(width, MEASURE)
    done = Talk()
    done.lines += header(reading, width)
    if not reading.loaded:
        done.lines += _not_there(trouble, width)
    first = _first_findings(reading)
    flagged = [found.comment_id for found in reading.findings if _counts(found)]
    shares = portions(reading.comments, width, flagged=flagged, everything=everything)
    gaps = dict(left_out(shares))
    for at, (comment, most) in enumerate(zip(reading.comments, shares, strict=True)):
        if at in gaps:
            done.lines += [*_gap(reading.comments[at : gaps[at]], width, now, everything=everything), Line()]
        if not most:
            continue
        found = first.get(comment.id)
        done.newest = len(done.lines)
        if found is not None and _counts(found):
            done.flags.append(len(done.lines))
        done.lines += entry(comment, found, width, now, most=most, everything=everything)
        if found is not None:
            done.lines += reasons(found, reading, width, now)
        elif (said := reading.verdicts.get(comment.id)) is not None:
            done.lines += decided(said, reading, comment.id, width, now)
        done.lines.append(Line())
    for outgoing in reading.outgoing:
        done.newest = len(done.lines)
        done.lines += [*on_its_way(outgoing, width, now), Line()]
    return done


def title(ticket: Ticket, width: int) -> Line:
    """Which ticket it is; it stands above the conversation however far that is scrolled."""
    subject = fit(ticket.subject or "(no subject)", width - cell_len(str(ticket.ref)) - 4)
    return line(" ", (str(ticket.ref), "accent"), "  ", (subject, "strong"))


def header(reading: Reading, width: int) -> Iterator[Line]:
    """The ticket in a few lines: whose it is, and what waits."""
    ticket = reading.ticket
    yield from paragraphs(_facts(ticket), width - 1, style="dim", indent=" ")
    yield from paragraphs(_people(ticket, short=width < 60), width - 1, style="dim", indent=" ")
    if ticket.tags:
        yield from paragraphs("tags  " + "  ".join(ticket.tags), width - 1, style="dim", indent=" ")
    if reading.escalation is not None:
        made = reading.escalation
        words = f"{glyphs.ISSUE} filed as {made.issue}  {made.title}".rstrip()
        yield line((" ", ""), (fit(words, width - 2), "good"))
    yield from _flag_up_here(reading, width)
    yield from _drafts(reading, width)
    yield line((" ", ""), (glyphs.RULE * max(0, width - 2), "rule"))


def _facts(ticket: Ticket) -> str:
    assignee = f"assigned to {ticket.assignee.name}" if ticket.assignee else "nobody has it"
    priority = f"{ticket.priority} priority" if ticket.priority else "no priority"
    parts = [ticket.status.value, priority, assignee]
    parts += [f"{name} {value}" for name, value in ticket.fields]
    return f" {glyphs.DOT} ".join(parts)


def _people(ticket: Ticket, *, short: bool) -> str:
    asked = ticket.requester
    written = _name if short else address
    parts = [f"from {written(asked)}"]
    if asked.organization is not None:
        parts.append(asked.organization.name)
    if ticket.cc:
        parts.append("cc " + ", ".join(written(person) for person in ticket.cc))
    return f" {glyphs.DOT} ".join(parts)


def _name(person: Person) -> str:
    return person.name


def _flag_up_here(reading: Reading, width: int) -> Iterator[Line]:
    """The strongest finding in the header, since the answer itself may be far below."""
    found = reading.finding
    if found is None or not _counts(found) or found.comment_id in reading.verdicts or found.band is Band.WEAK:
        return
    words = f"{glyphs.FLAG} {verdict_sentence(found.kind, found.band)}"
    if reading.family.tickets > 1:
        often = f"{counted(reading.family.tickets, 'ticket')}, {counted(reading.family.customers, 'customer')}"
        words = f"{words} {glyphs.DOT} {often}"
    yield from paragraphs(words, width - 2, style="flag", indent=" ")


def _drafts(reading: Reading, width: int) -> Iterator[Line]:
    waiting = [("reply", "r", reading.reply_draft), ("internal note", "i", reading.note_draft)]
    for name, key, words in waiting:
        if words:
            text = f"{glyphs.DRAFT} draft {name}, {key} goes on with it: {' '.join(words.split())}"
            yield line((" ", ""), (fit(text, width - 2), "accent"))


def _not_there(trouble: str, width: int) -> Iterator[Line]:
    yield Line()
    words = trouble or "Fetching the conversation…"
    yield from paragraphs(words, width - 1, style="danger" if trouble else "dim", indent=" ")
    yield Line()


def _first_findings(reading: Reading) -> dict[str, Finding]:
    """What is said of each answer: its first finding, a flag before a hint."""
    first: dict[str, Finding] = {}
    for finding in sorted(reading.findings, key=_counts, reverse=True):
        first.setdefault(finding.comment_id, finding)
    return first


def _gap(those: Sequence[Comment], width: int, now: datetime, *, everything: bool) -> Iterator[Line]:
    """Where entries are left out: how many, of which time, and where they can be read."""
    when = f"{moment(those[0].created_at, now)} – {moment(those[-1].created_at, now)}"
    words = f"{counted(len(those), 'more entry')}, {when}: {_more(everything)}"
    yield from _hanging(glyphs.DOWN, words, width - 2, "accent")


def _more(everything: bool) -> str:
    return "too much for a screen, o opens the ticket where it lives" if everything else "v shows more"


def _counts(finding: Finding) -> bool:
    return finding.kind in _FLAGGED


def entry(
    comment: Comment, finding: Finding | None, width: int, now: datetime, *, most: int, everything: bool
) -> Iterator[Line]:
    """One entry: who, to whom and when, then the words in so many lines, with the evidence underlined."""
    fill = "" if comment.public else "internal"
    yield _entry_head(comment, width, now, fill)
    evidence = finding.evidence if finding is not None else ()
    marks = [Mark(e.start, e.end, "evidence") for e in evidence if e.comment_id == comment.id and e.weight > 0]
    body = paragraphs(comment.body, width - 2, marks=marks, indent="  ", fill=fill)
    drawn = list(islice(body, most))
    yield from drawn
    if next(body, None) is not None:
        rest = max(1, (len(comment.body) - sum(len(each.text) for each in drawn)) // 1024)
        yield line((fit(f"  {glyphs.DOWN} about {rest:,} kB more: {_more(everything)}", width), "accent"), fill=fill)
    for attached in comment.attachments:
        size = f"{attached.size // 1024:,} kB" if attached.size >= 1024 else f"{attached.size} bytes"
        yield line((fit(f"  + {attached.name}  {size}", width), "dim"), fill=fill)


def _entry_head(comment: Comment, width: int, now: datetime, fill: str) -> Line:
    when = moment(comment.created_at, now)
    if width >= 60:
        when = f"{when} {glyphs.DOT} {ago(comment.created_at, now)}"
    to = Piece("public", "dim") if comment.public else Piece("INTERNAL", "strong")
    where = f" {glyphs.DOT} {side(comment.author.role)} {glyphs.DOT} "
    room = max(6, width - cell_len(when) - cell_len(where) - len(to.text) - 4)
    left = [Piece(" "), Piece(fit(comment.author.name, room), "strong"), Piece(where, "dim"), to]
    gap = width - sum(cell_len(piece.text) for piece in left) - cell_len(when) - 1
    return Line((*left, Piece(" " * max(1, gap)), Piece(when, "dim")), fill)


def reasons(finding: Finding, reading: Reading, width: int, now: datetime) -> Iterator[Line]:
    """Under a flagged answer: what the rules think, why, why not, and how often it was given."""
    verdict = reading.verdicts.get(finding.comment_id)
    if verdict is not None:
        yield from decided(verdict, reading, finding.comment_id, width, now)
        if verdict.decision is Decision.DISMISSED:
            return
    sentence = verdict_sentence(finding.kind, finding.band)
    grade = f" ({finding.grade})" if finding.grade else ""
    style = "flag" if _counts(finding) else "dim"
    if verdict is None:
        yield from _hanging(glyphs.FLAG, f"{sentence}{grade}", width - 2, f"{style} strong")
    asked = (_asked(finding, reading),) if verdict is None and _counts(finding) else ()
    for words in (*_trust(reading, finding), *_why(finding), *_how_often(reading, finding), *asked):
        yield from paragraphs(
            words, width - 6, style="dim", indent="    ", marks=[Mark(0, words.find(":") + 1, "flag")]
        )


def _asked(finding: Finding, reading: Reading) -> str:
    if finding is reading.question:
        return "verdict: C confirms, W dismisses"
    return "verdict: C and W speak of it once the stronger flag has its own"


def _trust(reading: Reading, finding: Finding) -> Iterator[str]:
    if finding is reading.finding and reading.confidence:
        yield f"trust: {reading.confidence}"
        yield from (f"faded: {words}" for words in reading.reminders)


def _why(finding: Finding) -> Iterator[str]:
    """For and against, the strongest first: one reason for the same words on a side, and the words quoted once."""
    strongest = sorted(finding.evidence, key=lambda e: -abs(e.weight))
    pro = _distinct(e for e in strongest if e.weight > 0)[:4]
    con = _distinct(e for e in strongest if e.weight < 0)[:3]
    quoted = {_words(e) for e in pro}
    if pro:
        yield "for: " + ", ".join(_says(e, _words(e)) for e in pro)
    if con:
        yield "against: " + ", ".join(_says(e, "" if _words(e) in quoted else _words(e)) for e in con)


def _distinct(those: Iterable[Evidence]) -> list[Evidence]:
    first: dict[str, Evidence] = {}
    for one in those:
        first.setdefault(_words(one) or one.says, one)
    return list(first.values())


def _words(evidence: Evidence) -> str:
    return " ".join(evidence.text.split())


def _says(evidence: Evidence, words: str) -> str:
    return " ".join(part for part in (evidence.says or evidence.cue, words and f"“{words}”") if part)


def _how_often(reading: Reading, finding: Finding) -> Iterator[str]:
    family = reading.family
    first = reading.finding
    if family.tickets > 1 and first is not None and first.comment_id == finding.comment_id:
        tickets, customers = counted(family.tickets, "ticket"), counted(family.customers, "customer")
        yield f"the same answer was given in {tickets} of {customers}"
    if (repeat := reading.repeats.get(finding.comment_id)) is not None and finding.comment_id not in reading.verdicts:
        given = f"{repeat.answers:,} answers to {counted(repeat.customers, 'customer')}"
        yield (
            f"boilerplate: it says nothing by itself and stands in {given}; a verdict is for this ticket alone"
            if repeat.boilerplate
            else f"repeated: nearly word for word in {given}; one verdict serves them all"
        )


def decided(verdict: Verdict, reading: Reading, comment_id: str, width: int, now: datetime) -> Iterator[Line]:
    """What was said of an answer, by whom, and by what right where it was said of another."""
    glyph, words = _decided(verdict, now)
    repeat = reading.repeats.get(comment_id)
    if verdict.sampled:
        words += " (it had no flag, and was drawn at random)"
    elif (verdict.ref, verdict.comment_id) != (reading.ticket.ref, comment_id):
        size = f" by group of {repeat.answers:,}" if repeat else " by its group"
        words += f" ({size.strip()}: said on {verdict.ref})"
    elif repeat is not None and not repeat.boilerplate:
        words += f" (serves its group of {repeat.answers:,})"
    yield from _hanging(glyph, words, width - 2, _decided_style(verdict))


def _hanging(glyph: str, words: str, width: int, style: str) -> Iterator[Line]:
    """A glyph and its words, wrapped under the first of them."""
    head = Piece(f"  {glyph} ", style)
    for at, each in enumerate(paragraphs(words, width, style=style, indent="    ")):
        yield each if at else Line((head, *each.pieces[1:]))


def _decided(verdict: Verdict, now: datetime) -> tuple[str, str]:
    who = f"{verdict.agent}, {ago(verdict.at, now)}" if verdict.agent != COLLEAGUE else f"{COLLEAGUE}, by a tag"
    why = f": {verdict.why}" if verdict.why else ""
    if verdict.decision is Decision.CONFIRMED:
        return glyphs.FLAG, f"a workaround, confirmed by {who}{why}"
    return glyphs.DONE, f"not a workaround, says {who}{why}"


def _decided_style(verdict: Verdict) -> str:
    return "good" if verdict.decision is Decision.CONFIRMED else "dim"


def on_its_way(outgoing: Outgoing, width: int, now: datetime) -> Iterator[Line]:
    """Something of ours that the service has not confirmed, drawn as such."""
    style = {State.HELD: "flag", State.UNCERTAIN: "flag", State.REJECTED: "danger"}.get(outgoing.state, "accent")
    what = change_words(outgoing.change)
    what = what.replace("public", "PUBLIC").replace("internal", "INTERNAL")
    sign = glyphs.STATES[outgoing.state]
    words = f" {sign} {state_words(outgoing.state)} {glyphs.DOT} {what} {glyphs.DOT} {ago(outgoing.created_at, now)}"
    yield line((fit(words, width), f"{style} strong"), fill="queued")
    if isinstance(outgoing.change, Reply | Note):
        yield from paragraphs(outgoing.change.body, width - 2, style="dim", indent="  ", fill="queued")
    elif text := outgoing_text(outgoing):
        yield line((fit(f"  {text}", width), "dim"), fill="queued")
    if outgoing.why:
        yield from paragraphs(outgoing.why, width - 2, style=style, indent="  ", fill="queued")
    if outgoing.state in (State.HELD, State.REJECTED):
        yield line(("  O opens the outbox: e edit, R try again, x drop", "dim"), fill="queued")
