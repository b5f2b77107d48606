"""What became of a ticket since it was read, in words: what an engineer must know before sending all the same."""

from collections.abc import Iterator, Sequence

from supportdesk.model import Comment, Person, Ticket

LONGEST_QUOTE = 120


def differences(seen: Ticket, now: Ticket, comments: Sequence[Comment] = ()) -> str:
    """Status, assignee, priority, tags, subject and new comments, each named; empty where all of that is as it was."""
    return "; ".join((*_fields(seen, now), *_said(seen, comments)))


def _fields(seen: Ticket, now: Ticket) -> Iterator[str]:
    if now.status is not seen.status:
        yield f"status {seen.status.value} → {now.status.value}"
    if _key(now.assignee) != _key(seen.assignee):
        yield f"assignee {_name(seen.assignee)} → {_name(now.assignee)}"
    if now.priority != seen.priority:
        yield f"priority {seen.priority or 'none'} → {now.priority or 'none'}"
    added = [f"+{tag}" for tag in now.tags if tag not in seen.tags]
    gone = [f"-{tag}" for tag in seen.tags if tag not in now.tags]
    if added or gone:
        yield f"tags {' '.join((*added, *gone))}"
    if now.subject != seen.subject:
        yield f"subject now “{now.subject[:LONGEST_QUOTE]}”"


def _said(seen: Ticket, comments: Sequence[Comment]) -> Iterator[str]:
    fresh = [comment for comment in comments if comment.created_at > seen.updated_at]
    if not fresh:
        return
    last = fresh[-1]
    many = "a new comment" if len(fresh) == 1 else f"{len(fresh)} new comments, the last"
    words = " ".join(last.body.split())
    quote = words if len(words) <= LONGEST_QUOTE else f"{words[:LONGEST_QUOTE]}…"
    yield f"{many} by {last.author.name}{'' if last.public else ' (internal)'}: “{quote}”"


def _key(person: Person | None) -> str:
    return (person.id or person.email or person.name).casefold() if person else ""


def _name(person: Person | None) -> str:
    return person.name if person else "nobody"
