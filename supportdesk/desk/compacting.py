"""The ledger made shorter where nobody waits for it: in another thread, in steps, and between two keys."""

import asyncio
from threading import Event

from supportdesk.desk.attention import STARVED_S, Attention
from supportdesk.desk.workplace import Workplace
from supportdesk.errors import StoreError

REST_S = 0.002  # after each step, which takes about as long: the other threads have the processor first
LOOK_S = 0.02


async def compact(work: Workplace, rest_s: float = REST_S) -> None:
    """Compact the ledger if that is worth it; what is written and sent meanwhile waits for none of it.

    `rest_s` is rested after each step: nothing where this is all there is to do.
    A disk that refuses is a notice, and nothing is lost; left in between, the ledger is as it was.
    """
    if work.read_only or not work.ledger.worth_compacting:
        return
    left = Event()
    try:
        ended = await asyncio.to_thread(work.ledger.compact_aside, lambda: _may_go_on(work.attention, left, rest_s))
        ended()
    except StoreError as error:
        work.ledger.notices.append(error.message)
        work.ledger.put_off_compacting()
    finally:
        left.set()


def _may_go_on(attention: Attention, left: Event, rest_s: float) -> bool:
    """Rest, and stand aside while somebody types, though not for ever."""
    left.wait(rest_s)
    while attention.typing and rest_s < STARVED_S and not left.wait(LOOK_S):
        rest_s += LOOK_S
    return not left.is_set()
