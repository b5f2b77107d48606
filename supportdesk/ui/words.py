"""Times, people and counts in the words the screens use; pure, the time now is an argument."""

from __future__ import annotations

from datetime import datetime

from supportdesk import model
from supportdesk.desk import DeskStatus
from supportdesk.model import Band, Kind, Role, State

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_BANDS = {Band.LIKELY: "likely", Band.POSSIBLE: "possibly", Band.WEAK: "perhaps"}
_KINDS = {
    Kind.WORKAROUND: "a workaround for a bug",
    Kind.KNOWN_BUG: "about a known bug",
    Kind.HOWTO: "a question of how to",
    Kind.SLOW: "about something slow",
    Kind.BY_HAND: "done by hand for the customer",
    Kind.MISSING: "about something missing",
}
_STATES = {
    State.QUEUED: "queued",
    State.SENDING: "being sent",
    State.SENT: "sent",
    State.UNCERTAIN: "uncertain: it may have arrived",
    State.HELD: "held: waits for you",
    State.REJECTED: "rejected",
    State.DROPPED: "dropped",
}


def age(then: datetime, now: datetime) -> str:
    """How long ago, in at most four characters: `now`, `4m`, `3h`, `2d`, `5w`, `3y`."""
    seconds = int((now - then).total_seconds())
    if seconds < _MINUTE:
        return "now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m"
    if seconds < _DAY:
        return f"{seconds // _HOUR}h"
    days = seconds // _DAY
    if days < 14:
        return f"{days}d"
    return f"{days // 7}w" if days < 365 else f"{days // 365}y"


def ago(then: datetime, now: datetime) -> str:
    """The same as a phrase: `just now`, `4 minutes ago`."""
    seconds = int((now - then).total_seconds())
    for size, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= size:
            return f"{counted(seconds // size, name)} ago"
    return "just now"


def moment(then: datetime, now: datetime) -> str:
    """An absolute time, as short as it can be without being mistaken: `09:12`, `Tue 09:12`, `3 Nov 09:12`."""
    then = then.astimezone(now.tzinfo)
    days = (now.date() - then.date()).days
    if days == 0:
        return f"{then:%H:%M}"
    if 0 < days < 7:
        return f"{then:%a %H:%M}"
    return f"{then.day} {then:%b %H:%M}" if then.year == now.year else f"{then.day} {then:%b %Y}"


def left_behind(status: DeskStatus) -> str:
    """What stays on disk when somebody leaves now."""
    left = [f"{counted(status.queued, 'entry')} on the way"] if status.queued else []
    left += [f"{counted(status.held, 'entry')} held"] if status.held else []
    kept = f"{' and '.join(left)}: on disk, and taken up again next time." if left else "Drafts and views are kept."
    if all(desk.synced_at is not None and not desk.unheard for desk in status.desks):
        return kept
    return f"{kept} So is what was read: the next start reads on."


def counted(number: int, noun: str) -> str:
    """`1 ticket`, `3 tickets`, `1 reply`, `2 replies`."""
    if number == 1:
        return f"1 {noun}"
    plural = noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s"
    return f"{number:,} {plural}"


def seconds(window: float) -> str:
    """An undo window as it is said: `8 s`."""
    return f"{window:g} s"


def address(person: model.Person) -> str:
    """A person as a mail program writes one."""
    return f"{person.name} <{person.email}>" if person.email else person.name


def side(role: Role) -> str:
    """Which side of the conversation somebody is on, in a word."""
    return {Role.AGENT: "us", Role.CUSTOMER: "customer", Role.SYSTEM: "system"}[role]


def verdict_sentence(kind: Kind, band: Band) -> str:
    """What the rules think, without a number nobody could check."""
    return f"{_BANDS[band]} {_KINDS[kind]}"


def state_words(state: State) -> str:
    """A state of something on its way."""
    return _STATES[state]


def change_words(change: model.Change) -> str:
    """What a change is, in a word or two."""
    match change:
        case model.Reply():
            return "public reply"
        case model.Note():
            return "internal note"
        case model.Escalate(draft=draft):
            return f"issue in {draft.tracker}"
        case model.Link(issue=issue):
            return f"link to {issue}"
        case model.Update():
            return update_words(change)


def update_words(update: model.Update) -> str:
    """The new values, in the order one would say them."""
    parts = []
    if update.status is not None:
        parts.append(f"status {update.status}")
    if update.assignee is not None:
        parts.append(f"assign to {update.assignee}" if update.assignee else "assign to nobody")
    if update.priority is not None:
        parts.append(f"priority {update.priority or 'none'}")
    parts += [f"tag {tag}" for tag in update.add_tags]
    parts += [f"untag {tag}" for tag in update.remove_tags]
    return ", ".join(parts) or "no change"


def landed(outgoing: model.Outgoing) -> str:
    """What to say when something on its way got somewhere."""
    what = change_words(outgoing.change)
    match outgoing.state:
        case State.SENT if outgoing.exposed:
            return f"{outgoing.why} O opens the outbox."
        case State.SENT:
            return f"Sent: {what} on {outgoing.ref}"
        case State.HELD:
            return f"Held: {what} on {outgoing.ref}. {outgoing.why or 'The ticket changed since you read it.'}"
        case State.REJECTED:
            return f"Rejected: {what} on {outgoing.ref}. {outgoing.why}".rstrip()
        case State.UNCERTAIN:
            return f"Uncertain: {what} on {outgoing.ref} may have arrived; it is looked for before it is sent again."
    return ""
