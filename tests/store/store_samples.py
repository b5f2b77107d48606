"""Nouns to keep: one of each, and tickets by the handful."""

from datetime import UTC, datetime, timedelta

from supportdesk.model import (
    Attachment,
    Band,
    Comment,
    Conversation,
    Decision,
    Draft,
    Escalate,
    Escalation,
    Event,
    Evidence,
    Finding,
    Grade,
    Issue,
    IssueDraft,
    IssueRef,
    Kind,
    Link,
    Note,
    Organization,
    Outgoing,
    Person,
    Reply,
    Role,
    Row,
    State,
    Status,
    Ticket,
    TicketRef,
    Update,
    Verdict,
    View,
)

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
REF = TicketRef("acme", "4312")
ISSUE = IssueRef("app", "17")
ALICE = Person(name="Alice", email="alice@acme.example", id="7", role=Role.AGENT)
NORA = Person(name="Nora Ní Dhomhnaill", email="nora@globex.example", id="9", organization=Organization(name="Globex"))


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def ticket(id_: str = "4312", *, desk: str = "acme", after: int = 0, **fields: object) -> Ticket:
    given = {"subject": "Export stops", "status": Status.OPEN, "requester": NORA, "created_at": NOON}
    return Ticket(ref=TicketRef(desk, id_), updated_at=NOON + minutes(after), **{**given, **fields})


def comment(id_: str, body: str, author: Person = ALICE, *, public: bool = True) -> Comment:
    return Comment(id=id_, author=author, public=public, created_at=NOON, body=body)


def conversation(of: Ticket, *bodies: str) -> Conversation:
    return Conversation(ticket=of, comments=tuple(comment(f"c{n}", body) for n, body in enumerate(bodies)))


def outgoing(op: str = "op-1", **fields: object) -> Outgoing:
    given = {"change": Reply(body="Grüße 👋"), "ref": REF, "desk": "acme", "seen": FULL_TICKET, "created_at": NOON}
    return Outgoing(op=op, **{**given, **fields})


def verdict(ref: TicketRef = REF, comment_id: str = "c1", **fields: object) -> Verdict:
    given = {"decision": Decision.CONFIRMED, "agent": "alice@acme.example", "at": NOON}
    return Verdict(ref=ref, comment_id=comment_id, **{**given, **fields})


def draft(body: str = "Dear", *, public: bool = True, ref: TicketRef = REF) -> Draft:
    return Draft(ref=ref, public=public, body=body, at=NOON)


FULL_TICKET = ticket(
    stamp="2026-11-22T12:00:00Z",
    url="https://acme.example/4312",
    priority="high",
    assignee=ALICE,
    tags=("export", "nightly run"),
    cc=(NORA,),
    fields=(("version", "8.2"), ("plan", "")),
    comment_count=3,
)
EVIDENCE = Evidence(comment_id="c1", cue="restart-it", text="restart", start=3, end=10, weight=-0.5, says="a restart")
FINDING = Finding(
    kind=Kind.WORKAROUND, p=0.93, band=Band.LIKELY, comment_id="c1", grade=Grade.REPEATED, evidence=(EVIDENCE,)
)
COMMENT = Comment(
    id="c1",
    author=ALICE,
    public=False,
    created_at=NOON,
    body="one\ntwo \u202f\U0001f469\u200d\U0001f4bb \\ \" '",
    attachments=(Attachment(id="a1", name="log.txt", size=10, content_type="text/plain", url="https://x.example/a"),),
)
UPDATE = Update(status=Status.HOLD, assignee="", priority="low", add_tags=("a", "b"), remove_tags=("c",))
ISSUE_DRAFT = IssueDraft(tracker="app", title="Export stops", body="text\n<!-- sd-op:1 -->", labels=("bug",))
CHANGES = (
    Reply(body="hello", update=UPDATE),
    Note(body="hello"),
    UPDATE,
    Escalate(draft=ISSUE_DRAFT, public_ok="acme/app"),
    Link(issue=ISSUE, url="https://t.example/17", title="Export stops", body="also here"),
)
ESCALATION = Escalation(ticket=REF, issue=ISSUE, url="https://t.example/17", title="Export stops", op="op-1", at=NOON)
EVENT = Event(at=NOON, kind="confirmed", ticket=REF, agent="alice@acme.example", detail="c1")
NOUNS = (
    REF,
    ISSUE,
    Organization(name="Globex", id="3"),
    ALICE,
    NORA,
    COMMENT.attachments[0],
    COMMENT,
    FULL_TICKET,
    Conversation(ticket=FULL_TICKET, comments=(COMMENT,)),
    View(id="1", name="Mine", desk="acme"),
    EVIDENCE,
    FINDING,
    verdict(kind=Kind.SLOW, p=0.5, why="no"),
    *CHANGES,
    ISSUE_DRAFT,
    *(outgoing(change=change, state=State.UNCERTAIN, asked_at=NOON, not_before=NOON, seq=4) for change in CHANGES),
    outgoing(),
    Issue(ref=ISSUE, title="t", url="https://t.example/17", open=False, labels=("bug",), body="b"),
    ESCALATION,
    draft(public=False),
    EVENT,
    Row(
        ref=REF,
        subject="s",
        status=Status.NEW,
        priority="",
        requester="Nora",
        organization="",
        assignee="",
        created_at=NOON,
        updated_at=NOON,
        band=Band.WEAK,
        p=0.1,
        decision=Decision.DISMISSED,
    ),
)
