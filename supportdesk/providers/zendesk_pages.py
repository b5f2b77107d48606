"""Where the next page of a Zendesk list is: built from cursors and numbers, never from the addresses it hands out."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from supportdesk.errors import Distrusted
from supportdesk.model import Ticket
from supportdesk.providers import Account, Json

PAGE_ROWS = 100
SEARCH_PAGES = 10  # 1,000 rows; the next page is answered with 422

_ELSEWHERE = "elsewhere:"  # a cursor that is never asked for: the service pointed to another origin
_PORTS = {"https": 443, "http": 80}

Query = tuple[tuple[str, str], ...]


def cursor_query(account: Account, cursor: str) -> Query:
    """The parameters of a page behind a cursor; Distrusted when the page before it pointed to another origin."""
    stay(account, cursor)
    size = ("page[size]", str(PAGE_ROWS))
    return (size, ("page[after]", cursor)) if cursor else (size,)


def search_query(words: str, cursor: str) -> Query:
    """The parameters of a page of a search; a cursor is `PAGE`, or `PAGE@UNTIL` where a new search has begun."""
    number, _, until = cursor.partition("@")
    return (
        ("query", f"{words} updated<={until}" if until else words),
        ("sort_by", "updated_at"),
        ("sort_order", "desc"),
        ("include", "tickets(users,organizations)"),
        ("per_page", str(PAGE_ROWS)),
        ("page", number or "1"),
    )


def stay(account: Account, cursor: str) -> None:
    """Raise Distrusted for a cursor that stands for a page on another origin; nothing is ever asked there."""
    if cursor.startswith(_ELSEWHERE):
        raise Distrusted(
            f"{account.name}: pagination left {urlsplit(account.url).netloc} for {cursor.removeprefix(_ELSEWHERE)}; "
            "it was not followed.",
            "If that address is yours too, put it into the desk's url.",
        )


def after_cursor(account: Account, body: Json, rows: Sequence[Json]) -> str:
    """The cursor of the page after an answer, empty at the end or when the page was empty."""
    meta, links = body.get("meta"), body.get("links")
    after = meta.get("after_cursor") if isinstance(meta, dict) and meta.get("has_more") is not False else None
    if not rows or not isinstance(after, str):
        return ""
    host = elsewhere(account, links.get("next")) if isinstance(links, dict) else ""
    return _ELSEWHERE + host if host else after


def after_search(account: Account, body: Json, tickets: Sequence[Ticket], cursor: str) -> str:
    """The cursor of the page after a page of a search, empty at the end.

    A search ends at 1,000 rows, so past them a new one asks for what changed no later than the last row.
    """
    if not body.get("results") or not body.get("next_page"):
        return ""
    if host := elsewhere(account, body["next_page"]):
        return _ELSEWHERE + host
    number, _, until = cursor.partition("@")
    page = int(number or 1)
    if page < SEARCH_PAGES:
        return f"{page + 1}@{until}" if until else str(page + 1)
    oldest = min((stamp_of(ticket.updated_at) for ticket in tickets), default="")
    if not oldest or (until and oldest >= until):
        return ""
    return f"1@{oldest}"


def elsewhere(account: Account, address: Json) -> str:
    """The host that an address leads to when that is not the account's origin, else empty."""
    if not isinstance(address, str) or (address.startswith("/") and not address.startswith("//")):
        return ""
    try:
        return "" if _origin(address) == _origin(account.url) else urlsplit(address).netloc or "another address"
    except ValueError:
        return "an unreadable address"


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def stamp_of(moment: datetime) -> str:
    """A moment as Zendesk writes it, in UTC and seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
