"""Teaching by keys: questions at random, a phrase out of an answer, the desk's record and macros that smell."""

from dataclasses import replace
from time import process_time

import pytest
from drive import drive, shown, toasts
from standin import NOW, US, StandIn
from standin_story import ANSWER, EXPORT, OKAFOR, evidence, said, story
from textual.pilot import Pilot
from textual.widgets import Input

from supportdesk.desk import DeskRecord, MacroReport, Repeat, Sample
from supportdesk.insight.learning import Tally
from supportdesk.insight.macros import Macro, Smell
from supportdesk.insight.record import BandRecord, wilson
from supportdesk.model import Band, Decision, Finding, Kind, TicketRef
from supportdesk.ui.phrase import PickPhrase, sentences_of
from supportdesk.ui.record import RecordScreen, SampleScreen
from supportdesk.ui.talk import talk

UNFLAGGED = said("u1", US, 30, "Press Export, choose PDF, and the report is in your downloads.")
SAMPLE = Sample(ref=EXPORT, subject="Where is the report?", question="I cannot find the report.", answer=UNFLAGGED)


def asking() -> StandIn:
    desk = story()
    desk.teaching.asks = [SAMPLE]
    return desk


def band(name: Band, confirmed: int, dismissed: int, elsewhere: Tally = Tally(69, 13)) -> BandRecord:  # noqa: B008  # frozen
    here = Tally(confirmed, dismissed)
    low, high = wilson(here)
    return BandRecord(band=name, here=here, low=low, high=high, elsewhere=elsewhere)


RECORD = DeskRecord(
    desk="acme",
    verdicts=41,
    bands=(band(Band.LIKELY, 14, 4), band(Band.POSSIBLE, 9, 11), band(Band.WEAK, 0, 2)),
    where="public forums",
    missed="of 2 without a flag, drawn at random, 0 were workarounds: 0 to 66 of 100 are",
    found=3,
    faded=("“has the customer reinstall” was dismissed 7 of 9 times here and counts for less",),
)


@pytest.mark.parametrize(("key", "decision"), [("C", Decision.CONFIRMED), ("W", Decision.DISMISSED)])
def test_after_a_verdict_the_console_may_ask_about_an_answer_without_a_flag(key: str, decision: Decision) -> None:
    desk = asking()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("C")
        await pilot.pause(0.1)
        assert "One we did not flag: is this a workaround? S shows it." in await toasts(pilot)
        await pilot.press("S")
        await pilot.pause()
        assert "I cannot find the report." in shown(pilot.app)
        assert "choose PDF" in shown(pilot.app)
        await pilot.press(key)
        await pilot.pause(0.1)

    drive(desk, steps)
    kept = desk.verdicts[EXPORT]
    assert (kept.comment_id, kept.decision, kept.sampled) == ("u1", decision, True)


def test_a_question_is_skipped_with_one_key_or_by_going_on_and_is_not_asked_again() -> None:
    desk = asking()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("C", "j", "k")
        await pilot.pause(0.1)
        assert not isinstance(pilot.app.screen, SampleScreen), "nothing lies over the work"
        await pilot.press("S", "escape")
        await pilot.pause()
        await pilot.press("S")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, SampleScreen)
        assert any(words.startswith("Nothing is asked right now") for words in await toasts(pilot))

    drive(desk, steps)
    assert desk.verdicts[EXPORT].sampled is False
    assert desk.teaching.followed == 1


def test_the_sentence_under_the_flag_is_offered_and_the_chosen_part_of_it_becomes_the_teams() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("T")
        await pilot.pause()
        field = pilot.app.screen.query_one(Input)
        assert field.value.startswith("For now, filter the list by month")
        await pilot.press(*["right"] * 9, *["shift+right"] * 15)
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert "“filter the list” speaks for a workaround from now on." in await toasts(pilot)

    drive(desk, steps)
    assert [word.phrase for word in desk.teaching.words] == ["filter the list"]
    assert ("rescore",) in desk.done


def test_other_sentences_of_the_answer_are_a_key_away_and_escape_adds_nothing() -> None:
    desk = story()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("T", "down")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PickPhrase)
        assert pilot.app.screen.query_one(Input).value == "I know that is a lot of clicking."
        await pilot.press("up", "up", "up", "up", "down")
        await pilot.pause()
        assert pilot.app.screen.query_one(Input).value == "sorry about that."
        await pilot.press("escape")

    drive(desk, steps)
    assert desk.teaching.words == ()


def test_what_a_customer_is_quoted_with_is_no_sentence_of_ours() -> None:
    desk = story()
    reading = desk.read(EXPORT)
    assert reading is not None
    quoting = said("q1", US, 1, "> For now I cry.\n\nUse the other door.")
    told, first = sentences_of(replace(reading, comments=(said("c", OKAFOR, 2, "Help!"), quoting), findings=()))
    assert (told, first) == (["Use the other door."], 0)
    assert sentences_of(replace(reading, comments=(), findings=()))[0] == []


def test_sentences_of_an_answer_full_of_unclosed_marks_come_in_time_that_grows_with_it() -> None:
    reading = story().read(EXPORT)
    assert reading is not None
    marks = said("q1", US, 1, "Use the other door.\n" + "{code\n" * 30_000)
    began = process_time()
    told, _ = sentences_of(replace(reading, comments=(marks,), findings=()))
    assert told == ["Use the other door."]
    assert process_time() - began < 10  # of the processor; it took minutes


def test_the_record_shows_counts_with_how_sure_they_are_and_a_phrase_can_be_taken_away() -> None:
    desk = story()
    desk.teaching.learned = (RECORD,)
    desk.teaching.add_word("quokka lever")

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("L")
        await pilot.pause()
        drawn = shown(pilot.app)
        assert "of 18 you confirmed 14" in drawn
        assert "55 to 91 of 100 are right; measured elsewhere: 69 of 82" in drawn
        assert "was dismissed 7 of 9 times here" in drawn
        assert "drawn at random, 0 were workarounds" in drawn
        assert "“quokka lever”" in drawn
        await pilot.press("x", "enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, RecordScreen)
        assert "“quokka lever”" not in "\n".join(shown(pilot.app).splitlines()[4:-6])
        await pilot.press("escape")
        await pilot.pause(0.1)

    drive(desk, steps, size=(80, 30))
    assert desk.teaching.words == ()
    assert ("rescore",) in desk.done


def smell() -> MacroReport:
    body = "Sorry! For now, clear the cache and sign in again."
    marks = (evidence("m", body, "For now", 1.0, "a stopgap"),)
    finding = Finding(kind=Kind.WORKAROUND, p=0.8, band=Band.LIKELY, comment_id="m", evidence=marks)
    macro = Macro(id="7", name="Stuck [b]upload[/b]", body=body, desk="acme", used=14)
    notes = ("app: GitHub's saved replies are not in its API: no macros here.",)
    return MacroReport(smells=(Smell(macro=macro, finding=finding, uses=3, customers=2),), macros=5, notes=notes)


def test_macros_that_are_workarounds_are_shown_with_their_uses_and_their_words() -> None:
    desk = story()
    desk.teaching.report = smell()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("M")
        await pilot.pause(0.1)
        drawn = shown(pilot.app)
        assert "1 of 5 macros" in drawn
        assert "Stuck [b]upload[/b]" in drawn
        assert "3 answers on disk to 2 customers; used 14 times in 30 days, says the service" in drawn
        assert "GitHub's saved replies are not in its API" in drawn
        await pilot.press("escape")

    drive(desk, steps, size=(80, 24))


def drawn_with(**more: object) -> str:
    desk = story()
    reading = desk.read(EXPORT)
    assert reading is not None
    drawn = talk(replace(reading, **more), 120, NOW).lines  # type: ignore[arg-type]  # fields by name
    return " ".join(" ".join(one.text for one in drawn).split())


def test_a_flag_says_that_its_answer_was_repeated_and_who_said_what_of_it_where() -> None:
    desk = story()
    given = desk.verdict(EXPORT, Decision.DISMISSED)
    flagged = given.comment_id
    repeats = {flagged: Repeat(answers=12, customers=9, boilerplate=False)}
    assert "nearly word for word in 12 answers to 9 customers; one verdict serves them all" in drawn_with(
        repeats=repeats
    )
    assert "serves its group of 12" in drawn_with(repeats=repeats, verdicts={flagged: given})
    elsewhere = replace(given, ref=TicketRef("acme", "9"), comment_id="other")
    assert "by group of 12: said on acme#9" in drawn_with(repeats=repeats, verdicts={flagged: elsewhere})
    boilerplate = {flagged: Repeat(answers=12, customers=9, boilerplate=True)}
    assert "a verdict is for this ticket alone" in drawn_with(repeats=boilerplate)
    tagged = replace(given, agent="a colleague")
    assert "not a workaround, says a colleague, by a tag" in drawn_with(verdicts={flagged: tagged})


def test_a_verdict_on_an_answer_without_a_flag_is_shown_where_the_answer_stands() -> None:
    desk = story()
    given = replace(desk.verdict(EXPORT, Decision.CONFIRMED), sampled=True)
    assert ANSWER
    assert "it had no flag, and was drawn at random" in drawn_with(findings=(), verdicts={given.comment_id: given})
