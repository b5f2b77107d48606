"""A GitHub repository in memory: its issues with comments and labels, conditional reads, and search."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zlib import crc32

from supportdesk.demo.hub import (
    comment_row,
    issue_row,
    label_row,
    profile_row,
    repository_row,
    stamp,
    user_row,
)
from supportdesk.demo.story import Case, Story, open_story
from supportdesk.demo.wire import Answer, Clock, Server
from supportdesk.providers import Json, Request

ME = "alice"
COLLEAGUE = "jun"
API = "https://api.tracker.example"
WEB = "https://tracker.example"
REPO = "wrenfield/app"
LONGEST_TITLE = 256
LONGEST_BODY = 65_536
_FIRST_COMMENT = 2_400_000_001
_JOINED = timedelta(days=400)
_OPERATORS = ("OR", "AND", "NOT")
_WORD = re.compile(r"[\w'-]+")
_QUALIFIER = re.compile(r"(-?)(\w+):(\"[^\"]*\"|\S+)")
LONGEST_QUERY = 256
MOST_OPERATORS = 5


class Tracker(Server):
    """The tracker; without `push` labels are silently dropped, without `issues_on` everything about issues is 410."""

    def __init__(
        self,
        now: Clock,
        seed: int = 0,
        *,
        private: bool = True,
        push: bool = True,
        issues_on: bool = True,
        story: Story | None = None,
    ) -> None:
        super().__init__(now, API)
        opened = now()
        told = open_story(opened, seed) if story is None else story
        self.private, self.push, self.issues_on = private, push, issues_on
        self.joined = opened - _JOINED
        self.me = told.people[ME]
        self.logins = {key: one.login for key, one in told.people.items() if one.login}
        self.issues: dict[int, Json] = {}
        self.comments: dict[int, list[Json]] = {}
        self._next_comment = _FIRST_COMMENT
        for case in told.issues:
            self._tell(case)
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Answer]]] = [
            (method, re.compile(pattern), answer) for method, pattern, answer in self._table()
        ]

    def _table(self) -> Iterator[tuple[str, str, Callable[..., Answer]]]:
        here = f"repos/{re.escape(REPO)}"
        yield "GET", "user", self._whoami
        yield "GET", "search/issues", self._search
        yield "GET", here, self._place
        yield "GET", f"{here}/issues", self._list
        yield "POST", f"{here}/issues", self._create
        yield "GET", f"{here}/issues/comments", self._all_comments
        yield "GET", rf"{here}/issues/(\d+)", self._issue
        yield "PATCH", rf"{here}/issues/(\d+)", self._edit
        yield "GET", rf"{here}/issues/(\d+)/comments", self._list_comments
        yield "POST", rf"{here}/issues/(\d+)/comments", self._comment
        yield "POST", rf"{here}/issues/(\d+)/labels", self._add_labels
        yield "DELETE", rf"{here}/issues/(\d+)/labels/(.+)", self._remove_label

    def serve(self, request: Request) -> Answer:
        """Answer in GitHub's words."""
        path = request.path.strip("/")
        if "/issues" in path and not self.issues_on and not path.startswith("search"):
            return self.refuse(410, "Issues has been disabled in this repository.")
        for method, pattern, answer in self._routes:
            found = pattern.fullmatch(path)
            if found is None or method != request.method:
                continue
            if found.groups() and found[1].isdigit() and int(found[1]) not in self.issues:
                break
            return answer(request, *(int(part) if part.isdigit() else part for part in found.groups()))
        return self.refuse(404, "Not Found")

    def refusal(self, status: int, said: str) -> Json:
        """GitHub's no."""
        return {"message": said, "documentation_url": "https://docs.github.com/rest", "status": str(status)}

    def disturb(self, what: str, request: Request) -> Answer | None:
        """A colleague's comment or closing just before a write; GitHub has no stamps and so takes the write anyway."""
        if what == "database conflict":
            return self.refuse(409, "Conflict")
        found = re.search(r"issues/(\d+)", request.path)
        if found is None:
            return None
        self.colleague_writes(int(found[1]), "Looking at this now.")
        if what == "closed":
            self.issues[int(found[1])] |= {
                "state": "closed",
                "state_reason": "completed",
                "closed_at": stamp(self.now()),
            }
        return None

    def colleague_writes(self, number: int, body: str) -> None:
        """Somebody in development comments on an issue."""
        self._add_comment(number, self._person(self.logins[COLLEAGUE]), body, self.now())

    def _tell(self, case: Case) -> None:
        first, *rest = case.entries
        labels = [label_row(API, REPO, name) for name in case.tags]
        body = first.body + (f"\n\n<!-- sd-op:{first.op} -->" if first.op else "")
        user = self._person(self.logins[first.author])
        row = issue_row(API, WEB, REPO, case.id, case.subject, body, user, labels, first.at)
        self.issues[case.id], self.comments[case.id] = row, []
        for entry in rest:
            self._add_comment(case.id, self._person(self.logins[entry.author]), entry.body, entry.at)
        if case.status == "closed":
            row |= {"state": "closed", "state_reason": "completed", "closed_at": row["updated_at"]}

    def _person(self, login: str) -> Json:
        return user_row(API, WEB, login)

    def _add_comment(self, number: int, user: Json, body: str, at: datetime) -> Json:
        issue = self.issues[number]
        self._next_comment += 1
        row = comment_row(API, issue, self._next_comment, user, body, at)
        self.comments[number].append(row)
        issue["comments"] += 1
        issue["updated_at"] = max(row["created_at"], issue["updated_at"])
        return row

    def _touch(self, issue: Json) -> None:
        issue["updated_at"] = max(stamp(self.now()), issue["updated_at"])

    def _read(self, request: Request, body: Json, headers: dict[str, str] | None = None) -> Answer:
        """An answer to a read: 304 when the caller has just that already."""
        answer = self.reply(200, body, (headers or {}) | self._limits())
        etag = f'W/"{crc32(answer.raw):08x}{len(answer.raw):x}"'
        known = next((value for name, value in request.headers if name.lower() == "if-none-match"), "")
        tagged = {**answer.headers, "ETag": etag}
        if known and known == etag:
            return Answer(status=304, headers=tagged)
        return Answer(status=200, headers=tagged, raw=answer.raw)

    def _limits(self) -> dict[str, str]:
        reset = int((self.now() + timedelta(minutes=30)).timestamp())
        return {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4998", "x-ratelimit-reset": str(reset)}

    def _whoami(self, request: Request) -> Answer:
        return self._read(request, profile_row(self._person(self.me.login), self.me.name, self.me.email, self.joined))

    def _place(self, request: Request) -> Answer:
        at = self.joined
        row = repository_row(API, WEB, REPO, at, private=self.private, push=self.push, issues_on=self.issues_on)
        return self._read(request, row)

    def _list(self, request: Request) -> Answer:
        asked = dict(request.query)
        rows = [row for row in self.issues.values() if self._listed(row, asked)]
        column = {"updated": "updated_at", "comments": "comments"}.get(asked.get("sort", ""), "created_at")
        rows.sort(key=lambda row: (row[column], row["number"]), reverse=asked.get("direction", "desc") == "desc")
        return self._paged(request, rows)

    def _listed(self, row: Json, asked: dict[str, str]) -> bool:
        state = asked.get("state", "open")
        names = {label["name"] for label in row["labels"]}
        return (
            state in ("all", row["state"])
            and asked.get("creator", row["user"]["login"]) == row["user"]["login"]
            and names >= {name for name in asked.get("labels", "").split(",") if name}
            and _moment(row["updated_at"]) >= _moment(asked.get("since", "1970-01-01T00:00:00Z"))
            and self._is_assigned(row, asked.get("assignee", "*any"))
        )

    def _is_assigned(self, row: Json, wanted: str) -> bool:
        logins = {one["login"] for one in row["assignees"]}
        return {"*any": True, "*": bool(logins), "none": not logins}.get(wanted, wanted in logins)

    def _issue(self, request: Request, number: int) -> Answer:
        return self._read(request, self.issues[number])

    def _create(self, request: Request) -> Answer:
        given = request.body if isinstance(request.body, dict) else {}
        title, body = given.get("title"), given.get("body") or ""
        if not isinstance(title, str) or not title.strip() or len(title) > LONGEST_TITLE or len(body) > LONGEST_BODY:
            return self.refuse(422, "Validation Failed")
        number = max(self.issues, default=0) + 1
        labels = [label_row(API, REPO, str(name)) for name in given.get("labels", ())] if self.push else []
        user = self._person(self.me.login)
        self.issues[number] = issue_row(API, WEB, REPO, number, title, body, user, labels, self.now())
        self.comments[number] = []
        return self.reply(201, self.issues[number], {"Location": self.issues[number]["url"], **self._limits()})

    def _edit(self, request: Request, number: int) -> Answer:
        given = request.body if isinstance(request.body, dict) else {}
        issue = self.issues[number]
        if not self.push and given:
            return self.refuse(403, "Must have admin rights to Repository.")
        if given.get("state", "open") not in ("open", "closed"):
            return self.refuse(422, "Validation Failed")
        issue.update({name: given[name] for name in ("title", "body", "state", "state_reason") if name in given})
        if "state" in given:
            issue["closed_at"] = stamp(self.now()) if given["state"] == "closed" else None
        if "assignees" in given:
            issue["assignees"] = [self._person(str(login)) for login in given["assignees"] if login in self._staff()]
            issue["assignee"] = issue["assignees"][0] if issue["assignees"] else None
        if "labels" in given:
            issue["labels"] = [label_row(API, REPO, str(name)) for name in given["labels"]]
        self._touch(issue)
        return self.reply(200, issue, self._limits())

    def _staff(self) -> set[str]:
        return set(self.logins.values())

    def _list_comments(self, request: Request, number: int) -> Answer:
        since = _moment(dict(request.query).get("since", "1970-01-01T00:00:00Z"))
        return self._paged(request, [row for row in self.comments[number] if _moment(row["updated_at"]) >= since])

    def _all_comments(self, request: Request) -> Answer:
        asked = dict(request.query)
        since = _moment(asked.get("since", "1970-01-01T00:00:00Z"))
        rows = [row for said in self.comments.values() for row in said if _moment(row["updated_at"]) >= since]
        column = f"{asked.get('sort', 'created')}_at"
        rows.sort(key=lambda row: (row[column], row["id"]), reverse=asked.get("direction", "asc") == "desc")
        return self._paged(request, rows)

    def _comment(self, request: Request, number: int) -> Answer:
        body = request.body.get("body") if isinstance(request.body, dict) else None
        if not isinstance(body, str) or not body.strip() or len(body) > LONGEST_BODY:
            return self.refuse(422, "Validation Failed")
        row = self._add_comment(number, self._person(self.me.login), body, self.now())
        return self.reply(201, row, {"Location": row["url"], **self._limits()})

    def _add_labels(self, request: Request, number: int) -> Answer:
        if not self.push:
            return self.refuse(403, "Must have admin rights to Repository.")
        given = request.body.get("labels", ()) if isinstance(request.body, dict) else ()
        issue = self.issues[number]
        present = {label["name"] for label in issue["labels"]}
        issue["labels"] += [label_row(API, REPO, str(name)) for name in given if name not in present]
        self._touch(issue)
        return self.reply(200, issue["labels"], self._limits())

    def _remove_label(self, request: Request, number: int, name: str) -> Answer:
        issue = self.issues[number]
        kept = [label for label in issue["labels"] if label["name"] != name]
        if len(kept) == len(issue["labels"]):
            return self.refuse(404, "Label does not exist")
        issue["labels"] = kept
        self._touch(issue)
        return self.reply(200, kept, self._limits())

    def _search(self, request: Request) -> Answer:
        text = dict(request.query).get("q", "")
        wanted = {name: value.strip('"') for _, name, value in _QUALIFIER.findall(text)}
        said = _WORD.findall(_QUALIFIER.sub(" ", text))
        words = {word.lower() for word in said if word not in _OPERATORS}
        operators = sum(word in _OPERATORS for word in said)
        if not text.strip() or sum(map(len, words)) > LONGEST_QUERY or operators > MOST_OPERATORS:
            return self.refuse(422, "Validation Failed")
        several = " OR " in text
        found = [(score, row) for row in self.issues.values() if (score := _score(row, wanted, words, several=several))]
        found.sort(key=lambda pair: (-pair[0], -pair[1]["number"]))
        items = [row | {"score": score} for score, row in found]
        start, size = _window(request)
        body = {"total_count": len(items), "incomplete_results": False, "search_type": "lexical"}
        return self._read(request, body | {"items": items[start : start + size]})

    def _paged(self, request: Request, rows: list[Json]) -> Answer:
        start, size = _window(request)
        headers: dict[str, str] = {}
        if start + size < len(rows):
            rest = [(name, value) for name, value in request.query if name != "page"]
            query = urlencode([*rest, ("page", str(start // size + 2))])
            headers["Link"] = f'<{self.url}/{request.path.strip("/")}?{query}>; rel="next"'
        return self._read(request, rows[start : start + size], headers)


def _window(request: Request) -> tuple[int, int]:
    asked = dict(request.query)
    size = min(int(asked.get("per_page", "30")), 100)
    return (int(asked.get("page", "1")) - 1) * size, size


def _score(row: Json, wanted: dict[str, str], words: set[str], *, several: bool) -> float:
    """How much of the words an issue holds, 0 when a qualifier or a needed word is missing."""
    state = wanted.get("state", wanted.get("is", ""))
    if wanted.get("repo", REPO) != REPO or (state in ("open", "closed") and state != row["state"]):
        return 0.0
    title = row["title"].lower()
    text = title if wanted.get("in") == "title" else f"{title} {row['body']}".lower()
    hits = [word for word in words if word in text]
    if (not several and len(hits) < len(words)) or (several and not hits):
        return 0.0
    return 1.0 + sum(2.0 if word in title else 1.0 for word in hits)


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
