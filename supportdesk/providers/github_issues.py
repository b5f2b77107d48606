"""GitHub's issues by the hundred: of each row just what its ticket needs, read straight out of the answer."""

from collections.abc import Iterable, Iterator, Mapping

from supportdesk.model import Comment, Person, Role, Ticket, TicketRef
from supportdesk.providers import CLOSED_AS, Json
from supportdesk.providers.answers import moment_of
from supportdesk.providers.github_rows import (
    LONGEST_NUMBER,
    SIDE,
    is_pull,
    opening_id,
    read_each,
    said_in,
    spoken,
    status_of,
    ticket_of,
)
from supportdesk.text import clean
from supportdesk.typed import Row, is_a

MOST_MET = 2_000
_TOO_MUCH = 10**LONGEST_NUMBER


class Login(Row):
    """An account."""

    login: str
    type: str = ""


class Label(Row):
    """A label."""

    name: str


class Named(Row):
    """A milestone has a title, a type a name."""

    title: str | None = None
    name: str | None = None


class Pull(Row):
    """What makes a row a pull request."""


class IssueRow(Row):
    """One row of a list of issues, its strings as they came."""

    number: int
    title: str
    state: str
    user: Login | None
    created_at: str
    updated_at: str
    html_url: str
    body: str | None = None
    state_reason: str | None = None
    author_association: str | None = None
    comments: int | None = None
    assignees: list[Login] | None = None
    labels: list[Label | str] | None = None
    milestone: Named | None = None
    type: Named | None = None
    pull_request: Pull | None = None


ISSUES = list[IssueRow]


class Openings(Mapping[TicketRef, Comment]):
    """The words that issues were opened with, made an entry of the conversation when they are asked for."""

    def __init__(self) -> None:
        self._known: dict[TicketRef, tuple[Ticket, str]] = {}

    def note(self, ticket: Ticket, body: str) -> None:
        """Keep the body of an issue."""
        self._known[ticket.ref] = ticket, body

    def __getitem__(self, ref: TicketRef) -> Comment:
        ticket, body = self._known[ref]
        return Comment(
            id=opening_id(ref.id),
            author=ticket.requester,
            public=True,
            created_at=ticket.created_at,
            body=spoken(clean(body)),
        )

    def __iter__(self) -> Iterator[TicketRef]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


Met = dict[tuple[str, str, str | None], Person]


class Issues:
    """The rows of one page as tickets of a desk; rows that did not fit the class are read as they are.

    `met` is who was read before: whoever opens one issue opens more of them.
    """

    def __init__(self, desk: str, met: Met) -> None:
        self.openings = Openings()
        self._desk, self._met = desk, met
        if len(met) > MOST_MET:
            met.clear()

    def tickets(self, rows: Iterable[Json]) -> tuple[tuple[Ticket, ...], int]:
        """Those that are no pull requests, and how many of them cannot be read."""
        return read_each(self._opened, [row for row in rows if not _is_pull(row)])

    def _opened(self, row: Json) -> Ticket:
        if is_a(row, IssueRow):
            ticket, body = self._ticket(row), row.body or ""
        else:
            ticket, body = ticket_of(row, self._desk), said_in(row)
        self.openings.note(ticket, body)
        return ticket

    def _ticket(self, row: IssueRow) -> Ticket:
        if not 0 <= row.number < _TOO_MUCH:
            raise ValueError(f"{row.number} is not an issue number")
        stamp, assignees = clean(row.updated_at), row.assignees
        return Ticket(
            ref=TicketRef(self._desk, str(row.number)),
            subject=clean(row.title, multiline=False),
            status=status_of(row.state, fresh=row.comments == 0 and not assignees),
            requester=self._person(row.user, row.author_association),
            created_at=moment_of(clean(row.created_at)),
            updated_at=moment_of(stamp),
            stamp=stamp,
            url=clean(row.html_url),
            assignee=self._agent(assignees[0]) if assignees else None,
            tags=tuple([clean(it if isinstance(it, str) else it.name) for it in row.labels or ()]),
            fields=_fields(row),
            comment_count=row.comments,
        )

    def _person(self, user: Login | None, association: str | None) -> Person:
        key = (user.login, user.type, association) if user else ("", "", None)
        known = self._met.get(key)
        if known is None:
            known = self._met[key] = _person_of(user, association)
        return known

    def _agent(self, user: Login) -> Person:
        key = (user.login, "", "assignee")
        known = self._met.get(key)
        if known is None:
            login = clean(user.login)
            known = self._met[key] = Person(name=login, id=login, role=Role.AGENT)
        return known


def _is_pull(row: Json) -> bool:
    return row.pull_request is not None if is_a(row, IssueRow) else is_pull(row)


def _person_of(user: Login | None, association: str | None) -> Person:
    if user is None:
        return Person(name="ghost", id="ghost")
    login = clean(user.login)
    role = Role.SYSTEM if user.type == "Bot" else SIDE.get(association or "", Role.CUSTOMER)
    return Person(name=login, id=login, role=role)


def _fields(row: IssueRow) -> tuple[tuple[str, str], ...]:
    if row.milestone is None and row.type is None and row.state == "open":
        return ()
    found = (
        ("milestone", row.milestone.title if row.milestone else None),
        ("type", row.type.name if row.type else None),
        (CLOSED_AS, row.state_reason if row.state == "closed" else None),
    )
    return tuple((name, clean(value)) for name, value in found if value)
