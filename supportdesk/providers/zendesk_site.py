"""A Zendesk account's address: its answers checked, its lists followed to their end, a ticket's comments."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from supportdesk.errors import Distrusted, Lost, Unauthorized
from supportdesk.model import Comment, TicketRef
from supportdesk.providers import Account, Flow, Json, Page, Request, Response
from supportdesk.providers.answers import check, segment
from supportdesk.providers.credentials import LEGACY_ENDS, legacy
from supportdesk.providers.zendesk_pages import (
    Query,
    after_cursor,
    after_search,
    cursor_query,
    cut_short,
    search_query,
    stay,
)
from supportdesk.providers.zendesk_parse import Directory, comment_of, directory_of, readable, rows_of
from supportdesk.providers.zendesk_rows import TicketList, tickets_of

MOST_PAGES = 100
SIDE_LOADS = ("include", "users,organizations")


class Site:
    """What every flow of one account is made of."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def _comments(self, ref: TicketRef, people: Directory) -> Flow[tuple[tuple[Comment, ...], int]]:
        """What was said on a ticket, oldest first, and how much of it was unreadable."""
        path = f"/api/v2/tickets/{segment(ref.id)}/comments.json"
        rows, authors = yield from self._rows(path, (("include", "users"),), "comments", str(ref))
        everybody = people.joined(authors)
        found, bad = readable(rows, lambda row: comment_of(row, everybody))
        once = {comment.id: comment for comment in found}
        return tuple(sorted(once.values(), key=lambda comment: comment.created_at)), bad

    def _search(self, words: str, cursor: str, *, moving: bool = False) -> Flow[Page]:
        stay(self.account, cursor)
        what = f"{self.account.name}: the search for {words}"
        body = yield from self._get("/api/v2/search.json", search_query(words, cursor), what, TicketList)
        with reading(what):
            tickets, bad = tickets_of(rows_of(body, "results"), directory_of(body), self.account)
        after = after_search(self.account, body, tickets, cursor, moving=moving)
        return Page(tickets=tickets, cursor=after, bad=bad, left_out=cut_short(cursor, after))

    def _rows(
        self,
        path: str,
        query: Query,
        key: str,
        what: str,
        enough: Callable[[Json], bool] = lambda row: False,
    ) -> Flow[tuple[list[Json], Directory]]:
        """Every row behind a cursor, to the end or a row that is enough; Distrusted when pages repeat or do not end."""
        rows: list[Json] = []
        people, cursor, met = Directory(), "", set[str]()
        for _ in range(MOST_PAGES):
            body = yield from self._get(path, (*query, *cursor_query(self.account, cursor)), what)
            with reading(what):
                page = rows_of(body, key)
            rows += page
            people = people.joined(directory_of(body))
            cursor = after_cursor(self.account, body, page)
            if not cursor or any(enough(row) for row in page):
                return rows, people
            if cursor in met:
                break
            met.add(cursor)
        raise Distrusted(
            f"{what}: Zendesk's pages repeat or do not end.", "What was read before stays. Try again later."
        )

    def _get(self, path: str, query: Query, what: str, kind: Any = None) -> Flow[Json]:
        response = yield Request(method="GET", path=path, query=query, kind=kind)
        return self._checked(response, what).body

    def _checked(self, response: Response, what: str) -> Response:
        if response.status == 401:
            raise Unauthorized(f"{what}: Zendesk did not accept the token (401).", self._sign_in(), status=401)
        return check(response, what)

    def _sign_in(self) -> str:
        if legacy(self.account):
            return (
                f"Was the API token deactivated? They all end on {LEGACY_ENDS}: use OAuth, set client_id for "
                f"{self.account.name} and run `supportdesk login {self.account.name}`."
            )
        return f"Run `supportdesk login {self.account.name}`."


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn what cannot be read into Lost."""
    try:
        yield
    except ValueError as problem:
        raise Lost(
            f"{what}: Zendesk's answer cannot be read ({problem}).", "Try again; what is on disk stays."
        ) from problem
