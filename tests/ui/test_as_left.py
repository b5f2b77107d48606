"""What a start shows is where the console was left; no key acts on another ticket than the one that was seen."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from drive import console, shown, toasts
from standin import NOW, StandIn
from standin_story import story
from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot

from supportdesk.desk import ViewCount
from supportdesk.errors import NotFoundError
from supportdesk.model import TicketRef
from supportdesk.ui.app import SupportDesk
from supportdesk.ui.place import Place, read, written
from supportdesk.ui.queue import QueueScreen
from supportdesk.ui.turns import MOVED, SEEN_S

SIZES = [(80, 24), pytest.param((100, 16), marks=pytest.mark.gates), (140, 30)]
STATUS = 3  # rows from the top that say how things stand


async def started(pilot: Pilot[None]) -> None:
    """Wait until everything is drawn that a start draws, or the console was left."""
    for _ in range(500):
        await pilot.pause(0.02)
        first = pilot.app.screen_stack[0] if pilot.app.is_running else None
        if not isinstance(first, QueueScreen) or (first._whole and first.views and not first._counting):
            return
    raise AssertionError("it never started")


def session(
    desk: StandIn, keys: str, place: Place | None = None, size: tuple[int, int] = (100, 16), ahead: str = ""
) -> tuple[SupportDesk, str, str, list[str]]:
    """Start, with keys that were typed before the console was there, press others and leave.

    The app, where it was left, what is on the screen, and what was said.
    """
    app = console(desk, place=place)

    async def run() -> tuple[str, str, list[str]]:
        for typed in ahead.split():
            key = _character_to_key(typed) if len(typed) == 1 else typed
            app.call_later(app.post_message, Key(key, typed if len(typed) == 1 else None))
        async with app.run_test(size=size, notifications=True) as pilot:
            await started(pilot)
            if app.is_running:
                await pilot.press(*keys.split())
                await pilot.pause(0.05)
            said = await toasts(pilot)
            app.clear_notifications()
            screen = app.screen_stack[0]
            assert isinstance(screen, QueueScreen)
            left = screen.settle() if app.is_running else ""
            await pilot.pause()
            return left, shown(app), said

    return app, *asyncio.run(run())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "keys",
    [
        "",
        "j j j",
        "5 j",
        "G k",
        "j j enter j j j",
        "slash i n enter j",
        "slash e",
        "3 slash a enter j enter j v",
        "8 j e space",
        "h j",
    ],
)
def test_a_start_stands_where_the_console_was_left(keys: str, size: tuple[int, int]) -> None:
    desk = story()
    _, left, picture, _ = session(desk, keys, size=size)
    _, again, same, said = session(desk, "", read(left), size)
    assert again == left
    assert same.splitlines()[STATUS:] == picture.splitlines()[STATUS:]
    assert MOVED not in said


@pytest.mark.parametrize("keys", ["j j j", "5 j", "j j enter j", "slash i n enter j"])
def test_a_key_typed_over_the_screen_as_it_was_left_acts_on_what_it_shows(keys: str) -> None:
    desk = story()
    _, left, _, _ = session(desk, keys)
    session(desk, "", read(left), ahead="e")
    assert [entry.ref for entry in desk.entries] == [read(left).ref]


def test_a_key_typed_over_it_acts_though_the_terminal_has_become_another_size_meanwhile() -> None:
    desk = story()
    _, left, _, _ = session(desk, "G", size=(100, 9))
    session(desk, "", read(left), size=(140, 30), ahead="e")
    assert [entry.ref for entry in desk.entries] == [read(left).ref]


@pytest.mark.parametrize("keys", ["l", "h", "enter h"])
def test_no_key_acts_where_the_pane_it_was_typed_for_has_no_room_any_more(keys: str) -> None:
    desk = story()
    _, left, _, _ = session(desk, keys, size=(140, 30))
    _, _, _, said = session(desk, "", read(left), size=(90, 30), ahead="j e")
    assert desk.entries == []
    assert said == [MOVED]


def gone(desk: StandIn, ref: TicketRef) -> None:
    del desk.tickets[ref]


def changed(desk: StandIn, _ref: TicketRef) -> None:
    """Another ticket is the newest now."""
    last = [*desk.tickets][-1]
    desk.tickets[last] = replace(desk.tickets[last], updated_at=NOW)


def no_view(desk: StandIn, _ref: TicketRef) -> None:
    listed: Callable[..., object] = desk.queue

    def queue(view: str = "open", text: str = "") -> object:
        if view == "waiting":
            raise NotFoundError("There is no view called 'waiting'.", "")
        return listed(view, text)

    desk.queue = queue  # type: ignore[method-assign, assignment]


@pytest.mark.parametrize(
    ("keys", "happened"),
    [("j j j", gone), ("j j enter", gone), ("j j enter", changed), ("j j", changed), ("5", no_view), ("G", gone)],
)
def test_where_something_else_stands_there_by_now_no_key_acts_and_that_is_said(
    keys: str, happened: Callable[[StandIn, TicketRef], None]
) -> None:
    desk = story()
    _, left, _, _ = session(desk, keys)
    ref = read(left).ref
    assert ref is not None
    happened(desk, ref)
    _, now, screen, said = session(desk, "", read(left), ahead="j e r x")
    assert desk.entries == []
    assert desk.drafts == story().drafts
    assert said == [MOVED]
    chosen = read(now).ref
    assert chosen in desk.tickets
    assert "as you left it" not in screen


def test_a_place_that_cannot_be_read_is_none_and_no_key_acts() -> None:
    half = written(Place(view="open", letters="\ud800"))
    vast = written(Place(view="open", views=(ViewCount(id="open", name="Open", desk="", count=10**400),)))
    for line in ("", "[]", "{}", '{"view": "open"}', '{"view": 1}', "\x00", "[" * 90_000, half, vast):
        assert read(line) == Place()
    desk = story()
    _, now, _, said = session(desk, "", Place(), ahead="e")
    assert desk.entries == []
    assert said == [MOVED]
    assert read(now).view == "open"


def test_the_key_that_leaves_acts_on_any_screen() -> None:
    app, _, _, _ = session(story(), "", Place(), ahead="e ctrl+q")
    assert app.return_code == 0
    assert not app.is_running


def test_a_key_is_meant_for_what_stood_there_until_the_other_screen_can_have_been_seen() -> None:
    desk = story()
    app = console(desk, place=Place())

    async def run() -> None:
        async with app.run_test(size=(100, 30)) as pilot:
            await started(pilot)
            begun = app._turns._seen_at
            for pressed_at, done in ((begun - SEEN_S, 0), (begun - 0.001, 0), (begun, 1)):
                key = Key("e", "e")
                key.time = pressed_at
                app.post_message(key)
                await pilot.pause(0.05)
                assert len(desk.entries) == done

    asyncio.run(run())


def test_without_a_screen_to_see_what_is_typed_ahead_acts_on_the_first_one() -> None:
    desk = story()
    _, left, _, said = session(desk, "", ahead="j e")
    assert [entry.ref for entry in desk.entries] == [read(left).ref]
    assert MOVED not in said


def test_letters_over_a_list_that_is_too_long_to_be_looked_through_at_once_are_not_taken_up_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("supportdesk.ui.returning.ENDLESS", 3)
    assert session(story(), "slash i n enter")[1] == ""
    assert session(story(), "j")[1] != ""
