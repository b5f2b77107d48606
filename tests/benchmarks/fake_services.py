"""A helpdesk and a tracker of 10,000 tickets on one local port, as their services' JSON: only lists, only to be timed.

Pages are encoded once, so that the server's own cost is a copy of bytes. Run it as a process: it prints its port.
"""

import json
import sys
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from bigdesk import FIRST, bodies, changed_at, subject
from sync_clients import COUNT, REPO

PAGE, EXPORT = 100, 1_000


def stamp(number: int) -> str:
    """When a ticket changed."""
    return f"{changed_at(number):%Y-%m-%dT%H:%M:%SZ}"


def zendesk_ticket(number: int) -> dict[str, object]:
    """A ticket as Zendesk's lists have it, with the fields that make it 2 kB."""
    return {
        "id": FIRST + number,
        "url": f"https://acme.example/api/v2/tickets/{FIRST + number}.json",
        "external_id": None,
        "via": {"channel": "email", "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": stamp(number + 1440),
        "updated_at": stamp(number),
        "generated_timestamp": int(changed_at(number).timestamp()),
        "type": "problem",
        "subject": subject(number),
        "raw_subject": subject(number),
        "description": bodies(number)[0],
        "priority": "normal",
        "status": "open",
        "recipient": "support@us.example",
        "requester_id": 2000 + number % 997,
        "submitter_id": 2000 + number % 997,
        "assignee_id": 1,
        "organization_id": 5000 + number % 311,
        "group_id": 7,
        "collaborator_ids": [],
        "follower_ids": [],
        "email_cc_ids": [],
        "has_incidents": False,
        "is_public": True,
        "tags": ["billing", f"team{number % 7}"],
        "custom_fields": [{"id": 9000 + at, "value": f"v{number % 13}"} for at in range(12)],
        "satisfaction_rating": {"score": "unoffered"},
        "custom_status_id": 11,
        "brand_id": 3,
        "comment_count": 5,
    }


def zendesk_user(number: int) -> dict[str, object]:
    """A customer, or the one agent."""
    role = "agent" if number == 1 else "end-user"
    mail = f"p{number}@c{number % 311}.example"
    return {"id": number, "name": f"Person {number}", "email": mail, "role": role, "organization_id": None}


def zendesk_page(first: int, count: int) -> dict[str, object]:
    """Tickets with the people and companies of them."""
    tickets = [zendesk_ticket(number) for number in range(first, min(first + count, COUNT))]
    people = {1, *(2000 + number % 997 for number in range(first, first + count))}
    companies = {5000 + number % 311 for number in range(first, first + count)}
    return {
        "tickets": tickets,
        "users": [zendesk_user(number) for number in sorted(people)],
        "organizations": [{"id": number, "name": f"Company {number}"} for number in sorted(companies)],
        "count": COUNT,
    }


@cache
def export(cursor: int) -> bytes:
    """A page of the incremental export, a thousand tickets."""
    following = cursor + EXPORT
    body = {
        **zendesk_page(cursor, EXPORT),
        "after_cursor": str(following),
        "after_url": f"https://acme.zendesk.com/api/v2/incremental/tickets/cursor.json?cursor={following}",
        "end_of_stream": following >= COUNT,
    }
    return json.dumps(body).encode()


@cache
def issues(page: int) -> bytes:
    """A page of a repository's issues, a hundred."""
    first = (page - 1) * PAGE
    return json.dumps([issue(number) for number in range(first, min(first + PAGE, COUNT))]).encode()


def issue(number: int) -> dict[str, object]:
    """An issue as GitHub's lists have it: every field that its own description says is always there.

    https://docs.github.com/en/rest/issues/issues#list-repository-issues
    """
    repository = f"https://api.github.com/repos/{REPO}"
    at = f"{repository}/issues/{number + 1}"
    return {
        "id": FIRST + number,
        "node_id": f"I_{number}",
        "url": at,
        "repository_url": repository,
        "labels_url": f"{at}/labels{{/name}}",
        "comments_url": f"{at}/comments",
        "events_url": f"{at}/events",
        "timeline_url": f"{at}/timeline",
        "html_url": f"https://github.com/{REPO}/issues/{number + 1}",
        "number": number + 1,
        "title": subject(number),
        "body": bodies(number)[0],
        "state": "open",
        "state_reason": None,
        "user": github_user(number % 997),
        "assignee": github_user(5000),
        "assignees": [github_user(5000)],
        "labels": [github_label("billing")],
        "comments": 5,
        "locked": False,
        "active_lock_reason": None,
        "milestone": None,
        "performed_via_github_app": None,
        "created_at": stamp(number + 1440),
        "updated_at": stamp(number),
        "closed_at": None,
        "author_association": "NONE",
        "reactions": {
            "url": f"{at}/reactions",
            "total_count": 0,
            **dict.fromkeys(("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"), 0),
        },
    }


def github_label(name: str) -> dict[str, object]:
    """A label of the repository."""
    at = f"https://api.github.com/repos/{REPO}/labels/{name}"
    more = {"description": "", "color": "ffffff", "default": False}
    return {"id": 31, "node_id": "LA_31", "url": at, "name": name, **more}


def github_user(number: int) -> dict[str, object]:
    """Somebody on GitHub."""
    login = f"person{number}"
    at = f"https://api.github.com/users/{login}"
    return {
        "login": login,
        "id": number,
        "node_id": f"U_{number}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{number}?v=4",
        "gravatar_id": "",
        "url": at,
        "html_url": f"https://github.com/{login}",
        "followers_url": f"{at}/followers",
        "following_url": f"{at}/following{{/other_user}}",
        "gists_url": f"{at}/gists{{/gist_id}}",
        "starred_url": f"{at}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{at}/subscriptions",
        "organizations_url": f"{at}/orgs",
        "repos_url": f"{at}/repos",
        "events_url": f"{at}/events{{/privacy}}",
        "received_events_url": f"{at}/received_events",
        "type": "User",
        "site_admin": False,
    }


REPOSITORY = {
    "id": 1,
    "full_name": REPO,
    "url": f"https://api.github.com/repos/{REPO}",
    "has_issues": True,
    "permissions": {"admin": True},
}
OTHERS: dict[str, dict[str, object]] = {
    "/user": github_user(5000),
    "/api/v2/users/me.json": {"user": zendesk_user(1) | {"role": "admin"}},
    "/api/v2/views.json": {"views": []},
    "/api/v2/search.json": {"results": [], "count": 0},
}


class Service(BaseHTTPRequestHandler):
    """Answers what the clients ask for."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """One answer."""
        found = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(found.query).items()}
        more: dict[str, str] = {}
        if found.path.endswith("/incremental/tickets/cursor.json"):
            body = export(int(query.get("cursor", "0")))
        elif found.path.endswith("/issues"):
            page = int(query.get("page", "1"))
            body = issues(page) if query.get("direction") != "asc" else b"[]"  # all of them changed lately
            if page * PAGE < COUNT and body != b"[]":
                address = f"http://127.0.0.1:{self.server.server_address[1]}{found.path}"
                more["Link"] = f'<{address}?state=open&per_page={PAGE}&page={page + 1}>; rel="next"'
        else:
            body = json.dumps(OTHERS.get(found.path, REPOSITORY)).encode()
        self.send_response(200)
        for name, value in {"Content-Type": "application/json; charset=utf-8", **more}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing of it."""


def main() -> None:
    """Encode every page, then serve on a free port."""
    for first in range(0, COUNT, EXPORT):
        export(first)
    for page in range(1, COUNT // PAGE + 1):
        issues(page)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
