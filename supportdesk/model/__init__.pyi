"""What `supportdesk.model` holds, as the checker sees it."""
# ruff: noqa: I001  # a name a line

from supportdesk.model.change import (
    Change as Change,
    Draft as Draft,
    Escalate as Escalate,
    Event as Event,
    Link as Link,
    Note as Note,
    Outgoing as Outgoing,
    Reply as Reply,
    Update as Update,
)
from supportdesk.model.finding import (
    Evidence as Evidence,
    Finding as Finding,
    Verdict as Verdict,
)
from supportdesk.model.issue import (
    Escalation as Escalation,
    Issue as Issue,
    IssueDraft as IssueDraft,
    IssueRef as IssueRef,
)
from supportdesk.model.people import (
    Organization as Organization,
    Person as Person,
)
from supportdesk.model.queue import (
    Band as Band,
    Decision as Decision,
    Grade as Grade,
    Kind as Kind,
    Role as Role,
    Row as Row,
    State as State,
    Status as Status,
    TicketRef as TicketRef,
)
from supportdesk.model.ticket import (
    Attachment as Attachment,
    Comment as Comment,
    Conversation as Conversation,
    Ticket as Ticket,
    View as View,
)

PLACES: dict[str, str]
