"""The command that goes on shift and off it, and says whose week it is."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from supportdesk.cli.output import emit, out, say, when
from supportdesk.config import Config
from supportdesk.config.rota import budget_of, me_of, rota_of
from supportdesk.desk import Desk
from supportdesk.errors import ConfigError, RoleError, UsageError
from supportdesk.shift.rota import Rota, Week
from supportdesk.shift.timesheet import Punch, Shift, believed, punch, shifts
from supportdesk.store.timesheet import add_punch, punches


def shift(desk: Desk, config: Config, arguments: SimpleNamespace) -> int:
    """Start or stop our shift, on disk when this returns; or show it beside the rota."""
    rota = rota_of(config)
    if arguments.action == "status":
        return _status(desk, config, rota, arguments)
    if arguments.read_only:
        raise RoleError("This console is read-only.", "Nothing was changed.")
    me = me_of(config, rota)
    changed = _change(desk, rota, me, on=arguments.action == "start")
    if arguments.json:
        emit(shift=_shift_json(changed, changed.end or changed.start))
    elif changed.end is None:
        out(f"On shift since {_local(changed.start, rota)}.")
    else:
        out(f"Off shift after {_spelled(changed.end - changed.start)}, since {_local(changed.start, rota)}.")
    return 0


def _change(desk: Desk, rota: Rota, me: str, *, on: bool) -> Shift:
    ledger = desk.work.ledger
    with ledger.transaction():  # of two that start at once, one hears that it is
        running = _running(shifts(_known(desk), me))
        if on and running:
            since = _local(running.start, rota)
            raise UsageError(f"You are on shift already, since {since}.", "`supportdesk shift stop` ends it.")
        if not on and not running:
            raise UsageError("You are not on shift.", "`supportdesk shift start` begins one.")
        add_punch(ledger, punch(_known(desk), me, on=on, now=desk.work.now()))
    return shifts(_known(desk), me)[-1]


def _known(desk: Desk) -> list[Punch]:
    return believed(punches(desk.work.ledger), desk.work.now())


def _running(found: tuple[Shift, ...]) -> Shift | None:
    return found[-1] if found and found[-1].end is None else None


def _status(desk: Desk, config: Config, rota: Rota, arguments: SimpleNamespace) -> int:
    now, budget = desk.work.now(), budget_of(config)
    week, mine = rota.week(now), _mine(desk, config, rota, arguments)
    running, spent = _running(mine), sum((it.within(week.start, now) for it in mine), timedelta())
    meant = None if budget is None else week.length * budget
    if arguments.json:
        emit(
            timezone=str(rota.zone),
            week=_week_json(week),
            shift=_shift_json(running, now) if running else None,
            on_shift_s=_seconds(spent),
            budget_s=None if meant is None else _seconds(meant),
        )
        return 0
    begin, end = _local(week.start, rota), _local(week.end, rota)
    out(f"{week.person} is on: {begin} to {end} {rota.zone}, {_spelled(week.length)}.")
    out(f"{week.next} is next, in {_spelled(week.end - now)}.")
    if running:
        out(f"You are on shift since {_local(running.start, rota)}, {_spelled(running.within(running.start, now))}.")
    else:
        out("You are not on shift.")
    of = "" if meant is None else f" of {_spelled(meant)}, {budget:.0%} of its {_spelled(week.length)}"
    out(f"Your time on shift this week: {_spelled(spent)}{of}.")
    return 0


def _mine(desk: Desk, config: Config, rota: Rota, arguments: SimpleNamespace) -> tuple[Shift, ...]:
    """Our shifts; who is not on the rota has none, hears why, and may still look at it."""
    try:
        return shifts(_known(desk), me_of(config, rota))
    except ConfigError as problem:
        say(arguments, f"{problem.message} {problem.hint}".strip())
        return ()


def _shift_json(found: Shift, until: datetime) -> dict[str, Any]:
    return {
        "agent": found.agent,
        "started_at": when(found.start),
        "stopped_at": when(found.end),
        "length_s": _seconds(found.within(found.start, until)),
    }


def _week_json(week: Week) -> dict[str, Any]:
    return {
        "person": week.person,
        "next": week.next,
        "start_at": when(week.start),
        "end_at": when(week.end),
        "length_s": _seconds(week.length),
    }


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def _local(at: datetime, rota: Rota) -> str:
    return f"{at.astimezone(rota.zone):%a %d %b %H:%M}"


def _spelled(span: timedelta) -> str:
    """A length as an engineer says it: 3 h 12 min."""
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    return " ".join(
        part for part in (f"{hours} h" * bool(hours), f"{minutes} min" * (minutes > 0 or not hours)) if part
    )
