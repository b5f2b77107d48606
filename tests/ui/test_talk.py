"""A conversation as lines."""

from dataclasses import replace

from standin import NOW, US
from standin_story import ANSWER, EXPORT, OKAFOR, busy, said, story

from supportdesk.desk import Reading
from supportdesk.model import Decision
from supportdesk.ui.cells import Line
from supportdesk.ui.portions import LAID, LONGEST, MOST
from supportdesk.ui.talk import talk


def reading() -> Reading:
    found = story().read(EXPORT)
    assert found is not None
    return found


def texts(lines: list[Line]) -> str:
    return "\n".join(line.text for line in lines)


def test_entries_stand_oldest_first_with_author_side_and_time() -> None:
    drawn = texts(talk(reading(), 100, NOW).lines)
    order = [
        drawn.index(word) for word in ("audit on Friday.", "export each month", "changelog", "most of the morning")
    ]
    assert order == sorted(order)
    assert "Ngozi Okafor · customer · public" in drawn
    assert "Mon 13:30 · 1 day ago" in drawn


def test_the_evidence_is_underlined_in_the_answer_and_nowhere_else() -> None:
    lines = talk(reading(), 60, NOW).lines
    marked = " ".join(piece.text for line in lines for piece in line.pieces if piece.style == "evidence")
    assert marked == "For now export each month on its own a lot of clicking"


def test_the_flag_explains_itself_below_the_answer() -> None:
    told = talk(reading(), 100, NOW)
    drawn = texts(told.lines)
    below = drawn[drawn.index("clicking.") :]
    assert "likely a workaround for a bug (must be repeated)" in below
    assert "for: a detour by hand “export each month on its own”, a stopgap “For now”" in below
    assert "against: asked for only once" in below
    assert "5 tickets of 4 customers" in below
    assert told.lines[told.flags[0]].text.startswith(" Maren Vogt")


def test_a_verdict_takes_the_place_of_the_question() -> None:
    desk = story()
    desk.verdict(EXPORT, Decision.DISMISSED, why="it works as meant")
    found = desk.read(EXPORT)
    assert found is not None
    drawn = texts(talk(found, 100, NOW).lines)
    assert "not a workaround, says maren, just now: it works as meant" in drawn
    assert "likely a workaround" not in drawn


def test_an_internal_note_is_tinted_and_says_so() -> None:
    lines = talk(reading(), 100, NOW).lines
    tinted = [line for line in lines if line.fill == "internal"]
    assert "INTERNAL" in tinted[0].text
    assert "changelog" in tinted[1].text
    assert not any("INTERNAL" in line.text for line in lines if line.fill != "internal")


def test_what_is_on_its_way_follows_the_conversation_with_its_state_in_words() -> None:
    found = busy().read(EXPORT)
    assert found is not None
    drawn = texts(talk(found, 100, NOW).lines)
    after = drawn[drawn.index("most of the morning") :]
    assert "held: waits for you · PUBLIC reply" in after
    assert "Ngozi Okafor answered at 14:06" in after
    assert "O opens the outbox" in after


def test_a_long_entry_is_cut_and_says_how_to_see_the_rest() -> None:
    long = replace(reading(), comments=(said("x", OKAFOR, 1, "row\n" * 20_000),))
    cut, whole = talk(long, 80, NOW), talk(long, 80, NOW, everything=True)
    assert len(cut.lines) < LONGEST + 30
    assert "about 68 kB more: v shows more" in texts(cut.lines[-5:])
    assert len(whole.lines) > 20_000


def test_of_ten_megabytes_the_first_and_the_newest_entries_are_laid_out_with_the_flags_between_them() -> None:
    plain = reading()
    many = [said(f"n{at}", OKAFOR, 1, f"entry {at} " + "slow since Monday " * 280) for at in range(2_000)]
    many[700] = plain.comments[1]
    vast = replace(plain, comments=tuple(many))
    told = talk(vast, 100, NOW)
    drawn = texts(told.lines)
    assert len(told.lines) < 2 * LAID
    assert all(f"entry {at} " in drawn for at in (0, 1_998, 1_999))
    assert "entry 300 " not in drawn
    assert "699 more entries, " in drawn
    assert told.lines[told.flags[0]].text.startswith(" Maren Vogt")
    assert told.lines[told.newest + 1].text.startswith("  entry 1999 ")


def test_everything_of_too_much_ends_too_and_says_where_it_can_be_read() -> None:
    endless = tuple(said(f"n{at}", OKAFOR, 1, "\n" * 5_000) for at in range(2_000))
    told = talk(replace(reading(), comments=endless), 100, NOW, everything=True)
    assert len(told.lines) < 2 * MOST
    assert "more entries" in texts(told.lines)
    assert "too much for a screen, o opens the ticket where it lives" in texts(told.lines)


def test_two_hundred_long_entries_are_laid_out_whole() -> None:
    long = tuple(said(f"n{at}", OKAFOR, 1, "slow since Monday " * 70) for at in range(200))
    assert "v shows more" not in texts(talk(replace(reading(), comments=long), 100, NOW).lines)


def test_a_conversation_that_was_never_fetched_says_what_happens_now() -> None:
    absent = replace(reading(), comments=(), loaded=False)
    assert "Fetching the conversation…" in texts(talk(absent, 80, NOW).lines)
    trouble = talk(absent, 80, NOW, trouble="acme did not answer. R tries again.").lines
    assert "R tries again" in texts(trouble)


def test_evidence_offsets_count_from_the_start_of_the_whole_body() -> None:
    assert ANSWER.index("For now") > ANSWER.index("\n")
    assert US.name in ANSWER or ANSWER.endswith("Maren")


def test_how_far_a_flag_can_be_trusted_stands_below_it() -> None:
    trusted = replace(
        reading(),
        confidence="of 18 flags like this you confirmed 11",
        reminders=("“offers another way” was dismissed 7 of 9 times here and counts for less",),
    )
    shown = texts(talk(trusted, 100, NOW).lines)
    assert "trust: of 18 flags like this you confirmed 11" in shown
    assert "faded: “offers another way” was dismissed 7 of 9 times here" in shown
    assert shown.index("trust:") < shown.index("faded:") < shown.index("for:")
