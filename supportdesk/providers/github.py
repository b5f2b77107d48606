"""GitHub: a repository's issues worked as a desk, and the place where bugs are filed.

Calls, below `https://api.github.com` (or `https://HOST/api/v3`), each with `Accept: application/vnd.github+json` and
`X-GitHub-Api-Version: 2022-11-28` (https://docs.github.com/en/rest/issues):

    GET    /user                                          who we are
    GET    /repos/O/R                                     permissions; visibility; whether issues are on
    GET    /repos/O/R/issues                              state=open|all since sort direction per_page, If-None-Match;
                                                          creator=me when an issue of ours is looked for
    GET    /repos/O/R/issues/N                            one issue
    GET    /repos/O/R/issues/N/comments                   since per_page
    GET    /repos/O/R/issues/comments                     since sort=updated direction=asc per_page → issue_url
    POST   /repos/O/R/issues                              title, body, labels
    POST   /repos/O/R/issues/N/comments                   body
    PATCH  /repos/O/R/issues/N                            state, state_reason, assignees
    POST   /repos/O/R/issues/N/labels                     labels
    DELETE /repos/O/R/issues/N/labels/NAME
    GET    /search/issues                                 q, advanced_search, per_page: a hint only, its index lags

Pages are followed through `Link: rel="next"`, on the account's origin only. GitHub has no idempotency key: what we
write ends in a marker line, which is looked for in the lists when an outcome is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from supportdesk import model, providers
from supportdesk.errors import Limited, Lost, Missing, Refused
from supportdesk.model import Conversation, Person, Role, Ticket, TicketRef, View
from supportdesk.providers import Account, Capabilities, Flow, Identity, Json, Page, Request
from supportdesk.providers.answers import marker, text_of
from supportdesk.providers.bulk import Batch, Entry, Opened
from supportdesk.providers.differences import differences
from supportdesk.providers.github_issues import ISSUES, Issues, Met
from supportdesk.providers.github_repo import CLOCKS_APART, HEADERS, LONGEST_BODY, Repo, carries, landed
from supportdesk.providers.github_rows import (
    check,
    check_write,
    comment_of,
    first_words,
    is_pull,
    issue_of,
    labels_of,
    list_of,
    next_url,
    number_in,
    number_of,
    opening_id,
    place_of,
    read,
    read_each,
    ticket_of,
    utc,
)
from supportdesk.providers.github_update import (
    after_reply,
    apply_update,
    dropped_labels,
    holds,
    missing,
    skipped,
    what_changed,
)

NO_NOTES = "GitHub has no internal notes; everybody who sees the repository would read it."
_LADDER = ("admin", "maintain", "push", "triage")
_ROLES = {"admin": "admin", "maintain": "maintain", "push": "write", "triage": "triage", "": "read"}
_WORD = re.compile(r"[^\W_]{4,40}")
_PLACEHOLDER = re.compile(r"\[[a-z]{1,20}-\d{1,6}\]")
_MOST_WORDS = 5
_FROM = "since:"  # a cursor that stands for a new list
_SECOND = timedelta(seconds=1)  # `since` might leave out what changed at that very moment
_LONGEST_MOMENT = 40


class GitHub:
    """A repository as a desk and as a tracker; ConfigError when the account names none."""

    words_at_once = 1

    def __init__(self, account: Account) -> None:
        self.account = account
        self._repo = Repo(account)
        self._met: Met = {}

    def authorize(self, token: str) -> dict[str, str]:
        """The bearer token, of a fine-grained PAT or an app."""
        return {"Authorization": f"Bearer {token}"}

    def whoami(self) -> Flow[Identity]:
        """The token's user and what the repository lets them do."""
        user = yield from self._repo.me()
        here = yield from self._repo.here()
        return read(lambda row: _identity(user, row), here, self.account.repo)

    def views(self) -> Flow[tuple[View, ...]]:
        """None: GitHub's saved views cannot be read through its API."""
        yield from ()
        return ()

    def tickets(self, view: View | None, cursor: str) -> Flow[Page]:
        """A page of the open issues; Missing for a view."""
        if view is not None:
            raise Missing(f"{self.account.name}: GitHub has no saved views.", "Use the views of the console.")
        query = (("state", "open"), ("sort", "updated"), ("direction", "desc"), ("per_page", "100"))
        return (yield from self._page(self._repo.get("/issues", query), cursor))

    def changes(self, since: datetime, cursor: str, etag: str) -> Flow[Page]:
        """A page of all issues changed since then; `unchanged` when GitHub answers 304 to the etag."""
        query = (
            ("state", "all"),
            ("since", utc(since)),
            ("sort", "updated"),
            ("direction", "desc"),
            ("per_page", "100"),
        )
        return (yield from self._page(self._repo.get("/issues", query, etag), cursor))

    def older(self, before: datetime, cursor: str) -> Flow[Page]:
        """A page of the open issues that have not changed since then: GitHub names the longest untouched first.

        An issue that is touched leaves its place and the rest moves up: each page asks for what changed since the last.
        """
        start = cursor.removeprefix(_FROM) if cursor.startswith(_FROM) else ""
        since = (("since", start),) if start else ()
        query = (("state", "open"), *since, ("sort", "updated"), ("direction", "asc"), ("per_page", "100"))
        page = yield from self._page(self._repo.get("/issues", query), "" if start else cursor)
        kept = tuple(ticket for ticket in page.tickets if ticket.updated_at < before)
        if len(kept) < len(page.tickets) or not page.cursor:
            return replace(page, tickets=kept, cursor="")
        newest = utc(max(ticket.updated_at for ticket in kept) - _SECOND) if kept else ""
        return replace(page, cursor=_FROM + newest) if newest > start else page

    def _page(self, first: Request, cursor: str) -> Flow[Page]:
        what = f"{self.account.name}: the queue"
        request = self._repo.follow(cursor, what) if cursor else first
        response = check((yield replace(request, kind=ISSUES)), what)
        if response.status == 304:
            return Page(tickets=(), unchanged=True, etag=response.headers.get("etag", ""))
        issues = Issues(self.account.name, self._met)
        tickets, bad = issues.tickets(read(list_of, response.body, what))
        return Opened(
            tickets=tickets,
            cursor=next_url(response),
            bad=bad,
            etag=response.headers.get("etag", ""),
            openings=issues.openings,
        )

    def ticket(self, ref: TicketRef) -> Flow[Ticket]:
        """One issue as it is now."""
        row = yield from self._repo.issue_row(ref)
        return self._ticket(row)

    def _ticket(self, row: Json) -> Ticket:
        return read(lambda row: ticket_of(row, self.account.name), row, self.account.repo)

    def conversation(self, ref: TicketRef) -> Flow[Conversation]:
        """The issue's body and its comments, oldest first, without our marker lines."""
        row = yield from self._repo.issue_row(ref)
        comments = yield from self._repo.comments(ref)
        opening = read(first_words, row, str(ref))
        return Conversation(ticket=self._ticket(row), comments=(opening, *comments))

    def words(self, known: Sequence[Conversation]) -> Flow[Iterable[Conversation]]:
        """The comments of issues just listed: a request each where the list told of the body, else two."""
        found = []
        for each in known:
            ref = each.ticket.ref
            opening = next((it for it in each.comments if it.id == opening_id(ref.id)), None)
            if opening is None:
                row = yield from self._repo.issue_row(ref)
                opening = read(first_words, row, str(ref))
            found.append(replace(each, comments=(opening, *(yield from self._repo.comments(ref)))))
        return tuple(found)

    def feed(self, since: datetime, cursor: str) -> Flow[Batch]:
        """A hundred comments of the repository changed since then, longest untouched first, those on pulls included.

        https://docs.github.com/en/rest/issues/comments#list-issue-comments-for-a-repository
        """
        what = f"{self.account.name}: the comments"
        start = cursor.removeprefix(_FROM) if cursor.startswith(_FROM) else utc(since)
        query = (("since", start), ("sort", "updated"), ("direction", "asc"), ("per_page", "100"))
        going_on = cursor and not cursor.startswith(_FROM)
        request = self._repo.follow(cursor, what) if going_on else self._repo.get("/issues/comments", query)
        response = check((yield request), what)
        rows = read(list_of, response.body, what)
        newest = max((row["updated_at"] for row in rows if _is_moment(row)), default="" if going_on else start)
        after = next_url(response)
        return Batch(
            said=(_entry(row, self.account.name) for row in rows),
            cursor=after or f"{_FROM}{newest}" if newest else "",
            more=bool(after),
        )

    def people(self, ids: Sequence[str]) -> Flow[tuple[Person, ...]]:
        """Nobody: a comment names its author."""
        yield from ()
        return ()

    def whole(self, known: Conversation) -> bool:
        """Whether there are the body and as many comments as the issue says that it has."""
        first, count = opening_id(known.ticket.ref.id), known.ticket.comment_count
        return any(it.id == first for it in known.comments) and len(known.comments) - 1 == count

    def deliver(self, change: model.Change, op: str, seen: Ticket) -> Flow[providers.Outcome]:
        """Write a Reply or an Update after reading the issue; a Note is refused, never made public."""
        if isinstance(change, model.Note):
            return providers.Rejected(why=NO_NOTES)
        if isinstance(change, model.Escalate | model.Link):
            return providers.Rejected(why=f"{seen.ref}: an issue goes to a tracker, not to the ticket's desk.")
        update = change if isinstance(change, model.Update) else model.Update()
        try:
            row = yield from self._repo.issue_row(seen.ref)
            changed = yield from what_changed(self._repo, row, seen, update)
        except Lost as problem:  # nothing was written yet
            return providers.NotSent(why=problem.message, wait_s=problem.wait_s)
        if changed:
            what = differences(seen, self._ticket(row))
            also = f" ({what})" if what else ""
            return providers.Conflict(
                why=f"{seen.ref} changed since it was read: {changed}{also}. Nothing was written."
            )
        if isinstance(change, model.Reply):
            done = yield from self._repo.post_comment(seen.ref, change.body, op)
            return (yield from after_reply(self._repo, seen.ref, done, change.update))
        return (yield from apply_update(self._repo, seen.ref, seen.url, missing(self._ticket(row), change)))

    def find_op(
        self, change: model.Change, op: str, seen: Ticket, since: datetime, claimed: frozenset[str]
    ) -> Flow[providers.Done | None]:
        """A comment of this op by its marker, or an update by everything being as it asked; the markers are unique."""
        if isinstance(change, model.Reply):
            earliest = min(seen.updated_at, since - CLOCKS_APART)
            return (yield from self._repo.find_comment(seen.ref, op, earliest))
        if not isinstance(change, model.Update):
            return None
        now = yield from self.ticket(seen.ref)
        return providers.Done(remote=now.ref.id, url=now.url, notes=skipped(change)) if holds(now, change) else None

    def place(self) -> Flow[providers.Place]:
        """The repository's name, whether the world reads it, and whether it takes issues."""
        return read(place_of, (yield from self._repo.here()), self.account.repo)

    def file_issue(self, draft: model.IssueDraft, op: str) -> Flow[providers.Outcome]:
        """Create the issue byte for byte; the notes name labels that GitHub left out."""
        if marker(op) not in draft.body or len(draft.body) > LONGEST_BODY:
            return providers.Rejected(
                why="The issue lacks its marker line or is longer than GitHub takes; nothing was sent."
            )
        body = {"title": draft.title, "body": draft.body, "labels": list(draft.labels)}
        response = yield self._repo.write("POST", "/issues", body)
        if response.status == 410:
            raise Refused(
                f"Issues are switched off in {self.account.repo} (410).", "Choose another tracker.", status=410
            )
        done = landed(check_write(response, self.account.repo), op, "number", self.account.repo)
        left_out = dropped_labels(draft.labels, read(labels_of, response.body, self.account.repo))
        return providers.Done(remote=done.remote, url=done.url, notes=tuple(left_out))

    def comment_issue(self, issue: model.IssueRef, body: str, op: str) -> Flow[providers.Outcome]:
        """Add evidence to an issue."""
        return (yield from self._repo.post_comment(issue, body, op))

    def find_issue(self, op: str, since: datetime) -> Flow[providers.Done | None]:
        """The oldest issue of ours with the op's marker; the others that carry it and are open are its twins."""
        me = text_of((yield from self._repo.me())["login"])
        query = (
            ("state", "all"),
            ("creator", me),
            ("sort", "created"),
            ("direction", "desc"),
            ("since", utc(since - CLOCKS_APART)),
        )
        rows = yield from self._repo.rows("/issues", query, self.account.repo)
        found = [row for row in rows if carries(row, op) and not is_pull(row)]
        if not found:
            return None
        twins = tuple(number_of(row) for row in found[:-1] if row.get("state") != "closed")
        return read(
            lambda row: providers.Done(remote=number_of(row), url=text_of(row["html_url"]), twins=twins),
            found[-1],
            self.account.repo,
        )

    def close_twin(self, twin: model.IssueRef, kept: model.IssueRef) -> Flow[None]:
        """Close an issue of ours as a duplicate; a server that does not know that reason yet takes `not_planned`."""
        for reason in ("duplicate", "not_planned"):
            body = {"state": "closed", "state_reason": reason}
            response = yield self._repo.write("PATCH", self._repo.path_of(twin), body)
            if response.status != 422:
                break
        check_write(response, str(twin))

    def find_issue_comment(self, issue: model.IssueRef, op: str, since: datetime) -> Flow[providers.Done | None]:
        """The comment on an issue that carries the op's marker."""
        return (yield from self._repo.find_comment(issue, op, since - CLOCKS_APART))

    def similar_issues(self, draft: model.IssueDraft) -> Flow[tuple[model.Issue, ...]]:
        """Open issues with some of the title's longer words, by GitHub's search; none when it will not answer now."""
        words = _search_words(draft.title)
        if not words:
            return ()
        terms = " OR ".join(f'"{word}"' for word in words)
        query = (
            ("q", f"repo:{self.account.repo} is:issue is:open ({terms})"),
            ("advanced_search", "true"),
            ("per_page", "10"),
        )
        try:
            response = check(
                (yield Request(method="GET", path="/search/issues", query=query, headers=HEADERS)), "search"
            )
        except (Limited, Refused):
            return ()
        rows = read(lambda body: list_of(body["items"]), response.body, "search")
        return read_each(lambda row: issue_of(row, self.account.name), rows)[0]

    def issue(self, ref: model.IssueRef) -> Flow[model.Issue]:
        """One issue as it is now."""
        row = yield from self._repo.issue_row(ref)
        return read(lambda row: issue_of(row, self.account.name), row, str(ref))


def _is_moment(row: Json) -> bool:
    return isinstance(row, dict) and isinstance(row.get("updated_at"), str) and len(row["updated_at"]) < _LONGEST_MOMENT


def _entry(row: Json, desk: str) -> Entry | None:
    found, _ = read_each(lambda row: (TicketRef(desk, number_in(row["issue_url"])), comment_of(row)), [row])
    return found[0] if found else None


def _search_words(title: str) -> tuple[str, ...]:
    words = sorted(
        {word.lower() for word in _WORD.findall(_PLACEHOLDER.sub(" ", title))}, key=lambda word: (-len(word), word)
    )
    return tuple(words[:_MOST_WORDS])


def _identity(user: Json, repository: Json) -> Identity:
    rights = repository.get("permissions") or {}
    rung = next((name for name in _LADDER if rights.get(name) is True), "")
    login = text_of(user["login"])
    name, email = user.get("name"), user.get("email")
    person = Person(name=name or login, email=email or "", id=login, role=Role.AGENT)
    return Identity(person=person, role=_ROLES[rung], capabilities=_capabilities(repository, rung))


def _capabilities(repository: Json, rung: str) -> Capabilities:
    shut = _why_shut(repository)
    fields = shut or ("" if rung else "Status, assignee and labels need triage rights on the repository.")
    return Capabilities(
        public_reply=not shut,
        internal_note=False,
        update=not fields,
        hold=False,
        tags=not fields,
        feeds=True,
        why_not=f"GitHub has no internal notes. {fields}".strip(),
    )


def _why_shut(repository: Json) -> str:
    if repository.get("archived") is True:
        return "The repository is archived: it can only be read."
    return "Issues are switched off in this repository." if repository.get("has_issues") is False else ""
