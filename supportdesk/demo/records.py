"""The embedded helpdesk's memory: Zendesk's rows by id, and the two ways in which they change."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from supportdesk.demo.rows import (
    FIRST_ORGANIZATION,
    FIRST_USER,
    audit_row,
    change_event,
    comment_event,
    comment_row,
    organization_row,
    stamp,
    ticket_row,
    user_row,
)
from supportdesk.demo.story import Entry, Story
from supportdesk.providers import Json

_FIRST_EVENT = 910_340_000_001
_JOINED = timedelta(days=400)


class Records:
    """Users, organizations, tickets, comments and audits; what is said and changed lands in one audit."""

    def __init__(self, story: Story, url: str, now: datetime) -> None:
        self.url = url
        self.ids = {key: FIRST_USER + place for place, key in enumerate(story.people)}
        self.users: dict[int, Json] = {}
        self.organizations: dict[int, Json] = {}
        self.tickets: dict[int, Json] = {}
        self.comments: dict[int, list[Json]] = {}
        self.audits: dict[int, list[Json]] = {}
        self._next = _FIRST_EVENT
        self._fill(story, now - _JOINED)

    def _fill(self, story: Story, joined: datetime) -> None:
        companies = {key: FIRST_ORGANIZATION + place for place, key in enumerate(story.organizations)}
        for key, name in story.organizations.items():
            self.organizations[companies[key]] = organization_row(self.url, companies[key], name, joined)
        for key, someone in story.people.items():
            company = companies.get(someone.organization)
            self.users[self.ids[key]] = user_row(self.url, self.ids[key], someone, company, joined)
        for case in story.tickets:
            company = companies.get(story.people[case.author].organization)
            self.tickets[case.id] = ticket_row(self.url, case, self.ids, company)
            self.comments[case.id], self.audits[case.id] = [], []
            for entry in case.entries:
                self._file(case.id, self.ids[entry.author], entry)

    def next_id(self) -> int:
        """A number that nothing has had yet."""
        self._next += 1
        return self._next

    def _file(self, ticket_id: int, author_id: int, entry: Entry) -> Json:
        audit_id = self.next_id()
        comment = comment_row(self.next_id(), audit_id, author_id, entry, self.url)
        custom = comment["metadata"]["custom"]
        audit = audit_row(audit_id, ticket_id, author_id, stamp(entry.at), [comment_event(comment)], custom)
        self.comments[ticket_id].append(comment)
        self.audits[ticket_id].append(audit)
        return audit

    def write(
        self,
        ticket_id: int,
        author_id: int,
        at: datetime,
        entry: Entry | None = None,
        changes: Mapping[str, Json] | None = None,
        custom: Json = None,
    ) -> Json:
        """Say and change something in one update; the audit that tells of it.

        The ticket's stamp always moves by a second at least, so that two updates in one second are still told apart.
        """
        ticket = self.tickets[ticket_id]
        at = max(at, datetime.fromisoformat(ticket["updated_at"]) + timedelta(seconds=1))
        if entry is None:
            audit = audit_row(self.next_id(), ticket_id, author_id, stamp(at), [], custom or {})
            self.audits[ticket_id].append(audit)
        else:
            audit = self._file(ticket_id, author_id, replace(entry, at=at))
            audit["metadata"]["custom"] = self.comments[ticket_id][-1]["metadata"]["custom"] = custom or {}
        for name, value in (changes or {}).items():
            if ticket[name] != value:
                audit["events"].append(change_event(self.next_id(), name, ticket[name], value))
                ticket[name] = value
        ticket["updated_at"] = stamp(at)
        return audit

    def said(self, ticket_id: int) -> str:
        """Everything on a ticket that search looks at."""
        ticket = self.tickets[ticket_id]
        texts = [ticket["subject"], *(comment["body"] for comment in self.comments[ticket_id])]
        return "\n".join([*texts, *self.names(ticket["requester_id"])])

    def names(self, user_id: int) -> tuple[str, ...]:
        """What search calls a person: name, address and company."""
        user = self.users.get(user_id)
        if user is None:
            return ()
        company = self.organizations.get(user["organization_id"])
        return (user["name"], user["email"], company["name"]) if company else (user["name"], user["email"])
