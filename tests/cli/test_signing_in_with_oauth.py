"""Signing in through a browser and with a pasted answer, in functions and in real processes."""

import json
import os
import pty
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from urllib.request import urlopen

import keyring
import pytest
from authority import CLIENT, Authority
from filering import Ring
from serving import serve
from shell import places

from supportdesk.cli import run
from supportdesk.cli.sign_in import granted, in_browser, pasted
from supportdesk.demo import Helpdesk
from supportdesk.errors import SignInError, UsageError
from supportdesk.providers import Account, Request
from supportdesk.providers.oauth import Door, door, grant_of

DESK_TESTS = Path(__file__).parents[1] / "desk"
BROWSER = f"{sys.executable} {DESK_TESTS / 'browser.py'} %s"


@dataclass
class Place:
    """An authority on its socket, and a home of which it is a desk."""

    authority: Authority
    home: Path
    url: str
    caught: pytest.CaptureFixture[str]

    def account(self, **more: str) -> Account:
        return Account(name="acme", provider="zendesk", url=self.url, **{"client_id": CLIENT, **more})

    @property
    def door(self) -> Door:
        found = door(self.account())
        assert found is not None
        return found

    @property
    def environ(self) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("SSH_", "DISPLAY"))}
        ring = {"PYTHON_KEYRING_BACKEND": "filering.Ring", "FILERING": str(self.home / "ring.json")}
        return {**plain, **places(self.home), **ring, "PYTHONPATH": str(DESK_TESTS), "BROWSER": BROWSER}

    def kept(self) -> dict[str, str]:
        return dict(json.loads((self.home / "ring.json").read_text()))

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """A command in this process: its exit code, its results and its messages."""
        code = run(list(arguments))
        said = self.caught.readouterr()
        assert "canary" not in said.out + said.err + self.files()
        return code, said.out, said.err

    def signed_in(self) -> None:
        """What a sign-in some time ago left in the keyring."""
        access, refresh = self.authority.pair()
        text = json.dumps({"access": access, "refresh": refresh, "renew_at": ""})
        (self.home / "ring.json").write_text(json.dumps({"acme": text}))

    def files(self) -> str:
        """Everything on disk but the keyring."""
        found = [path for path in self.home.rglob("*") if path.is_file() and path.name != "ring.json"]
        return "".join(path.read_bytes().decode("latin-1") for path in found)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Place]:
    authority = Authority(Helpdesk(lambda: datetime.now(UTC)))
    with serve(authority) as url:  # type: ignore[arg-type]  # it answers as a server does
        config = tmp_path / "config.toml"
        config.write_text(f'[desks.acme]\nprovider = "zendesk"\nurl = "{url}"\nclient_id = "{CLIENT}"\n')
        config.chmod(0o600)
        for name, value in {**places(tmp_path), "FILERING": str(tmp_path / "ring.json")}.items():
            monkeypatch.setenv(name, value)
        before = keyring.get_keyring()
        keyring.set_keyring(Ring())
        yield Place(authority=authority, home=tmp_path, url=url, caught=capsys)
        keyring.set_keyring(before)


def visit(page: str) -> None:
    """A browser: it follows the page to where it leads, in a thread of its own."""
    Thread(target=urlopen, args=(page,), daemon=True).start()


def _request(page: str) -> Request:
    parts = urlsplit(page)
    return Request(method="GET", path=parts.path, query=tuple(parse_qsl(parts.query)))


def test_the_browser_comes_back_with_a_pair(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    shown: list[str] = []
    grant = in_browser(
        place.account(), place.door, browse=lambda page: (shown.append(page), visit(page)), ports=(0,), wait_s=20
    )
    assert grant.access in place.authority.access
    assert grant.refresh in place.authority.refresh
    assert grant.renew_at is not None
    asked = parse_qs(urlsplit(shown[0]).query)
    assert asked["response_type"] == ["code"]
    assert asked["scope"] == ["read write"]
    assert asked["redirect_uri"][0].startswith("http://127.0.0.1:")
    body = place.authority.requests[-1].body
    assert body["code_verifier"] not in shown[0]
    assert "client_secret" not in body
    said = capsys.readouterr()
    assert shown[0] in said.err
    assert "canary" not in said.out + said.err


def test_a_sign_in_that_is_declined_is_a_sentence(place: Place) -> None:
    place.authority.declines = True
    with pytest.raises(SignInError, match="declined in the browser"):
        in_browser(place.account(), place.door, browse=visit, ports=(0,), wait_s=20)


def test_a_browser_that_never_comes_back_is_given_up(place: Place) -> None:
    with pytest.raises(SignInError, match="Nobody came back") as raised:
        in_browser(place.account(), place.door, browse=lambda page: False, ports=(0,), wait_s=0.05)
    assert "--paste" in raised.value.hint


@pytest.mark.parametrize("whole", [True, False])
def test_what_the_browser_shows_can_be_pasted(
    place: Place, whole: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(getattr(sys, stream), "isatty", lambda: True, raising=False)

    def prompt(words: str) -> str:
        page = next(word for word in capsys.readouterr().err.split() if word.startswith("http"))
        asked = parse_qs(urlsplit(page).query)
        place.authority.answer(_request(page))
        code = list(place.authority.codes)[-1]
        return f"{asked['redirect_uri'][0]}?{urlencode({'code': code, 'state': asked['state'][0]})}" if whole else code

    grant = pasted(place.account(), place.door, prompt=prompt)
    assert grant.access in place.authority.access
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("flags", "more", "says"),
    [
        ({"device": True}, {}, "zendesk has no such sign-in"),
        ({"device": True}, {"provider": "github", "client_id": ""}, "no client_id"),
        ({"paste": True}, {"client_id": ""}, "no client_id"),
        ({"paste": True}, {"provider": "rt"}, "rt has no such sign-in"),
        ({"paste": True}, {}, "no terminal to paste"),
        ({}, {}, "no terminal to ask"),
    ],
)
def test_a_way_that_is_not_there_is_a_sentence(
    place: Place, flags: dict[str, bool], more: dict[str, str], says: str
) -> None:
    arguments = Namespace(**{"token": False, "paste": False, "device": False, **flags})
    account = Account(**{"name": "acme", "provider": "zendesk", "url": place.url, "client_id": CLIENT, **more})
    with pytest.raises(UsageError, match=says):
        granted(account, arguments, {"DISPLAY": ":0"})


def in_a_terminal(place: Place, *arguments: str, **more: str) -> tuple[int, str]:
    """A command as a person runs it; what a page asks for is pasted after its prompt."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "supportdesk", *arguments]
    process = subprocess.Popen(
        command, env={**place.environ, **more}, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
    )
    os.close(slave)
    said, answered = "", False
    while True:
        try:
            said += os.read(master, 4096).decode(errors="replace")
        except OSError:  # nobody holds the other end any more
            break
        if said.rstrip().endswith("(it is not shown):") and not answered:
            answered = True
            page = next(word for word in said.split() if "/oauth/authorizations/new" in word)
            place.authority.answer(_request(page))
            os.write(master, next(iter(place.authority.codes)).encode() + b"\n")
    os.close(master)
    return process.wait(), said


def test_login_opens_the_browser_and_the_console_goes_on_with_what_it_brought(place: Place) -> None:
    code, said = in_a_terminal(place, "login", "acme", "--debug")
    assert code == 0, said
    assert "Signed in to acme as" in said
    kept = place.kept()["acme"]
    grant = grant_of(kept)
    assert grant.access in place.authority.access
    assert "canary" not in said + place.files()
    place.authority.expire()
    assert place.run("sync", "--quiet")[0] == 0
    assert place.authority.renewals == 1
    assert place.kept()["acme"] != kept
    assert place.run("logout", "acme")[1] == "The token of acme is forgotten and withdrawn at the service.\n"
    assert (place.kept(), place.authority.access, place.authority.refresh) == ({}, set(), {})


def test_over_ssh_the_address_is_shown_and_its_code_pasted(place: Place) -> None:
    code, said = in_a_terminal(place, "login", "acme", SSH_CONNECTION="10.0.0.1 22 10.0.0.2 22")
    assert code == 0, said
    assert grant_of(place.kept()["acme"]).access in place.authority.access
    used = next(request for request in place.authority.requests if request.path == "/oauth/tokens")
    assert used.body["code"] not in said
    assert "canary" not in said


def test_a36_two_processes_that_renew_together_ask_once_and_both_go_on(place: Place) -> None:
    place.signed_in()
    place.authority.expire()
    place.authority.before_answering = lambda request: time.sleep(0.3 * (request.path == "/oauth/tokens"))
    command = [sys.executable, "-m", "supportdesk", "doctor", "--json"]
    running = [subprocess.Popen(command, env=place.environ, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [json.loads(process.communicate()[0]) for process in running]
    states = [check["state"] for each in said for check in each["checks"] if check["check"] == "reach"]
    assert states == ["ok", "ok"]
    assert (place.authority.renewals, place.authority.reused) == (1, 0)


def test_a36_a_sign_in_that_ended_is_one_sentence_and_what_is_queued_stays(place: Place) -> None:
    place.signed_in()
    assert place.run("sync", "--quiet")[0] == 0
    place.authority.expire()
    place.authority.refresh.clear()
    ref = json.loads(place.run("list", "--json", "--limit", "1")[1])["tickets"][0]["ref"]
    code, _, said = place.run("reply", ref, "--text", "Hello", "--json")
    assert code == 0
    assert said.count("the sign-in has ended") == 1
    assert "supportdesk login acme" in said
    before = len(place.authority.requests)
    left = json.loads(place.run("outbox", "drain", "--wait", "0", "--json")[1])["outgoing"]
    assert [entry["state"] for entry in left] == ["queued"]
    asked = [request.path for request in place.authority.requests[before:]]
    assert asked.count("/oauth/tokens") == 1
    assert not any(request.method == "PUT" for request in place.authority.inside.requests)


def test_a_sign_in_that_the_keyring_refuses_is_given_back(place: Place) -> None:
    code, said = in_a_terminal(place, "login", "acme", PYTHON_KEYRING_BACKEND="filering.Sealed")
    assert code == 3
    assert "The sign-in was dropped and withdrawn at the service." in " ".join(said.split())
    assert place.authority.access == set()


def test_logging_out_says_when_the_service_could_not_be_told(place: Place) -> None:
    place.signed_in()
    place.authority.expire()
    place.authority.refresh.clear()
    code, said, _ = place.run("logout", "acme")
    assert code == 0
    assert said.startswith("The token of acme is forgotten; it could not be withdrawn there (acme: the sign-in has")
    assert place.kept() == {}


def test_a_token_that_was_given_to_us_is_not_withdrawn(place: Place) -> None:
    (place.home / "ring.json").write_text(json.dumps({"acme": "canary-of-a-script"}))
    said = json.loads(place.run("logout", "acme", "--json")[1])
    assert (said["signed_out"], said["revoked"]) == (True, False)
    assert place.authority.requests == []
