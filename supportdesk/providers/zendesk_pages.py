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
    """The parameters of a page of a search; a cursor is `PAGE`, or `PAGE@PLACE` where a new search has begun.

    A place is `UNTIL`, the last change that it asks for; `=SECOND` or `=SECOND,CREATED`, what changed in just that
    second and was made since, longest ago first; or `<SECOND`, what changed before it.
    """
    number, _, place = cursor.partition("@")
    column, way = ("created_at", "asc") if place.startswith("=") else ("updated_at", "desc")
    return (
        ("query", words + _limits(place)),
        ("sort_by", column),
        ("sort_order", way),
        ("include", "tickets(users,organizations)"),
        ("per_page", str(PAGE_ROWS)),
        ("page", number or "1"),
    )


def _limits(place: str) -> str:
    if place.startswith("="):
        second, _, created = place[1:].partition(",")
        made = f" created>={created}" if created else ""
        return f" updated>={second} updated<={second}{made}"
    if place.startswith("<"):
        return f" updated{place}"
    return f" updated<={place}" if place else ""


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


def after_search(account: Account, body: Json, tickets: Sequence[Ticket], cursor: str, *, moving: bool) -> str:
    """The cursor of the page after a page of a search, empty at the end; Distrusted where it cannot go on.

    A search ends at 1,000 rows, so past them a new one asks for what changed no later than the last row. Where tickets
    leave the search when they are touched (`moving`), the rest moves up over the borders of its pages: then every page
    is a new search. More of one second than a page are asked for by when they were made.
    """
    number, _, place = cursor.partition("@")
    if not body.get("results") or not body.get("next_page"):
        return f"1@<{_second(place)}" if place.startswith("=") else ""
    if host := elsewhere(account, body["next_page"]):
        return _ELSEWHERE + host
    page = int(number or 1)
    moved = _moved_on(tickets, place)
    if moved and (moving or place or page >= SEARCH_PAGES):
        return f"1@{moved}"
    if page < SEARCH_PAGES:
        return f"{page + 1}@{place}" if place else str(page + 1)
    if place.startswith("="):
        return f"1@<{_second(place)}"
    raise Distrusted(f"{account.name}: Zendesk's search does not go on past {SEARCH_PAGES} pages.", "Try again later.")


def cut_short(before: str, after: str) -> str:
    """A sentence where a search of one second's tickets ended before its end, by the cursors around its last page."""
    number, _, place = before.partition("@")
    if number != str(SEARCH_PAGES) or not place.startswith("=") or not after.startswith("1@<"):
        return ""
    return f"More than 1,000 tickets were made and changed at {_second(place)}: its search shows no more of them."


def _second(place: str) -> str:
    return place[1:].partition(",")[0]


def _moved_on(tickets: Sequence[Ticket], place: str) -> str:
    """The place to go on from after these tickets; empty where they are all of the place that was asked for."""
    if not tickets:
        return ""
    if place.startswith("="):
        second, _, before = place[1:].partition(",")
        newest = max(stamp_of(ticket.created_at) for ticket in tickets)
        return f"={second},{newest}" if newest > before else ""
    changed = [stamp_of(ticket.updated_at) for ticket in tickets]
    oldest, limit = min(changed), place.removeprefix("<")
    if limit and oldest >= limit:
        return "" if place.startswith("<") else f"={limit}"
    return f"={oldest}" if oldest == max(changed) and len(tickets) > 1 else oldest


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
