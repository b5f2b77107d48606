"""The console in a process of its own, in which a sync is timed and weighed while the screen's own clock ticks.

    python bomb_console.py URL FOLDER TOTAL_S [unbounded]

It syncs once as a matter of course and says `ready`; then, for every line that it is told, it syncs and says what that
cost. Memory is what Linux calls VmHWM, the most that was ever resident, set back before each sync.
"""

import asyncio
import json
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from supportdesk.config import load
from supportdesk.desk.opening import open_desk
from supportdesk.providers import Account
from supportdesk.secrets import Secrets
from supportdesk.transport import LIMIT_BYTES, Transport
from supportdesk.ui.app import SupportDesk

TICK_S = 0.02
UNBOUNDED = 1 << 40
CLEAR_PEAK = Path("/proc/self/clear_refs")


def main() -> None:
    url, folder, total_s, *broken = sys.argv[1:]
    config = Path(folder, "config.toml")
    config.write_text(f'[desks.acme]\nprovider = "zendesk"\nurl = "{url}"\n')
    config.chmod(0o600)
    asyncio.run(_run(url, config, float(total_s), UNBOUNDED if broken else LIMIT_BYTES))


async def _signed() -> dict[str, str]:
    return {"Authorization": "Bearer canary"}


async def _run(url: str, config: Path, total_s: float, limit_bytes: int) -> None:
    account = Account(name="acme", provider="zendesk", url=url)
    wire = Transport(account, _signed, total_s=total_s, limit_bytes=limit_bytes)
    found = load(config, {"SUPPORTDESK_HOME": str(config.parent / "home")})
    desk = open_desk(found, Secrets({}, {}), undo_s=0.0, wires={"acme": wire})
    app = SupportDesk(desk)
    app.sync = lambda: None  # type: ignore[method-assign]  # the syncs are ours to start
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.1)
        await desk.sync()
        tell({"ready": True})
        while await asyncio.to_thread(sys.stdin.readline):
            tell(await _weighed(app, desk))
    await desk.close()


async def _weighed(app: SupportDesk, desk: Any) -> dict[str, Any]:
    ticks = [time.monotonic()]
    ticking = app.set_interval(TICK_S, lambda: ticks.append(time.monotonic()))
    await asyncio.sleep(5 * TICK_S)
    CLEAR_PEAK.write_text("5")
    before_kib = _kib("VmHWM")
    began = time.monotonic()
    report = await desk.sync()
    took_s = time.monotonic() - began
    await asyncio.sleep(5 * TICK_S)
    ticking.stop()
    ticks.append(time.monotonic())
    return {
        "took_s": took_s,
        "extra_mib": (_kib("VmHWM") - before_kib) / 1024,
        "gap_s": max(after - tick for tick, after in pairwise(ticks)),
        "failed": list(report.failed),
        "bad": report.bad_rows,
        "rows": len(desk.queue("all")),
    }


def _kib(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def tell(what: dict[str, Any]) -> None:
    """One line of JSON, past whatever Textual does to standard output."""
    sys.__stdout__.write(json.dumps(what) + "\n")  # type: ignore[union-attr]  # there always is one here
    sys.__stdout__.flush()  # type: ignore[union-attr]


if __name__ == "__main__":
    main()
