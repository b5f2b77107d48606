"""Macros that are workarounds themselves: read from the services that have macros, counted in what was answered."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain

from supportdesk.desk.readings import MacroReport
from supportdesk.desk.slices import in_slices
from supportdesk.desk.workplace import Connection, Workplace
from supportdesk.errors import SupportdeskError
from supportdesk.insight.macros import Given, Macro, Uses, smells
from supportdesk.providers import MacroLibrary
from supportdesk.store.cache_answers import Answered

SLICE = 25  # conversations read at once
TOLD = 500  # conversations after which it is told how far it is
_WITHOUT = {
    "github": "GitHub's saved replies are not in its API: no macros here.",
    "rt": "Request Tracker has no macros: none here.",
}

Progress = Callable[[str], None]


async def macros(work: Workplace, desks: tuple[str, ...], progress: Progress) -> MacroReport:
    """Read the macros of these desks and count their uses on disk; a desk that cannot be read is a sentence."""
    found: list[Macro] = []
    notes: list[str] = []
    failed: list[SupportdeskError] = []
    for name in desks:
        connection = work.connection(name)
        try:
            found += await _read(connection, notes, progress)
        except SupportdeskError as problem:
            notes.append(f"{name}: {problem.message} {problem.hint}".replace(f"{name}: {name}: ", f"{name}: ").strip())
            failed.append(problem)
    uses = await _count(work, found, progress)
    return MacroReport(smells=smells(work.rules, uses), macros=len(found), notes=tuple(notes), problems=tuple(failed))


async def _read(connection: Connection, notes: list[str], progress: Progress) -> list[Macro]:
    name, provider = connection.account.name, connection.provider
    if not isinstance(provider, MacroLibrary):
        words = _WITHOUT.get(connection.account.provider, "This service's macros cannot be read.")
        notes.append(f"{name}: {words}")
        return []
    progress(f"{name}: reading its macros")
    return list(await connection.wire.run(provider.macros()))


async def _count(work: Workplace, found: list[Macro], progress: Progress) -> Uses:
    """Each desk's answers are held against its own macros, an answer a step: keys come first."""
    uses, looked = Uses(found), Counter[str]()

    def look(one: Answered) -> Iterator[None]:
        desk = one.ref.desk
        for body in one.bodies:
            uses.add(Given(body=body, customer=one.customer, desk=desk))
            yield
        looked[desk] += 1
        if looked[desk] % TOLD == 0:
            progress(f"{desk}: {looked[desk]:,} conversations of {work.cache.held(desk):,} tickets looked through")

    for desk in dict.fromkeys(one.desk for one in found):
        await in_slices(work, chain.from_iterable(work.cache.answers.given(desk, SLICE)), look)
    return uses
