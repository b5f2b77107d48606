"""Sync: processor time for 10,000 tickets against zenpy and PyGithub, and the screen's pauses while they are read."""

import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory

from figures import Run, median, say
from subjects import environ

HERE = Path(__file__).parent
TICKETS, READ_S = 10_000, 40.0
KINDS = ("zendesk admin", "zendesk agent", "github", "rt")
PAIRS = {"zenpy": ("zenpy", "supportdesk-zendesk"), "pygithub": ("github", "supportdesk-github")}
FLOOR = (
    "the same bytes through httpx and nothing made of them, or through `http.client` and `json.loads`; "
    "ours also has the tickets on disk, the others hold objects in memory"
)


def measure(run: Run, folder: Path) -> None:
    """Every client in turn, each in a process of its own, its imports counted."""
    run.theme("sync of 10,000 tickets, processor seconds", FLOOR)
    clients = [client for _, ours in PAIRS.values() for client in (ours, f"{ours}-read")]
    clients += ["httpx-zendesk", "httpx-github", "json-zendesk", "json-github"]
    peers = [peer for peer, (module, _) in PAIRS.items() if _installed(run, peer, module)]
    costs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with _server("fake_services.py") as port:
        for _ in range(max(3, run.rounds // 2)):
            for client in (*clients, *peers):
                costs[client].append(_cost(run.peers if client in peers else Path(sys.executable), client, port))
    seconds = {client: median([cpu for cpu, _ in found]) for client, found in costs.items()}
    for client, found in costs.items():
        say(f"   {client:28} {seconds[client]:6.2f} s  {median([memory for _, memory in found]):6.0f} MiB")
    for peer in peers:
        ours = PAIRS[peer][1]
        read, fetched = seconds[f"{ours}-read"], seconds[ours.replace("supportdesk", "httpx")]
        remark = f"decoded only {read / seconds[peer]:.2f}, httpx alone {fetched / seconds[peer]:.2f}"
        name = f"10k tickets synced, processor time against {peer}"
        run.budget(name, f"x {peer}", seconds[ours] / seconds[peer], bounds=(0.25, 0.12), remark=remark)
    pauses(run)


def _installed(run: Run, peer: str, module: str) -> bool:
    found = subprocess.run([run.peers, "-c", f"import {module}"], capture_output=True)
    if found.returncode:
        run.skip(f"{peer} is not installed for {run.peers} (pip install {peer}; --peers PYTHON)")
    return not found.returncode


def pauses(run: Run) -> None:
    """The longest time between two ticks of a console that syncs, for every service and role."""
    run.theme(
        f"pauses while {TICKETS:,} tickets sync, {READ_S:g} s of it, ms",
        "an idle console on the same machine; `processor` is what this process took of it, the rest is others' work",
    )
    for kind in ("idle", *KINDS):
        with _server("crowd_server.py", KINDS[0] if kind == "idle" else kind, str(TICKETS)) as port:
            command = [sys.executable, str(HERE / "pausing.py"), kind, str(port), str(READ_S)]
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=environ())
        longest, late, busy, tickets, talks = map(float, done.stdout.split())
        say(
            f"   {kind:28} longest {longest:6.1f}  99th {late:5.1f}  processor {busy:5.1f}"
            f"  {tickets:,.0f} tickets, {talks:,.0f} with words"
        )
        if kind != "idle":
            name = f"longest pause while 10k tickets sync, {kind}, processor time"
            run.budget(name, "ms", busy, bounds=(100, 50), remark=f"{longest:.0f} with what others took meanwhile")


@contextmanager
def _server(program: str, *arguments: str) -> Iterator[int]:
    command = [sys.executable, str(HERE / program), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environ()) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.terminate()


def _cost(python: Path, client: str, port: int) -> tuple[float, float]:
    """Processor seconds, the system's for it as well, and MiB of one client from its start to its end."""
    with TemporaryDirectory() as folder:
        command = [str(python), str(HERE / "sync_clients.py"), client, str(port), folder]
        before = getrusage(RUSAGE_CHILDREN)
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environ())
        after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, float(done.stdout)
