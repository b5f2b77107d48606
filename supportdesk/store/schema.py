"""The ledger's schema number, and the numbered steps that make an older ledger one of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from supportdesk.store.changes import Tables

Step = Callable[[Tables], Tables]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What a version writes, and how it reads what came before: step N makes tables of schema N + 1 out of N."""

    number: int
    steps: Mapping[int, Step]

    def migrated(self, tables: Tables, number: int) -> Tables:
        """Tables of schema `number` as tables of this one, one step at a time."""
        for step in range(number, self.number):
            tables = self.steps[step](tables)
        return tables


def _numbered(tables: Tables) -> Tables:
    """0 to 1: the header got its number, the tables stayed as they were."""
    return tables


CURRENT = Schema(number=1, steps={0: _numbered})
