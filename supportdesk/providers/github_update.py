"""New values for an issue's fields: what GitHub has them for, whether somebody else was quicker, and the calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from supportdesk import model, providers
from supportdesk.errors import Missing, Refused, ServiceError
from supportdesk.model import Status, Ticket, TicketRef
from supportdesk.providers import DONE_WITH, Flow, Json
from supportdesk.providers.answers import segment, text_of
from supportdesk.providers.differences import differences
from supportdesk.providers.github_repo import Repo
from supportdesk.providers.github_rows import (
    assignees_of,
    check_write,
    names_of,
    number_of,
    read,
    ticket_of,
)

SAME_MOMENT = timedelta(seconds=2)
_CLOSED = (Status.SOLVED, Status.CLOSED)
_HALF = "The reply was sent, but not all that goes with it."
_LACKING = (Status.PENDING, Status.HOLD)


def what_changed(repo: Repo, row: Json, seen: Ticket, update: model.Update) -> Flow[str]:
    """What others did since the engineer read the ticket, in words; empty when only our own writes explain it."""
    now = read(lambda row: ticket_of(row, seen.ref.desk), row, str(seen.ref))
    if now.stamp == seen.stamp and seen.comment_count in (None, now.comment_count):
        return ""
    words = _foreign(now, seen, update)
    if words:
        return words
    comments = yield from repo.comments(seen.ref, seen.updated_at)
    me = (yield from repo.me())["login"]
    newer = [comment for comment in comments if comment.created_at > seen.updated_at]
    others = [comment for comment in newer if comment.author.id.lower() != me.lower()]
    if others:
        return differences(seen, seen, others)
    if _as_wanted(now, seen) or (newer and now.updated_at - newer[-1].created_at <= SAME_MOMENT):
        return ""
    return "it was edited"


def _foreign(now: Ticket, seen: Ticket, update: model.Update) -> str:
    if now.subject != seen.subject:
        return "its subject is new"
    if _closed(now) != _closed(seen) and _closed(now) is not _wants_closed(update):
        return f"it is {now.status} now"
    if _assignee(now) not in (_assignee(seen), (update.assignee if update.assignee is not None else "?").lower()):
        return f"it is assigned to {_assignee(now) or 'nobody'} now"
    ours = _folded((*update.add_tags, *update.remove_tags))
    return "its labels are others now" if (_folded(now.tags) ^ _folded(seen.tags)) - ours else ""


def _as_wanted(now: Ticket, seen: Ticket) -> bool:
    before = (_closed(seen), _assignee(seen), _folded(seen.tags))
    return (_closed(now), _assignee(now), _folded(now.tags)) != before


def _closed(ticket: Ticket) -> bool:
    return ticket.status in _CLOSED


def _wants_closed(update: model.Update) -> bool | None:
    if update.status is None or update.status in _LACKING:
        return None
    return update.status in _CLOSED


def _assignee(ticket: Ticket) -> str:
    return ticket.assignee.id.lower() if ticket.assignee else ""


def _folded(names: tuple[str, ...]) -> set[str]:
    return {name.casefold() for name in names}


def skipped(update: model.Update) -> tuple[str, ...]:
    """Sentences about what GitHub has no field for."""
    notes: list[str] = []
    if update.status in _LACKING:
        notes.append(f"GitHub has no status {update.status}: the issue stays as it is.")
    if update.priority:
        notes.append("GitHub has no priority: it was left out.")
    return tuple(notes)


def holds(now: Ticket, update: model.Update) -> bool:
    """Whether everything that GitHub can hold of an update is so already."""
    wanted = _wants_closed(update)
    if wanted is not None and _closed(now) is not wanted:
        return False
    if update.assignee is not None and _assignee(now) != update.assignee.lower():
        return False
    tags = _folded(now.tags)
    return _folded(update.add_tags) <= tags and not _folded(update.remove_tags) & tags


def missing(now: Ticket, update: model.Update) -> model.Update:
    """The part of an update that an issue does not show yet; what GitHub has no field for stays in, to be said."""
    tags = _folded(now.tags)
    return replace(
        update,
        status=None if update.status not in _LACKING and _wants_closed(update) is _closed(now) else update.status,
        assignee=None if (update.assignee or "").lower() == _assignee(now) else update.assignee,
        add_tags=tuple(tag for tag in update.add_tags if tag.casefold() not in tags),
    )


def apply_update(
    repo: Repo, ref: TicketRef, url: str, update: model.Update
) -> Flow[providers.Done | providers.Rejected]:
    """State and assignee in one call, labels added in one, each label taken off in its own; safe to repeat."""
    notes = list(skipped(update))
    landed: list[str] = []
    try:
        fields = _patch(update)
        if fields:
            notes += yield from _set_fields(repo, ref, fields)
            landed.append("status and assignee")
        if update.add_tags:
            notes += yield from _add_labels(repo, ref, update.add_tags)
            landed.append("added labels")
        for name in update.remove_tags:
            yield from _remove_label(repo, ref, name)
            landed.append(f"label {name} off")
    except Refused as problem:
        if not landed:
            raise
        return providers.Rejected(why=f"{problem.message} Already done: {', '.join(landed)}.")
    return providers.Done(remote=ref.id, url=url, notes=tuple(notes))


def _patch(update: model.Update) -> dict[str, Json]:
    fields: dict[str, Json] = {}
    wanted = _wants_closed(update)
    if wanted is not None:
        fields["state"] = "closed" if wanted else "open"
        fields["state_reason"] = DONE_WITH if wanted else "reopened"
    if update.assignee is not None:
        fields["assignees"] = [update.assignee] if update.assignee else []
    return fields


def _set_fields(repo: Repo, ref: TicketRef, fields: dict[str, Json]) -> Flow[list[str]]:
    what = str(ref)
    response = check_write((yield repo.write("PATCH", repo.path_of(ref), fields)), what)
    read(number_of, response.body, what)
    notes: list[str] = []
    if "state" in fields and read(lambda row: text_of(row["state"]), response.body, what) != fields["state"]:
        notes.append(f"GitHub did not set the state to {fields['state']}.")
    if "assignees" in fields:
        now = {login.lower() for login in read(assignees_of, response.body, what)}
        if now != {login.lower() for login in fields["assignees"]}:
            wanted = ", ".join(fields["assignees"]) or "nobody"
            notes.append(
                f"GitHub did not assign it to {wanted}: that needs push rights and a member of the repository."
            )
    return notes


def _add_labels(repo: Repo, ref: TicketRef, names: tuple[str, ...]) -> Flow[list[str]]:
    request = repo.write("POST", f"{repo.path_of(ref)}/labels", {"labels": list(names)})
    response = check_write((yield request), str(ref))
    return dropped_labels(names, read(names_of, response.body, str(ref)))


def dropped_labels(wanted: tuple[str, ...], now: tuple[str, ...]) -> list[str]:
    """A sentence about the labels that GitHub left out in silence, if any."""
    missing = [name for name in wanted if name.casefold() not in _folded(now)]
    return [f"GitHub left out these labels: {', '.join(missing)} (they need triage rights)."] if missing else []


def _remove_label(repo: Repo, ref: TicketRef, name: str) -> Flow[None]:
    request = repo.write("DELETE", f"{repo.path_of(ref)}/labels/{segment(name)}")
    try:
        check_write((yield request), str(ref))
    except Missing:
        return  # it was off already


def after_reply(repo: Repo, ref: TicketRef, done: providers.Done, update: model.Update) -> Flow[providers.Done]:
    """The fields that go with a reply; the reply has landed, so whatever fails now is only said."""
    if not update:
        return done
    try:
        outcome = yield from apply_update(repo, ref, done.url, update)
    except ServiceError as problem:
        return replace(done, notes=(f"{_HALF} {problem.message}",))
    if isinstance(outcome, providers.Done):
        return replace(done, notes=outcome.notes)
    return replace(done, notes=(f"{_HALF} {outcome.why}",))
