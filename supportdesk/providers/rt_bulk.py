"""RT's conversations by the hundred: the transactions of many tickets in one search, and their parts in two more.

    GET /REST/2.0/transactions   query=[{ObjectType}, {ObjectId IN […]}, {Type IN […]}] fields=Type,Creator,Created,…
    GET /REST/2.0/attachments    query=[{TransactionId IN […]}, …] fields=…

`IN` with a list is DBIx::SearchBuilder's, which RT hands its JSON searches to; seen on RT 5.0.3. The search knows
tickets by their own number only, so one that another was merged into is left to be read by its history.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from supportdesk.errors import Lost
from supportdesk.model import Conversation, Ticket
from supportdesk.providers import Account, Flow, Json
from supportdesk.providers.answers import text_of
from supportdesk.providers.rt_parse import WORDS, comments_of, identifier, record_of
from supportdesk.providers.rt_rest import PER_PAGE, Query, page_of, reading, rows

AT_ONCE = 100  # tickets
PARTS = 400  # transactions: their numbers fit into an address of 8 kB
_MERGED = "AddLink"
_TEXTS = ({"field": "ContentType", "operator": "STARTSWITH", "value": "text/"},)
_UNNAMED = (
    {"field": "Filename", "operator": "IS", "value": "NULL"},
    {"field": "Filename", "operator": "=", "value": ""},
)
_FILES = ({"field": "ContentType", "operator": "NOT STARTSWITH", "value": "multipart/"},)


def words(account: Account, tickets: Sequence[Ticket]) -> Flow[tuple[Iterator[Conversation], tuple[Ticket, ...]]]:
    """The conversations of up to 100 tickets, and the tickets whose words have to be read by their history."""
    wanted = [int(ticket.ref.id) for ticket in tickets]
    query = (
        ("query", json.dumps([_is("ObjectType", "RT::Ticket"), _in("ObjectId", wanted), _in("Type", _types())])),
        ("fields", "Type,Creator,Created,ObjectId,Field"),
        ("fields[Creator]", "Name,RealName,EmailAddress"),
    )
    told: dict[str, list[Json]] = {ticket.ref.id: [] for ticket in tickets}
    merged: set[str] = set()
    for row in (yield from rows(f"{account.name}: {len(tickets)} conversations", "/transactions", query)):
        number, numbered = _whose(row)
        if numbered and record_of(row).get("Type") == _MERGED:
            merged |= {number} if record_of(row).get("Field") == "MergedInto" else set()
        elif number in told and numbered:
            told[number].append(row)
        else:
            merged.add(number)  # its own history counts what cannot be read
    ids = [int(identifier(record_of(row).get("id"))) for number in told if number not in merged for row in told[number]]
    parts = yield from _parts(account, ids, (*_TEXTS, *_UNNAMED), "TransactionId,ContentType,Filename,Content")
    attached = yield from _parts(account, ids, _FILES, "TransactionId,ContentType,Filename,ContentLength")
    whole = [ticket for ticket in tickets if ticket.ref.id not in merged and told[ticket.ref.id]]
    rest = tuple(ticket for ticket in tickets if ticket.ref.id in merged or not told[ticket.ref.id])
    return (_joined(account, ticket, told[ticket.ref.id], parts, attached) for ticket in whole), rest


def _whose(row: Json) -> tuple[str, bool]:
    """The ticket of a transaction, empty where it cannot be told, and whether it has a number of its own."""
    try:
        number = text_of(record_of(row).get("ObjectId"))
    except ValueError:
        return "", False
    try:
        return number, bool(identifier(record_of(row).get("id")))
    except ValueError:
        return number, False


def _types() -> list[str]:
    return [*WORDS, _MERGED]


def _is(field: str, value: str) -> Mapping[str, Json]:
    return {"field": field, "operator": "=", "value": value}


def _in(field: str, values: Sequence[Json]) -> Mapping[str, Json]:
    return {"field": field, "operator": "IN", "value": list(values)}


def _parts(
    account: Account, ids: Sequence[int], limits: Iterable[Mapping[str, Json]], fields: str
) -> Flow[dict[str, list[Json]]]:
    """The parts of these transactions by transaction.

    All of them may be seen, because their transactions were: here a short page is the last one.
    """
    found: dict[str, list[Json]] = {}
    what = f"{account.name}: the words"
    for start in range(0, len(ids), PARTS):
        block = [_in("TransactionId", ids[start : start + PARTS]), *limits]
        query: Query = (("query", json.dumps(block, separators=(",", ":"))), ("fields", fields))
        page, full = 1, True
        while full:
            more = yield from page_of(what, "/attachments", query, page)
            for row in more:
                found.setdefault(text_of(record_of(row).get("TransactionId")), []).append(row)
            page, full = page + 1, len(more) == PER_PAGE
            if page > PER_PAGE:
                raise Lost(f"{what}: RT's pages do not end.", "Try again later.")
    return found


def _joined(
    account: Account,
    ticket: Ticket,
    history: Sequence[Json],
    parts: Mapping[str, list[Json]],
    attached: Mapping[str, list[Json]],
) -> Conversation:
    ids = [identifier(record_of(row).get("id")) for row in history]
    texts = [row for number in ids for row in parts.get(number, ())]
    files = [row for number in ids for row in attached.get(number, ())]
    with reading(str(ticket.ref)):
        comments, bad = comments_of(account, ticket, history, texts, files)
    return Conversation(ticket=replace(ticket, comment_count=len(comments) + bad), comments=comments)
