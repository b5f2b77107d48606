"""Keys while 10,000 tickets with their conversations are read and scored: a first sync through the app, in a real pty.

The service is the demo's helpdesk with answers that the finder has to read, over a socket, in a process of its own.
Its screens meanwhile: `bench_busy.py service 10000` prints an address; `bench_busy.py console HOME PICTURES` draws
them, where HOME/config.toml has a Zendesk desk `acme` at that address and SUPPORTDESK_HOME is HOME.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from inspect import getfile
from pathlib import Path
from shutil import rmtree
from time import monotonic, process_time, sleep
from typing import Any

from bigdesk import bodies, changed_at, subject
from figures import Run, median, percentile, say
from pty_terminal import Terminal
from subjects import desk_environ, environ

from supportdesk.demo import Helpdesk
from supportdesk.demo.story import Case, Entry, Story, open_story

HERE = Path(__file__).parent
TICKETS, COMMENTS = 10_000, 5
PAUSING_S = 60
TOKEN = "a-token-of-nobody"
BEAT_S = 0.002
EVERY_S = 0.25  # a key
PICTURE_EVERY_S = 10.0
LONGEST_S = 1.0  # that is waited for what it does
IDLE_KEYS = 60
MOST_S = 300.0
FLOOR = "the same keys on the same desk at rest, in the same session; a slice of work is 8 ms"
CONFIG = '[desks.acme]\nprovider = "zendesk"\nurl = "{url}"\n'
WAY_ROUND = " It is a known bug. As a workaround, sign out and clear the cache of your browser until it is fixed."


def measure(run: Run, folder: Path) -> None:
    """Press a key every quarter of a second from an empty desk until all was read, and then at rest."""
    run.theme(f"keys while {TICKETS:,} tickets are read and scored", FLOOR)
    home = folder / "busy"
    rmtree(home, ignore_errors=True)
    home.mkdir(mode=0o700)
    with _started("bench_busy.py", "service", str(TICKETS)) as url:
        (home / "config.toml").write_text(CONFIG.format(url=url), encoding="utf-8")
        pressed = _session(home)
    found = [json.loads(line) for line in (home / "seen").read_text(encoding="utf-8").splitlines()]
    took = {busy: percentile(told(found, pressed, busy=busy), 0.95) for busy in (False, True)}
    name = "key p95 while 10k tickets are read and scored"
    run.budget(name, "ms", took[True], bounds=(50, 25))
    remark = f"{took[False]:.0f} ms"
    run.budget("the same, against at rest", "x", took[True] / took[False], bounds=(2, 1.5), remark=remark)
    for kind in ("zendesk admin", "github"):
        _pauses(run, kind)


def _pauses(run: Run, kind: str) -> None:
    """The longest time between two ticks of the console's loop; on a busy machine most of it is others' work."""
    with _started("crowd_server.py", kind, str(TICKETS)) as port:
        command = [sys.executable, str(HERE / "pausing.py"), kind, port, str(PAUSING_S)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environ())
    longest, most, worked, tickets, read = map(float, done.stdout.split())
    remark = f"{worked:.0f} of processor; 99 of 100 {most:.0f}; {tickets:,.0f} tickets, {read:,.0f} read"
    name = f"longest pause while 10k tickets sync, {kind}, by the clock"
    run.budget(name, "ms", longest, bounds=(100, 50), remark=remark)


def told(found: list[dict[str, Any]], pressed: list[float], *, busy: bool) -> list[float]:
    """Milliseconds from each key to the frame that shows another ticket selected."""
    seen = [one for one in found if "ref" in one and bool(one["busy"]) is busy]
    answers = [next((one["at"] for one in seen if at < one["at"] < at + LONGEST_S), None) for at in pressed]
    took = [(answer - at) * 1000 for at, answer in zip(pressed, answers, strict=True) if answer is not None]
    beats = [one for one in found if "gap" in one and bool(one["busy"]) is busy]
    keys = f"p50 {median(took):6.1f} ms  p95 {percentile(took, 0.95):6.1f} ms of {len(took)} keys"
    pause = max((one["gap"] for one in beats), default=0.0)
    worked = max((one["worked"] for one in beats), default=0.0)
    name = "while it syncs" if busy else "at rest"
    say(f"   key down {name:15} {keys}; longest pause {pause:.0f} ms, {worked:.0f} ms of processor")
    return took


@contextmanager
def _started(script: str, *words: str) -> Iterator[str]:
    """A server in a process of its own, and what it says first: where it is."""
    command = [sys.executable, str(HERE / script), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ()) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()


def _session(home: Path) -> list[float]:
    """When keys were pressed."""
    pressed: list[float] = []
    places = {**desk_environ(home), "SUPPORTDESK_TOKEN_ACME": TOKEN}
    with Terminal([sys.executable, __file__, "console", str(home)], places) as terminal:
        end, left = monotonic() + MOST_S, IDLE_KEYS
        while monotonic() < end and left and terminal.alive:
            pressed.append(monotonic())
            os.write(terminal.fd, b"j")
            until = monotonic() + EVERY_S
            while monotonic() < until:
                terminal.read(until - monotonic())
            left -= (home / "rest").exists()
        os.write(terminal.fd, b"\x11")
        while terminal.alive:
            terminal.read(0.2)
    return pressed


def console(home: Path, pictures: Path | None) -> None:
    """The console that writes down when its loop was free and when another ticket was drawn as selected."""
    from supportdesk.config import load
    from supportdesk.desk import open_desk
    from supportdesk.secrets import Secrets, take_tokens
    from supportdesk.ui.app import SupportDesk

    config = load(home / "config.toml", os.environ)
    desk = open_desk(config, Secrets(take_tokens(os.environ, config.accounts), {}), undo_s=8.0)
    lines: list[str] = []

    class Watched(SupportDesk):
        """The console."""

        CSS_PATH = getfile(SupportDesk).replace("app.py", "desk.tcss")
        last = ""

        def _display(self, screen: object, renderable: object) -> None:
            super()._display(screen, renderable)  # type: ignore[arg-type]  # what Textual gives
            ref = str(getattr(self.screen, "ref", ""))
            if ref != self.last:
                self.last = ref
                lines.append(json.dumps({"ref": ref, "at": monotonic(), "busy": desk.work.syncing}))

    app = Watched(desk, config_file=str(config.path), folder=home)

    async def beat() -> None:
        taken, since = 0, monotonic()
        while app._exit is False:
            start, worked = monotonic(), process_time()
            await asyncio.sleep(BEAT_S)
            gap, worked = monotonic() - start - BEAT_S, process_time() - worked
            lines.append(json.dumps({"gap": gap * 1000, "worked": worked * 1000, "busy": desk.work.syncing}))
            if pictures and app.ready and monotonic() - since > taken * PICTURE_EVERY_S:
                (pictures / f"sync_{taken:02}.svg").write_text(app.export_screenshot(), encoding="utf-8")
                taken += 1
            if not app._syncing and desk.work.connection("acme").synced_at and not (home / "rest").exists():
                (home / "rest").touch()

    async def both() -> None:
        beating = asyncio.create_task(beat())
        await app.run_async()
        await beating
        await desk.close()

    asyncio.run(both())
    (home / "seen").write_text("\n".join(lines), encoding="utf-8")


def service(tickets: int) -> None:
    """Serve the tickets until it is ended; prints the address."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "demo"))
    from serving import serve

    helpdesk = Helpdesk(lambda: datetime.now(UTC), role="admin", story=story(tickets))
    with serve(helpdesk, token="") as url:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        while True:
            sleep(3600)


def story(tickets: int) -> Story:
    """The demo's people, and tickets with five entries each by a customer and by us, every tenth a workaround."""
    told = open_story(datetime.now(UTC), 0)
    customers = [key for key, someone in told.people.items() if someone.side == "customer"]
    cases = tuple(_case(number, (customers[number % len(customers)], "ben", "alice")) for number in range(tickets))
    return replace(told, tickets=cases)


def _case(number: int, writers: tuple[str, str, str]) -> Case:
    last = changed_at(number)
    said = [
        f"{body}{WAY_ROUND if number % 10 == 0 and place == 1 else ''}" for place, body in enumerate(bodies(number))
    ]
    entries = tuple(
        Entry(
            author=writers[place % 3], at=last.fromtimestamp(last.timestamp() - 60 * (COMMENTS - place), UTC), body=body
        )
        for place, body in enumerate(said)
    )
    return Case(id=10_000 + number, subject=subject(number), author=writers[0], status="open", entries=entries)


if __name__ == "__main__":
    if sys.argv[1] == "service":
        service(int(sys.argv[2]))
    else:
        console(Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
