"""Signing in and out as a script does it: the token from standard input, and nothing half-written where it fails."""

import json
from collections.abc import Callable, Iterator

import keyring
import pytest
from keyring import errors
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from serving import serve
from shell import TOKEN, Shell

from supportdesk.demo import REPO


class InMemory(KeyringBackend):
    """A keyring that works, and can be told to fail."""

    priority = 1  # type: ignore[assignment]  # keyring's own way to say it

    def __init__(self, problem: Exception | None = None) -> None:
        super().__init__()
        self.problem = problem
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.problem:
            raise self.problem
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[username]


@pytest.fixture
def use() -> Iterator[Callable[[KeyringBackend], InMemory]]:
    """Put a keyring in place for one test."""
    before = keyring.get_keyring()

    def put(backend: KeyringBackend) -> KeyringBackend:
        keyring.set_keyring(backend)
        return backend

    yield put  # type: ignore[misc]  # what goes in comes out
    keyring.set_keyring(before)


def new_desk(shell: Shell) -> list[str]:
    return ["login", "bugs", "--provider", "github", "--url", shell.tracker.url, "--repo", REPO, "--token"]


def config(shell: Shell) -> str:
    return (shell.home / "config.toml").read_text(encoding="utf-8")


def test_a_new_desk_is_written_with_its_token_in_the_keyring(shell: Shell, use: Callable[..., InMemory]) -> None:
    kept = use(InMemory()).kept
    code, answer = shell.json(*new_desk(shell), stdin=f"{TOKEN}\n")
    assert (code, answer["desk"]) == (0, "bugs")
    assert kept == {"bugs": TOKEN}
    assert "[desks.bugs]" in config(shell)
    assert TOKEN not in config(shell)
    assert shell("sync", "--desk", "bugs", "--quiet")[0] == 0
    assert shell.json("logout", "bugs")[1]["signed_out"] is True
    assert kept == {}
    assert shell("sync", "--desk", "bugs", "--quiet")[0] == 3


def test_a_keyring_that_keeps_nothing_leaves_no_desk(shell: Shell, use: Callable[..., InMemory]) -> None:
    before = config(shell)
    for problem in (errors.NoKeyringError(), errors.KeyringLocked(), errors.PasswordSetError(), RuntimeError("odd")):
        use(InMemory(problem))
        code, answer = shell.json(*new_desk(shell), stdin=f"{TOKEN}\n")
        assert (code, answer["error"]["code"]) == (3, "not-signed-in")
        assert config(shell) == before


def test_a_configuration_that_cannot_be_written_leaves_no_token(shell: Shell, use: Callable[..., InMemory]) -> None:
    kept = use(InMemory()).kept
    arguments = new_desk(shell)
    arguments[1] = "APP"  # whose variable would be that of app
    code, answer = shell.json(*arguments, stdin=f"{TOKEN}\n")
    assert (code, answer["error"]["code"]) == (2, "config")
    assert kept == {}


def test_a_desk_whose_tracker_is_not_there_yet_is_refused_before_anybody_signs_in(
    shell: Shell, use: Callable[..., InMemory]
) -> None:
    kept, asked = use(InMemory()).kept, len(shell.tracker.requests)
    code, answer = shell.json(*new_desk(shell), "--escalate-to", "later", stdin=f"{TOKEN}\n")
    assert (code, answer["error"]["code"]) == (2, "usage")
    assert "supportdesk login later" in answer["error"]["hint"]
    assert (kept, len(shell.tracker.requests)) == ({}, asked)
    assert shell(*new_desk(shell), "--escalate-to", "app", stdin=f"{TOKEN}\n")[0] == 0


def test_a_token_that_is_not_accepted_is_not_kept(shell: Shell, use: Callable[..., InMemory]) -> None:
    kept, before = use(InMemory()).kept, config(shell)
    assert shell(*new_desk(shell), stdin="wrong\n")[0] == 3
    assert (kept, config(shell)) == ({}, before)
    shell.tracker.offline = True
    assert shell(*new_desk(shell), stdin=f"{TOKEN}\n")[0] == 7
    assert (kept, config(shell)) == ({}, before)


@pytest.mark.parametrize(
    ("arguments", "flag"),
    [
        (["login", "wren"], "--token"),
        (["login", "new"], "--provider"),
        (["login", "new", "--provider", "zendesk"], "--url"),
        (["login", "new", "--provider", "github"], "--repo"),
        (["login", "new", "--provider", "rt", "--url", "https://rt.example"], "--queue"),
        (["login", "wren", "--url", "https://other.example"], "--url"),
    ],
)
def test_without_a_terminal_the_flag_that_answers_is_named(shell: Shell, arguments: list[str], flag: str) -> None:
    code, answer = shell.json(*arguments)
    assert code == 2
    assert flag in answer["error"]["message"] + answer["error"]["hint"]


@pytest.mark.parametrize(("name", "code"), [("bad name", 2), ("a/b", 2), ("", 2)])
def test_a_name_that_no_desk_can_have_is_refused_first(shell: Shell, name: str, code: int) -> None:
    asked = len(shell.tracker.requests)
    arguments = new_desk(shell)
    arguments[1] = name
    assert shell.json(*arguments, stdin=f"{TOKEN}\n")[0] == code
    assert len(shell.tracker.requests) == asked


def test_logging_out_of_what_is_not_there_is_said(shell: Shell, use: Callable[..., InMemory]) -> None:
    use(InMemory())
    assert shell.json("logout", "nowhere")[0] == 4
    assert shell.json("logout", "wren")[1]["signed_out"] is False


def test_doctor_fails_for_a_keyring_only_where_a_token_should_come_from_it(
    shell: Shell, use: Callable[..., InMemory]
) -> None:
    use(InMemory())
    checks = {check["check"]: check for check in shell.json("doctor")[1]["checks"]}
    assert checks["keyring"]["state"] == "ok"
    assert "requests are left" in checks["limits"]["message"]
    _, shown = shell("doctor", "--json", tokens=False)
    failed = [check for check in json.loads(shown)["checks"] if check["state"] == "fail"]
    assert {check["check"] for check in failed} == {"reach"}
    assert all("supportdesk login" in check["next"] for check in failed)
    assert {check["desk"] for check in shell.json("doctor", "--desk", "app")[1]["checks"]} == {"", "app"}


def test_a45_an_api_token_is_taken_with_a_warning_that_names_the_day(
    shell: Shell, use: Callable[..., InMemory]
) -> None:
    kept = use(InMemory()).kept
    with serve(shell.helpdesk) as url:
        arguments = ["login", "old", "--provider", "zendesk", "--url", url, "--user", "alice@acme.example", "--token"]
        code, said = shell(*arguments, stdin="legacy-canary\n")
    assert code == 0
    assert said.startswith("Signed in to old as")
    assert "30 April 2027" in shell.errors
    assert "client_id" in shell.errors
    assert "legacy-canary" not in said + shell.errors
    assert kept == {"old": "legacy-canary"}


def test_a_keyring_that_cannot_be_used_is_found_before_anybody_signs_in(
    shell: Shell, use: Callable[..., InMemory]
) -> None:
    asked = len(shell.tracker.requests)
    for backend, says in ((fail.Keyring(), "no keyring"), (null.Keyring(), "keeps nothing")):
        use(backend)
        code, answer = shell.json(*new_desk(shell), stdin=f"{TOKEN}\n")
        assert code == 3
        assert says in answer["error"]["message"]
    assert len(shell.tracker.requests) == asked
