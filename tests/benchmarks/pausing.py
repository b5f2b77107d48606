"""The console syncing a desk it has never seen, as a process of its own: `pausing.py KIND PORT SECONDS`.

Its loop's own clock ticks meanwhile; what lies between two ticks, beyond the tick itself, is a pause that a key would
have had to wait for. It prints the longest in ms, the 99th of a hundred, the most processor time that this process took
between two ticks (what the pause is on a machine that nobody else uses), and how many tickets and conversations were
read. `idle` in the place of KIND is a console with nothing to read.
"""

import asyncio
import sys
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, process_time

from figures import percentile

from supportdesk.config import load
from supportdesk.desk import Desk, open_desk
from supportdesk.secrets import Secrets, take_tokens
from supportdesk.ui.app import SupportDesk

TICK_S = 0.005
SETTLE_S = 1.0
ACCOUNTS = {
    "zendesk admin": 'provider = "zendesk"',
    "zendesk agent": 'provider = "zendesk"',
    "github": 'provider = "github"\nrepo = "{repo}"',
    "rt": 'provider = "rt"\nqueue = "Support"',
    "idle": 'provider = "zendesk"',
}
TOKEN = "1-29-0123456789abcdef0123456789abcdef"


def opened(kind: str, port: int, folder: str) -> Desk:
    """The desk, over the real transport and without a share to leave."""
    from crowds import REPO

    at = Path(folder) / "config.toml"
    account = ACCOUNTS[kind].format(repo=REPO)
    at.write_text(f'[sync]\nshare = "100%"\n[desks.acme]\n{account}\nurl = "http://127.0.0.1:{port}"\n', "utf-8")
    environ = {"SUPPORTDESK_HOME": folder, "SUPPORTDESK_TOKEN_ACME": TOKEN}
    config = load(at, environ)
    return open_desk(config, Secrets(take_tokens(environ, config.accounts), {}), undo_s=0.0)


async def pauses(kind: str, port: int, seconds: float, folder: str) -> None:
    """Sync under a console that is drawn, its clock ticking."""
    desk = opened(kind, port, folder)
    app = SupportDesk(desk)
    app.sync = lambda: None  # type: ignore[method-assign]  # the sync is ours to start
    ticks: list[tuple[float, float]] = []

    async def tick() -> None:
        while True:
            ticks.append((monotonic(), process_time()))
            await asyncio.sleep(TICK_S)

    async with app.run_test(size=(120, 40)):
        await asyncio.sleep(SETTLE_S)
        ticking = asyncio.create_task(tick())
        if kind == "idle":
            await asyncio.sleep(seconds)
        else:
            report = await desk.sync(for_s=seconds)
            assert not report.failed, report.failed
        await asyncio.sleep(SETTLE_S)
        ticking.cancel()
        cache = desk.work.cache
        read = cache.count("all") - len(cache.stale("acme", 1_000_000))
        gaps = [(after - before - TICK_S) * 1000 for (before, _), (after, _) in pairwise(ticks)]
        busy = max((after - before) * 1000 for (_, before), (_, after) in pairwise(ticks))
        figures = f"{max(gaps):.1f} {percentile(gaps, 0.99):.1f} {busy:.1f}"
        sys.stdout.write(f"{figures} {cache.count('all')} {read}\n")
    await desk.close()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent / "desk"))
    with TemporaryDirectory() as place:
        asyncio.run(pauses(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), place))
