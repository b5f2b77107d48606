"""Every request that GitHub's provider makes, and every sample, held against GitHub's own description."""

import json
import re
from functools import cache
from pathlib import Path

import pytest
from driving import drive
from github_bench import OP, REF, SAMPLES, SEEN, SINCE, github, load, said, sample
from jsonschema import Draft7Validator
from test_github_tracker import DRAFT, TARGET

from supportdesk.model import IssueRef, Reply, Status, Update
from supportdesk.providers import Json, Request

CONTRACT = Path(__file__).parents[3] / "shared" / "contracts" / "github-issues-openapi.json"
pytestmark = pytest.mark.skipif(not CONTRACT.exists(), reason=f"GitHub's description is not at {CONTRACT}")

ISSUES = "/repos/{owner}/{repo}/issues"
ONE = ISSUES + "/{issue_number}"


@cache
def contract() -> Json:
    return json.loads(CONTRACT.read_bytes(), object_hook=nullable)


def nullable(node: dict[str, Json]) -> dict[str, Json]:
    """OpenAPI 3.0's `nullable` in JSON Schema's own words."""
    if node.get("nullable") is not True:
        return node
    kept = {key: value for key, value in node.items() if key != "nullable"}
    if isinstance(kept.get("type"), str):
        kept["type"] = [kept["type"], "null"]
        if "enum" in kept:
            kept["enum"] = [*kept["enum"], None]
        return kept
    return {"anyOf": [kept, {"type": "null"}]}


def resolve(node: Json) -> Json:
    while "$ref" in node:
        found = contract()
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def problems(schema: Json, value: Json) -> list[str]:
    document = {**schema, "components": contract()["components"]}
    return [
        f"{list(error.absolute_path)}: {error.message[:200]}" for error in Draft7Validator(document).iter_errors(value)
    ]


def template_of(request: Request) -> str:
    for template, methods in contract()["paths"].items():
        pattern = re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", re.escape(template))
        if request.method.lower() in methods and re.fullmatch(pattern, request.path):
            return str(template)
    raise AssertionError(f"GitHub describes no {request.method} {request.path}")


def check(request: Request) -> None:
    if request.path.startswith("https:"):
        return
    template = template_of(request)
    operation = contract()["paths"][template][request.method.lower()]
    known = {
        parameter["name"]: parameter["schema"]
        for parameter in map(resolve, operation.get("parameters", []))
        if parameter["in"] == "query"
    }
    for name, value in request.query:
        assert name in known, f"{request.method} {template} takes no {name}"
        plain = int(value) if known[name].get("type") == "integer" else value
        assert problems(known[name], plain) == []
    described = operation.get("requestBody")
    if described is None:
        assert request.body is None
        return
    schema = resolve(described["content"]["application/json"]["schema"])
    assert request.body is not None
    assert problems(schema, request.body) == []


def every_request() -> list[Request]:
    desk = github()
    update = Update(status=Status.SOLVED, assignee="bob-sd", add_tags=("bug",), remove_tags=("export",))
    reopen = Update(status=Status.OPEN, assignee="")
    reply = Reply(body="Fixed in 4.2.1.")
    none: frozenset[str] = frozenset()
    conversation = [sample("issue-17"), sample("comments-17")]
    runs = [
        drive(desk.whoami(), [sample("user"), sample("repo-private")]),
        drive(desk.tickets(None, ""), [sample("issues-page-1")]),
        drive(desk.changes(SINCE, "", "etag"), [sample("issues-page-1")]),
        drive(desk.ticket(REF), [sample("issue-17")]),
        drive(desk.conversation(REF), conversation),
        drive(desk.deliver(reply, OP, SEEN), [sample("issue-17"), sample("comment-created", 201)]),
        drive(
            desk.deliver(update, OP, SEEN),
            [sample("issue-17"), sample("issue-17-closed"), sample("labels-after-adding"), said([])],
        ),
        drive(desk.deliver(reopen, OP, SEEN), [sample("issue-17"), said({**load("issue-17"), "assignees": []})]),
        drive(desk.find_op(reply, OP, SEEN, SINCE, none), [sample("comments-17")]),
        drive(desk.find_op(update, OP, SEEN, SINCE, none), [sample("issue-17")]),
        drive(desk.place(), [sample("repo-public")]),
        drive(desk.file_issue(DRAFT, OP), [sample("issue-created", 201)]),
        drive(desk.comment_issue(TARGET, "Once more", OP), [sample("comment-created", 201)]),
        drive(desk.find_issue(OP, SINCE), [sample("user"), sample("issues-page-1")]),
        drive(desk.find_issue_comment(TARGET, OP, SINCE), [sample("comments-17")]),
        drive(desk.similar_issues(DRAFT), [sample("search")]),
        drive(desk.issue(IssueRef("app", "412")), [sample("issue-created")]),
    ]
    return [request for _, requests in runs for request in requests]


def test_every_request_is_one_that_github_describes() -> None:
    requests = every_request()
    assert len({(request.method, template_of(request)) for request in requests}) == 11
    for request in requests:
        check(request)


def test_a_request_that_github_does_not_describe_would_be_noticed() -> None:
    wrong = [
        Request(method="GET", path="/repos/acme/app/tickets"),
        Request(method="GET", path="/repos/acme/app/issues", query=(("filter", "mine"),)),
        Request(method="GET", path="/repos/acme/app/issues", query=(("state", "solved"),)),
        Request(method="POST", path="/repos/acme/app/issues", body={"title": "t", "tags": []}),
        Request(method="PATCH", path="/repos/acme/app/issues/17", body={"state": "solved"}),
    ]
    for request in wrong:
        with pytest.raises(AssertionError):
            check(request)


@pytest.mark.parametrize(
    ("name", "path", "method", "status"),
    [
        ("user", "/user", "get", "200"),
        ("repo-private", "/repos/{owner}/{repo}", "get", "200"),
        ("repo-public", "/repos/{owner}/{repo}", "get", "200"),
        ("issues-page-1", ISSUES, "get", "200"),
        ("issues-page-2", ISSUES, "get", "200"),
        ("issue-created", ISSUES, "post", "201"),
        ("issue-17", ONE, "get", "200"),
        ("issue-17-after-our-comment", ONE, "get", "200"),
        ("issue-17-closed", ONE, "patch", "200"),
        ("comments-17", ONE + "/comments", "get", "200"),
        ("comment-created", ONE + "/comments", "post", "201"),
        ("labels-after-adding", ONE + "/labels", "post", "200"),
        ("search", "/search/issues", "get", "200"),
    ],
)
def test_a_sample_is_what_github_would_answer(name: str, path: str, method: str, status: str) -> None:
    response = resolve(contract()["paths"][path][method]["responses"][status])
    assert problems(response["content"]["application/json"]["schema"], load(name)) == []


def test_a_sample_that_github_would_not_answer_would_be_noticed() -> None:
    schema = contract()["components"]["schemas"]["issue"]
    whole = load("issue-17")
    assert problems(schema, {key: value for key, value in whole.items() if key != "updated_at"})
    assert problems(schema, {**whole, "number": "17"})
    assert problems(schema, {**whole, "user": {"login": "x"}})


def test_every_sample_is_held_against_the_description() -> None:
    tested = {mark.args[1][index][0] for mark in _marks() for index in range(len(mark.args[1]))}
    assert {path.stem for path in SAMPLES.glob("*.json")} == tested


def _marks() -> list[pytest.Mark]:
    marks: list[pytest.Mark] = test_a_sample_is_what_github_would_answer.pytestmark  # type: ignore[attr-defined]  # pytest's own
    return [mark for mark in marks if mark.name == "parametrize"]
