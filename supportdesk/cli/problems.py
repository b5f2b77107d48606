"""The command that lists the problems behind the flags: tickets that were given the same workaround."""

from types import SimpleNamespace
from typing import Any

from supportdesk.cli.output import emit, out, progress, say, when
from supportdesk.desk import Desk, Problem
from supportdesk.insight.scan import finding_json


async def problems(desk: Desk, arguments: SimpleNamespace) -> int:
    """List the problems, the one that hits most customers first."""
    found = await desk.problems(progress(arguments), desk=arguments.desk)
    if arguments.json:
        emit(problems=[_json(one) for one in found.problems], beside=found.beside)
        return 0
    for one in found.problems:
        issue = str(one.escalation.issue) if one.escalation is not None else "no issue yet"
        counts = f"{one.customers:>4,} customers  {len(one.refs):>4,} tickets"
        out(f"{counts}  {issue:14}  {one.refs[0]}  {one.subject}")
    if not found.problems:
        say(arguments, "No workaround was given on more than one ticket.")
    if found.beside:
        say(arguments, f"Flagged tickets beside them: {found.beside:,}.")
    return 0


def _json(problem: Problem) -> dict[str, Any]:
    link = problem.escalation
    return {
        "tickets": [str(ref) for ref in problem.refs],
        "subject": problem.subject,
        "customers": problem.customers,
        "since": when(problem.since),
        "until": when(problem.until),
        "advice": problem.advice,
        "finding": finding_json(problem.finding),
        "issue": str(link.issue) if link is not None else None,
        "url": link.url if link is not None else None,
    }
