"""The commands that teach: verdicts on findings, and the team's own words that speak for a workaround."""

from types import SimpleNamespace
from typing import Any

from supportdesk.cli.output import emit, out, say, verdict_json, when
from supportdesk.cli.reading import reference
from supportdesk.desk import Desk
from supportdesk.errors import RoleError, UsageError
from supportdesk.insight.teamwords import TeamWord
from supportdesk.model import Decision


async def verdict(desk: Desk, arguments: SimpleNamespace) -> int:
    """Confirm or dismiss a finding, or withdraw what was said; every other flag follows before it returns."""
    if arguments.read_only:
        raise RoleError("This console is read-only.", "Nothing was changed.")
    ref = reference(arguments.ref, desk)
    if arguments.decision == "withdraw":
        said = desk.withdraw(ref, arguments.comment)
    else:
        decision = Decision.CONFIRMED if arguments.decision == "confirm" else Decision.DISMISSED
        said = desk.verdict(ref, decision, comment_id=arguments.comment, why=arguments.why)
    await desk.teaching.follow()
    if arguments.json:
        emit(ref=str(ref), verdict=verdict_json(said), withdrawn=arguments.decision == "withdraw")
    else:
        out(f"{'withdrawn' if arguments.decision == 'withdraw' else said.decision} {ref}")
    return 0


async def cue(desk: Desk, arguments: SimpleNamespace) -> int:
    """List, add or remove a phrase; after a change the conversations on disk are read again."""
    if arguments.action == "list":
        return _listed(desk, arguments)
    if not arguments.phrase:
        raise UsageError(f"cue {arguments.action} needs a PHRASE.", "See `supportdesk cue list`.")
    if arguments.read_only:
        raise RoleError("This console is read-only.", "Nothing was changed.")
    change = desk.teaching.add_word if arguments.action == "add" else desk.teaching.remove_word
    word = change(arguments.phrase)
    await desk.rescore()
    if arguments.json:
        emit(word=_json(word), removed=word.removed)
    else:
        counts = "no longer counts" if word.removed else "speaks for a workaround from now on"
        out(f"“{word.phrase}” {counts}")
    return 0


def _listed(desk: Desk, arguments: SimpleNamespace) -> int:
    if arguments.phrase:
        raise UsageError("`cue list` takes no PHRASE.", "See `supportdesk cue list`.")
    words = desk.teaching.words
    if arguments.json:
        emit(words=[_json(word) for word in words])
        return 0
    for word in words:
        out(word.phrase)
    if not words:
        say(arguments, "Your team has added no phrase: `supportdesk cue add PHRASE`.")
    return 0


def _json(word: TeamWord) -> dict[str, Any]:
    return {"phrase": word.phrase, "added_by": word.added_by, "at": when(word.at), "weight": word.weight}
