"""The sweep: what was sent again, refused or given up after an unknown outcome is looked for once more.

Our duplicate is closed, and what was thought not to have arrived is said to have.
"""

from dataclasses import replace
from uuid import UUID, uuid5

from supportdesk import outbox
from supportdesk.desk.notes import filed_note
from supportdesk.desk.sending import find, found_after_all, landed, sendable
from supportdesk.desk.sync import noticed
from supportdesk.desk.workplace import Connection, Workplace
from supportdesk.errors import Forbidden, Refused, ServiceError, SupportdeskError
from supportdesk.model import Escalate, IssueRef, Link, Note, Outgoing, State
from supportdesk.providers import Done, TwinCloser


async def sweep(work: Workplace, desk: str = "") -> None:
    """Look once more for everything whose time has come, of one desk or all; what cannot be asked now is put off."""
    if work.read_only or not work.may_send():
        return
    for entry in outbox.sweeps(sendable(work), work.now()):
        if desk in ("", entry.desk):
            await _sweep_one(work, work.connection(entry.desk), entry)
            work.changed()


async def _sweep_one(work: Workplace, connection: Connection, entry: Outgoing) -> None:
    try:
        found = await find(work, connection, entry)
        if found is not None and entry.state is not State.SENT:
            await landed(work, found_after_all(work, _untold(entry), found), found)
            return
        words = await _twins(work, connection, entry, found) if found is not None else ""
    except SupportdeskError as problem:
        noticed(connection, problem)
        why = _untellable(entry, problem)
        work.step(entry, lambda entry: outbox.swept(entry, why) if why else outbox.unswept(entry, work.now()))
        return
    work.step(entry, lambda entry: outbox.swept(entry, words))


def _untellable(entry: Outgoing, problem: SupportdeskError) -> str:
    """Why no later look tells more, as a sentence; empty where one may: a right that is missing may be given again."""
    if not isinstance(problem, Refused) or isinstance(problem, Forbidden):
        return ""
    what = "Whether it stands there twice" if entry.state is State.SENT else "Whether it arrived"
    return f"{what} {outbox.NEVER_TOLD}: {problem.message} {problem.hint}".strip()


def _untold(entry: Outgoing) -> Outgoing:
    """An issue that was dropped, and stands there after all, is noted on its ticket; its customer hears nothing."""
    if entry.state is not State.DROPPED or not isinstance(entry.change, Escalate | Link):
        return entry
    return replace(entry, change=replace(entry.change, public_link=False))


async def _twins(work: Workplace, connection: Connection, entry: Outgoing, found: Done) -> str:
    """Close the duplicates of what was sent and say so; empty where there are none.

    A closing whose answer was lost may have closed: the issue that stays is linked to all the same.
    """
    if not isinstance(entry.change, Escalate):
        others = {found.remote, *found.twins} - {entry.remote}
        return f"It stands there twice: delete one of them ({', '.join(sorted(others))})." if others else ""
    twins = dict.fromkeys((*found.twins, *({entry.remote} - {found.remote})))
    said = [await _closed(connection, twin, found.remote) for twin in twins]
    if found.remote != entry.remote:
        said.append(_kept_the_oldest(work, entry, found))
    return " ".join(said)


async def _closed(connection: Connection, twin: str, kept: str) -> str:
    name = connection.account.name
    words = f"It was filed twice: {name}#{twin} is {name}#{kept} once more"
    if not isinstance(connection.tracker, TwinCloser):
        return f"{words}. Close it as a duplicate."
    try:
        await _close(connection, connection.tracker, IssueRef(name, twin), IssueRef(name, kept))
    except ServiceError as problem:
        if problem.resend is not False:
            raise
        return f"{words}, and could not be closed: {problem.message}"
    return f"{words} and was closed as a duplicate."


async def _close(connection: Connection, closer: TwinCloser, twin: IssueRef, kept: IssueRef) -> None:
    try:
        await connection.wire.run(closer.close_twin(twin, kept))
    except ServiceError as problem:
        if problem.resend is not None:
            raise
        await connection.wire.run(closer.close_twin(twin, kept))  # where the lost answer was a yes it changes nothing


def _kept_the_oldest(work: Workplace, entry: Outgoing, found: Done) -> str:
    """Let the link lead to the issue that stays, here and in a note on the ticket."""
    kept = IssueRef(entry.desk, found.remote)
    with work.ledger.transaction():
        for link in work.ledger.escalations(entry.ref):
            if link.op == entry.op:
                work.ledger.put_escalation(replace(link, issue=kept, url=found.url))
        desk, op = work.connection(entry.ref.desk), str(uuid5(UUID(entry.op), "kept"))
        able = desk.capabilities.internal_note and not desk.account.read_only
        if able and isinstance(entry.change, Escalate) and work.ledger.outgoing(op) is None:
            body = filed_note(kept, found.url, entry.change.draft.title, entry.op, linked=False)
            note = Outgoing(
                op=op,
                change=Note(body=body),
                ref=entry.ref,
                desk=entry.ref.desk,
                seen=work.cache.ticket(entry.ref) or entry.seen,
                created_at=work.now(),
                seq=work.ledger.next_seq(),
            )
            work.ledger.put_outgoing(work.steadied(note))
    work.project({entry.ref})
    return f"The ticket is linked to {kept} now."
