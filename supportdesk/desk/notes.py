"""The internal note that links a ticket to its issue: how we write it, and how any console reads it again."""

import re
from collections.abc import Iterable

from supportdesk.model import Comment, Escalation, IssueRef, TicketRef

_FILED = re.compile(
    r"(?:Filed as|Linked to) ([A-Za-z0-9][A-Za-z0-9_-]{0,63}#[A-Za-z0-9._-]{1,64})"
    r"[^\n]{0,40}?(https?://[^\s<>\"]{1,300})?[^\n]{0,200}\n{0,3}\s{0,4}sd-op:\s?([0-9a-f-]{8,40})"
)


def filed_note(issue: IssueRef, url: str, title: str, op: str, *, linked: bool) -> str:
    """One sentence for people, the issue's address, and the marker line."""
    verb = "Linked to" if linked else "Filed as"
    return f"{verb} {issue} {url}\n“{title}” is the bug behind this ticket.\nsd-op:{op}"


def filed_by_colleagues(ref: TicketRef, comments: Iterable[Comment]) -> Escalation | None:
    """The link that a console left in an internal note, the newest one; public words never count."""
    newest = None
    for comment in comments:
        if comment.public or (found := _FILED.search(_joined(comment.body))) is None:
            continue
        issue = IssueRef.parse(found[1])
        newest = Escalation(ticket=ref, issue=issue, url=found[2] or "", title="", op=found[3], at=comment.created_at)
    return newest


def _joined(body: str) -> str:
    lines = body[:4000].split("\n")
    return "\n".join(line for line in lines if not line.startswith("“"))
