"""A service that repeats our credentials is not repeated (A13, A14)."""

from base64 import b64encode

import pytest

from supportdesk.transport.echo import unsaid, unsaid_headers

TOKEN = "zdtoken-CANARY/0f9c+12=="


@pytest.mark.parametrize(
    "said", [TOKEN, f"Bearer {TOKEN}", TOKEN.replace("/", "\\/"), "zdtoken-CANARY%2F0f9c%2B12%3D%3D"]
)
def test_a_token_in_an_answer_is_left_unsaid(said: str) -> None:
    told = unsaid(f'{{"error": "you sent {said}"}}'.encode(), {"authorization": f"Bearer {TOKEN}"})
    assert b"CANARY" not in told
    assert b"you sent" in told


def test_the_token_inside_basic_credentials_is_left_unsaid_too() -> None:
    pair = b64encode(f"me@corp.example/token:{TOKEN}".encode()).decode()
    headers = {"authorization": f"Basic {pair}", "accept": "application/json"}
    told = unsaid(f"{pair} {TOKEN} application/json".encode(), headers)
    assert told == b"[our token] [our token] application/json"
    assert unsaid_headers({"www-authenticate": f"realm={pair}", "etag": "x"}, headers)["www-authenticate"] == (
        "realm=[our token]"
    )


def test_an_answer_to_an_unsigned_request_is_as_it_is() -> None:
    assert unsaid(b"Bearer ", {"authorization": ""}) == b"Bearer "
    assert unsaid(b"abc", {"authorization": "Basic !!!"}) == b"abc"
