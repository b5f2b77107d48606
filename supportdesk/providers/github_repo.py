"""One repository on GitHub: its addresses, its pages and the few calls that desk and tracker share."""

from __future__ import annotations

from datetime import datetime, timedelta

from supportdesk import providers
from supportdesk.errors import ConfigError, Distrusted, Lost, Missing, Refused
from supportdesk.model import Comment, TicketRef
from supportdesk.providers import Account, Flow, Json, Request, Response
from supportdesk.providers.answers import copied, marker, segment, text_of
from supportdesk.providers.github_rows import (
    check,
    check_write,
    comment_of,
    list_of,
    next_url,
    number_of,
    origin,
    read,
    read_each,
    utc,
)

HEADERS = (("Accept", "application/vnd.github+json, application/json;q=0.9"), ("X-GitHub-Api-Version", "2022-11-28"))
MOST_PAGES = 100
LONGEST_BODY = 65_536
CLOCKS_APART = timedelta(hours=26)  # our clock may be a day off the service's; more rows are better than a missed one


def with_marker(body: str, op: str) -> str:
    """The words with the op's marker as their last line; unchanged when they carry it already."""
    return body if marker(op) in body else f"{body.rstrip()}\n\n{marker(op)}"


class Repo:
    """Requests below `/repos/OWNER/NAME`; ConfigError when the account names no repository."""

    def __init__(self, account: Account) -> None:
        owner, _, name = account.repo.partition("/")
        try:
            self.root = f"/repos/{segment(owner)}/{segment(name)}"
        except ValueError as problem:
            raise ConfigError(
                f"desk {account.name}: {account.repo!r} is not a repository.", 'Write repo = "owner/name".'
            ) from problem
        self.account = account

    def get(self, tail: str = "", query: tuple[tuple[str, str], ...] = (), etag: str = "") -> Request:
        """A read below the repository."""
        conditional = (("If-None-Match", etag),) if etag else ()
        return Request(method="GET", path=self.root + tail, query=query, headers=HEADERS + conditional)

    def write(self, method: str, tail: str, body: Json = None) -> Request:
        """A write below the repository."""
        return Request(method=method, path=self.root + tail, body=body, headers=HEADERS)

    def follow(self, url: str, what: str) -> Request:
        """The next page, exactly as GitHub named it; Distrusted when that leads off the account's origin."""
        home = origin(self.account.url)
        if home is None or origin(url) != home:
            host = home[1] if home else self.account.url
            raise Distrusted(
                f"{what}: pagination left {host} for {url[:200]}.", "Nothing was sent there. Check the desk's url."
            )
        return Request(method="GET", path=url, headers=HEADERS)

    def rows(self, tail: str, query: tuple[tuple[str, str], ...], what: str) -> Flow[list[Json]]:
        """Every row of every page; Distrusted when pages repeat or do not end."""
        rows: list[Json] = []
        followed: set[str] = set()
        request = self.get(tail, (*query, ("per_page", "100")))
        for _ in range(MOST_PAGES):
            response = check((yield request), what)
            rows.extend(read(list_of, response.body, what))
            url = next_url(response)
            if not url:
                return rows
            if url in followed:
                raise Distrusted(f"{what}: GitHub's pages repeat.", "Try again later.")
            followed.add(url)
            request = self.follow(url, what)
        raise Distrusted(f"{what}: more than {MOST_PAGES} pages.", "Open it on GitHub.")

    def me(self) -> Flow[Json]:
        """The account that the token belongs to."""
        response = check((yield Request(method="GET", path="/user", headers=HEADERS)), "your account")
        read(lambda row: text_of(row["login"]), response.body, "your account")
        return response.body

    def here(self) -> Flow[Json]:
        """The repository itself."""
        return check((yield self.get()), self.account.repo).body

    def issue_row(self, ref: TicketRef) -> Flow[Json]:
        """One issue; Missing when there is none, when it is a pull request or was moved to another repository."""
        response = check((yield self.get(self.path_of(ref))), str(ref))
        number = read(number_of, response.body, str(ref))
        if int(number) != int(ref.id):  # a read is redirected there, where it has another number
            raise Missing(f"{ref} was moved to another repository, as number {number}.", "Work on it there.")
        if response.body.get("pull_request") is not None:
            raise Missing(f"{ref} is a pull request, not a ticket.", "Open it on GitHub.")
        return response.body

    def path_of(self, ref: TicketRef) -> str:
        """An issue's address below the repository; Missing when the id cannot be a number."""
        if not (ref.id.isascii() and ref.id.isdecimal()):
            raise Missing(f"{ref}: GitHub's issues have numbers.", "Write it as DESK#NUMBER.")
        return f"/issues/{ref.id}"

    def comment_rows(self, ref: TicketRef, since: datetime | None = None) -> Flow[list[Json]]:
        """The comments of an issue, oldest first; with `since`, those changed from then on."""
        query = (("since", utc(since)),) if since else ()
        return (yield from self.rows(f"{self.path_of(ref)}/comments", query, str(ref)))

    def comments(self, ref: TicketRef, since: datetime | None = None) -> Flow[tuple[Comment, ...]]:
        """The comments that can be read, oldest first."""
        rows = yield from self.comment_rows(ref, since)
        return read_each(comment_of, rows)[0]

    def post_comment(self, ref: TicketRef, body: str, op: str) -> Flow[providers.Done]:
        """Add a comment that carries the op's marker; Lost when the answer does not show it."""
        text = with_marker(body, op)
        if len(text) > LONGEST_BODY:
            raise Refused(f"{ref}: {len(text):,} characters; GitHub takes {LONGEST_BODY:,}.", "Shorten it.")
        response = check_write((yield self.write("POST", f"{self.path_of(ref)}/comments", {"body": text})), str(ref))
        return landed(response, op, "id", str(ref))

    def find_comment(self, ref: TicketRef, op: str, since: datetime) -> Flow[providers.Done | None]:
        """The oldest comment of ours that carries the op's marker; the others of ours that do are its twins.

        Whoever quotes a comment in an answer may copy its marker along: where theirs alone carries it ours was there
        once, or another account of ours wrote it. Refused then: it neither stands there nor may it be sent again.
        """
        found = [row for row in (yield from self.comment_rows(ref, since)) if carries(row, op)]
        if not found:
            return None
        me = yield from self.me()
        ours = [row for row in found if _login(row.get("user")) == _login(me)]
        if not ours:
            raise copied(str(ref), _login(found[0].get("user")) or "somebody")
        twins = tuple(read(lambda row: text_of(row["id"]), row, str(ref)) for row in ours[1:])
        return read(
            lambda row: providers.Done(remote=text_of(row["id"]), url=text_of(row["html_url"]), twins=twins),
            ours[0],
            str(ref),
        )


def _login(user: Json) -> str:
    return str(user.get("login") or "").casefold() if isinstance(user, dict) else ""


def carries(row: Json, op: str) -> bool:
    """Whether a row's body holds the op's marker."""
    return isinstance(row, dict) and isinstance(row.get("body"), str) and marker(op) in row["body"]


def landed(response: Response, op: str, key: str, what: str) -> providers.Done:
    """What a create returned; Lost unless it is a 201 with an id, an address and our marker."""
    row = response.body
    if response.status != 201 or not carries(row, op):
        raise Lost(f"{what}: GitHub did not show what it wrote ({response.status}).", "We look for it first.")
    return read(lambda row: providers.Done(remote=text_of(row[key]), url=text_of(row["html_url"])), row, what)
