"""Sync: processor time for 10,000 tickets against zenpy and PyGithub, on one local server."""

import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from figures import Run, median, say
from subjects import environ

HERE = Path(__file__).parent
PAIRS = {"zenpy": ("zenpy", "supportdesk-zendesk"), "pygithub": ("github", "supportdesk-github")}
FLOOR = (
    "decoding the answers: `json.loads` of the same bytes and nothing else; ours also has the tickets on disk, "
    "the others hold objects in memory"
)


def measure(run: Run, folder: Path) -> None:
    """Every client in turn, each in a process of its own, its imports counted."""
    run.theme("sync of 10,000 tickets, processor seconds", FLOOR)
    clients = [client for _, ours in PAIRS.values() for client in (ours, f"{ours}-read")]
    clients += ["json-zendesk", "json-github"]
    peers = [peer for peer, (module, _) in PAIRS.items() if _installed(run, peer, module)]
    costs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with _server() as port:
        for _ in range(max(3, run.rounds // 2)):
            for client in (*clients, *peers):
                costs[client].append(_cost(run.peers if client in peers else Path(sys.executable), client, port))
    seconds = {client: median([cpu for cpu, _ in found]) for client, found in costs.items()}
    for client, found in costs.items():
        say(f"   {client:28} {seconds[client]:6.2f} s  {median([memory for _, memory in found]):6.0f} MiB")
    for peer in peers:
        ours = PAIRS[peer][1]
        remark = f"decoded only {seconds[f'{ours}-read'] / seconds[peer]:.2f}"
        name = f"10k tickets synced, processor time against {peer}"
        run.budget(name, f"x {peer}", seconds[ours] / seconds[peer], bounds=(0.25, 0.12), remark=remark)


def _installed(run: Run, peer: str, module: str) -> bool:
    found = subprocess.run([run.peers, "-c", f"import {module}"], capture_output=True)
    if found.returncode:
        run.skip(f"{peer} is not installed for {run.peers} (pip install {peer}; --peers PYTHON)")
    return not found.returncode


@contextmanager
def _server() -> Iterator[int]:
    command = [sys.executable, str(HERE / "fake_services.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environ()) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.terminate()


def _cost(python: Path, client: str, port: int) -> tuple[float, float]:
    command = [str(python), str(HERE / "sync_clients.py"), client, str(port)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environ())
    cpu, memory = done.stdout.split()
    return float(cpu), float(memory)
