"""The line under the status line: there while somebody has to see to it, out of the way for today on esc."""

from drive import drive, shown
from standin_story import story
from textual.pilot import Pilot

WORDS = (
    "acme signs in with an API token, and Zendesk ends those on 30 April 2027, in 157 days. Set client_id and run "
    "`supportdesk login acme`. esc hides this for today."
)


def text(pilot: Pilot[None]) -> str:
    return shown(pilot.app)  # type: ignore[arg-type]  # the pilot's app is ours


def test_a45_the_banner_is_read_whole_at_80_columns_and_esc_hides_it() -> None:
    desk = story()
    desk.banner = WORDS

    async def steps(pilot: Pilot[None]) -> None:
        said = " ".join(line.strip() for line in text(pilot).splitlines()[1:4])
        assert WORDS in said
        await pilot.press("escape")
        await pilot.pause(0.2)
        assert "30 April 2027" not in text(pilot)
        assert desk.banner == ""
        await pilot.press("escape")
        await pilot.pause(0.2)
        assert "q leaves supportdesk." in text(pilot)

    drive(desk, steps, size=(80, 24))


def test_esc_goes_back_first_and_hides_the_banner_only_on_the_whole_queue() -> None:
    desk = story()
    desk.banner = WORDS

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("enter", "escape")
        assert desk.banner == WORDS
        await pilot.press("escape")
        assert desk.banner == ""

    drive(desk, steps)


def test_without_a_banner_the_queue_begins_where_it_did() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        assert pilot.app.screen.query_one("#panes").region.y == 1

    drive(story(), steps)


def test_markup_in_a_banner_is_only_text() -> None:
    desk = story()
    desk.banner = "[@click=app.quit]x[/] [/]"

    async def steps(pilot: Pilot[None]) -> None:
        assert desk.banner in text(pilot)

    drive(desk, steps)
