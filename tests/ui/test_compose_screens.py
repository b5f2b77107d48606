"""A public reply and an internal note: two screens, two buffers, and nothing leaves without a review."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from drive import drive, shown, toasts
from standin import StandIn
from standin_story import EXPORT, customer, story
from textual import events
from textual.pilot import Pilot

from supportdesk.errors import StoreError, UsageError
from supportdesk.model import Note, Reply, Status, TicketRef
from supportdesk.ui.compose import ComposeScreen, ReviewScreen
from supportdesk.ui.editor import edit, editor_command, left_behind


def text(pilot: Pilot[None]) -> str:
    return shown(pilot.app)  # type: ignore[arg-type]  # the pilot's app is ours


def test_a_public_reply_says_so_and_lists_everybody_it_reaches() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r")
        assert "PUBLIC reply" in text(pilot)
        assert "INTERNAL note" not in text(pilot)
        assert "to Ngozi Okafor <ngozi@okaformaritime.example>, Femi Bello" in text(pilot)

    drive(story(), steps)


def test_a_recipient_from_outside_is_announced_loudly_and_asked_about() -> None:
    desk = story()
    desk.outsiders = (customer("Sam Gray", "Elsewhere"),)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r", *"Hello", "ctrl+s")
        assert "outside the requester's" in text(pilot)
        await pilot.press("y")
        assert desk.entries == []
        assert "Send it all the same?" in text(pilot)
        await pilot.press("enter")
        assert desk.entries == []
        await pilot.press("y", "y")
        assert len(desk.entries) == 1

    drive(desk, steps)


def test_an_internal_note_is_a_buffer_of_its_own() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("i", *"between us", "escape", "r")
        assert isinstance(pilot.app.screen, ComposeScreen)
        assert pilot.app.screen.words.text == ""
        await pilot.press(*"dear all", "escape", "i")
        assert pilot.app.screen.words.text == "between us"

    drive(desk, steps)
    assert desk.drafts == {
        (EXPORT, False): "between us",
        (EXPORT, True): "dear all",
        (TicketRef("acme", "4301"), True): "Done, invoices go to",
    }


def test_no_key_turns_a_note_into_a_reply() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("i", *"secret")
        for key in ("ctrl+r", "ctrl+p", "tab", "shift+tab", "f2", "ctrl+t", "ctrl+enter", "escape"):
            await pilot.press(key)
            await pilot.pause(0.02)
            composers = [s for s in pilot.app.screen_stack if isinstance(s, ComposeScreen)]
            assert all(not composer.public for composer in composers)

    drive(desk, steps)
    assert not any(isinstance(entry.change, Reply) for entry in desk.entries)


def test_only_review_and_y_send_and_exactly_what_was_shown() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r", *"It is fixed.", "ctrl+s")
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert "Send this PUBLIC reply?" in text(pilot)
        assert "It is fixed." in text(pilot)
        await pilot.press("enter", "space")
        assert desk.entries == []
        await pilot.press("s", "y")
        assert (await toasts(pilot))[-1] == "Public reply to acme#4312 in 8 s · u undo"

    drive(desk, steps)
    (entry,) = desk.entries
    assert isinstance(entry.change, Reply)
    assert (entry.change.body, entry.change.update.status) == ("It is fixed.", Status.PENDING)
    assert (EXPORT, True) not in desk.drafts


def test_send_and_next_goes_on_to_the_next_ticket() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("i", *"noted", "ctrl+s", "Y")
        await pilot.pause()
        assert pilot.app.screen.ref == TicketRef("acme", "4318")  # type: ignore[attr-defined]  # the queue's

    drive(desk, steps)
    assert isinstance(desk.entries[0].change, Note)


def test_the_draft_is_on_disk_soon_after_the_last_key_and_when_the_app_ends() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r", *"half a th")
        await pilot.pause(0.8)
        assert desk.draft(EXPORT, public=True) == "half a th"
        await pilot.press(*"ought", "ctrl+q")

    drive(desk, steps)
    assert desk.draft(EXPORT, public=True) == "half a thought"


def test_what_another_console_wrote_to_the_draft_is_not_written_over_and_is_shown_before_it_is_sent() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r", *"mine")
        desk.drafts[EXPORT, True] = "theirs"
        await pilot.pause(0.8)
        assert desk.draft(EXPORT, public=True) == "mine\n\ntheirs"
        assert pilot.app.screen.words.text == "mine\n\ntheirs"  # type: ignore[attr-defined]  # a compose screen
        assert any("written to elsewhere" in said for said in await toasts(pilot))
        await pilot.press(*" too")
        desk.drafts[EXPORT, True] = "mine\n\ntheirs\nlater"
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert "later" in text(pilot)
        desk.drafts[EXPORT, True] += "\nat the last moment"
        await pilot.press("y")

    drive(desk, steps)
    (entry,) = desk.entries
    assert entry.change.body == "mine too\n\ntheirs\n\nlater"
    assert desk.draft(EXPORT, public=True) == "at the last moment"


def test_that_another_console_has_the_draft_open_is_said_and_leaving_closes_it() -> None:
    desk = story()
    desk.off["draft"] = "Another console (pid 7) has this draft open."

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r")
        assert "Another console (pid 7)" in (await toasts(pilot))[-1]
        await pilot.press(*"mine", "escape")
        await pilot.pause()

    drive(desk, steps)
    assert ("close draft", EXPORT, True) in desk.done
    assert desk.draft(EXPORT, public=True) == "mine"


def test_whoever_joined_while_the_review_was_open_is_shown_before_anything_is_sent() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r", *"Hello", "ctrl+s")
        desk.outsiders = (customer("Sam Gray", "Elsewhere"),)  # a sync behind the screen
        await pilot.press("y")
        assert desk.entries == []
        assert "Sam Gray" in text(pilot)
        await pilot.press("y", "y")

    drive(desk, steps)
    assert len(desk.entries) == 1


def test_an_answer_that_came_while_we_wrote_is_to_be_read_before_ours_goes() -> None:
    desk = story()
    last = desk.comments[EXPORT][-1]

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r", *"Hello")
        desk.comments[EXPORT] = (*desk.comments[EXPORT], replace(last, id="new", body="It is solved, thanks!"))
        await pilot.press("ctrl+s", "y")
        assert f"{last.author.name} wrote on" in text(pilot)
        await pilot.press("n", "escape")
        assert desk.entries == []

    drive(desk, steps)


def test_a_conversation_that_comes_after_the_words_is_no_answer_to_them() -> None:
    desk = story()
    said = desk.comments.pop(EXPORT)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r", *"Hello", "ctrl+s", "n")
        desk.comments[EXPORT] = said
        desk.changed()
        await pilot.pause(0.2)
        await pilot.press("ctrl+s", "y")

    drive(desk, steps)
    assert len(desk.entries) == 1


class FullDisk(StandIn):
    """A desk whose drafts cannot be kept until there is room."""

    room = False

    def save_draft(self, ref: TicketRef, body: str, *, public: bool, was: str | None = None) -> str:
        if self.room:
            return super().save_draft(ref, body, public=public, was=was)
        raise StoreError("The disk is full; the draft is only in memory.", "Make room, then type on.")


def test_a_draft_that_cannot_be_kept_is_said_and_stays_on_the_screen() -> None:
    desk = FullDisk(**vars(story()))

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r", *"words")
        await pilot.pause(0.8)
        assert any("The disk is full" in said for said in await toasts(pilot))
        assert "words" in text(pilot)
        assert "NOT ON DISK, kept here" in text(pilot)
        await pilot.press("escape", "n")
        assert pilot.app.screen.words.text == "words"
        desk.room = True
        await pilot.pause(2.3)
        assert "draft saved" in text(pilot)
        assert len([said for said in await toasts(pilot) if "The disk is full" in said]) == 1

    drive(desk, steps)
    assert desk.draft(EXPORT, public=True) == "words"


def test_a_text_too_long_to_be_kept_whole_is_neither_called_saved_nor_sent_without_its_end() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r")
        screen = pilot.app.screen
        assert isinstance(screen, ComposeScreen)
        screen.words.insert("word " * 40_001 + "the end")
        await pilot.pause(0.8)
        assert "NOT ON DISK" in text(pilot)
        await pilot.press("ctrl+s")
        assert pilot.app.screen is screen
        assert "longer than 200,000 characters" in (await toasts(pilot))[-1]
        screen.words.load_text("short")
        await pilot.press("ctrl+s", "y")

    drive(desk, steps)
    assert [entry.change.body for entry in desk.entries if isinstance(entry.change, Reply)] == ["short"]


def test_an_empty_text_is_not_reviewed() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r", "space", "ctrl+s")
        assert (await toasts(pilot))[-1] == "There is nothing to send yet."

    drive(story(), steps)


def test_a_huge_paste_is_asked_about_and_control_characters_never_enter() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("r")
        composer = pilot.app.screen
        assert isinstance(composer, ComposeScreen)
        composer.words.post_message(events.Paste("a\x1b[2Jb"))
        await pilot.pause()
        assert composer.words.text == "a\ufffdb"
        composer.words.post_message(events.Paste("x" * 70_000))
        await pilot.pause()
        assert "Paste 70 kB?" in text(pilot)
        await pilot.press("n")
        assert composer.words.text == "a\ufffdb"

    drive(story(), steps)


def test_the_editor_is_started_without_a_shell_and_its_file_is_private_and_gone(tmp_path: Path) -> None:
    witness = tmp_path / "seen"
    program = (
        "import sys; from pathlib import Path; mine = Path(sys.argv[-1]); "
        f"Path({str(witness)!r}).write_text(f'{{mine}} {{mine.stat().st_mode & 0o777:o}}'); "
        "mine.write_text(mine.read_text() + ' more')"
    )
    assert edit("words", [sys.executable, "-c", program], tmp_path) == "words more"
    path, mode = witness.read_text().split()
    assert mode == "600"
    assert Path(path).parent == tmp_path
    assert not Path(path).exists()


def test_what_was_in_an_editor_when_we_were_killed_is_named_at_the_next_start(tmp_path: Path) -> None:
    kill = "import os, signal; os.kill(os.getppid(), signal.SIGKILL)"
    program = (
        "import sys; from pathlib import Path; from supportdesk.ui.editor import edit; "
        f"edit('my words', {[sys.executable, '-c', kill]!r}, Path(sys.argv[1]))"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == -9
    (kept,) = tmp_path.iterdir()
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == ("my words", 0o600)
    (tmp_path / f"writing-{os.getpid()}-x.txt").touch()  # another console's, which runs
    (said,) = left_behind(tmp_path)
    assert str(kept) in said


def test_an_editor_that_is_not_set_or_cannot_start_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No editor is set"):
        editor_command({})
    with pytest.raises(UsageError, match="cannot be read"):
        editor_command({"EDITOR": "vi '"})
    with pytest.raises(UsageError, match="could not be started"):
        edit("words", ["/no/such/editor"], tmp_path)
    assert editor_command({"EDITOR": "vi; rm -rf ~"}) == ["vi;", "rm", "-rf", "~"]
    assert editor_command({"VISUAL": "code -w", "EDITOR": "vi"}) == ["code", "-w"]


def editor(program: str) -> list[str]:
    return [sys.executable, "-c", f"import sys; from pathlib import Path; mine = Path(sys.argv[-1]); {program}"]


def test_an_editor_that_takes_its_file_away_or_a_disk_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the text is as it was"):
        edit("words", editor("mine.unlink()"), tmp_path)
    with pytest.raises(UsageError, match="the text is as it was"):
        edit("words", editor("mine.unlink(); mine.mkdir(); (mine / 'x').touch()"), tmp_path)
    with pytest.raises(UsageError, match="the text is as it was"):
        edit("words", editor(""), tmp_path / "gone")


def test_a_text_that_comes_back_too_long_is_kept_whole_and_not_cut(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="longer than 200,000") as problem:
        edit("words", editor("mine.write_text('x' * 250_000)"), tmp_path)
    (kept,) = tmp_path.iterdir()
    assert len(kept.read_text()) == 250_000
    assert str(kept) in problem.value.hint


@pytest.mark.parametrize("end", ["sys.exit(3)", "import os; os.kill(os.getpid(), 9)"])
def test_what_was_saved_before_an_editor_gave_up_or_was_killed_is_kept(tmp_path: Path, end: str) -> None:
    with pytest.raises(UsageError, match="is as it was") as problem:
        edit("words", editor(f"mine.write_text('words and more'); {end}"), tmp_path)
    (kept,) = tmp_path.iterdir()
    assert kept.read_text() == "words and more"
    assert str(kept) in problem.value.hint


def test_what_an_editor_was_killed_over_is_kept_with_what_it_left_beside_it(tmp_path: Path) -> None:
    swap = "(mine.parent / f'.{mine.name}.swp').touch(); "
    with pytest.raises(UsageError, match="was ended by signal 9") as problem:
        edit("words", editor(f"{swap} import os; os.kill(os.getpid(), 9)"), tmp_path)
    assert len([*tmp_path.iterdir()]) == 2
    assert "is kept" in problem.value.hint


def test_an_editor_that_gives_up_unsaved_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ended with 3; the text is as it was"):
        edit("words\n", editor("sys.exit(3)"), tmp_path)
    assert [*tmp_path.iterdir()] == []


def test_a_ctrl_c_in_the_editor_is_the_editors(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from supportdesk.ui.editor import edit; "
        f"print(edit('my words', {interrupting!r}, Path(sys.argv[1])))"
    )
    run = [sys.executable, "-c", program, str(tmp_path)]
    ended = subprocess.run(run, check=False, start_new_session=True, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (0, "my words\n"), ended.stderr


interrupting = [sys.executable, "-c", "import os, signal; signal.signal(2, signal.SIG_IGN); os.killpg(0, 2)"]
