"""What is said when something on its way gets somewhere; pure, told from one look at the outbox to the next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from supportdesk import model
from supportdesk.model import State
from supportdesk.ui.words import landed

GRAVE = (State.HELD, State.REJECTED, State.UNCERTAIN)
_WAITING = (State.QUEUED, State.SENDING, State.UNCERTAIN)


class News(NamedTuple):
    """A sentence, whether it wants attention, and whether it cannot wait for any."""

    words: str
    grave: bool
    alert: bool = False


class Watch:
    """Remembers how the outbox looked, so that each turn of it is said once."""

    def __init__(self) -> None:
        self._states: dict[str, State] | None = None
        self._filed: set[str] = set()
        self._sweeps: set[str] = set()

    def look(self, outbox: Sequence[model.Outgoing]) -> list[News]:
        """What happened since the last look; the first one only remembers."""
        before, self._states = self._states, {entry.op: entry.state for entry in outbox}
        swept = [entry for entry in outbox if entry.op in self._sweeps and entry.sweep_at is None]
        self._sweeps = {entry.op for entry in outbox if entry.sweep_at is not None}
        if before is None:
            return []
        turned = [entry for entry in reversed(outbox) if before.get(entry.op) != entry.state]
        news = [self._told(entry, outbox) for entry in turned]
        news += [self._when_done(entry, outbox) for entry in outbox if entry.op in self._filed and entry not in turned]
        news += [News(entry.why, True) for entry in swept if entry not in turned and "twice" in entry.why]
        return [said for said in news if said is not None]

    def _told(self, entry: model.Outgoing, outbox: Sequence[model.Outgoing]) -> News | None:
        if entry.state is State.SENT and isinstance(entry.change, model.Escalate | model.Link):
            self._filed.add(entry.op)
            return self._when_done(entry, outbox)
        if entry.exposed:
            return News(landed(entry), True, alert=True)
        if entry.state is State.SENT and follows(entry, outbox):
            return None
        words = landed(entry)
        return News(words, entry.state in GRAVE) if words else None

    def _when_done(self, entry: model.Outgoing, outbox: Sequence[model.Outgoing]) -> News | None:
        after = [other for other in outbox if _follows(other, entry)]
        if any(other.state in _WAITING for other in after):
            return None
        self._filed.discard(entry.op)
        return News(filed(entry, after), False)


def filed(entry: model.Outgoing, after: Iterable[model.Outgoing]) -> str:
    """`Filed app#845 · noted on acme#4312 · on hold`: what was done, and only what was."""
    if isinstance(entry.change, model.Link):
        words = [f"Linked to {entry.change.issue}"]
    else:
        words = [f"Filed {entry.desk}#{entry.remote}" if entry.remote else "Filed"]
    sent = [other.change for other in after if other.state is State.SENT]
    if any(isinstance(change, model.Note) for change in sent):
        words.append(f"noted on {entry.ref}")
    updates = [change.update if isinstance(change, model.Note) else change for change in sent]
    statuses = [update.status for update in updates if isinstance(update, model.Update) and update.status is not None]
    words += [f"on {status}" if status == "hold" else str(status) for status in statuses[:1]]
    return " · ".join(words)


def follows(entry: model.Outgoing, outbox: Iterable[model.Outgoing]) -> bool:
    """Whether an entry is the note, tag or hold that an issue of the same ticket brought about."""
    return any(_follows(entry, other) for other in outbox if isinstance(other.change, model.Escalate | model.Link))


def _follows(entry: model.Outgoing, issue: model.Outgoing) -> bool:
    if entry.ref != issue.ref or entry.seq <= issue.seq or not isinstance(entry.change, model.Note | model.Update):
        return False
    if isinstance(entry.change, model.Note):
        return issue.op in entry.change.body
    return any(tag.endswith("escalated") for tag in entry.change.add_tags)
