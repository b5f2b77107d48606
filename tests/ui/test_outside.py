"""What leads out of a ticket asks where it leads, and is refused where nobody should go (A25, A27)."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from drive import drive, seen, shown, toasts
from standin_story import customer, said, story, ticket
from textual.pilot import Pilot

from supportdesk.desk import open_demo
from supportdesk.errors import Refused, UsageError
from supportdesk.model import Attachment, TicketRef
from supportdesk.ui.ask import Ask
from supportdesk.ui.links import addresses, judge

OWN = "https://acme.zendesk.com"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "vscode://x",
        "ssh://-oProxyCommand=x",
        "smb://host/share",
        "javascript:alert(1)",
        "https://",
        "https://[::1",
        "https://a\u202eb.example/",
        "https://a.example:99999/",
        "https://evil.example\\@good.example/",
    ],
)
def test_a25_what_is_no_web_page_is_refused(url: str) -> None:
    assert judge(url, OWN).refused


@pytest.mark.parametrize(
    ("url", "host", "says"),
    [
        ("https://good.com@evil.com/x", "evil.com", "before @"),
        ("https://аррӏе.com", "xn--80ak6aa92e.com", "letters that look like others"),
        ("https://xn--80ak6aa4i.com/", "xn--80ak6aa4i.com", "letters that look like others"),
        ("http://169.254.169.254/latest", "169.254.169.254", "inside a network"),
        ("https://2852039166/", "2852039166", "inside a network"),
        ("https://0xA9FEA9FE/", "0xa9fea9fe", "inside a network"),
        ("https://[::1]:8443/", "::1", "inside a network"),
        ("https://printer.local/", "printer.local", "inside a network"),
        ("http://good.example/", "good.example", "not https"),
        ("https://good.example/", "good.example", "not the address of this desk"),
        ("https://acme.zendesk.com@evil.example/", "evil.example", "before @"),
    ],
)
def test_a25_everything_else_is_asked_about_under_its_real_name(url: str, host: str, says: str) -> None:
    link = judge(url, OWN)
    assert (link.host, link.refused) == (host, "")
    assert says in " ".join(link.doubts)


def test_a25_the_desks_own_pages_are_opened_at_once() -> None:
    assert judge(f"{OWN}/agent/tickets/1", OWN).doubts == ()


def test_addresses_are_found_once_each_and_without_what_stands_around_them() -> None:
    found = addresses(["See (https://a.example/x?y=1), https://a.example/x?y=1 or file:///etc/passwd. Note: no."])
    assert found == ("https://a.example/x?y=1", "file:///etc/passwd")
    assert addresses(["https://" * 30_000]) is not None


def hostile_link(url: str) -> tuple[list[str], list[str]]:
    """Open a ticket's only address by keys; what was asked and what was opened."""
    desk = story()
    person = customer("Kim", "Corp")
    desk.add(ticket(4999, "links", person, hours=0), said("l", person, 0, f"look at {url} please"))
    asked: list[str] = []
    opened: list[str] = []

    async def steps(pilot: Pilot[None]) -> None:
        pilot.app.open_url = opened.append  # type: ignore[method-assign]
        await pilot.press("F")
        await pilot.pause(0.05)
        await pilot.press("enter")
        await pilot.pause(0.05)
        if isinstance(pilot.app.screen, Ask):
            asked.append(pilot.app.screen.question)
            await pilot.press("enter")
            await pilot.pause()
            assert opened == []
            await pilot.press("F")
            await pilot.pause(0.05)
            await pilot.press("enter")
            await pilot.pause(0.05)
            await pilot.press("y")
        else:
            asked.extend(await toasts(pilot))

    drive(desk, steps)
    return asked, opened


def test_a25_by_keys_a_strange_host_is_asked_about_and_enter_is_no() -> None:
    asked, opened = hostile_link("https://good.com@evil.com/")
    assert asked == ["Open a page on evil.com?"]
    assert opened == ["https://good.com@evil.com/"]


def test_a25_by_keys_a_file_is_refused() -> None:
    asked, opened = hostile_link("file:///etc/passwd")
    assert any("file addresses are not opened" in words for words in asked)
    assert opened == []


def test_a_ticket_without_files_or_addresses_says_so() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("f", "F")
        said_now = " ".join(await toasts(pilot))
        assert "no files" in said_now
        assert shown(pilot.app)  # type: ignore[arg-type]  # the pilot's app is ours

    desk = story()
    desk.comments = dict.fromkeys(desk.tickets, ())
    drive(desk, steps)


def test_a_file_that_takes_its_time_is_said_to_be_on_its_way_and_keys_go_on() -> None:
    desk, there = story(), asyncio.Event()
    person = customer("Kim", "Corp")
    entry = said("l", person, 0, "see the log")
    attached = Attachment(id="1", name="crash.log", url=f"{OWN}/1", size=40_960)
    added = ticket(4999, "A log", person, hours=0)
    desk.add(added, replace(entry, attachments=(attached,)))

    async def save_file(ref: TicketRef, one: Attachment) -> str:
        await there.wait()
        return f"Saved {ref} {one.name}."

    desk.save_file = save_file  # type: ignore[attr-defined]  # a service that takes its time

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("f")
        await pilot.pause(0.05)
        await pilot.press("enter")
        await pilot.pause(0.05)
        assert await toasts(pilot) == ["Saving crash.log (40 kB)…"]
        await pilot.press("j")
        there.set()
        await seen(pilot, f"Saved {added.ref} crash.log.")
        assert "Saving" not in " ".join(await toasts(pilot))

    drive(desk, steps)


def test_where_a_file_was_saved_stands_there_while_another_one_is_saved() -> None:
    desk = story()
    person = customer("Kim", "Corp")
    files = tuple(Attachment(id=name, name=name, url=f"{OWN}/{name}") for name in ("one.log", "two.log"))
    added = ticket(4999, "A log", person, hours=0)
    desk.add(added, replace(said("l", person, 0, "see the logs"), attachments=files))

    async def save_file(_: TicketRef, one: Attachment) -> str:
        if one is files[1]:
            await asyncio.Event().wait()
        return f"Saved as {one.name}."

    desk.save_file = save_file  # type: ignore[attr-defined]  # a service whose second file takes its time

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("f", "enter")
        await seen(pilot, "Saved as one.log.")
        await pilot.press("f", "down", "enter")
        await seen(pilot, "Saving two.log…")
        assert await toasts(pilot) == ["Saved as one.log.", "Saving two.log…"]

    drive(desk, steps)


def test_a27_what_the_scanner_calls_malware_is_not_fetched_and_the_demos_files_have_no_bytes(tmp_path: Path) -> None:
    async def run() -> None:
        desk = open_demo(tmp_path)
        await desk.sync()
        ref = desk.search("invoice")[0]
        with pytest.raises(Refused, match="malware"):
            await desk.save_file(ref, Attachment(id="1", name="x.exe", url="https://x.example", infected=True))
        with pytest.raises(UsageError, match="no bytes"):
            await desk.save_file(ref, Attachment(id="1", name="x.txt", url="https://x.example"))
        await desk.close()

    asyncio.run(run())
