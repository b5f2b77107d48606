"""GitHub's answers read: rows into tickets, comments and issues, refusals into errors, `Link` into the next page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlsplit

from supportdesk import model, providers
from supportdesk.errors import Limited, Lost, Refused
from supportdesk.model import Comment, Person, Role, Status, Ticket, TicketRef
from supportdesk.providers import CLOSED_AS, Json, Response, answers
from supportdesk.providers.answers import DEFAULT_WAIT_S, LONGEST_WAIT_S, date_of, moment_of, text_of, wait_of
from supportdesk.text import clean

T = TypeVar("T")

SIDE = {"OWNER": Role.AGENT, "MEMBER": Role.AGENT, "COLLABORATOR": Role.AGENT}
_NEXT = re.compile(r'<([^<>]{1,4000})>[^<]{0,200}?\brel="?next\b')
_MARKER_LINE = re.compile(r"\n{0,2}<!-- sd-op:[0-9A-Za-z-]{1,64} -->\n?\Z")
_MARK = "<!-- sd-op:"
_LIMIT_WORDS = ("secondary rate limit", "abuse detection", "abuse rate limit", "api rate limit exceeded")
LONGEST_NUMBER = 18


def check(response: Response, what: str) -> Response:
    """Pass a 2xx or 304 on; raise what another status means on GitHub, where 403 may be a rate limit in disguise.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    if response.status in (403, 429):
        wait_s = _asked_wait(response)
        if wait_s is not None:
            raise Limited(
                f"{what}: GitHub asks us to wait {wait_s:.0f} s ({response.status}).",
                "It is tried again by itself.",
                status=response.status,
                wait_s=wait_s,
            )
    return answers.check(response, what)


def check_write(response: Response, what: str) -> Response:
    """As `check`, for a write: a redirect means that the repository moved, 422 says which field was wrong."""
    status = response.status
    if 300 <= status < 400:
        raise Refused(
            f"{what}: the repository moved to {response.headers.get('location', 'another address')[:200]} ({status}).",
            "Nothing was written. Put the repository's new name into the configuration.",
            status=status,
        )
    if status == 422:
        raise Refused(f"{what}: GitHub refused it (422).{_invalid(response.body)}", "Change it.", status=status)
    return check(response, what)


def _asked_wait(response: Response) -> float | None:
    headers = response.headers
    if "retry-after" in headers:
        return wait_of(response)
    if headers.get("x-ratelimit-remaining", "").strip() == "0":
        return _until_reset(response)
    said = str(response.body.get("message", "")).lower() if isinstance(response.body, dict) else ""
    if response.status == 429 or any(words in said for words in _LIMIT_WORDS):
        return DEFAULT_WAIT_S
    return None


def _until_reset(response: Response) -> float:
    reset = response.headers.get("x-ratelimit-reset", "").strip()
    if not (reset.isascii() and reset.isdecimal()) or len(reset) > 12:
        return DEFAULT_WAIT_S
    now = date_of(response.headers.get("date", ""))
    if now is None:
        return DEFAULT_WAIT_S
    return min(max(float(reset) - now.timestamp(), 1.0), LONGEST_WAIT_S)


def _invalid(body: Json) -> str:
    if not isinstance(body, dict):
        return ""
    said = [str(body.get("message", ""))]
    problems = body.get("errors")
    for problem in problems[:5] if isinstance(problems, list) else []:
        if isinstance(problem, dict):
            said.append(" ".join(str(problem[key]) for key in ("field", "code", "message") if problem.get(key)))
        else:
            said.append(str(problem))
    return answers.it_said("; ".join(part for part in said if part), 300)


def next_url(response: Response) -> str:
    """The absolute URL of the next page from `Link: <…>; rel="next"`; empty on the last page."""
    found = _NEXT.search(response.headers.get("link", "")[:8000])
    return found[1] if found else ""


def origin(url: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port of an absolute URL; None when it cannot be trusted to have one."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("https", "http") or not parts.hostname or "@" in parts.netloc or "\\" in url:
        return None
    return parts.scheme, parts.hostname.lower(), port or (443 if parts.scheme == "https" else 80)


def read(parse: Callable[[Json], T], value: Json, what: str) -> T:
    """Parse one answer that must be readable; Lost when it is not what GitHub's description promises."""
    try:
        return parse(value)
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise Lost(f"{what}: GitHub's answer cannot be read ({problem}).", "It is asked again.") from problem


def read_each(parse: Callable[[Json], T], rows: list[Json]) -> tuple[tuple[T, ...], int]:
    """Parse rows one by one: those that can be read, and how many cannot."""
    good: list[T] = []
    for row in rows:
        try:
            good.append(parse(row))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
    return tuple(good), len(rows) - len(good)


def list_of(value: Json) -> list[Json]:
    """A JSON array; ValueError for anything else."""
    if not isinstance(value, list):
        raise ValueError(f"expected a list, got {type(value).__name__}")
    return value


def number_of(row: Json) -> str:
    """An issue's number as at most 18 digits; ValueError for anything else."""
    number = text_of(row["number"])
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
        raise ValueError(f"{number[:40]!r} is not an issue number")
    return number


def number_in(address: Json) -> str:
    """The number at the end of an issue's address; ValueError for anything else."""
    return number_of({"number": text_of(address).rpartition("/")[2]})


def opening_id(number: str) -> str:
    """The id of an issue's body as an entry of its conversation."""
    return f"issue-{number}"


def is_pull(row: Json) -> bool:
    """Whether a row of the issues list is a pull request."""
    return isinstance(row, dict) and row.get("pull_request") is not None


def person_of(user: Json, association: str = "") -> Person:
    """An account; one that was deleted is GitHub's `ghost`."""
    if user is None:
        return Person(name="ghost", id="ghost")
    login = text_of(user["login"])
    role = Role.SYSTEM if user.get("type") == "Bot" else SIDE.get(association, Role.CUSTOMER)
    return Person(name=login, id=login, role=role)


def labels_of(row: Json) -> tuple[str, ...]:
    """The names of an issue's labels, which come as objects or plain text."""
    return names_of(row.get("labels") or [])


def names_of(labels: Json) -> tuple[str, ...]:
    """The names in a list of labels."""
    return tuple(text_of(label["name"] if isinstance(label, dict) else label) for label in list_of(labels))


def assignees_of(row: Json) -> tuple[str, ...]:
    """The logins an issue is assigned to, the first of them first."""
    return tuple(text_of(user["login"]) for user in row.get("assignees") or ())


def ticket_of(row: Json, desk: str) -> Ticket:
    """An issue as a ticket: open without a comment or an assignee is new, closed is solved."""
    assignees = assignees_of(row)
    count = row.get("comments")
    comments = count if isinstance(count, int) and not isinstance(count, bool) else None
    return Ticket(
        ref=TicketRef(desk, number_of(row)),
        subject=clean(text_of(row["title"]), multiline=False),
        status=status_of(text_of(row["state"]), fresh=comments == 0 and not assignees),
        requester=person_of(row["user"], row.get("author_association") or ""),
        created_at=moment_of(row["created_at"]),
        updated_at=moment_of(row["updated_at"]),
        stamp=text_of(row["updated_at"]),
        url=text_of(row["html_url"]),
        assignee=Person(name=assignees[0], id=assignees[0], role=Role.AGENT) if assignees else None,
        tags=labels_of(row),
        fields=_fields(row),
        comment_count=comments,
    )


def status_of(state: str, *, fresh: bool) -> Status:
    """The status of an issue; `fresh` when nobody has said or taken anything."""
    if state == "closed":
        return Status.SOLVED
    if state != "open":
        raise ValueError(f"{state!r} is not a state of an issue")
    return Status.NEW if fresh else Status.OPEN


def _fields(row: Json) -> tuple[tuple[str, str], ...]:
    milestone, kind = row.get("milestone"), row.get("type")
    found = (
        ("milestone", milestone.get("title") if isinstance(milestone, dict) else None),
        ("type", kind.get("name") if isinstance(kind, dict) else None),
        (CLOSED_AS, row.get("state_reason") if row.get("state") == "closed" else None),
    )
    return tuple((name, value) for name, value in found if isinstance(value, str) and value)


def first_words(row: Json) -> Comment:
    """The body of an issue as the first entry of its conversation."""
    return Comment(
        id=opening_id(number_of(row)),
        author=person_of(row["user"], row.get("author_association") or ""),
        public=True,
        created_at=moment_of(row["created_at"]),
        body=spoken(said_in(row)),
    )


def said_in(row: Json) -> str:
    """The body of an issue or a comment as it came; ValueError when it is no text."""
    body = row.get("body")
    return text_of(body) if body is not None else ""


def comment_of(row: Json) -> Comment:
    """A comment; on GitHub everybody who sees the repository sees it."""
    return Comment(
        id=text_of(row["id"]),
        author=person_of(row["user"], row.get("author_association") or ""),
        public=True,
        created_at=moment_of(row["created_at"]),
        body=spoken(said_in(row)),
    )


def spoken(body: str) -> str:
    """A body without our marker line."""
    return _MARKER_LINE.sub("", body) if _MARK in body else body  # to look for line ends is dear


def issue_of(row: Json, desk: str) -> model.Issue:
    """A row as a bug; ValueError for a pull request."""
    if is_pull(row):
        raise ValueError("it is a pull request")
    return model.Issue(
        ref=model.IssueRef(desk, number_of(row)),
        title=clean(text_of(row["title"]), multiline=False),
        url=text_of(row["html_url"]),
        open=text_of(row["state"]) == "open",
        labels=labels_of(row),
        body=spoken(said_in(row)),
    )


def place_of(row: Json) -> providers.Place:
    """A repository as a place for issues; public when either of two fields says so, None when neither speaks."""
    visibility, private = row.get("visibility"), row.get("private")
    public: bool | None = None
    if visibility in ("private", "internal") or private is True:
        public = False
    if visibility == "public" or private is False:
        public = True
    return providers.Place(
        name=text_of(row["full_name"]),
        public=public,
        issues_on=row.get("has_issues") is True and row.get("archived") is not True,
    )


def utc(moment: datetime) -> str:
    """The form in which GitHub takes a time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
