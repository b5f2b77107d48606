"""The internal note that links a ticket to its issue: how we write it, and how any console reads it again."""

import re
from collections.abc import Iterable

from supportdesk.gate.defang import inert_placeholders
from supportdesk.model import Comment, Escalation, IssueRef, TicketRef

_FILED = re.compile(r"(?:Filed as|Linked to) ([A-Za-z0-9][A-Za-z0-9_-]{0,63}#[A-Za-z0-9._-]{1,64})([^\n]{0,400})")
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,300}")
_MARK = re.compile(r"sd-op:\s?([0-9a-f-]{8,40})")
_READ = 4000


def filed_note(issue: IssueRef, url: str, title: str, op: str, *, linked: bool) -> str:
    """One sentence for people, the issue's address, and the marker line."""
    verb = "Linked to" if linked else "Filed as"
    title = inert_placeholders(title)  # an issue that is linked to was named by strangers, and helpdesks fill these in
    return f"{verb} {issue} {url}\n“{title}” is the bug behind this ticket.\nsd-op:{op}"


def filed_by_colleagues(ref: TicketRef, comments: Iterable[Comment]) -> Escalation | None:
    """The link that a console left in an internal note, the newest one; public words never count."""
    newest = None
    for comment in comments:
        words = comment.body[:_READ]
        if comment.public or (filed := _FILED.search(words)) is None or (mark := _MARK.search(words)) is None:
            continue
        address = _ADDRESS.search(filed[2])
        newest = Escalation(
            ticket=ref,
            issue=IssueRef.parse(filed[1]),
            url=address[0] if address else "",
            title="",
            op=mark[1],
            at=comment.created_at,
        )
    return newest
