"""The embedded wire, and the same servers behind a real socket."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from urllib.error import HTTPError
from urllib.request import Request as Call
from urllib.request import urlopen

import pytest
from demo_desk import OP, STAR, StoodClock, helpdesk, read, run, tracker, zendesk
from serving import serve

from supportdesk.demo import DESK, REPO, TRACKER, Embedded, demo_accounts, open_demo_accounts
from supportdesk.errors import Lost, NotWritten
from supportdesk.model import Note, TicketRef
from supportdesk.providers import Done, Request, open_provider
from supportdesk.providers.github import GitHub
from supportdesk.providers.zendesk import Zendesk
from supportdesk.transport import Transport


def test_the_demo_opens_two_accounts_and_a_wire_to_each():
    accounts, wires = open_demo_accounts(StoodClock())

    assert set(accounts) == set(wires) == {DESK, TRACKER}
    assert accounts[DESK].escalate_to == TRACKER
    for name, account in accounts.items():
        assert asyncio.run(wires[name].run(open_provider(account).whoami())).person.name == "Alice Moreau"


def test_opening_the_demo_brings_no_network_and_no_terminal():
    code = (
        "import sys, supportdesk.demo as demo; from datetime import UTC, datetime;"
        "demo.open_demo_accounts(lambda: datetime.now(UTC));"
        "print(sorted({'httpx', 'textual', 'rich', 'tinydb', 'keyring', 'http.server'} & set(sys.modules)))"
    )

    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_a_failure_on_the_way_is_thrown_into_the_flow():
    desk = helpdesk()
    desk.fail_next("unreachable")
    met = []

    def flow():
        try:
            yield from zendesk().whoami()
        except NotWritten as problem:
            met.append(problem)
        return "went on"

    assert run(desk, flow()) == "went on"
    assert len(met) == 1


def test_a_wire_closes_without_a_word():
    assert asyncio.run(Embedded(helpdesk()).close()) is None


async def _token() -> dict[str, str]:
    return {"Authorization": "Bearer sesame"}


def _over_the_socket(account, flow):
    async def go():
        transport = Transport(account, _token)
        try:
            return await transport.run(flow)
        finally:
            await transport.close()

    return asyncio.run(go())


def test_the_real_transport_reads_and_writes_over_a_socket():
    desk = helpdesk()
    with serve(desk, token="sesame") as url:
        account = replace(demo_accounts()[DESK], url=url)
        provider = Zendesk(account)
        seen = _over_the_socket(account, provider.ticket(TicketRef(DESK, STAR.id)))
        done = _over_the_socket(account, provider.deliver(Note(body="Over the wire."), OP, seen))

    assert isinstance(done, Done)
    assert desk.records.comments[int(STAR.id)][-1]["body"] == "Over the wire."


def test_a_lost_answer_is_lost_over_a_socket_too():
    desk = helpdesk()
    seen = read(desk)
    desk.fail_next("lost answer")
    with serve(desk) as url:
        account = replace(demo_accounts()[DESK], url=url)
        with pytest.raises(Lost):
            _over_the_socket(account, Zendesk(account).deliver(Note(body="Landed."), OP, seen))

    assert desk.records.comments[int(STAR.id)][-1]["body"] == "Landed."


def test_pages_link_to_where_the_server_is():
    hub = tracker()
    for _ in range(100):
        hub.serve(_new_issue())
    with serve(hub, prefix="/api/v3") as url:
        account = replace(demo_accounts()[TRACKER], url=url)
        page = _over_the_socket(account, GitHub(account).tickets(None, ""))
        rest = _over_the_socket(account, GitHub(account).tickets(None, page.cursor))

    assert page.cursor.startswith(url)
    assert rest.tickets


def test_a_stranger_without_the_token_stays_outside():
    with serve(helpdesk(), token="sesame") as url, pytest.raises(HTTPError, match="401"):
        urlopen(Call(f"{url}/api/v2/users/me.json"))


def _new_issue():
    return Request(method="POST", path=f"/repos/{REPO}/issues", body={"title": "One more"})
