"""The three services' parsers, each reached as the console reaches it: bytes decoded, a flow driven to its end."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from fuzz_answers import Tape, bent, play, recorded, rt_tape, sound, tape
from hypothesis import strategies as st

from supportdesk.errors import SupportdeskError
from supportdesk.model import (
    Conversation,
    Issue,
    IssueDraft,
    IssueRef,
    Note,
    Person,
    Reply,
    Status,
    Ticket,
    TicketRef,
    Update,
    View,
)
from supportdesk.providers import Account, Flow, Page
from supportdesk.providers.answers import marker
from supportdesk.providers.github import GitHub
from supportdesk.providers.rt import RequestTracker
from supportdesk.providers.zendesk import Zendesk
from supportdesk.store.records import decode, encode

OP = "5b8f2a60-3f7e-4a52-9d0e-0c9d2f6f7a11"
SINCE = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
UPDATE = Update(status=Status.SOLVED, assignee="", priority="high", add_tags=("a",), remove_tags=("b",))
CHANGES = (Reply(body="hello", update=UPDATE), Note(body="hello"), UPDATE)
KEPT = (Ticket, Conversation, Issue)


def zendesk() -> Zendesk:
    return Zendesk(Account(name="acme", provider="zendesk", url="https://acme.zendesk.com"))


def github() -> GitHub:
    return GitHub(Account(name="app", provider="github", url="https://api.github.com", repo="acme/app"))


def rt() -> RequestTracker:
    desk = RequestTracker(Account(name="help", provider="rt", url="https://rt.acme.example", queue="Support"))
    desk.authorize("1-29-0123456789abcdef0123456789abcdef")
    return desk


def seen(ref: TicketRef, stamp: str = "2026-10-02T14:03:55Z") -> Ticket:
    return Ticket(
        ref=ref,
        subject="s",
        status=Status.OPEN,
        requester=Person(name="n", id="1"),
        created_at=SINCE,
        updated_at=SINCE,
        stamp=stamp,
    )


ZD, GH, RT = TicketRef("acme", "4312"), TicketRef("app", "17"), TicketRef("help", "1")
VIEW = View(id="2001", name="v", desk="acme")
DRAFT = IssueDraft(tracker="app", title="CSV export drops a column", body=f"x\n\n{marker(OP)}", labels=("bug",))
BUG = IssueRef("app", "17")
RT_SEEN = seen(RT, "2026-11-22T08:00:00Z")
Flows = tuple[Callable[[], Flow[Any]], ...]


def _read(name: str) -> Any:
    return recorded(name).answers[0][2]


def _issue_page(name: str, *, link: str = "") -> tuple[int, dict[str, str], Any]:
    return 200, {"content-type": "application/json", "link": link}, _read(name)


NEXT = '<https://api.github.com/repositories/6001/issues?page=2>; rel="next"'
SEARCHED = ("zendesk/search",)

DESKS: dict[str, tuple[Flows, list[Tape]]] = {
    "zendesk tickets": (
        (
            lambda: zendesk().tickets(None, ""),
            lambda: zendesk().tickets(None, "10@2026-10-01T00:00:00Z"),
            lambda: zendesk().changes(SINCE, "", ""),
        ),
        [recorded(*SEARCHED)],
    ),
    "zendesk views": (
        (
            lambda: zendesk().tickets(VIEW, ""),
            lambda: zendesk().tickets(VIEW, "xyz"),
            lambda: zendesk().show_many((ZD,)),
        ),
        [recorded("zendesk/view_tickets")],
    ),
    "zendesk ticket": ((lambda: zendesk().ticket(ZD),), [recorded("zendesk/ticket")]),
    "zendesk comments": (
        (lambda: zendesk().conversation(ZD),),
        [recorded("zendesk/ticket", "zendesk/comments")],
    ),
    "zendesk users": (
        (lambda: zendesk().whoami(), lambda: zendesk().views()),
        [recorded("zendesk/me"), recorded("zendesk/me_light"), recorded("zendesk/views")],
    ),
    "zendesk writes": (
        tuple(
            (lambda change=change: zendesk().deliver(change, OP, seen(ZD)))  # type: ignore[misc]
            for change in (*CHANGES, Update(assignee="mira@acme.example"))
        ),
        [
            recorded("zendesk/put_reply"),
            recorded("zendesk/users_search", "zendesk/put_note"),
            tape((422, {"content-type": "application/json"}, _read("zendesk/invalid"))),
            tape(
                (409, {"content-type": "application/json"}, _read("zendesk/update_conflict")), _read("zendesk/audits")
            ),
        ],
    ),
    "zendesk audits": (
        tuple(
            (lambda change=change: zendesk().find_op(change, OP, seen(ZD), SINCE, frozenset())) for change in CHANGES
        ),  # type: ignore[misc]
        [recorded("zendesk/audits")],
    ),
    "github tickets": (
        (
            lambda: github().tickets(None, ""),
            lambda: github().changes(SINCE, "", 'W/"a"'),
            lambda: github().tickets(None, "https://api.github.com/repositories/6001/issues?page=2"),
        ),
        [tape(_issue_page("github/issues-page-1", link=NEXT)), recorded("github/issues-page-2")],
    ),
    "github ticket": ((lambda: github().ticket(GH),), [recorded("github/issue-17")]),
    "github comments": (
        (lambda: github().conversation(GH),),
        [tape(_read("github/issue-17"), _issue_page("github/comments-17", link=NEXT), _read("github/comments-17"))],
    ),
    "github users": ((lambda: github().whoami(),), [recorded("github/user", "github/repo-public")]),
    "github issues": (
        (
            lambda: github().issue(BUG),
            lambda: github().find_issue(OP, SINCE),
            lambda: github().find_issue_comment(BUG, OP, SINCE),
            lambda: github().similar_issues(DRAFT),
            lambda: github().place(),
        ),
        [
            recorded("github/issue-17"),
            recorded("github/search"),
            recorded("github/repo-private"),
            tape(_read("github/user"), _issue_page("github/issues-page-1", link=NEXT), _read("github/issues-page-2")),
            recorded("github/comments-17"),
        ],
    ),
    "github writes": (
        (
            lambda: github().file_issue(DRAFT, OP),
            lambda: github().comment_issue(BUG, "more", OP),
            *((lambda change=change: github().deliver(change, OP, seen(GH))) for change in CHANGES),  # type: ignore[misc]
        ),
        [
            recorded("github/issue-created", status=201),
            recorded("github/comment-created", status=201),
            recorded(
                "github/issue-17", "github/comment-created", "github/labels-after-adding", "github/issue-17-closed"
            ),
        ],
    ),
    "rt tickets": (
        (lambda: rt().tickets(None, ""), lambda: rt().tickets(VIEW, "2"), lambda: rt().changes(SINCE, "", "")),
        [rt_tape("open_page_1"), rt_tape("changes")],
    ),
    "rt ticket": ((lambda: rt().ticket(RT),), [rt_tape("ticket"), rt_tape("ticket_merged")]),
    "rt comments": ((lambda: rt().conversation(RT),), [rt_tape("conversation"), rt_tape("conversation_html")]),
    "rt users": (
        (lambda: rt().whoami(), lambda: rt().views()),
        [rt_tape("whoami_agent"), rt_tape("whoami_look_only"), rt_tape("views")],
    ),
    "rt issues": (
        (
            lambda: rt().issue(IssueRef("help", "6")),
            lambda: rt().find_issue(OP, SINCE),
            lambda: rt().find_issue_comment(IssueRef("help", "6"), OP, SINCE),
            lambda: rt().similar_issues(DRAFT),
            lambda: rt().place(),
        ),
        [rt_tape(name) for name in ("issue", "find_issue", "find_issue_comment", "similar_issues", "place")],
    ),
    "rt writes": (
        (
            lambda: rt().file_issue(DRAFT, OP),
            lambda: rt().comment_issue(IssueRef("help", "6"), "more", OP),
            *((lambda change=change: rt().deliver(change, OP, RT_SEEN)) for change in CHANGES),  # type: ignore[misc]
            *((lambda change=change: rt().find_op(change, OP, RT_SEEN, SINCE, frozenset())) for change in CHANGES),  # type: ignore[misc]
        ),
        [rt_tape(name) for name in ("file_issue", "reply", "update", "find_reply", "find_update", "reply_conflict")],
    ),
}


def inputs(name: str) -> st.SearchStrategy[Any]:
    """A flow of the parser's, bent answers for it, and whether the service goes on saying the last one."""
    flows, tapes = DESKS[name]
    return st.tuples(st.sampled_from(flows), bent(tapes), st.sampled_from((False,) * 19 + (True,)))


def look(given: Any) -> None:
    """Drive the flow: a value that is sound and can be kept, or an error that we know; pages as if read in whole."""
    flow, answers, stubborn = given
    found = play(flow(), answers, stubborn=stubborn)
    sound(found)
    if isinstance(found, SupportdeskError):
        return
    if isinstance(found, Page):
        assert found == play(flow(), answers, stubborn=stubborn, whole=True)
    for noun in found.tickets if isinstance(found, Page) else found if isinstance(found, tuple) else (found,):
        if isinstance(noun, KEPT):
            assert decode(type(noun), json.loads(json.dumps(encode(noun)))) == noun
