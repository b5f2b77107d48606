"""What of a desk could not be read, why, and when it is worth asking for again; kept between two runs."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from supportdesk.model import Ticket, TicketRef
from supportdesk.store import records
from supportdesk.store.cache import Cache

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=6)
DOUBT = timedelta(microseconds=1)  # what was read is looked at once more
MOST_KEPT = 1000
MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A conversation that could not be read: of which ticket as of when, how often it was tried, and until when not."""

    id: str
    updated_at: datetime
    tries: int
    until: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    gaps: tuple[Gap, ...] = ()
    unread: int = 0
    rows: int = 0
    said: tuple[str, ...] = ()


class Gaps:
    """The gaps of one desk: `unread` conversations and `rows` of lists as of the last visit, and `said` what else.

    A conversation that could not be read is tried again with the next sync, then after five minutes and each time after
    twice as long; one that may not be read is not tried at once. A ticket that changes is tried as if nothing were.
    """

    def __init__(self, cache: Cache, desk: str) -> None:
        self._cache, self._desk = cache, desk
        kept = _read(cache.meta(f"gaps:{desk}"))
        self._gaps = {gap.id: gap for gap in kept.gaps}
        self.unread, self.rows, self.said = kept.unread, kept.rows, kept.said

    def __len__(self) -> int:
        return len(self._gaps)

    def holds(self, ref: TicketRef) -> bool:
        """Whether this conversation could not be read."""
        return ref.id in self._gaps

    def bars(self, ref: TicketRef, now: datetime) -> bool:
        """Whether it is too early to ask for this conversation again."""
        gap = self._gaps.get(ref.id)
        if gap is None or not now < gap.until <= now + LONGEST_WAIT:
            return False
        ticket = self._cache.ticket(ref)
        return ticket is not None and ticket.updated_at == gap.updated_at

    def failed(self, ticket: Ticket, now: datetime, why: str, *, refused: bool) -> None:
        """It could not be read."""
        before = self._gaps.get(ticket.ref.id)
        tries = before.tries + 1 if before else 1
        wait = FIRST_WAIT * 2 ** min(tries - 1 if refused else tries - 2, 10) if refused or before else timedelta()
        self._gaps[ticket.ref.id] = Gap(
            id=ticket.ref.id,
            updated_at=ticket.updated_at,
            tries=tries,
            until=now + min(wait, LONGEST_WAIT),
            why=why,
        )

    def ask_again(self) -> None:
        """Somebody wants to know: everything is tried once more."""
        for id_, gap in self._gaps.items():
            self._gaps[id_] = replace(gap, until=gap.updated_at)

    def tidy(self) -> None:
        """Let go of what was read meanwhile, or is not there any more."""
        for id_ in tuple(self._gaps):
            ref = TicketRef(self._desk, id_)
            ticket, stamp = self._cache.ticket(ref), self._cache.conversation_stamp(ref)
            if ticket is None or (stamp and ticket.updated_at - stamp <= DOUBT):
                del self._gaps[id_]
                self.unread = max(self.unread - 1, 0)

    def keep(self) -> None:
        """Put them down for the next run, and for `doctor`."""
        newest = tuple(self._gaps.values())[-MOST_KEPT:]
        kept = records.encode(_Kept(gaps=newest, unread=self.unread, rows=self.rows, said=self.said))
        text = json.dumps(kept) if self else ""
        if self._cache.meta(f"gaps:{self._desk}") != text:
            self._cache.set_meta(f"gaps:{self._desk}", text)

    def __bool__(self) -> bool:
        return bool(self._gaps or self.unread or self.rows or self.said)

    def sentences(self) -> list[str]:
        """What could not be read and why."""
        found = []
        if self.rows:
            found.append(f"{self.rows:,} rows could not be read and were left out.")
        if self.unread:
            found.append(
                f"{self.unread:,} conversations could not be read{self._named()}; they are tried again by and by."
            )
        return [*found, *self.said]

    def _named(self) -> str:
        some = list(self._gaps.values())[-MOST_NAMED:]
        if not some:
            return ""
        names = ", ".join(f"{self._desk}#{gap.id}" for gap in some)
        more = f" and {self.unread - len(some):,} more" if self.unread > len(some) else ""
        return f": {names}{more} ({some[-1].why.rstrip('.')})"


def _read(text: str) -> _Kept:
    try:
        return records.decode(_Kept, json.loads(text)) if text else _Kept()
    except ValueError:
        return _Kept()
