"""People on either side, and the companies that customers are counted by."""

from dataclasses import dataclass

from supportdesk.model.queue import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A customer as a company: what distinct customers are counted by."""

    name: str
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on either side; requester, assignee and author are fields that hold one."""

    name: str
    email: str = ""
    id: str = ""
    role: Role = Role.CUSTOMER
    organization: Organization | None = None
