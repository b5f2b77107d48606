"""Moving about on the main screen; the selection is a ticket, not a line."""

import random
from collections.abc import Awaitable, Callable

import pytest
from drive import drive, shown, toasts
from standin import StandIn
from standin_story import EXPORT, OKAFOR, busy, story, ticket
from textual.pilot import Pilot

from supportdesk.errors import Lost
from supportdesk.model import State, Status, TicketRef
from supportdesk.ui.board import FilterLine
from supportdesk.ui.queue import QueueScreen


def screen(pilot: Pilot[None]) -> QueueScreen:
    assert isinstance(pilot.app.screen, QueueScreen)
    return pilot.app.screen


def text(pilot: Pilot[None]) -> str:
    return shown(pilot.app)  # type: ignore[arg-type]  # the pilot's app is ours


def ref(number: int) -> TicketRef:
    return TicketRef("acme", str(number))


def test_the_newest_ticket_is_selected_and_letters_move_the_selection() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        main = screen(pilot)
        assert main.ref == EXPORT
        await pilot.press("j", "j", "k")
        assert main.ref == ref(4318)
        await pilot.press("G")
        assert main.ref == ref(4187)
        await pilot.press("g")
        assert main.ref == EXPORT

    drive(story(), steps)


def test_the_selection_follows_its_ticket_when_the_queue_changes() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        main = screen(pilot)
        await pilot.press("j", "j")
        chosen, line = main.ref, main.queue.index
        for number in range(9001, 9005):
            desk.add(ticket(number, "Just in", OKAFOR, hours=0))
        del desk.tickets[ref(4318)]
        desk.changed()
        for _ in range(100):
            await pilot.pause(0.05)
            if main.queue.index != line:
                break
        assert main.ref == chosen
        assert main.queue.index == line - 1
        assert "newer, R shows" in text(pilot)
        await pilot.press("R")
        assert main.ref == chosen
        assert main.queue.index == line + 3

    drive(desk, steps, size=(120, 30))


def test_a_ticket_that_leaves_the_view_stays_selected_until_the_engineer_moves() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        main = screen(pilot)
        await pilot.press("j")
        desk.tickets[ref(4318)] = ticket(4318, "Cannot sign in", OKAFOR, status=Status.SOLVED)
        desk.changed()
        await pilot.pause(0.2)
        assert main.ref == ref(4318)
        await pilot.press("j")
        assert main.ref == ref(4290)

    drive(desk, steps)


def test_enter_opens_the_conversation_over_the_queue_and_escape_goes_back() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        assert "export each month on its own" in text(pilot)
        await pilot.press("J")
        assert "Cannot sign in after the SSO change." in text(pilot)
        await pilot.press("escape")
        assert "13 tickets" in text(pilot)
        assert screen(pilot).ref == ref(4318)

    drive(story(), steps, size=(80, 40))


def test_wide_screens_show_views_queue_and_conversation_together() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.pause(0.3)
        for words in ("Views", "13 tickets", "export each month on its own"):
            assert words in text(pilot)

    drive(story(), steps, size=(160, 50))


def test_w_goes_to_the_next_flag_and_on_to_the_next_flagged_ticket() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        main = screen(pilot)
        await pilot.press("enter", "w")
        assert main.pager.scroll_offset.y == min(main.told.flags[0] - 1, main.pager.max_scroll_y)
        await pilot.press("G", "w")
        assert main.ref == ref(4290)
        await pilot.press("w")
        assert "No flag further down" in (await toasts(pilot))[-1]

    drive(story(), steps, size=(80, 20))


def test_w_goes_on_where_the_flag_beside_the_queue_is_in_sight_as_it_would_be_shown() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        main = screen(pilot)
        await pilot.pause(0.3)
        assert "verdict: C confirms" in text(pilot)
        await pilot.press("w")
        assert main.ref == ref(4290)

    drive(story(), steps, size=(130, 60))


def test_w_opens_the_flagged_answer_where_the_conversation_was_out_of_sight() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        main = screen(pilot)
        await pilot.press("w")
        await pilot.pause(0.1)
        assert (main.ref, main.reading) == (EXPORT, True)
        assert "export each month on its own" in text(pilot)
        assert "likely a workaround for a bug" in text(pilot)
        assert "#4312  Export stops" in text(pilot)  # however far it is scrolled

    drive(story(), steps, size=(80, 20))


def test_the_title_of_the_ticket_stays_above_its_conversation() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("enter", "G")
        assert "acme#4312  Export stops" in text(pilot)
        await pilot.press("J")
        assert "acme#4318  Cannot sign in" in text(pilot)

    drive(story(), steps, size=(80, 16))


def test_the_filter_narrows_while_it_is_typed_and_an_exclamation_mark_turns_it_round() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        main = screen(pilot)
        await pilot.press("slash", *"export")
        await pilot.pause(0.1)
        assert len(main.queue.rows) == 1
        await pilot.press(*["backspace"] * 6, *"!export", "enter")
        await pilot.pause(0.1)
        assert len(main.queue.rows) == 12
        await pilot.press("j")
        chosen = main.ref
        await pilot.press("escape")
        assert len(main.queue.rows) == 13
        assert main.ref == chosen

    drive(story(), steps)


def test_a_move_draws_the_keys_once() -> None:
    desk = story()
    asked: list[TicketRef | None] = []

    async def steps(pilot: Pilot[None]) -> None:
        while ("wake",) not in desk.done or ("sync",) not in desk.done:
            await pilot.pause(0.02)
        while getattr(pilot.app, "_soon", None) is not None:  # what the start has changed is drawn first
            await pilot.pause(0.02)
        plain = desk.disabled_reason
        desk.disabled_reason = lambda action, ref: asked.append(ref) or plain(action, ref)  # type: ignore[method-assign]
        await pilot.press("j")
        await pilot.pause()
        once = len(asked)
        screen(pilot).draw_keys()
        assert len(asked) == 2 * once > 0

    drive(desk, steps)


def test_no_timer_is_in_the_filters_path_and_its_rows_are_held_only_while_it_is_open() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        main = screen(pilot)
        await pilot.press("slash")
        assert desk.filtering.held == "open"
        field = main.query_one(FilterLine)
        main._narrow(FilterLine.Changed(field, "sign"))  # nothing is awaited, so nothing can have waited
        assert [row.subject for row in main.queue.rows] == ["Cannot sign in after the SSO change"]
        await pilot.press("escape")
        await pilot.pause()
        assert desk.filtering.held == ""

    drive(desk, steps)


def test_down_and_escape_leave_the_filter_to_what_is_left_and_to_everything() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        main = screen(pilot)
        await pilot.press("slash", *"export", "down")
        await pilot.pause()
        assert main.focused is main.queue
        assert len(main.queue.rows) == 1
        await pilot.press("slash", "s", "escape")
        await pilot.pause()
        assert main.focused is main.queue
        assert len(main.queue.rows) == 13

    drive(story(), steps)


def test_letters_typed_into_the_filter_are_not_commands() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"beraspq")
        await pilot.pause(0.1)
        assert len(pilot.app.screen_stack) == 1

    drive(desk, steps)
    assert [entry for entry in desk.done if entry[0] not in ("wake", "glance", "sync", "refresh", "drain")] == []
    assert desk.entries == []


def test_digits_and_brackets_change_the_view() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        main = screen(pilot)
        await pilot.press("4")
        assert (main.view, len(main.queue.rows)) == ("flagged", 2)
        await pilot.press("right_square_bracket")
        assert main.view == "waiting"
        await pilot.press("7")
        await pilot.pause()
        assert "Nothing here, and that is that." in text(pilot)

    drive(story(), steps)


def test_opening_a_ticket_writes_nothing() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("enter", "J", "J", "K", "escape")

    drive(desk, steps)
    assert {entry[0] for entry in desk.done} <= {"wake", "sync", "drain", "glance"}
    assert desk.entries == []


def test_a_conversation_that_cannot_be_fetched_says_so_where_it_would_be() -> None:
    desk = story()
    del desk.comments[EXPORT]
    desk.trouble = Lost("acme did not answer within 30 s.", "It is tried again with the next sync.")

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert "acme did not answer within 30 s." in text(pilot)
        assert "R tries again." in text(pilot)

    drive(desk, steps)


ACTS = {
    "e": "Solved: acme#4312 in 8 s · u undo",
    "A": "Taken: acme#4312 in 8 s · u undo",
}


@pytest.mark.parametrize("key", ACTS)
def test_one_key_acts_and_u_takes_it_back(key: str) -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press(key)
        assert (await toasts(pilot))[-1] == ACTS[key]
        await pilot.press("u")
        assert "Nothing was sent." in (await toasts(pilot))[-1]

    drive(desk, steps)
    assert [entry.state for entry in desk.entries] == [State.DROPPED]


PICKED: dict[str, Callable[[Pilot[None]], Awaitable[None]]] = {
    "s": lambda pilot: pilot.press("s", *"pend", "enter"),
    "p": lambda pilot: pilot.press("p", *"urg", "enter"),
    "a": lambda pilot: pilot.press("a", *"tomasz", "enter"),
    "t": lambda pilot: pilot.press("t", *"vip -csv", "enter"),
}


@pytest.mark.parametrize("key", PICKED)
def test_pickers_take_what_the_letters_leave(key: str) -> None:
    desk = story()
    drive(desk, PICKED[key])
    changes = {"s": "status pending", "p": "priority urgent", "a": "tomasz@lumen.example", "t": "vip"}
    assert changes[key] in str(desk.entries[0].change).replace("<Status.PENDING: 'pending'>", "status pending").replace(
        "priority='urgent'", "priority urgent"
    )


def test_a_verdict_needs_no_reason_but_takes_one() -> None:
    desk = story()
    drive(desk, lambda pilot: pilot.press("W", *"as meant", "enter"))
    assert desk.verdicts[EXPORT].why == "as meant"
    other = story()
    drive(other, lambda pilot: pilot.press("W", "enter"))
    assert other.verdicts[EXPORT].why == ""


def test_q_on_the_queue_asks_and_only_y_leaves() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("q")
        assert "1 entry on the way and 1 entry held" in text(pilot)
        await pilot.press("enter")
        assert pilot.app.is_running
        await pilot.press("q", "y")

    app = drive(busy(), steps)
    assert not app.is_running


def test_the_first_run_without_a_desk_explains_how_to_sign_in() -> None:
    desk = StandIn(accounts={}, desks=())

    async def steps(pilot: Pilot[None]) -> None:
        assert "supportdesk login NAME" in text(pilot)
        assert "supportdesk demo" in text(pilot)

    drive(desk, steps)
    assert desk.done == []


def test_ctrl_c_says_how_to_leave_and_does_not() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+c")
        assert (await toasts(pilot))[-1] == "ctrl+q leaves; what is queued is on disk."
        assert pilot.app.is_running

    drive(story(), steps)


def test_read_only_is_switched_at_run_time_and_stands_in_the_status_line() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+r")
        desk.changed()
        await pilot.pause(0.2)
        assert "read-only" in text(pilot)

    drive(desk, steps)
    assert desk.read_only


def test_it_paints_at_any_size() -> None:
    draw = random.Random(7)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        for _ in range(20):
            await pilot.resize_terminal(draw.randint(1, 170), draw.randint(1, 60))
        await pilot.resize_terminal(40, 10)
        await pilot.press("escape")
        await pilot.pause(0.1)
        assert "Export stops" in text(pilot)

    drive(story(), steps)


def test_where_one_pane_has_room_the_conversation_lies_to_the_right_of_the_queue() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        queue = screen(pilot)
        for right, left in (("l", "h"), ("tab", "shift+tab"), ("right", "left")):
            await pilot.press(left)
            assert not queue.reading
            await pilot.press(right, right)
            assert queue.reading
            assert queue.focused is queue.pager
            await pilot.press(left)
            assert not queue.reading
            assert queue.focused is queue.queue

    drive(story(), steps)
