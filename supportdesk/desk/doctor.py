"""What works and what does not, desk by desk, each line ending in what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from supportdesk.desk.identity import remember
from supportdesk.desk.visit import counted, gaps_of, together
from supportdesk.desk.workplace import Connection, Workplace
from supportdesk.errors import Forbidden, Missing, ServiceError, SignInError, SupportdeskError, Unauthorized
from supportdesk.insight.record import desk_record
from supportdesk.providers import Flow, Place
from supportdesk.providers.credentials import LEGACY_ENDS, legacy

T = TypeVar("T")
CLOCK_SLACK_S = 120.0
LEGACY = (
    f"Zendesk API tokens stop working on {LEGACY_ENDS}, and one that is unused for 30 days is switched off.",
    "Set client_id and run `supportdesk login` again: that is OAuth.",
)
SEEN = "It stays visible to your own processes in /proc; a keyring or token_command shows it to nobody."


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line: `state` is ok, warn or fail, `next` says what to do, `exit_code` what a failure means."""

    desk: str
    check: str
    state: str
    message: str
    next: str = ""
    exit_code: int = 0


async def examine(work: Workplace, sources: Mapping[str, str]) -> list[Check]:
    """Every check there is of the desks in `sources`, which says where the token of each comes from."""
    home = Check(desk="", check="state", state="ok", message=f"{work.folder} is ours alone.")
    found = [home, *_ledger(work)]
    asked = await together(_service(work, work.connection(name)) for name in sources)
    for (name, source), checks in zip(sources.items(), asked, strict=True):
        found.append(_record(work, name))
        found += [_token(work.connection(name), source), *checks]
    if not work.connections:
        found.append(
            Check(desk="", check="desks", state="warn", message="No desk is configured.", next="supportdesk login DESK")
        )
    return found


def _ledger(work: Workplace) -> list[Check]:
    found = [
        Check(desk="", check="ledger", state="warn", message=notice, next="Nothing: what is whole was kept.")
        for notice in work.notices
    ]
    if sender := work.sender():
        found.append(Check(desk="", check="sender", state="warn", message=sender, next="Close it to send from here."))
    return found or [Check(desk="", check="ledger", state="ok", message="The ledger is whole.")]


def _token(connection: Connection, source: str) -> Check:
    name = connection.account.name
    seen = f" {SEEN}" if source == "environment" else ""
    if legacy(connection.account):
        return Check(
            desk=name, check="token", state="warn", message=f"From {source}. {LEGACY[0]}{seen}", next=LEGACY[1]
        )
    return Check(desk=name, check="token", state="ok", message=f"From {source}.{seen}")


async def _service(work: Workplace, connection: Connection) -> list[Check]:
    name = connection.account.name
    headers: dict[str, str] = {}
    try:
        identity = await connection.wire.run(
            counted(_overheard(connection.provider.whoami(), headers), connection.pace)
        )
    except SupportdeskError as problem:
        return [_failed(name, "reach", problem)]
    remember(work, name, identity)
    who = f"{identity.person.name} ({identity.role})"
    able = identity.capabilities
    state = "ok" if able.public_reply and able.update else "warn"
    found = [
        Check(desk=name, check="reach", state="ok", message=f"{connection.account.url} answers."),
        Check(desk=name, check="role", state=state, message=f"Signed in as {who}. {able.why_not}".strip()),
        _limits(name, headers),
        Check(desk=name, check="share", state="ok", message=connection.pace.said()),
        _clock(connection),
        *_unread(work, connection),
    ]
    if escalate_to := connection.account.escalate_to:
        found.append(await _tracker(work, name, escalate_to))
    return found


def _unread(work: Workplace, connection: Connection) -> list[Check]:
    """What the last sync could not read, and why."""
    again = "R in the console tries again, and `supportdesk show REF --fresh`."
    return [
        Check(desk=connection.account.name, check="unread", state="warn", message=words, next=again)
        for words in gaps_of(work, connection).sentences()
    ]


def _overheard(flow: Flow[T], headers: dict[str, str]) -> Flow[T]:
    """A flow as it is, with the headers of its last answer kept aside."""
    try:
        request = next(flow)
        while True:
            response = yield request
            headers.update(response.headers)
            request = flow.send(response)
    except StopIteration as end:
        value: T = end.value
        return value


def _limits(name: str, headers: Mapping[str, str]) -> Check:
    """What the service says of its rate limit: Zendesk's requests a minute, GitHub's an hour."""
    for most, left in (("x-rate-limit", "x-rate-limit-remaining"), ("x-ratelimit-limit", "x-ratelimit-remaining")):
        if headers.get(most, "").isdecimal() and headers.get(left, "").isdecimal():
            low = int(headers[left]) * 10 < int(headers[most])
            return Check(
                desk=name,
                check="limits",
                state="warn" if low else "ok",
                message=f"{headers[left]} of {headers[most]} requests are left.",
                next="Wait a little: other programs use the same account." if low else "",
            )
    return Check(desk=name, check="limits", state="ok", message="The service names no rate limit.")


async def _tracker(work: Workplace, name: str, target: str) -> Check:
    try:
        tracker = work.connection(target)
        place = await tracker.wire.run(tracker.tracker.place())
    except SupportdeskError as problem:
        return _failed(name, "tracker", problem)
    if not place.issues_on:
        return Check(
            desk=name,
            check="tracker",
            state="fail",
            message=f"{place.name} has issues switched off.",
            next="Switch them on, or set escalate_to to another desk.",
            exit_code=4,
        )
    return Check(desk=name, check="tracker", state="ok", message=f"Bugs go to {target}, {_visibility(place)}.")


def _visibility(place: Place) -> str:
    if place.public is None:
        return f"{place.name} (it does not say whether it is public)"
    return f"{place.name} ({'public' if place.public else 'private'})"


def _clock(connection: Connection) -> Check:
    offset = connection.wire.server_time_offset_s
    if abs(offset) > CLOCK_SLACK_S:
        message = f"This machine's clock is {abs(offset):.0f} s {'behind' if offset > 0 else 'ahead of'} the service's."
        return Check(desk=connection.account.name, check="clock", state="warn", message=message, next="Set the clock.")
    return Check(desk=connection.account.name, check="clock", state="ok", message="The clocks agree.")


def _failed(name: str, check: str, problem: SupportdeskError) -> Check:
    code = 7
    if isinstance(problem, SignInError | Unauthorized | Forbidden):
        code = 3
    elif isinstance(problem, Missing):
        code = 4
    elif not isinstance(problem, ServiceError):
        code = problem.exit_code
    return Check(
        desk=name, check=check, state="fail", message=problem.message, next=problem.hint or "Try again.", exit_code=code
    )


def _record(work: Workplace, name: str) -> Check:
    """How far the desk's flags can be trusted by its own verdicts."""
    learned = work.lessons.of(name)
    told = "; ".join(desk_record(learned)) or "no verdict yet: flags quote what was measured elsewhere"
    return Check(desk=name, check="record", state="ok", message=f"{told[:1].upper()}{told[1:]}.")
