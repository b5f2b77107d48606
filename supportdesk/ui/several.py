"""The tickets that one key acts on: the chosen one, or all that are marked, after one question that counts them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from supportdesk.model import TicketRef, Update
from supportdesk.ui.words import counted, update_words

NAMED = 5  # tickets that are named; the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """Tickets to change, whether they were marked, and why some of the marked are left out."""

    refs: tuple[TicketRef, ...]
    marked: bool = False
    refused: tuple[tuple[TicketRef, str], ...] = ()

    @property
    def name(self) -> str:
        """One by its id, several by their number."""
        return str(self.refs[0]) if len(self.refs) == 1 else counted(len(self.refs), "ticket")

    @property
    def desks(self) -> set[str]:
        """Where they are."""
        return {ref.desk for ref in self.refs}

    def question(self, update: Update) -> str:
        """What is asked once for all of them."""
        return f"Change {self.name}: {update_words(update)}?"

    def told(self, undo: str) -> str:
        """Which they are, who is left out and why, and that it can be taken back."""
        said = [f"{_names(self.refs)}.", *left_out(self.refused), undo]
        return " ".join(one for one in said if one)


def sorted_out(refs: Sequence[TicketRef], why_not: Callable[[TicketRef], str | None]) -> Several:
    """The marked tickets, those apart that may not be changed."""
    said = [(ref, why_not(ref)) for ref in refs]
    return Several(
        refs=tuple(ref for ref, why in said if why is None),
        marked=True,
        refused=tuple((ref, why) for ref, why in said if why is not None),
    )


def left_out(refused: Iterable[tuple[TicketRef, str]]) -> list[str]:
    """A sentence for each reason, with the tickets it holds for."""
    by_reason: dict[str, list[TicketRef]] = {}
    for ref, why in refused:
        by_reason.setdefault(why.replace(str(ref), "it"), []).append(ref)
    return [f"Left out: {_names(refs)} ({why.rstrip('.')})." for why, refs in by_reason.items()]


def _names(refs: Sequence[TicketRef]) -> str:
    named = ", ".join(map(str, refs[:NAMED]))
    return f"{named} and {len(refs) - NAMED:,} more" if len(refs) > NAMED else named
