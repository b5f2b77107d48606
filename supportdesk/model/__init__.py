"""The nouns: tickets, people, answers, what the rules find in them, and what the engineer wants done about it.

Each comes from its module when it is first asked for, since a start needs few of them and a class costs 0.3 ms;
`__init__.pyi` tells the checker what stands in PLACES. Who only names one in annotations that stay unread writes
`from supportdesk import model` and `model.Ticket`.
"""

from supportdesk import late

PLACES = {
    "Attachment": "ticket",
    "Band": "queue",
    "Change": "change",
    "Comment": "ticket",
    "Conversation": "ticket",
    "Decision": "queue",
    "Draft": "change",
    "Escalate": "change",
    "Escalation": "issue",
    "Event": "change",
    "Evidence": "finding",
    "Finding": "finding",
    "Grade": "queue",
    "Issue": "issue",
    "IssueDraft": "issue",
    "IssueRef": "issue",
    "Kind": "queue",
    "Link": "change",
    "Note": "change",
    "Organization": "people",
    "Outgoing": "change",
    "Person": "people",
    "Reply": "change",
    "Role": "queue",
    "Row": "queue",
    "State": "queue",
    "Status": "queue",
    "Ticket": "ticket",
    "TicketRef": "queue",
    "Update": "change",
    "Verdict": "finding",
    "View": "ticket",
}
__getattr__ = late.names(__name__, PLACES)
