"""The command that lists macros whose text is itself a workaround."""

from types import SimpleNamespace
from typing import Any

from supportdesk.cli.output import emit, out, progress, say
from supportdesk.desk import Desk
from supportdesk.insight.macros import Smell
from supportdesk.insight.scan import finding_json


async def macros(desk: Desk, arguments: SimpleNamespace) -> int:
    """List the macros that are workarounds, most customers first; 8 when a desk could not be read, its code for all."""
    report = await desk.teaching.macros(progress(arguments), desk=arguments.desk)
    for note in report.notes:
        say(arguments, note)
    if arguments.json:
        emit(macros=[_json(one) for one in report.smells], read=report.macros, notes=list(report.notes))
    else:
        for one in report.smells:
            used = "" if one.macro.used is None else f"{one.macro.used:,} in 30 days"
            counts = f"{one.uses:>5,} answers  {one.customers:>4,} customers  {used:>16}"
            out(f"{counts}  {one.finding.band:8}  {one.macro.desk}: {one.macro.name}")
        if not report.smells and report.macros:
            say(arguments, f"None of {report.macros:,} macros reads like a workaround.")
    if not report.problems:
        return 0
    return 8 if report.macros else max(problem.exit_code for problem in report.problems)


def _json(smell: Smell) -> dict[str, Any]:
    macro = smell.macro
    return {
        "desk": macro.desk,
        "id": macro.id,
        "name": macro.name,
        "body": macro.body,
        "answers": smell.uses,
        "customers": smell.customers,
        "used_30d": macro.used,
        "finding": finding_json(smell.finding) | {"comment_id": None},
    }
