"""Macros that are workarounds themselves: read from the services that have macros, counted in what was answered."""

import asyncio
from collections.abc import Callable

from supportdesk.desk.readings import MacroReport
from supportdesk.desk.workplace import Connection, Workplace
from supportdesk.errors import SupportdeskError
from supportdesk.insight.macros import Given, Macro, Uses, smells
from supportdesk.providers import MacroLibrary

SLICE = 25  # conversations looked through while a key waits
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
    """Each desk's answers are held against its own macros, a few conversations at a time."""
    uses = Uses(found)
    looked = 0
    for desk in dict.fromkeys(one.desk for one in found):
        for part in work.cache.answers.given(desk, SLICE):
            for one in part:
                for body in one.bodies:
                    uses.add(Given(body=body, customer=one.customer, desk=desk))
            looked += len(part)
            if looked % (20 * SLICE) == 0:
                progress(f"{desk}: {looked:,} conversations looked through")
            await asyncio.sleep(0)
    return uses
