"""What customers write can neither act, nor crash, nor reach the terminal (A1, A2, A3, A4, A5, A6).

`tests/gates/test_hostile_pty.py` shows thousands of such strings through a real pty; this is the smoke before it.
"""

import asyncio

import pytest
from drive import drive, shown
from rich.segment import Segment
from standin import StandIn
from standin_story import EXPORT, customer, evidence, proposal, said, story, ticket
from textual.color import Color
from textual.pilot import Pilot
from textual.widgets import Static

from supportdesk.model import Band, Finding, Kind, Reply, State
from supportdesk.ui.inert import AsciiFilter, ControlFilter, Inert, explain

MARKUP = [
    "[@click=app.quit]Cannot log in[/]",
    "[/]",
    "price [/b] is",
    "[link=https://evil.example/]x[/link]",
    "[red on blue]x[/] [$error]y[/]",
    "arr[",
    "\\[b]",
]
ESCAPES = [
    "HELLO\x1b]52;c;Y3VybCBldmlsfHNoCg==\x1b\\END",
    "T\x1b]2;PWNED\x1b\\",
    "\x9d52;c;QUJD\x9c",
    "A\x1b[2J\x1b[3;3HEVIL",
    "\x1b]",
    "invoice\u202egnp.exe",
]


def hostile(words: str) -> StandIn:
    """Strangers' words in every place there is for them."""
    desk = story()
    person = customer(words, words, mail=words)
    body = f"{words} for now do it by hand"
    finding = Finding(
        kind=Kind.WORKAROUND,
        p=0.9,
        band=Band.LIKELY,
        comment_id="h",
        evidence=(evidence("h", body, "for now", 1.0, words),),
    )
    bad = ticket(4999, words, person, hours=0, tags=(words,), cc=(person,), fields=((words, words),))
    desk.add(bad, said("h", person, 0, body), findings=[finding])
    desk.put(bad.ref, Reply(body=words), state=State.HELD, why=words)
    desk.outsiders = (person,)
    desk.proposal = proposal(desk, ref=bad.ref, doubts=(words,), blocks=(words,))
    desk.off["solve"] = words
    return desk


def shows(pilot: Pilot[None]) -> str:
    return shown(pilot.app)  # type: ignore[arg-type]  # the pilot's app is ours


TOUR = [["enter"], ["r"], ["i"], ["O"], ["b"], ["a"], ["t"], ["question_mark"], ["e"]]


ALL_MARKUP, ALL_ESCAPES = " ".join(MARKUP), " ".join(ESCAPES)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("[/]", marks=pytest.mark.gates, id="A6"),
        pytest.param(ALL_MARKUP, marks=pytest.mark.gates, id="A5-A6"),
        pytest.param(f"{ALL_MARKUP} {ALL_ESCAPES}", id="A1-A6"),
    ],
)
def test_hostile_words_are_shown_as_they_are_on_every_screen(words: str) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        for keys in TOUR:
            await pilot.press(*keys)
            await pilot.pause(0.06)
            drawn = shows(pilot)
            assert not any(ord(character) < 32 and character != "\n" for character in drawn)
            assert not any("\x7f" <= character <= "\x9f" for character in drawn)
            await pilot.press("escape", "escape")
        assert pilot.app.is_running

    drive(hostile(words), steps, size=(140, 40))


@pytest.mark.parametrize("words", [" ".join(MARKUP[:2])])
def test_a_click_on_a_subject_selects_and_does_nothing_else(words: str) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        row = next(y for y, text in enumerate(shows(pilot).split("\n")) if "4999" in text)
        for column in range(20, 60, 4):
            await pilot.click(offset=(column, row))
        assert pilot.app.is_running
        assert words in shows(pilot)

    drive(hostile(words), steps, size=(140, 40))


@pytest.mark.parametrize("words", ["arr[", ALL_MARKUP[:60]])
def test_toasts_and_tooltips_take_words_literally(words: str) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        pilot.app.notify(words, title=words, severity="error")
        explain(pilot.app.screen.query_one("#queue"), words)
        await pilot.hover("#queue", offset=(5, 5))
        await pilot.pause(0.7)
        assert words in shows(pilot)

    drive(story(), steps, size=(140, 40))


def test_an_inert_text_has_no_links_and_no_styles() -> None:
    async def run() -> None:
        async def steps(pilot: Pilot[None]) -> None:
            inert = Inert("[@click=app.quit]x[/]")
            await pilot.app.screen.mount(inert)
            inert.say("[/] and more")
            await pilot.pause()
            assert isinstance(inert, Static)
            assert "[/] and more" in shows(pilot)

        drive(story(), steps)

    run().close()
    asyncio.run(asyncio.sleep(0))


@pytest.mark.parametrize("words", ESCAPES)
def test_the_last_filter_lets_nothing_through_that_a_terminal_obeys(words: str) -> None:
    segments = ControlFilter().apply([Segment("fine"), Segment(words)], Color(0, 0, 0))
    assert segments[0].text == "fine"
    assert segments[1].text.isprintable() or "\ufffd" in segments[1].text
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in segments[1].text)


def test_without_unicode_every_sign_has_a_stand_in_of_its_width() -> None:
    segments = AsciiFilter("ascii").apply([Segment("⚑ ⏸ ✓ … ┃ é 한")], Color(0, 0, 0))
    assert segments[0].text == "F = v ~ | ? ??"
    assert AsciiFilter("latin-1").apply([Segment("é")], Color(0, 0, 0))[0].text == "é"


def test_hostile_words_in_an_open_ticket_stay_on_it() -> None:
    desk = hostile(MARKUP[0])

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("enter", "y")
        assert pilot.app.clipboard == "acme#4999"

    drive(desk, steps)
    assert EXPORT in desk.tickets


def test_no_command_saves_a_picture_of_customers_words() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("colon", *"picture")
        await pilot.pause(0.3)
        assert "Save a picture" not in shows(pilot)

    drive(story(), steps)
