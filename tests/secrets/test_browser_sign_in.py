"""The question to a browser and its answer: a state and a verifier of its own each time, one answer, and no other's."""

import base64
import hashlib
import socket
from collections.abc import Iterator
from functools import partial
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest

from supportdesk.errors import SignInError
from supportdesk.providers.oauth import Denied, Door
from supportdesk.secrets.callback import PORTS, Callback, address, listening
from supportdesk.secrets.oauth import Question, code_of, device, exchange, ours, question, renewal

DOOR = Door(
    url="https://acme.zendesk.com", token="/oauth/tokens", authorize="/oauth/authorizations/new", scope="read write"
)
REDIRECT = "http://127.0.0.1:17639/callback"


def asked() -> Question:
    return question(DOOR, "supportdesk", REDIRECT)


def test_a_question_carries_a_challenge_and_keeps_its_verifier() -> None:
    it = asked()
    page = urlsplit(it.page)
    said = {name: values[0] for name, values in parse_qs(page.query).items()}
    digest = hashlib.sha256(it.verifier.encode()).digest()
    assert f"{page.scheme}://{page.netloc}{page.path}" == "https://acme.zendesk.com/oauth/authorizations/new"
    assert said == {
        "response_type": "code",
        "client_id": "supportdesk",
        "redirect_uri": REDIRECT,
        "scope": "read write",
        "state": it.state,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    assert 43 <= len(it.verifier) <= 128
    assert it.verifier not in it.page
    assert it.verifier not in repr(it)
    assert it.state not in repr(it)


def test_no_two_questions_are_alike() -> None:
    found = [asked() for _ in range(50)]
    assert len({it.state for it in found}) == len({it.verifier for it in found}) == 50
    assert all(len(it.state) >= 32 for it in found)


def test_http_is_taken_where_the_desk_has_it() -> None:
    door = Door(url="http://127.0.0.1:8080", token="/oauth/tokens", authorize="/oauth/authorizations/new")
    assert question(door, "x", REDIRECT).page.startswith("http://127.0.0.1:8080/oauth/authorizations/new?")


def test_an_answer_is_read_as_an_address_a_query_or_a_code() -> None:
    it = asked()
    for answer in (
        f"{REDIRECT}?code=abc-1&state={it.state}",
        f"  code=abc-1&state={it.state}\n",
        "abc-1",
        f"https://elsewhere.example/?state={it.state}&code=abc-1",
    ):
        assert code_of(it, answer) == "abc-1"
    assert code_of(it, "YWJj==") == "YWJj=="
    assert code_of(it, f"http://[::1?code=abc-1&state={it.state}#x") == "abc-1", "no address at all, but an answer"
    assert code_of(it, f"{REDIRECT}?error=access_denied&state={it.state}") == Denied(error="access_denied")
    assert code_of(it, f"{REDIRECT}?error=%1b]0;x%07&state={it.state}") == Denied(error="unknown error")


@pytest.mark.parametrize(
    "answer", ["", "   ", "two words", "x" * 5000, "\x1b[31m", "{page}?state={state}", "{page}?code=&state={state}"]
)
def test_what_holds_no_code_is_a_sentence(answer: str) -> None:
    it = asked()
    with pytest.raises(SignInError, match="no code"):
        code_of(it, answer.format(page=REDIRECT, state=it.state))


@pytest.mark.parametrize("query", ["code=abc", "code=abc&state=", "code=abc&state=other", "code=abc&state=ü", "&" * 99])
def test_another_sign_ins_answer_is_refused(query: str) -> None:
    it = asked()
    assert not ours(it, query)
    if "code" in query:
        with pytest.raises(SignInError, match="another sign-in") as raised:
            code_of(it, f"{REDIRECT}?{query}")
        assert "abc" not in raised.value.message + raised.value.hint


def test_the_bodies_hold_what_a_public_client_shows_and_no_secret() -> None:
    it = asked()
    assert exchange(it, "abc") == {
        "grant_type": "authorization_code",
        "client_id": "supportdesk",
        "code": "abc",
        "redirect_uri": REDIRECT,
        "code_verifier": it.verifier,
    }
    assert renewal("supportdesk", "r&=%") == {
        "grant_type": "refresh_token",
        "client_id": "supportdesk",
        "refresh_token": "r&=%",
    }
    assert device("Iv1.a", "d") == {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "client_id": "Iv1.a",
        "device_code": "d",
    }


@pytest.fixture
def callback() -> Iterator[Callback]:
    with listening((0,)) as server:
        assert server is not None
        server.fits = partial(lambda wanted, query: query == wanted, "code=abc&state=right")
        yield server


def visited(server: Callback, path: str, **headers: str) -> tuple[int, str]:
    try:
        with urlopen(Request(f"http://127.0.0.1:{server.port}{path}", headers=headers)) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            return answer.status, answer.read().decode()
    except HTTPError as problem:
        with problem:
            return problem.code, problem.read().decode()


def test_only_our_answer_is_taken_and_only_once(callback: Callback, capfd: pytest.CaptureFixture[str]) -> None:
    assert visited(callback, "/favicon.ico")[0] == 404
    assert visited(callback, "/callback?code=abc&state=wrong")[0] == 400
    assert visited(callback, "/callback")[0] == 400
    assert visited(callback, "/callback?code=abc&state=right", Host="evil.example")[0] == 404
    assert not callback.taken.is_set()
    status, page = visited(callback, "/callback?code=abc&state=right")
    assert (status, "you can close this" in page, "abc" in page) == (200, True, False)
    assert callback.taken.is_set()
    assert callback.answer == "code=abc&state=right"
    assert visited(callback, "/callback?code=abc&state=right")[0] == 400
    assert capfd.readouterr() == ("", "")


def test_a_browser_that_only_connects_holds_nobody_up(callback: Callback) -> None:
    with socket.create_connection(("127.0.0.1", callback.port)):
        assert visited(callback, "/callback?code=abc&state=right")[0] == 200


def test_the_spare_port_is_taken_when_the_first_is_not_free_and_both_are_given_back() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with listening((port, 0)) as server:
            assert server is not None
            assert server.port != port
        with listening((port,)) as server:
            assert server is None
    with listening((port,)) as server:
        assert server is not None


def test_the_two_addresses_are_those_that_the_readme_names() -> None:
    assert [address(port) for port in PORTS] == ["http://127.0.0.1:17639/callback", "http://127.0.0.1:17640/callback"]
