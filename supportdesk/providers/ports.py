"""What a service has to be able to do, as sets of flows, and what drives them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Protocol, runtime_checkable

from supportdesk import late, model, providers
from supportdesk.errors import ConfigError
from supportdesk.model import Conversation, Ticket, TicketRef, View
from supportdesk.providers.account import Account
from supportdesk.providers.flows import Flow, T
from supportdesk.providers.identity import Identity


class Provider(Protocol):
    """A helpdesk as a set of flows; every write carries its op id and the ticket as the engineer had seen it."""

    account: Account

    def authorize(self, token: str) -> dict[str, str]:
        """Headers that sign a request."""
        ...

    def whoami(self) -> Flow[Identity]:
        """Who the token belongs to, and what it may do."""
        ...

    def views(self) -> Flow[tuple[View, ...]]:
        """The saved views of the service."""
        ...

    def tickets(self, view: View | None, cursor: str) -> Flow[providers.Page]:
        """A page of a view, or of every ticket that is not solved or closed; newest change first."""
        ...

    def changes(self, since: datetime, cursor: str, etag: str) -> Flow[providers.Page]:
        """A page of the tickets changed since then, newest first; `unchanged` where the service answered 304."""
        ...

    def ticket(self, ref: TicketRef) -> Flow[Ticket]:
        """One ticket as it is now; Missing when there is none."""
        ...

    def conversation(self, ref: TicketRef) -> Flow[Conversation]:
        """The ticket with everything said on it."""
        ...

    def deliver(self, change: model.Change, op: str, seen: Ticket) -> Flow[providers.Outcome]:
        """Write a Reply, Note or Update on a ticket."""
        ...

    def find_op(
        self, change: model.Change, op: str, seen: Ticket, since: datetime, claimed: frozenset[str]
    ) -> Flow[providers.Done | None]:
        """The landed effect of an op, or None; `claimed` holds the remote ids that other ops already own."""
        ...


@runtime_checkable
class Tracker(Protocol):
    """A place for bugs as a set of flows."""

    account: Account

    def place(self) -> Flow[providers.Place]:
        """The tracker's name and visibility, asked immediately before a public send."""
        ...

    def file_issue(self, draft: model.IssueDraft, op: str) -> Flow[providers.Outcome]:
        """Create the issue; Done carries its id and URL."""
        ...

    def comment_issue(self, issue: model.IssueRef, body: str, op: str) -> Flow[providers.Outcome]:
        """Add evidence to an issue."""
        ...

    def find_issue(self, op: str, since: datetime) -> Flow[providers.Done | None]:
        """The issue that carries the op's marker, found through the list of issues and never through search."""
        ...

    def find_issue_comment(self, issue: model.IssueRef, op: str, since: datetime) -> Flow[providers.Done | None]:
        """The comment on an issue that carries the op's marker."""
        ...

    def similar_issues(self, draft: model.IssueDraft) -> Flow[tuple[model.Issue, ...]]:
        """Open issues that read like this one, best first; a hint, never a check."""
        ...

    def issue(self, ref: model.IssueRef) -> Flow[model.Issue]:
        """One issue as it is now; Missing when there is none."""
        ...


@runtime_checkable
class MacroLibrary(Protocol):
    """A helpdesk that lets its prepared words be read; one that does not is simply none."""

    def macros(self) -> Flow[tuple[late.macros.Macro, ...]]:
        """The active macros that write words."""
        ...


@runtime_checkable
class TwinCloser(Protocol):
    """A tracker on which the second of two equal issues of ours can be closed."""

    def close_twin(self, twin: model.IssueRef, kept: model.IssueRef) -> Flow[None]:
        """Close an issue as a duplicate of another; safe to repeat."""
        ...


@runtime_checkable
class Hider(Protocol):
    """A helpdesk that can take words from the customer's eyes again."""

    def make_private(self, ref: TicketRef, op: str) -> Flow[None]:
        """Make the comment of an op internal and read that back; Distrusted when it is still public."""
        ...


class Wire(Protocol):
    """Whatever drives flows: the transport over httpx, or the embedded demo."""

    @property
    def server_time_offset_s(self) -> float:
        """Seconds that the service's clock is ahead of ours, by its last answer."""
        ...

    async def run(self, flow: Flow[T]) -> T:
        """Drive a flow to its value; ServiceError when the way to the service fails."""
        ...

    async def close(self, wait_s: float = 0.0) -> None:
        """Let go of connections, after what is being written was given `wait_s` to end."""
        ...


_BUILT_IN = {
    "zendesk": "supportdesk.providers.zendesk:Zendesk",
    "github": "supportdesk.providers.github:GitHub",
    "rt": "supportdesk.providers.rt:RequestTracker",
}


def open_provider(account: Account) -> Provider:
    """The provider an account names: one of ours, or an installed `supportdesk.providers` entry point of that name."""
    target = _BUILT_IN.get(account.provider)
    if target is not None:
        module, _, name = target.partition(":")
        factory: Callable[[Account], Provider] = getattr(import_module(module), name)
        return factory(account)
    from importlib.metadata import entry_points  # 46 ms, only for a provider that is not ours

    for point in entry_points(group="supportdesk.providers", name=account.provider):
        factory = point.load()
        return factory(account)
    known = ", ".join(_BUILT_IN)
    raise ConfigError(f"desk {account.name}: no provider is called {account.provider!r}", f"Known are {known}.")
