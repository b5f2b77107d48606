"""GitHub's rows as its API sends them: users, repositories, issues, labels and comments."""

from datetime import UTC, datetime
from zlib import crc32

from supportdesk.providers import Json

OWNER_ID = 41_000
_USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
_REPOSITORY_LINKS = (
    *("archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare", "contents"),
    *("contributors", "deployments", "downloads", "events", "forks", "git_commits", "git_refs", "git_tags", "hooks"),
    *("issue_comment", "issue_events", "issues", "keys", "labels", "languages", "merges", "milestones"),
    *("notifications", "pulls", "releases", "stargazers", "statuses", "subscribers", "subscription", "tags"),
    *("teams", "trees"),
)
_COUNTS = (
    *("forks", "forks_count", "open_issues", "open_issues_count", "size", "stargazers_count", "watchers"),
    *("watchers_count", "network_count", "subscribers_count"),
)
_REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")


def stamp(at: datetime) -> str:
    """A moment as GitHub writes it, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number_of(text: str) -> int:
    """A stable database id for a name."""
    return 10_000_000 + crc32(text.encode()) % 80_000_000


def user_row(api: str, web: str, login: str, kind: str = "User") -> Json:
    """Somebody on the tracker, as far as everybody may see them."""
    url = f"{api}/users/{login}"
    return {
        "login": login,
        "id": number_of(login),
        "node_id": f"U_{number_of(login):x}",
        "avatar_url": f"{web}/avatars/{number_of(login)}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{web}/{login}",
        "type": kind,
        "user_view_type": "public",
        "site_admin": False,
    } | {name: url + rest for name, rest in _USER_LINKS.items()}


def profile_row(user: Json, name: str, email: str, at: datetime) -> Json:
    """The signed-in user, as only they see themselves."""
    return user | {
        "user_view_type": "private",
        "name": name,
        "company": None,
        "blog": "",
        "location": None,
        "email": email,
        "hireable": None,
        "bio": None,
        "public_repos": 0,
        "public_gists": 0,
        "followers": 3,
        "following": 2,
        "created_at": stamp(at),
        "updated_at": stamp(at),
        "private_gists": 0,
        "total_private_repos": 1,
        "owned_private_repos": 0,
        "disk_usage": 0,
        "collaborators": 0,
        "two_factor_authentication": True,
    }


def repository_row(api: str, web: str, repo: str, at: datetime, *, private: bool, push: bool, issues_on: bool) -> Json:
    """The repository with what we may do in it."""
    owner, _, name = repo.partition("/")
    url = f"{api}/repos/{repo}"
    return (
        {f"{link}_url": f"{url}/{link}" for link in _REPOSITORY_LINKS}
        | {
            "id": number_of(repo),
            "node_id": f"R_{number_of(repo):x}",
            "name": name,
            "full_name": repo,
            "owner": user_row(api, web, owner, "Organization"),
            "private": private,
            "visibility": "private" if private else "public",
            "html_url": f"{web}/{repo}",
            "description": None,
            "fork": False,
            "url": url,
            "clone_url": f"{web}/{repo}.git",
            "git_url": f"git://{web.partition('://')[2]}/{repo}.git",
            "ssh_url": f"git@{web.partition('://')[2]}:{repo}.git",
            "svn_url": f"{web}/{repo}",
            "mirror_url": None,
            "homepage": None,
            "language": None,
            "license": None,
            "default_branch": "main",
            "has_issues": issues_on,
            "has_projects": False,
            "has_wiki": False,
            "has_pages": False,
            "has_downloads": False,
            "has_discussions": False,
            "archived": False,
            "disabled": False,
            "pushed_at": stamp(at),
            "created_at": stamp(at),
            "updated_at": stamp(at),
            "permissions": {"admin": False, "maintain": False, "push": push, "triage": push, "pull": True},
        }
        | dict.fromkeys(_COUNTS, 0)
    )


def label_row(api: str, repo: str, name: str) -> Json:
    """A label."""
    return {
        "id": number_of(f"{repo}:{name}"),
        "node_id": f"LA_{number_of(name):x}",
        "url": f"{api}/repos/{repo}/labels/{name}",
        "name": name,
        "description": None,
        "color": f"{number_of(name) % 0xFFFFFF:06x}",
        "default": name in ("bug", "enhancement", "question"),
    }


def issue_row(
    api: str, web: str, repo: str, number: int, title: str, body: str, user: Json, labels: list[Json], at: datetime
) -> Json:
    """A new issue."""
    url = f"{api}/repos/{repo}/issues/{number}"
    return {
        "id": number_of(f"{repo}#{number}"),
        "node_id": f"I_{number_of(f'{repo}#{number}'):x}",
        "url": url,
        "repository_url": f"{api}/repos/{repo}",
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": f"{web}/{repo}/issues/{number}",
        "number": number,
        "title": title,
        "user": user,
        "labels": labels,
        "state": "open",
        "state_reason": None,
        "locked": False,
        "active_lock_reason": None,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": 0,
        "created_at": stamp(at),
        "updated_at": stamp(at),
        "closed_at": None,
        "closed_by": None,
        "author_association": "MEMBER",
        "body": body,
        "reactions": _reactions(url),
        "performed_via_github_app": None,
    }


def comment_row(api: str, issue: Json, id_: int, user: Json, body: str, at: datetime) -> Json:
    """A comment on an issue."""
    url = f"{issue['repository_url']}/issues/comments/{id_}"
    return {
        "id": id_,
        "node_id": f"IC_{id_:x}",
        "url": url,
        "html_url": f"{issue['html_url']}#issuecomment-{id_}",
        "issue_url": issue["url"],
        "user": user,
        "created_at": stamp(at),
        "updated_at": stamp(at),
        "author_association": "MEMBER",
        "body": body,
        "reactions": _reactions(url),
        "performed_via_github_app": None,
    }


def _reactions(url: str) -> Json:
    return {"url": f"{url}/reactions", "total_count": 0} | dict.fromkeys(_REACTIONS, 0)
