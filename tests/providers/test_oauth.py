"""Grants and how they are asked for: pure flows, driven by hand over answers as services write them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from supportdesk.errors import Distrusted, Limited, Lost, Missing, Refused, ServiceError
from supportdesk.providers import Account, Flow, Request, Response
from supportdesk.providers.oauth import Denied, DeviceCode, Door, Grant, ask_device, door, give_back, grant_of, trade

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DATE = {"date": "Sun, 22 Nov 2026 09:00:00 GMT"}
ACME = Account(name="acme", provider="zendesk", url="https://acme.zendesk.com", client_id="supportdesk")
APP = Account(name="app", provider="github", url="https://api.github.com", repo="acme/app", client_id="Iv1.a")
PAIR = {"access_token": "canary-a", "refresh_token": "canary-r", "token_type": "bearer", "scope": "read write"}


def site(account: Account = ACME) -> Door:
    found = door(account)
    assert found is not None
    return found


def answered(flow: Flow[Any], status: int, body: Any = None, headers: dict[str, str] = DATE) -> tuple[Request, Any]:
    """The one request of a flow and what it makes of the answer."""
    request = next(flow)
    try:
        flow.send(Response(status=status, headers=headers, body=body))
    except StopIteration as end:
        return request, end.value
    raise AssertionError("one request was to do")


def traded(status: int, body: Any, headers: dict[str, str] = DATE) -> Any:
    return answered(trade(site(), {"grant_type": "refresh_token"}, NOW), status, body, headers)[1]


def test_a_pair_is_renewed_two_minutes_before_its_end_by_the_services_clock() -> None:
    late = {"date": "Sun, 22 Nov 2026 12:00:00 GMT"}
    grant = traded(200, {**PAIR, "expires_in": 1800}, late)
    assert grant == Grant(
        access="canary-a",
        refresh="canary-r",
        renew_at=datetime(2026, 11, 22, 12, 28, tzinfo=UTC),
        ours=True,
    )
    assert not grant.due(datetime(2026, 11, 22, 12, 27, 59, tzinfo=UTC))
    assert grant.due(datetime(2026, 11, 22, 12, 28, tzinfo=UTC))
    assert "canary" not in repr(grant)


@pytest.mark.parametrize(
    ("expires_in", "renew_in"),
    [(1800, 1680), (60, 54), (28800, 28680), (None, None), (0, None), (-5, None), ("1800", None), (True, None)],
)
def test_a_lifetime_that_makes_no_sense_is_none(expires_in: Any, renew_in: float | None) -> None:
    grant = traded(200, {**PAIR, "expires_in": expires_in}, {})
    assert grant.renew_at == (NOW + timedelta(seconds=renew_in) if renew_in else None)
    assert grant.due(NOW + timedelta(days=9)) == bool(renew_in)


def test_a_pair_survives_the_keyring_and_a_bare_token_stays_one() -> None:
    for grant in (
        traded(200, {**PAIR, "expires_in": 1800}),
        traded(200, {"access_token": "canary-a"}),
        Grant(access="ghp_canary"),
    ):
        assert grant_of(grant.text) == grant
        assert grant.text.isascii()
    assert Grant(access="ghp_canary").text == "ghp_canary"


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        (400, "invalid_grant", "the sign-in has ended"),
        (200, "bad_refresh_token", "the sign-in has ended"),
        (401, "invalid_client", "does not know this client_id"),
        (400, "access_denied", "declined in the browser"),
        (400, "something_else", r"refused \(something_else\)"),
        (400, "\x1b]0;x\x07 canary", r"refused \(unknown error\)"),
    ],
)
def test_a_refusal_is_a_sentence_in_our_words(status: int, error: str, says: str) -> None:
    denied = traded(status, {"error": error, "error_description": "canary-r is not valid"})
    assert isinstance(denied, Denied)
    problem = denied.problem(ACME)
    with pytest.raises(type(problem), match=says):
        raise problem
    assert "canary" not in problem.message + problem.hint
    assert problem.hint
    assert "{" not in problem.hint


@pytest.mark.parametrize(
    ("status", "body", "raises"),
    [
        (503, None, Lost),
        (429, {"error": "too_many"}, Limited),
        (400, {"message": "no"}, Refused),
        (404, None, Missing),
        (200, [], Distrusted),
        (200, {}, Distrusted),
        (200, {"access_token": 5}, Distrusted),
        (200, {"access_token": "a\nb"}, Distrusted),
        (200, {"access_token": "a", "refresh_token": ["r"]}, Distrusted),
    ],
)
def test_what_is_no_grant_is_an_error_without_its_tokens(status: int, body: Any, raises: type[ServiceError]) -> None:
    with pytest.raises(raises):
        traded(status, body)


def test_a_refresh_token_travels_in_the_body_and_nowhere_else() -> None:
    body = {"grant_type": "refresh_token", "refresh_token": "canary-r", "client_id": "supportdesk"}
    request, _ = answered(trade(site(), body, NOW), 200, PAIR)
    assert request == Request(method="POST", path="/oauth/tokens", body=body)


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://git.acme.example/api/v3", "https://git.acme.example"),
    ],
)
def test_github_signs_in_beside_its_api(url: str, home: str) -> None:
    account = Account(name="app", provider="github", url=url, repo="acme/app")
    assert site(account).url == home


def test_request_tracker_has_no_such_door() -> None:
    assert door(Account(name="rt", provider="rt", url="https://rt.example", queue="q")) is None


def test_a_device_is_given_a_code_and_a_pace() -> None:
    body = {"device_code": "canary-d", "user_code": "WDJB-MJHT", "verification_uri": "https://github.com/login/device"}
    request, code = answered(ask_device(site(APP), "Iv1.a"), 200, {**body, "interval": 7, "expires_in": 899})
    assert request == Request(method="POST", path="/login/device/code", body={"client_id": "Iv1.a"})
    assert code == DeviceCode(
        user_code="WDJB-MJHT", url="https://github.com/login/device", code="canary-d", every_s=7, for_s=899
    )
    assert "canary" not in repr(code)
    _, hasty = answered(ask_device(site(APP), "Iv1.a"), 200, {**body, "interval": 0})
    assert (hasty.every_s, hasty.for_s) == (5, 900)


@pytest.mark.parametrize("status", [204, 401, 404])
def test_a_token_that_is_given_back_has_ended(status: int) -> None:
    request, gone = answered(give_back(ACME), status)
    assert (request.method, request.path, gone) == ("DELETE", "/api/v2/oauth/tokens/current.json", True)


def test_a_token_that_could_not_be_given_back_is_an_error() -> None:
    with pytest.raises(Lost):
        answered(give_back(ACME), 503)


def test_github_takes_no_token_back_from_a_public_client() -> None:
    flow = give_back(APP)
    with pytest.raises(StopIteration) as end:
        next(flow)
    assert end.value.value is False
