"""Searching everything that was said, live."""

from dataclasses import replace

import pytest
from drive import drive, shown
from rich.cells import cell_len
from standin import NOW
from standin_story import story
from textual.pilot import Pilot
from textual.widgets import Input

from supportdesk.desk.searching import Filed, excerpt
from supportdesk.ui.app import SupportDesk
from supportdesk.ui.cells import line
from supportdesk.ui.search import SearchScreen, hit_line, marked, nothing


def test_letters_are_looked_for_while_they_are_typed_and_enter_opens_the_ticket() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+f", *"csv")
        await pilot.pause()
        assert isinstance(pilot.app.screen, SearchScreen)
        first = pilot.app.screen._list.row
        assert first is not None
        assert "csv" in f"{first.row.subject} {first.context}".lower()
        await pilot.press("enter")
        await pilot.pause()
        assert pilot.app.screen.ref == first.row.ref  # type: ignore[attr-defined]  # the queue's
        assert pilot.app.screen.reading  # type: ignore[attr-defined]  # as above
        await pilot.press("escape", "ctrl+f")
        await pilot.pause()
        assert pilot.app.screen.text == "csv"  # type: ignore[attr-defined]  # the search's, as it was left

    drive(desk, steps)


def test_a_hit_that_the_filter_leaves_out_is_shown_among_all_and_no_letters_are_left_that_say_otherwise() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, SupportDesk)
        await pilot.press("slash", *"sig", "enter", "ctrl+f")
        await pilot.pause()
        await pilot.press(*"csv")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert not app.screen.has_class("-filtering")
        assert app.screen.query_one("#filter", Input).value == ""
        assert app.desk.filtering.held == ""  # type: ignore[attr-defined]  # the stand-in's
        assert "  / " not in shown(app)

    drive(story(), steps)


def test_escape_goes_back_and_nothing_found_is_a_sentence() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, SupportDesk)
        await pilot.press("ctrl+f")
        await pilot.pause()
        assert "Type words" in shown(app)
        await pilot.press(*"qqqq")
        await pilot.pause()
        assert "Nothing was said" in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert not isinstance(app.screen, SearchScreen)

    drive(story(), steps)


def test_what_is_not_filed_yet_is_said() -> None:
    assert "25 %" in nothing("export", Filed(tickets=400, left=300))
    assert "third letter" in nothing("ex", Filed(tickets=400, left=300))
    unheard = Filed(tickets=400, left=0, unheard=1399)
    assert nothing("export", unheard).startswith("Nothing found so far. Still to be read: 1,399 conversations. What")
    assert "The background is paused." in nothing("export", replace(unheard, paused=True))
    assert Filed(tickets=400, left=1).percent == 99
    assert Filed(tickets=400, left=0).percent == 100


def test_what_was_found_is_not_said_to_be_all_while_conversations_are_still_to_be_read() -> None:
    desk = story()
    desk.texts.unheard = 9105

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+f", *"csv")
        await pilot.pause()
        assert "9,105 conversations to go" in shown(pilot.app).splitlines()[0]

    drive(desk, steps)


def test_the_words_around_a_match_are_shown_with_it_marked() -> None:
    text = "Hello there. " * 9 + "Please look at the Exp\u00f3rts, they end early. " + "Bye. " * 90
    context, marks = excerpt(text, ["export", "early"])
    assert context.startswith("\u2026")
    assert [context[a:b] for a, b in marks] == ["Exp\u00f3rt", "early"]
    assert excerpt(text, ["nowhere"]) == ("", ())


@pytest.mark.parametrize("width", [1, 7, 19, 20, 33, 60])
def test_a_marked_text_is_as_wide_as_it_is_asked_to_be(width: int) -> None:
    text = "An \u00e9xport of \u6587\u5b57 and \U0001f469\u200d\U0001f4bb exports"
    pieces = list(marked(text, ((3, 9), (text.index("exports"), len(text))), width, ""))
    assert line(*pieces).text.rstrip("\u2026 ") in text + " "
    assert all(piece.style in ("", "match") for piece in pieces)


def test_a_line_says_where_it_matched() -> None:
    desk = story()
    hit = desk.texts.search("csv")[0]
    for width in (40, 80, 120):
        told = hit_line(hit, width, NOW)
        assert any(piece.style == "match" for piece in told.pieces), told.text


def test_with_several_desks_a_line_says_whose_ticket_it_is() -> None:
    hit = story().texts.search("csv")[0]
    assert f" #{hit.row.ref.id} " in hit_line(hit, 80, NOW).text
    assert f" {hit.row.ref} " in hit_line(hit, 80, NOW, desks=4).text
    for width in (40, 80, 120):
        assert cell_len(hit_line(hit, width, NOW, desks=4).text) == cell_len(hit_line(hit, width, NOW).text)
