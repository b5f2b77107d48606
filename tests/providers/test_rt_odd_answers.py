"""Whatever RT answers in place of what it should, a flow ends in a value, an outcome or a ServiceError."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from rt_bench import ONE, OP, desk, seen, tape

from supportdesk.errors import ServiceError
from supportdesk.model import IssueDraft, IssueRef, Note, Reply, Status, Update
from supportdesk.providers import Flow, Json, Response
from supportdesk.providers.answers import marker

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
ODD: tuple[Json, ...] = (None, 7, "x", "²", [], {}, [[]], [{}], True, -1)
EVERY = 7  # a prime, so that all kinds of values meet all kinds of places
DRAFT = IssueDraft(tracker="eng", title="Printer settings", body=f"x\n\n{marker(OP)}", labels=("workaround",))
UPDATE = Update(status=Status.HOLD, assignee="me", priority="high", add_tags=("workaround",))
NOTE, REPLY = Note(body="x"), Reply(body="Fixed in 4.3.\n\nAlice")
NONE: frozenset[str] = frozenset()
FLOWS: dict[str, Callable[[], Flow[Any]]] = {
    "whoami_agent": lambda: desk().whoami(),
    "views": lambda: desk().views(),
    "open_page_1": lambda: desk().tickets(None, ""),
    "changes": lambda: desk().changes(SINCE, "", ""),
    "ticket": lambda: desk().ticket(ONE),
    "conversation": lambda: desk().conversation(ONE),
    "note_after_our_own_reply": lambda: desk().deliver(NOTE, OP, seen()),
    "reply_conflict": lambda: desk().deliver(REPLY, OP, seen()),
    "update": lambda: desk().deliver(UPDATE, OP, seen()),
    "find_reply": lambda: desk().find_op(REPLY, OP, seen(), SINCE, NONE),
    "find_update": lambda: desk().find_op(UPDATE, OP, seen(), SINCE, NONE),
    "place": lambda: desk(queue="Engineering").place(),
    "file_issue": lambda: desk(queue="Engineering").file_issue(DRAFT, OP),
    "find_issue": lambda: desk(queue="Engineering").find_issue(OP, SINCE),
    "similar_issues": lambda: desk(queue="Engineering").similar_issues(DRAFT),
    "issue": lambda: desk(queue="Engineering").issue(IssueRef("help", "6")),
}


def spots(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        yield from spots(item, (*path, key))


def spoilt(body: Json, path: tuple[Any, ...], odd: Json) -> Json:
    """The same JSON with something odd in one place."""
    if not path:
        return odd
    copy = deepcopy(body)
    holder = copy
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = odd
    return copy


def variants(answers: list[Response]) -> Iterator[list[Response]]:
    """The answers with one odd value each."""
    number = 0
    for index, answer in enumerate(answers):
        for path in spots(answer.body):
            for odd in ODD:
                number += 1
                if number % EVERY == 0:
                    body = spoilt(answer.body, path, odd)
                    changed = Response(status=answer.status, headers=answer.headers, body=body)
                    yield [*answers[:index], changed, *answers[index + 1 :]]


def end_of(flow: Flow[Any], answers: list[Response]) -> None:
    """Drive a flow as far as its answers go; more or fewer requests than answers are fine here."""
    try:
        next(flow)
        for answer in answers:
            flow.send(answer)
        flow.close()
    except (StopIteration, ServiceError):
        return


@pytest.mark.parametrize("name", FLOWS)
def test_an_odd_value_anywhere_never_escapes_as_another_error(name: str) -> None:
    for answers in variants(tape(name)):
        end_of(FLOWS[name](), answers)
