"""Every noun survives the way to disk and back, and nothing else does."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from store_samples import FULL_TICKET, NOON, NOUNS, REF, outgoing, ticket

from supportdesk import model
from supportdesk.model import Comment, Finding, Outgoing, Person, Ticket, TicketRef
from supportdesk.store.cache_rows import from_json, many_from_json, many_to_json, to_json
from supportdesk.store.records import decode, encode, moment, stamp


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: type(noun).__name__)
def test_a_noun_comes_back_as_it_was(noun: object) -> None:
    record = json.loads(json.dumps(encode(noun), allow_nan=False))
    again = decode(type(noun), record)
    assert again == noun
    assert type(again) is type(noun)
    assert encode(again) == record


@pytest.mark.parametrize("kind", [Ticket, Person, Comment, Finding])
def test_what_the_cache_writes_comes_back_as_it_was(kind: type) -> None:
    nouns = tuple(noun for noun in NOUNS if type(noun) is kind)
    assert nouns
    assert many_from_json(kind, many_to_json(nouns)) == nouns
    assert list(json.loads(many_to_json(nouns))[0]) == list(encode(nouns[0]))


def test_a_moment_of_elsewhere_comes_back_in_utc() -> None:
    berlin = timezone(timedelta(hours=1))
    seen = dataclasses.replace(
        ticket(), updated_at=NOON.astimezone(berlin), created_at=datetime(1970, 1, 1, 1, 0, 0, 1, tzinfo=berlin)
    )
    again = from_json(Ticket, to_json(seen))
    assert again == seen
    assert (again.updated_at.tzinfo, again.created_at.tzinfo) == (UTC, UTC)


def test_the_samples_leave_no_noun_out() -> None:
    nouns = {it for it in vars(model).values() if isinstance(it, type) and dataclasses.is_dataclass(it)}
    assert nouns == {type(noun) for noun in NOUNS}


def test_a_moment_is_kept_in_utc_and_sorts_as_text() -> None:
    berlin = datetime(2026, 11, 22, 13, 0, tzinfo=timezone(timedelta(hours=1)))
    assert stamp(berlin) == "2026-11-22T12:00:00.000000Z"
    assert moment(stamp(berlin)) == berlin
    assert stamp(NOON) < stamp(NOON + timedelta(microseconds=1))


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        encode(ticket(created_at=datetime(2026, 11, 22)))  # noqa: DTZ001 (that is the point)
    with pytest.raises(ValueError, match="no time zone"):
        decode(Ticket, {**encode(FULL_TICKET), "created_at": "2026-11-22T12:00:00"})


def test_fields_of_a_newer_version_are_ignored_and_missing_ones_take_their_default() -> None:
    record = {**encode(FULL_TICKET), "mood": "sunny"}
    del record["tags"], record["assignee"]
    assert decode(Ticket, record) == dataclasses.replace(FULL_TICKET, tags=(), assignee=None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": 7},
        {"subject": None},
        {"status": "asleep"},
        {"status": None},
        {"comment_count": True},
        {"comment_count": "3"},
        {"tags": "export"},
        {"tags": [1]},
        {"fields": [["only one"]]},
        {"requester": []},
        {"requester": {"email": "no name"}},
        {"updated_at": "yesterday"},
        {"updated_at": 5},
        {"ref": "acme#1"},
    ],
)
def test_a_wrong_value_is_named_and_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        decode(Ticket, {**encode(FULL_TICKET), **wrong})


@pytest.mark.parametrize("record", [None, [], "x", 7, {}, {"desk": "acme"}])
def test_what_is_no_record_is_refused(record: object) -> None:
    with pytest.raises(ValueError, match="TicketRef"):
        decode(TicketRef, record)


@pytest.mark.parametrize("change", [None, {}, {"is": "Person", "name": "x"}, {"is": ["Reply"]}, "Reply", {"body": "x"}])
def test_a_change_of_no_known_kind_is_refused(change: object) -> None:
    with pytest.raises(ValueError, match="is none of Reply, Note"):
        decode(Outgoing, {**encode(outgoing()), "change": change})


def test_only_nouns_are_kept() -> None:
    for nothing in (object(), {"a": 1}, [REF], Person, "words"):
        with pytest.raises(ValueError, match=r"cannot be kept|is not a noun"):
            encode(nothing)


@pytest.mark.parametrize(
    "at", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-01-01T00:00:00", "x", ""]
)
def test_a_moment_that_cannot_be_is_a_value_error(at: str) -> None:
    with pytest.raises(ValueError, match=r"all time|time zone|isoformat"):
        moment(at)
