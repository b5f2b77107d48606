"""Picking the team's own words out of an answer: its sentences one by one in a line, of which a part is chosen."""

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.widgets import Input

from supportdesk.desk import Reading
from supportdesk.insight.segment import own_words
from supportdesk.model import Comment, Role
from supportdesk.ui.ask import AskText
from supportdesk.ui.keys import text_key

LONGEST_LINE = 300
MOST_SENTENCES = 200
_SENTENCE = re.compile(r"[^.!?\n]{1,2000}[.!?]{0,3}")
_HOW = "shift+← → chooses the few words that tell, or leave only them; ↑ ↓ goes to another sentence of the answer."


class PickPhrase(AskText):
    """A sentence of an answer in a text line; enter takes the chosen part of it, or all of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        text_key("down", "sentence(1)", "next sentence", "The next sentence of the answer", id="phrase.down"),
        text_key("up", "sentence(-1)", "previous sentence", "The sentence before", id="phrase.up"),
    ]

    def __init__(self, sentences: Sequence[str], first: int) -> None:
        super().__init__("A phrase that speaks for a workaround here", _HOW, value=sentences[first])
        self.sentences, self.place = sentences, first

    def action_sentence(self, way: int) -> None:
        """Another sentence."""
        self.place = max(0, min(len(self.sentences) - 1, self.place + way))
        field = self.query_one(Input)
        field.value = self.sentences[self.place]
        field.cursor_position = 0

    def on_mount(self) -> None:
        """The cursor stands where choosing begins."""
        self.query_one(Input).cursor_position = 0

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """What is chosen, else the line as it stands."""
        self.dismiss((event.input.selected_text or event.value).strip())


def sentences_of(reading: Reading) -> tuple[list[str], int]:
    """The sentences of the flagged answer, or of our newest, and which of them the flag rests on most."""
    ours = [one for one in reading.comments if one.author.role is Role.AGENT]
    evidence = reading.finding.evidence if reading.finding is not None else ()
    flagged = reading.finding.comment_id if reading.finding is not None else ""
    answers = [one for one in ours if one.id == flagged] or ours[-1:]
    told, starts = _sentences(answers)
    strongest = max((one for one in evidence if one.comment_id == flagged), key=lambda one: one.weight, default=None)
    before = [at for at, start in enumerate(starts) if strongest is not None and start <= strongest.start]
    return told, before[-1] if before else 0


def _sentences(answers: Iterable[Comment]) -> tuple[list[str], list[int]]:
    """Sentences of the answers' own words, and where each begins: what is quoted is nobody's phrase here."""
    told: list[str] = []
    starts: list[int] = []
    for answer in answers:
        own = own_words(answer.body)
        for found in _SENTENCE.finditer(answer.body):
            words = " ".join(answer.body[found.start() : found.end()].split())
            if words and own[found.start() : found.end()].strip():
                told.append(words[:LONGEST_LINE])
                starts.append(found.start())
    return told[:MOST_SENTENCES], starts[:MOST_SENTENCES]
