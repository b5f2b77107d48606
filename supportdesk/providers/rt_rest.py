"""RT's REST 2.0 as small flows: one record, a whole list, a ticket's history, and who the token belongs to.

Lists are asked for until a page is empty: RT cuts rows that the token may not see after it has made the page, so that
a short page is not the last one, and `total` and `pages` are null then. What is read whole ends at 100 pages.
Never sent, because RT 5.0.3 answers them with an empty 500: `If-Modified-Since`, `If-Unmodified-Since`, and
`fields=Parent` for attachments. https://docs.bestpractical.com/rt/5.0.3/RT/REST2.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from supportdesk.errors import Distrusted, Missing, Refused
from supportdesk.model import Person, Role, TicketRef
from supportdesk.providers import Account, Flow, Json, Request, Response
from supportdesk.providers.answers import check, segment, text_of
from supportdesk.providers.rt_parse import filters, items_of, person_of, record_of, said

API = "/REST/2.0"
PER_PAGE = 100
PAGES = 100
_TOO_LONG = 20  # digits of a number
_USER_IN_TOKEN = re.compile(r"\d+-(\d+)-[0-9a-fA-F]+")
_PERSON = "Name,RealName,EmailAddress"
ROW = (
    ("fields", "Subject,Status,Priority,Created,LastUpdated,Owner,Requestor,Cc,CustomFields,Queue"),
    ("fields[Owner]", _PERSON),
    ("fields[Requestor]", f"{_PERSON},Organization"),
    ("fields[Cc]", f"{_PERSON},Organization"),
    ("fields[Queue]", "Name"),
)
Query = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A ticket object as RT keeps it, with the ETag that guards a PUT: its newest visible transaction."""

    etag: str
    row: Mapping[str, Json]


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn what cannot be read into Distrusted."""
    try:
        yield
    except ValueError as problem:
        raise Distrusted(f"{what}: RT's answer cannot be read ({problem}).", "Check the desk's url.") from problem


def user_in_token(token: str) -> str:
    """The id of the user that an RT token names (`1-29-0123…` is user 29); empty when it is no RT token."""
    found = _USER_IN_TOKEN.fullmatch(token.strip())
    return found[1] if found else ""


def read(what: str, path: str, query: Query = ()) -> Flow[Response]:
    """GET below the API; a ServiceError for anything but an answer."""
    response = yield Request(method="GET", path=API + path, query=query)
    return checked(response, what)


def checked(response: Response, what: str) -> Response:
    """Pass a good answer on; raise what a bad one means, in RT's words without the place in its source."""
    return check(replace(response, body={"message": said(response.body)}) if not response.ok else response, what)


def rows(what: str, path: str, query: Query) -> Flow[list[Json]]:
    """Every row of a list, page after page until one is empty; Distrusted when none is, or when pages repeat."""
    found: list[Json] = []
    for page in range(1, PAGES + 1):
        more = yield from page_of(what, path, query, page)
        if not more:
            return found
        if more == found[-len(more) :]:
            break
        found += more
    raise Distrusted(f"{what}: more than {PAGES} pages, or pages that repeat.", "Open it in RT.")


def page_of(what: str, path: str, query: Query, page: int) -> Flow[list[Json]]:
    """One page of a list."""
    response = yield from read(what, path, (*query, ("per_page", str(PER_PAGE)), ("page", str(page))))
    return items_of(response.body)


def highest(found: Iterable[Json]) -> int:
    """The highest number of these rows; ValueError when none of them has one."""
    numbers = [str(row.get("id", "")) for row in found if isinstance(row, dict)]
    return max(int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < _TOO_LONG)


def record(ref: TicketRef) -> Flow[Record]:
    """A ticket object; Missing when there is none, or when it was merged into another one."""
    response = yield from read(str(ref), f"/ticket/{segment(ref.id)}")
    with reading(str(ref)):
        row = record_of(response.body)
        identity = text_of(row.get("id"))
    if identity != ref.id:
        raise Missing(f"{ref} was merged into {ref.desk}#{identity}.", "Work on that one; sync to see it.")
    return Record(etag=response.headers.get("etag", ""), row=row)


def history(ref: TicketRef, *limits: tuple[str, str, str]) -> Flow[list[Json]]:
    """Transactions of a ticket, oldest first; RT's history has no texts."""
    query = (
        ("query", filters(*limits)),
        ("fields", "Type,Creator,Created"),
        ("fields[Creator]", _PERSON),
    )
    return (yield from rows(str(ref), f"/ticket/{segment(ref.id)}/history", query))


def texts(ref: TicketRef) -> Flow[list[Json]]:
    """The parts of a ticket's messages that are their words; files are left where they are."""
    limits = (("ContentType", "STARTSWITH", "text/"), ("Filename", "IS", "NULL"), ("Filename", "=", ""))
    return (yield from _parts(ref, "TransactionId,ContentType,Filename,Content", limits))


def files(ref: TicketRef) -> Flow[list[Json]]:
    """The other parts, without their content."""
    limits = (("ContentType", "NOT STARTSWITH", "multipart/"),)
    return (yield from _parts(ref, "TransactionId,ContentType,Filename,ContentLength", limits))


def _parts(ref: TicketRef, fields: str, limits: tuple[tuple[str, str, str], ...]) -> Flow[list[Json]]:
    query = (("query", filters(*limits)), ("fields", fields))
    return (yield from rows(str(ref), f"/ticket/{segment(ref.id)}/attachments", query))


def myself(account: Account, user: str) -> Flow[tuple[Person, bool]]:
    """The token's own user and whether RT counts them as staff; `user` is the id in the token.

    RT has no "who am I"; where the token is not RT's own kind, the account's `user` says it.
    """
    name = user or account.user
    if not name:
        raise Refused(
            f"{account.name}: this token does not say whose it is.",
            f"Use a token made in RT, or set `user` in [desks.{account.name}].",
        )
    what = f"{account.name}: the token's user"
    response = yield from read(what, f"/user/{segment(name)}")
    with reading(what):
        row = record_of(response.body)
        return person_of(row, Role.AGENT), text_of(row.get("Privileged", "0")) not in ("", "0")


def queue(account: Account) -> Flow[Mapping[str, Json]]:
    """The account's queue; Missing when it is not there or hidden from the token, which RT answers alike."""
    what = f"{account.name}: queue {account.queue!r}"
    response = yield Request(method="GET", path=f"{API}/queue/{segment(account.queue)}")
    if response.status in (403, 404):
        raise Missing(
            f"{what} is not there, or this account may not see it.",
            f"Check `queue` in [desks.{account.name}].",
            status=response.status,
        )
    with reading(what):
        return record_of(checked(response, what).body)


def refs_of(row: Mapping[str, Json]) -> frozenset[str]:
    """What RT offers to do with a record: correspond, comment, lifecycle, create."""
    links = row.get("_hyperlinks")
    return frozenset(
        link["ref"]
        for link in (links if isinstance(links, list) else ())
        if isinstance(link, dict) and isinstance(link.get("ref"), str)
    )
