"""An RT queue as a place for bugs: its tickets are the issues, and the ticket that led to one refers to it.

The marker line stands in the text of the ticket or comment, where only staff read it. RT's own full-text search may be
off or behind, so a marker is looked for in the texts of the tickets that we made lately.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from supportdesk.errors import ConfigError, Lost, Refused, ServiceError
from supportdesk.model import Issue, IssueDraft, IssueRef, Status, TicketRef
from supportdesk.providers import Account, Done, Flow, Json, Outcome, Place, Rejected, Request
from supportdesk.providers.answers import copied, marker, moment_of, segment, text_of
from supportdesk.providers.rt_parse import (
    bodies_of,
    display_url,
    fields_of,
    linked_ticket,
    moment_sql,
    person_of,
    quoted,
    record_of,
    said,
    ticket_of,
    worded,
)
from supportdesk.providers.rt_rest import (
    API,
    ROW,
    checked,
    history,
    myself,
    page_of,
    queue,
    reading,
    record,
    refs_of,
    rows,
    texts,
)
from supportdesk.providers.rt_write import created

CLOCKS_APART = timedelta(hours=26)
"""How far `since` is stretched for clocks that disagree; the marker is unique, so this only limits the work."""

WORDS = 5
ENOUGH = 10
_OPEN = "Status = '__Active__'"


def place(account: Account) -> Flow[Place]:
    """The queue, which only staff can read, and whether we may make tickets in it."""
    _needs_queue(account)
    row = yield from queue(account)
    return Place(name=account.queue, public=False, issues_on="create" in refs_of(row) and row.get("Disabled") != "1")


def file_issue(account: Account, tags_field: str, draft: IssueDraft, op: str) -> Flow[Outcome]:
    """Create a ticket byte for byte; when the draft's ticket lives in this RT, that one then refers to the new one."""
    _needs_queue(account)
    if marker(op) not in draft.body:
        return Rejected(why="The issue lacks its marker line; nothing was sent.")
    ticket = linked_ticket(account, draft.ticket_url)
    body: dict[str, Json] = {
        "Queue": account.queue,
        "Subject": draft.title,
        "Content": draft.body,
        "ContentType": "text/plain",
    }
    if draft.labels:
        body["CustomFields"] = {tags_field: list(draft.labels)}
    if ticket:
        body["ReferredToBy"] = [int(ticket)]
    response = yield Request(method="POST", path=f"{API}/ticket", body=body)
    checked(response, f"{account.name}: queue {account.queue!r}")
    identity = created(response.headers, "ticket")
    if response.status != 201 or not identity:
        raise Lost(f"{account.name}: RT answered {response.status} without naming the ticket it made.")
    notes = yield from _left_out(account, tags_field, draft, identity, ticket)
    return Done(remote=identity, url=display_url(account, identity), notes=tuple(notes))


def _left_out(account: Account, tags_field: str, draft: IssueDraft, identity: str, ticket: str) -> Flow[list[str]]:
    """What RT dropped in silence, read back; an answer that cannot be had changes nothing."""
    try:
        row = (yield from record(TicketRef(account.name, identity))).row
        missing = [label for label in draft.labels if label not in fields_of(row).get(tags_field, ())]
    except (ServiceError, ValueError):
        return []
    notes = [f"RT left out the tags {', '.join(missing)}."] if missing else []
    if ticket and ("referred-to-by", ticket) not in _links(row):
        notes.append(f"RT did not link ticket {ticket} to it: that needs the right to modify both.")
    return notes


def _links(row: Mapping[str, Json]) -> set[tuple[str, str]]:
    links = row.get("_hyperlinks")
    return {
        (str(link.get("ref")), str(link.get("id")))
        for link in (links if isinstance(links, list) else ())
        if isinstance(link, dict)
    }


def comment_issue(account: Account, issue: IssueRef, body: str, op: str) -> Flow[Outcome]:
    """Add evidence as a comment, which is mailed to no requestor; the marker is added when the text lacks it."""
    line = marker(op)
    content = body if line in body else f"{body.rstrip()}\n\n{line}"
    response = yield Request(
        method="POST",
        path=f"{API}/ticket/{segment(issue.id)}/comment",
        body={"Content": content, "ContentType": "text/plain"},
    )
    if response.status == 400:
        return Rejected(why=f"{issue}: RT did not take the comment: {said(response.body) or 'no reason given'}.")
    transaction = created(checked(response, str(issue)).headers, "transaction")
    if response.status != 201 or not transaction:
        raise Lost(f"{issue}: RT answered {response.status} without naming what it wrote.")
    return Done(remote=f"transaction/{transaction}", url=display_url(account, issue.id, transaction))


def find_issue(account: Account, op: str, since: datetime) -> Flow[Done | None]:
    """The oldest ticket of the queue that we made since and that carries the op's marker; later ones are its twins."""
    _needs_queue(account)
    what = f"{account.name}: queue {account.queue!r}"
    made = f"Queue = {quoted(account.queue)} AND Creator = '__CurrentUser__' AND Created > {moment_sql(since)}"
    query = (("query", made), ("fields", "Created"), ("orderby", "id"), ("order", "ASC"))
    found: list[str] = []
    for row in map(record_of, (yield from rows(what, "/tickets", query))):
        identity = text_of(row.get("id"))
        if moment_of(row.get("Created")) < since - CLOCKS_APART:
            continue
        if (yield from _first_words_carry(IssueRef(account.name, identity), op)):
            found.append(identity)
    if not found:
        return None
    return Done(remote=found[0], url=display_url(account, found[0]), twins=tuple(found[1:]))


def close_twin(twin: IssueRef) -> Flow[None]:
    """Reject a ticket of ours that is there once more; Refused when RT left it open, for its PUT says 200 always."""
    response = yield Request(method="PUT", path=f"{API}/ticket/{segment(twin.id)}", body={"Status": "rejected"})
    words = said(checked(response, str(twin)).body)
    now = yield from record(TicketRef(twin.desk, twin.id))
    if now.row.get("Status") != "rejected":
        raise Refused(f"{twin}: RT did not set it to rejected. It said: {words or 'nothing'}.", "Close it in RT.")


def _first_words_carry(ref: IssueRef, op: str) -> Flow[bool]:
    transactions = worded((yield from history(ref, ("Type", "=", "Create"))))
    bodies = bodies_of((yield from texts(ref)))
    return any(marker(op) in bodies.get(identity, "") for identity, row in transactions if row["Type"] == "Create")


def find_issue_comment(account: Account, issue: IssueRef, op: str, user: Callable[[], str]) -> Flow[Done | None]:
    """The comment of ours on an issue that carries the op's marker; Refused where somebody else's alone does.

    `user` is asked behind the first requests: until one is signed nobody knows whose the token is.
    """
    bodies = bodies_of((yield from texts(issue)))
    comments = worded((yield from history(issue, ("Type", "=", "Comment"))))
    found = [pair for pair in comments if pair[1]["Type"] == "Comment" and marker(op) in bodies.get(pair[0], "")]
    if not found:
        return None
    me, _ = yield from myself(account, user())
    for identity, row in found:
        if person_of(row.get("Creator")).id == me.id:
            return Done(remote=f"transaction/{identity}", url=display_url(account, issue.id, identity))
    raise copied(str(issue), person_of(found[0][1].get("Creator")).name)


def similar_issues(account: Account, tags_field: str, draft: IssueDraft) -> Flow[tuple[Issue, ...]]:
    """Open tickets of the queue whose subject shares words with the draft's title, most words first."""
    _needs_queue(account)
    words = _telling(draft.title)
    if not words:
        return ()
    either = " OR ".join(f"Subject LIKE {quoted(word)}" for word in words)
    sql = f"Queue = {quoted(account.queue)} AND {_OPEN} AND ( {either} )"
    query = (("query", sql), *ROW, ("orderby", "LastUpdated"), ("order", "DESC"))
    found = yield from page_of(f"{account.name}: queue {account.queue!r}", "/tickets", query, 1)
    issues = [_issue_of(account, tags_field, record_of(row)) for row in found]
    shared = {issue.ref: sum(word in issue.title.casefold() for word in words) for issue in issues}
    return tuple(sorted(issues, key=lambda issue: -shared[issue.ref])[:ENOUGH])


def _telling(title: str) -> list[str]:
    """The longest words of a title, without what LIKE takes for a wildcard."""
    words = "".join(character if character.isalnum() else " " for character in title.casefold()).split()
    return sorted({word for word in words if len(word) > 3}, key=lambda word: (-len(word), word))[:WORDS]


def issue(account: Account, tags_field: str, ref: IssueRef) -> Flow[Issue]:
    """One issue as it is now; Missing when there is none."""
    found = yield from record(ref)
    with reading(str(ref)):
        return _issue_of(account, tags_field, found.row)


def _issue_of(account: Account, tags_field: str, row: Mapping[str, Json]) -> Issue:
    ticket = ticket_of(account, tags_field, row)
    return Issue(
        ref=IssueRef(account.name, ticket.ref.id),
        title=ticket.subject,
        url=ticket.url,
        open=ticket.status not in (Status.SOLVED, Status.CLOSED),
        labels=ticket.tags,
    )


def _needs_queue(account: Account) -> None:
    if not account.queue:
        raise ConfigError(f"desk {account.name}: an RT tracker needs to know its queue.", "Set `queue`.")
