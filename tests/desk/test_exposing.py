"""A38: a service that makes our internal note public is caught at once, said aloud, and its note is hidden again."""

from dataclasses import MISSING, fields, replace
from inspect import Parameter, signature
from pathlib import Path

import pytest
from house import House, open_house, run

from supportdesk.demo import Answer
from supportdesk.desk import Desk
from supportdesk.errors import ServiceError, UsageError
from supportdesk.model import Comment, Draft, Outgoing, State
from supportdesk.providers import Request
from supportdesk.store.ledger import Ledger


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def exposed_note(house: House, *, lost: bool = False) -> Outgoing:
    """A note that the helpdesk shows to the customer, though it was asked for as internal."""
    serve = house.helpdesk.serve

    def publish(request: Request) -> Answer:
        if request.writes and "comment" in request.body.get("ticket", {}):
            assert request.body["ticket"]["comment"]["public"] is False
            ticket = {**request.body["ticket"], "comment": {**request.body["ticket"]["comment"], "public": True}}
            request = replace(request, body={"ticket": ticket})
        return serve(request)

    house.helpdesk.serve = publish  # type: ignore[method-assign]  # a rule of the account
    entry = house.desk.note(house.flagged(), "They are not to see this.")
    if lost:
        house.helpdesk.fail_next("lost answer")
    for _ in range(3):
        run(house.desk.drain(hurry=True))
    house.helpdesk.serve = serve  # type: ignore[method-assign]  # the rule is gone
    return house.desk.entry(entry.op)


@pytest.mark.parametrize("lost", [False, True])
def test_a_note_that_comes_out_public_is_an_alert(house: House, lost: bool) -> None:
    entry = exposed_note(house, lost=lost)
    assert (entry.state, entry.exposed) == (State.SENT, True)
    assert "ALERT" in entry.why
    assert "PUBLIC" in entry.why


def test_it_is_made_private_and_that_is_read_back(house: House) -> None:
    entry = exposed_note(house)
    words = run(house.desk.make_private(entry.op))
    assert "internal again" in words
    comments = house.helpdesk.records.comments[int(entry.ref.id)]
    assert comments[-1]["public"] is False
    assert [request.path for request in house.helpdesk.requests if request.writes][-1].endswith("/make_private.json")
    assert house.desk.entry(entry.op).exposed is False


def test_one_that_stays_public_stays_an_alert(house: House) -> None:
    entry = exposed_note(house)
    house.helpdesk._make_private = lambda *_: house.helpdesk.reply(200, {})  # type: ignore[attr-defined]  # replaced below
    house.helpdesk._routes = [
        (method, pattern, house.helpdesk._make_private if "private" in pattern.pattern else answer)
        for method, pattern, answer in house.helpdesk._routes
    ]
    with pytest.raises(ServiceError, match="still shows"):
        run(house.desk.make_private(entry.op))
    assert house.desk.entry(entry.op).exposed is True


def test_there_is_nothing_to_hide_of_a_note_that_stayed_internal(house: House) -> None:
    entry = house.desk.note(house.flagged(), "Quiet.")
    run(house.desk.drain())
    with pytest.raises(UsageError, match="should not be"):
        run(house.desk.make_private(entry.op))


@pytest.mark.parametrize("noun", [Comment, Draft])
def test_a38_words_are_neither_public_nor_internal_by_default(noun: type) -> None:
    (side,) = [field for field in fields(noun) if field.name == "public"]
    assert (side.default, side.default_factory) == (MISSING, MISSING)


@pytest.mark.parametrize("call", [Desk.draft, Desk.save_draft, Ledger.draft, Ledger.delete_draft])
def test_a38_nobody_asks_for_words_without_saying_which_side(call: object) -> None:
    assert signature(call).parameters["public"].default is Parameter.empty  # type: ignore[arg-type]  # functions
