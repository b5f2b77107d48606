"""What is on its way: the states of an `Outgoing`, and what may be sent next; pure, the clock is an argument.

    queued ──begin──▶ sending ──delivered──▶ sent · held · rejected · queued (certainly not executed)
                                     └─────▶ uncertain ──looked──▶ sent · uncertain (settling) · queued · held
    A send that was cut short by the end of the process is `recovered` as uncertain: it is looked for, never repeated.

Providers speak of outcomes one floor up; the desk translates an outcome into an `Attempt`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from supportdesk import model
from supportdesk.model import State

SWEEP_AFTER = timedelta(minutes=15)  # a request that was given up may still land: one more look
PATIENCE = 3  # unknown outcomes in a row before a person is asked
FIRST_LOOK_S = 2.0
LOOK_EVERY_S = 30.0
BACKOFF_S = (5.0, 15.0, 60.0, 180.0, 600.0)
LONGEST_WAIT_S = 3600.0  # nothing is ever told to wait longer: beyond it the clock was set back
UNSTEADY = timedelta(seconds=2)  # what our clock may be corrected by without having been set
LIVE = (State.QUEUED, State.SENDING, State.UNCERTAIN, State.HELD)
OPEN = (*LIVE, State.REJECTED)
WAITING = (State.QUEUED, State.UNCERTAIN)
STOPPED = (State.HELD, State.REJECTED)
ENDED = (State.SENT, State.DROPPED, *STOPPED)
MAY_ARRIVE = "An attempt that was not answered may still arrive: it is looked for once more in a quarter of an hour."
_WORDS_REFUSED = "The words that it goes with were refused."
NOT_THERE = "It was looked for once more, and is not there."
NEVER_TOLD = "cannot be told by looking"


class Effect(StrEnum):
    """What an attempt came to."""

    LANDED = "landed"
    NOT_SENT = "not sent"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"
    REJECTED = "rejected"


REFUSED = (Effect.CONFLICT, Effect.REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The result of one attempt: `wait_s` is the service's own word on when to come back."""

    effect: Effect
    why: str = ""
    remote: str = ""
    wait_s: float | None = None
    exposed: bool = False


def begin(entry: model.Outgoing, now: datetime, there: datetime | None = None) -> model.Outgoing:
    """Mark an entry as being sent; this is on disk before the request leaves. `there` is the service's own time."""
    there = entry.asked_there if entry.unknowns else there
    return replace(entry, state=State.SENDING, attempts=entry.attempts + 1, asked_at=now, asked_there=there, why="")


def delivered(entry: model.Outgoing, attempt: Attempt, now: datetime) -> model.Outgoing:
    """Move an entry on after an attempt."""
    if attempt.effect is Effect.LANDED:
        return _sent(replace(entry, exposed=attempt.exposed), attempt.remote, attempt.why)
    if attempt.effect in REFUSED:
        state = State.HELD if attempt.effect is Effect.CONFLICT else State.REJECTED
        return _watched(replace(entry, state=state, why=attempt.why, not_before=None, sweep_at=None), now)
    if attempt.effect is Effect.NOT_SENT:
        own = attempt.wait_s is None
        wait_s = _backoff(entry.attempts) if attempt.wait_s is None else attempt.wait_s
        return replace(
            entry, state=State.QUEUED, why=attempt.why, not_before=now + timedelta(seconds=wait_s), own_backoff=own
        )
    wait_s = max(FIRST_LOOK_S, attempt.wait_s or 0.0)
    return replace(
        entry,
        state=State.UNCERTAIN,
        unknowns=entry.unknowns + 1,
        why=attempt.why,
        not_before=now + timedelta(seconds=wait_s),
        own_backoff=attempt.wait_s is None,
    )


def looked(
    entry: model.Outgoing, remote: str | None, now: datetime, settle_s: float, last_look_s: float | None = None
) -> model.Outgoing:
    """Move an uncertain entry on after a look: `remote` is the effect that was found, None when there is none yet.

    It is looked for during `settle_s` before it is sent again, and during `last_look_s` before a person is asked.
    """
    if remote is not None:
        return _sent(entry, remote, "It had arrived after all.")
    if entry.asked_at is not None and entry.asked_at > now:  # the clock was set back while the machine was off
        entry = replace(entry, asked_at=now)
    if entry.unknowns >= PATIENCE:
        settle_s = max(settle_s, last_look_s or 0.0)
    settled_at = (entry.asked_at or now) + timedelta(seconds=settle_s)
    if now < settled_at:
        next_look = min(settled_at, now + timedelta(seconds=LOOK_EVERY_S))
        return replace(entry, not_before=next_look, own_backoff=False)
    if entry.unknowns >= PATIENCE:
        why = f"{entry.unknowns} attempts ended without an answer, and it cannot be found there. Retry or drop it."
        return _watched(held(entry, why), now)
    return replace(entry, state=State.QUEUED, not_before=None, why="It had not arrived; it is sent again.")


def unseen(entry: model.Outgoing, wait_s: float | None, now: datetime) -> model.Outgoing:
    """Look for an uncertain entry again later, after a look that failed; `wait_s` is the service's own word."""
    not_before = now + timedelta(seconds=LOOK_EVERY_S if wait_s is None else wait_s)
    return replace(entry, not_before=not_before, own_backoff=wait_s is None)


def _sent(entry: model.Outgoing, remote: str, why: str) -> model.Outgoing:
    twins = entry.attempts > 1 and entry.unknowns  # one of the attempts that were given up may land as well
    sweep_at = (entry.asked_at or entry.created_at) + SWEEP_AFTER if twins else None
    return replace(entry, state=State.SENT, remote=remote, why=why, not_before=None, sweep_at=sweep_at)


def _watched(entry: model.Outgoing, now: datetime) -> model.Outgoing:
    """What ends without having landed, as far as anybody knows: an attempt that was given up may land after that."""
    if not entry.unknowns:
        return entry
    return replace(entry, sweep_at=now + SWEEP_AFTER, why=f"{entry.why} {MAY_ARRIVE}")


def sweeps(entries: Iterable[model.Outgoing], now: datetime) -> list[model.Outgoing]:
    """What is looked for once more now, oldest first: it was sent again, or given up, after an unknown outcome."""
    return [entry for entry in entries if entry.state in ENDED and entry.sweep_at and entry.sweep_at <= now]


def swept(entry: model.Outgoing, why: str = "") -> model.Outgoing:
    """End the search for what may have landed late, with what it found if it found anything."""
    return replace(entry, sweep_at=None, why=why or entry.why.replace(MAY_ARRIVE, NOT_THERE))


def unswept(entry: model.Outgoing, now: datetime) -> model.Outgoing:
    """Put the search for what may have landed late off, after a look that failed."""
    return replace(entry, sweep_at=now + SWEEP_AFTER)


def recovered(entry: model.Outgoing) -> model.Outgoing:
    """Read an entry that the last process left while sending: its outcome is unknown."""
    if entry.state is not State.SENDING:
        return entry
    why = "supportdesk ended while this was being sent; it is looked for first."
    return replace(entry, state=State.UNCERTAIN, unknowns=entry.unknowns + 1, why=why, not_before=None)


def held(entry: model.Outgoing, why: str) -> model.Outgoing:
    """Stop an entry until a person decides."""
    return replace(entry, state=State.HELD, why=why, not_before=None, sweep_at=None)


def dropped(entry: model.Outgoing) -> model.Outgoing:
    """Take an entry back; ValueError while it is being sent or when it is gone already.

    What may have arrived is looked for once more: an engineer who gave it up is told when it did.
    """
    if entry.state in (State.SENDING, State.SENT, State.DROPPED):
        raise ValueError(f"it is {entry.state} already")
    asked_at = entry.asked_at or entry.created_at
    late = asked_at + SWEEP_AFTER if entry.unknowns and entry.state in WAITING else entry.sweep_at
    return replace(entry, state=State.DROPPED, not_before=None, sweep_at=late)


def taken_back(entry: model.Outgoing, now: datetime) -> model.Outgoing:
    """Take an entry back within its undo window; ValueError when it has left since, or is about to."""
    if not undoable(entry, now):
        raise ValueError("its time is over" if entry.state is State.QUEUED else f"it is {entry.state} already")
    return dropped(entry)


def along(moved: model.Outgoing, entries: Callable[[], Iterable[model.Outgoing]]) -> list[model.Outgoing]:
    """An entry that has moved, and what must move with it.

    Where a service takes words and the fields that go with them in two requests, a reply or a note that was refused or
    given up solves no ticket: the fields stop with it, or go with it.
    """
    if moved.state not in (State.REJECTED, State.DROPPED) or not isinstance(moved.change, model.Reply | model.Note):
        return [moved]
    parts = beside(moved, entries())
    if moved.state is State.DROPPED:
        return [moved, *map(dropped, parts)]
    return [moved, *(held(it, _WORDS_REFUSED) for it in parts)]


def freed(words: model.Outgoing, entries: Callable[[], Iterable[model.Outgoing]]) -> list[model.Outgoing]:
    """The fields that stopped with the reply or note they go with, or wait behind it, now that it is sent again.

    They go on the ticket as the words do: what others did to it before was looked at for both.
    """
    if words.state not in WAITING or not isinstance(words.change, model.Reply | model.Note):
        return []
    parts = beside(words, entries())
    again = [it for it in parts if it.state is State.QUEUED or it.why == _WORDS_REFUSED]
    return [replace(retried(it, words.seen), seen=words.seen) for it in again]


def beside(words: model.Outgoing, entries: Iterable[model.Outgoing]) -> list[model.Outgoing]:
    """The fields that go with a reply or a note in a request of their own, while they have not left."""
    return [entry for entry in entries if _goes_with(entry, words)]


def _goes_with(entry: model.Outgoing, words: model.Outgoing) -> bool:
    unsent = entry.state in (State.QUEUED, State.HELD) and not entry.attempts
    one_act = (entry.seq, entry.created_at, lane(entry)) == (words.seq + 1, words.created_at, lane(words))
    return unsent and one_act and isinstance(entry.change, model.Update)


def retried(entry: model.Outgoing, seen: model.Ticket) -> model.Outgoing:
    """Send a held or rejected entry again on the ticket as it is now; what may have landed is looked for first.

    One that only waits goes at once on the ticket as it was seen, for nobody has been told what changed since, but not
    before a service's word.
    """
    if entry.state not in (State.HELD, State.REJECTED, *WAITING):
        raise ValueError(f"it is {entry.state} already")
    if entry.state is State.UNCERTAIN:
        return replace(entry, not_before=None)
    if entry.state is State.QUEUED:
        told = entry.attempts and not entry.own_backoff
        return entry if told else replace(entry, not_before=None, own_backoff=False)
    state = State.UNCERTAIN if entry.unknowns else State.QUEUED
    unknowns = min(entry.unknowns, 1)  # what may still land late is swept for
    anew = replace(entry, state=state, unknowns=unknowns, seen=seen, why="", sweep_at=None)
    return replace(anew, not_before=None, own_backoff=False)


def parked(entry: model.Outgoing, failed: model.Outgoing) -> model.Outgoing:
    """Let an entry wait as long as one that could not leave on the same desk, without trying it in vain."""
    return replace(entry, not_before=failed.not_before, own_backoff=True, why=failed.why)


def steadied(entry: model.Outgoing, boot: str, booted_at: datetime | None) -> model.Outgoing:
    """Move an entry's times along with our clock when that was set since they were written, in the same run of it."""
    if not boot or booted_at is None:
        return entry
    since = entry.booted_at if entry.boot == boot else None
    jump = booted_at - since if since else timedelta(0)
    if since and abs(jump) < UNSTEADY:
        return entry
    return replace(
        entry,
        boot=boot,
        booted_at=booted_at,
        asked_at=entry.asked_at + jump if entry.asked_at else None,
        not_before=entry.not_before + jump if entry.not_before else None,
        sweep_at=entry.sweep_at + jump if entry.sweep_at else None,
    )


def may_have_arrived(entry: model.Outgoing) -> bool:
    """Whether it is still looked for: until that has ended, its words must not be sent as something new."""
    return entry.state is State.UNCERTAIN or (entry.state in STOPPED and entry.sweep_at is not None)


def undoable(entry: model.Outgoing, now: datetime) -> bool:
    """Whether nothing of it has been on the wire and its undo window is still open."""
    waits = entry.not_before is not None and entry.not_before > now
    return entry.state is State.QUEUED and entry.attempts == 0 and waits and not entry.own_backoff


def lane(entry: model.Outgoing) -> tuple[str, str]:
    """What keeps its order: everything for one ticket through one desk."""
    return (entry.desk, str(entry.ref))


def due(entries: Sequence[model.Outgoing], now: datetime, *, hurry: bool) -> list[model.Outgoing]:
    """The entries that may be worked on now, one a lane, oldest first; `hurry` skips our own back-off, never theirs."""
    return [entry for entry, wait_s in _waits(entries, now, hurry=hurry) if wait_s <= 0]


def due_in(entries: Sequence[model.Outgoing], now: datetime) -> float | None:
    """Seconds until something is due; None when nothing waits for time."""
    sweeps_s = (max((entry.sweep_at - now).total_seconds(), 0.0) for entry in entries if entry.sweep_at)
    return _soonest((*(wait_s for _, wait_s in _waits(entries, now, hurry=False)), *sweeps_s))


def word_in(entries: Sequence[model.Outgoing], now: datetime) -> float | None:
    """Seconds until a service's word, an undo window or the settle time is over; our own back-off is not waited for."""
    waits = _waits(entries, now, hurry=False)
    return _soonest(wait_s for entry, wait_s in waits if wait_s <= 0 or not entry.own_backoff)


def blocker(entry: model.Outgoing, entries: Iterable[model.Outgoing]) -> model.Outgoing | None:
    """What an entry has to wait for because it is older, of the same lane and not done; None when it is the first."""
    first = next((head for head in _heads(entries) if lane(head) == lane(entry)), None)
    return first if entry.state in WAITING and first is not None and first.op != entry.op else None


def _heads(entries: Iterable[model.Outgoing]) -> list[model.Outgoing]:
    heads: dict[tuple[str, str], model.Outgoing] = {}
    for entry in sorted(entries, key=lambda entry: entry.seq):
        if entry.state in LIVE:
            heads.setdefault(lane(entry), entry)
    return list(heads.values())


def _waits(entries: Sequence[model.Outgoing], now: datetime, *, hurry: bool) -> list[tuple[model.Outgoing, float]]:
    """What heads its lane and waits for time alone, with the seconds it waits: a service's word holds for its desk."""
    words: dict[str, float] = {}
    for entry in entries:
        if entry.state is State.QUEUED and entry.attempts and not entry.own_backoff:
            words[entry.desk] = max(words.get(entry.desk, 0.0), _left_s(entry, now))
    found = []
    for entry in _heads(entries):
        if entry.state in WAITING:
            own_s = 0.0 if hurry and entry.own_backoff else _left_s(entry, now)
            found.append((entry, max(own_s, words.get(entry.desk, 0.0))))
    return found


def _left_s(entry: model.Outgoing, now: datetime) -> float:
    left_s = max((entry.not_before - now).total_seconds(), 0.0) if entry.not_before else 0.0
    return 0.0 if entry.attempts and left_s > LONGEST_WAIT_S else left_s


def _soonest(waits: Iterable[float]) -> float | None:
    return min(waits, default=None)


def _backoff(attempts: int) -> float:
    return BACKOFF_S[min(max(attempts - 1, 0), len(BACKOFF_S) - 1)]
