"""How long words stay on this machine: those of tickets long done are let go of, a few at a time."""

import asyncio
from datetime import timedelta

from supportdesk.desk.workplace import Workplace

SLICE = 100


async def retire(work: Workplace) -> int:
    """Let go of the conversations of tickets solved or closed longer ago than `[store] keep`; how many there were.

    Keys are answered meanwhile. Nothing of the ledger goes: what is unsent, verdicts and links stay.
    """
    if not work.keep_s:
        return 0
    before, gone = work.now() - timedelta(seconds=work.keep_s), 0
    while found := work.cache.retire(before, SLICE):
        gone += found
        await work.attention.give_way()
        await asyncio.sleep(0)
    return gone
