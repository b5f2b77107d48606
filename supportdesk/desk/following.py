"""What follows from an issue that was filed or linked: the link itself, and what its ticket is told of it."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from supportdesk.desk.notes import filed_note
from supportdesk.desk.workplace import Connection
from supportdesk.model import (
    Change,
    Escalate,
    Escalation,
    IssueRef,
    Link,
    Note,
    Outgoing,
    Reply,
    Status,
    Update,
)
from supportdesk.providers import Done


def follow_ups(entry: Outgoing, done: Done, desk: Connection, now: datetime) -> tuple[Escalation, list[Outgoing]]:
    """The link, and the entries for the note, the tag and the hold, under ops that a replay cannot double.

    `entry` is an Escalate or a Link that landed, `desk` its ticket's; the entries have no `seq` yet.
    """
    made = _made(entry, done, now)
    changes = [] if desk.account.read_only or entry.seen.status is Status.CLOSED else _told(entry, made, desk)
    return made, [
        Outgoing(
            op=str(uuid5(UUID(entry.op), f"follow-{number}")),
            change=change,
            ref=entry.ref,
            desk=entry.ref.desk,
            seen=entry.seen,
            created_at=now,
        )
        for number, change in enumerate(changes)
    ]


def _made(entry: Outgoing, done: Done, now: datetime) -> Escalation:
    change = entry.change
    if isinstance(change, Link):
        issue, url, title = change.issue, change.url, change.title
    elif isinstance(change, Escalate):
        issue, url, title = IssueRef(entry.desk, done.remote), done.url, change.draft.title
    else:
        raise TypeError(f"{type(change).__name__} makes no link")
    return Escalation(ticket=entry.ref, issue=issue, url=url, title=title, op=entry.op, at=now)


def _told(entry: Outgoing, made: Escalation, desk: Connection) -> list[Change]:
    able = desk.capabilities
    update = Update(
        status=Status.HOLD if able.update and able.hold else None,
        add_tags=(desk.account.tag_prefix + "escalated",) if able.update and able.tags else (),
    )
    changes: list[Change] = []
    if able.internal_note:
        note = filed_note(made.issue, made.url, made.title, entry.op, linked=isinstance(entry.change, Link))
        changes += parts(Note(body=note, update=update), bundles=able.bundles)
    elif update:
        changes.append(update)
    if isinstance(entry.change, Escalate | Link) and entry.change.public_link and made.url:
        changes.append(Reply(body=f"This is tracked as {made.url}."))
    return changes


def parts(change: Change, *, bundles: bool) -> list[Change]:
    """A change as the requests it takes: words and field changes together where the service can, else one by one."""
    if bundles or not isinstance(change, Reply | Note) or not change.update:
        return [change]
    return [replace(change, update=Update()), change.update]
