"""The team's own words: kept in the ledger, read with at once, shown as theirs, and taken back."""

from dataclasses import replace
from pathlib import Path

import pytest
from house import House, open_house, run

from supportdesk.errors import UsageError
from supportdesk.insight.teamwords import is_theirs
from supportdesk.model import Conversation, Evidence, TicketRef

PHRASE = "quokka lever"


def answered(house: House, ref: TicketRef) -> None:
    """Put the phrase into the flagged answer as the cache has it."""
    work = house.desk.work
    ticket, comments, flagged = work.ticket(ref), work.cache.comments(ref), work.cache.findings(ref)[0].comment_id
    assert comments is not None
    changed = tuple(
        replace(one, body=f"Pull the {PHRASE} first. {one.body}") if one.id == flagged else one for one in comments
    )
    work.cache.put_conversation(Conversation(ticket=ticket, comments=changed))
    run(house.desk.rescore())


def theirs(house: House, ref: TicketRef) -> list[Evidence]:
    return [one for found in house.desk.work.lessons.findings(ref) for one in found.evidence if is_theirs(one)]


def test_a_phrase_counts_once_it_is_added_and_no_longer_once_it_is_removed(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    ref = house.flagged()
    answered(house, ref)
    plain, before = house.desk.work.rules.version, house.desk.work.lessons.findings(ref)[0].p
    word = house.desk.teaching.add_word(PHRASE)
    run(house.desk.rescore())
    assert house.desk.teaching.words == (word,)
    (shown,) = theirs(house, ref)
    assert (shown.text, shown.says) == (PHRASE, "your team's phrase")
    assert house.desk.work.lessons.findings(ref)[0].p > before
    house.desk.teaching.remove_word(PHRASE)
    run(house.desk.rescore())
    assert house.desk.teaching.words == ()
    assert house.desk.work.rules.version == plain
    assert theirs(house, ref) == []
    assert house.desk.work.lessons.findings(ref)[0].p == before


def test_a_phrase_is_there_in_every_process_and_after_a_restart(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    other = open_house(tmp_path, synced=False)
    assert other.desk.teaching.words == ()
    word = house.desk.teaching.add_word(PHRASE)
    other.desk.work.catch_up()
    assert other.desk.teaching.words == (word,)
    assert other.desk.work.rules.version == house.desk.work.rules.version
    run(house.desk.close())
    assert open_house(tmp_path, synced=False).desk.teaching.words == (word,)


def test_who_added_a_phrase_and_when_is_kept(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    word = house.desk.teaching.add_word(f"  “{PHRASE}”. ")
    assert (word.phrase, word.at) == (PHRASE, house.at[0])
    assert word.added_by == house.desk.work.agent("wren")


@pytest.mark.parametrize("phrase", ["", "the", "x" * 500])
def test_what_cannot_be_a_phrase_is_refused_in_a_sentence_and_nothing_is_kept(tmp_path: Path, phrase: str) -> None:
    house = open_house(tmp_path)
    with pytest.raises(UsageError):
        house.desk.teaching.add_word(phrase)
    assert house.desk.work.ledger.team_words() == []


def test_a_phrase_is_added_once_and_one_that_does_not_stand_cannot_be_removed(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    house.desk.teaching.add_word(PHRASE)
    with pytest.raises(UsageError, match="already"):
        house.desk.teaching.add_word(PHRASE.upper())
    with pytest.raises(UsageError, match="not one of your team's"):
        house.desk.teaching.remove_word("another thing")
    assert len(house.desk.work.ledger.team_words()) == 1
