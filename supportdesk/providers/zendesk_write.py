"""What is written to a Zendesk ticket in one request, and what the answer to it means."""

from dataclasses import replace

from supportdesk.errors import Lost
from supportdesk.model import Note, Reply, Ticket, Update
from supportdesk.providers import Account, Done, Json
from supportdesk.providers.zendesk_parse import identifier, object_of, page_of, readable

Write = Reply | Note | Update

MARK = "sd_op"


def words_of(change: Write) -> tuple[str, bool] | None:
    """The words of a change and whether the customer sees them; None for a change of fields alone."""
    match change:
        case Reply(body=body):
            return body, True
        case Note(body=body):
            return body, False
        case Update():
            return None


def fields_of(change: Write) -> Update:
    """The new field values that a change carries."""
    return change if isinstance(change, Update) else change.update


def payload(change: Write, op: str, seen: Ticket, assignee: str | None) -> Json:
    """The body of the one PUT; `assignee` is a user id, empty for nobody, None to leave it alone.

    `tags` replaces the whole set, which is safe only because `updated_stamp` refuses the write on a changed ticket.
    """
    update = fields_of(change)
    ticket: dict[str, Json] = {"safe_update": True, "updated_stamp": seen.stamp, "metadata": {MARK: op}}
    words = words_of(change)
    if words is not None:
        ticket["comment"] = {"body": words[0], "public": words[1]}
    if update.status is not None:
        ticket["status"] = update.status.value
    if assignee is not None:
        ticket["assignee_id"] = int(assignee) if assignee else None
    if update.priority is not None:
        ticket["priority"] = update.priority or None
    if update.add_tags or update.remove_tags:
        ticket["tags"] = list(tags_after(update, seen))
    return {"ticket": ticket}


def tags_after(update: Update, seen: Ticket) -> tuple[str, ...]:
    """The whole set of tags that a ticket has after an update."""
    kept = (tag for tag in (*seen.tags, *update.add_tags) if tag not in update.remove_tags)
    return tuple(dict.fromkeys(kept))


def landed(body: Json, change: Write, op: str, seen: Ticket, account: Account) -> Done:
    """What a 2xx says that it did; Lost when it does not show an audit of ours with our words."""
    try:
        answer = object_of(body)
        ticket = object_of(answer.get("ticket"))
        if identifier(ticket.get("id")) != seen.ref.id:
            raise ValueError("the answer is about another ticket")
        if answer.get("audit") is None and words_of(change) is None:  # nothing was different from what was asked for
            done = Done(remote=seen.ref.id, url=page_of(account, seen.ref.id))
        else:
            done = audited(object_of(answer.get("audit")), change, op, seen, account)
    except ValueError as problem:
        raise Lost(f"{seen.ref}: Zendesk's answer does not show what it wrote ({problem}).") from problem
    return replace(done, notes=(*done.notes, *_dropped(ticket, fields_of(change), seen)))


def audited(audit: dict[str, Json], change: Write, op: str, seen: Ticket, account: Account) -> Done:
    """What one audit says that we did; ValueError when it is not ours or holds no words where there were some."""
    if mark_of(audit) not in ("", op):
        raise ValueError("the audit carries another mark")
    notes: tuple[str, ...] = ()
    words, exposed = words_of(change), False
    if words is not None:
        _, public = _written(audit)
        notes, exposed = _exposure(public, words[1], seen), public and not words[1]
    return Done(remote=identifier(audit.get("id")), url=page_of(account, seen.ref.id), notes=notes, exposed=exposed)


def mark_of(audit: dict[str, Json]) -> str:
    """The op that an audit carries, empty for other people's."""
    metadata = audit.get("metadata")
    custom = metadata.get("custom") if isinstance(metadata, dict) else None
    mark = custom.get(MARK) if isinstance(custom, dict) else None
    return mark if isinstance(mark, str) else ""


def comment_id_of(audit: dict[str, Json]) -> str:
    """The id of the comment that an audit made; ValueError when it made none."""
    return identifier(_written(audit)[0])


def _written(audit: dict[str, Json]) -> tuple[Json, bool]:
    """The comment of an audit and whether the customer sees it; one that a rule of the account added is not ours."""
    events = audit.get("events")
    rows, _ = readable(events if isinstance(events, list) else (), lambda event: event)
    for event in rows:
        via = event.get("via")
        by_rule = isinstance(via, dict) and via.get("channel") == "rule"
        if event.get("type") == "Comment" and isinstance(event.get("public"), bool) and not by_rule:
            return event.get("id"), bool(event["public"])
    raise ValueError("there is no comment in the audit")


def _exposure(public: bool, asked: bool, seen: Ticket) -> tuple[str, ...]:
    if public == asked:
        return ()
    if public:
        return (
            f"ALERT: the internal note on {seen.ref} is PUBLIC: Zendesk shows it to the customer. "
            "Make it private now: P in the outbox, or `supportdesk outbox make-private`.",
        )
    return (
        f"ALERT: the reply on {seen.ref} was stored as an internal note: the customer has not got it. "
        "Open the ticket in Zendesk and look whether it is private.",
    )


def _dropped(ticket: dict[str, Json], update: Update, seen: Ticket) -> tuple[str, ...]:
    """Sentences about field values that are not what was asked for, because of a rule or a setting of the account."""
    notes = []
    if update.status is not None and ticket.get("status") not in (None, update.status.value):
        notes.append(f"{seen.ref}: Zendesk left the status at {ticket['status']} instead of {update.status.value}.")
    if update.priority and ticket.get("priority", update.priority) != update.priority:
        notes.append(f"{seen.ref}: Zendesk did not set the priority {update.priority}.")
    tags = ticket.get("tags")
    kept = {tag.casefold() for tag in tags if isinstance(tag, str)} if isinstance(tags, list) else None
    missing = [tag for tag in update.add_tags if kept is not None and tag.casefold() not in kept]
    if missing:
        notes.append(f"{seen.ref}: Zendesk did not add the tag {', '.join(missing)}.")
    return tuple(notes)


def complaints(body: Json) -> str:
    """What a 422 says is wrong, in its own words; empty when it does not say."""
    return " ".join(text for row in _details(body) if isinstance(text := row.get("description"), str))[:300]


def is_closed(body: Json) -> bool:
    """Whether a 422 means that the ticket was closed for good meanwhile; the sentence comes in the agent's language."""
    return "closed prevents" in complaints(body) or any(row.get("error") == "ClosedTicket" for row in _details(body))


def _details(body: Json) -> list[dict[str, Json]]:
    details = body.get("details") if isinstance(body, dict) else None
    if not isinstance(details, dict):
        return []
    rows, _ = readable((row for entries in details.values() if isinstance(entries, list) for row in entries), object_of)
    return rows
