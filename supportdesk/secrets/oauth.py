"""The only oauthlib: what is asked of a browser, what it may answer, and the bodies that are traded for tokens."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, parse_qsl, urlsplit

from supportdesk.errors import SignInError
from supportdesk.providers.oauth import Denied, Door, denied

VERIFIER_LENGTH = 96
LONGEST_ANSWER = 4096
_FIELDS = re.compile(r"(^|[?&])(code|state|error)=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One sign-in through a browser: the page to open, and what the answer to it must carry."""

    page: str = field(repr=False)
    client_id: str
    redirect: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


def question(place: Door, client_id: str, redirect: str) -> Question:
    """A fresh question: a state and a PKCE verifier of its own, the challenge by S256."""
    from oauthlib.common import generate_token
    from oauthlib.oauth2 import WebApplicationClient

    client = WebApplicationClient(client_id)
    verifier, state = client.create_code_verifier(VERIFIER_LENGTH), generate_token(43)
    # It refuses the http of a desk on this machine, so it is asked as if for https, and only the query is taken.
    asked = client.prepare_request_uri(
        f"https://{urlsplit(place.url).netloc}",
        redirect_uri=redirect,
        scope=place.scope,
        state=state,
        code_challenge=client.create_code_challenge(verifier, "S256"),
        code_challenge_method="S256",
    )
    page = f"{place.url}{place.authorize}?{urlsplit(asked).query}"
    return Question(page=page, client_id=client_id, redirect=redirect, state=state, verifier=verifier)


def ours(asked: Question, query: str) -> bool:
    """Whether an answer carries our state, compared in constant time."""
    said = _fields(query).get("state", "")
    return hmac.compare_digest(said.encode(), asked.state.encode())


def code_of(asked: Question, answer: str) -> str | Denied:
    """The code in what was called back or pasted: a whole address, its query, or the code alone.

    SignInError for another sign-in's answer, or one without a code.
    """
    answer = answer.strip()
    if _FIELDS.search(answer) is None:
        return _fit(answer)
    address, asks, query = answer.partition("#")[0].partition("?")
    query = query if asks else address
    if not ours(asked, query):
        raise SignInError("This is the answer to another sign-in.", "Open the address that was shown last.")
    fields = _fields(query)
    return denied(fields["error"]) if "error" in fields else _fit(fields.get("code", ""))


def _fit(code: str) -> str:
    if not code or len(code) > LONGEST_ANSWER or not (code.isascii() and code.isprintable()) or " " in code:
        raise SignInError("There is no code in this.", "Paste the whole address that the browser ends at.")
    return code


def _fields(query: str) -> Mapping[str, str]:
    try:
        return {name: values[0] for name, values in parse_qs(query, max_num_fields=20).items()}
    except ValueError:
        return {}


def exchange(asked: Question, code: str) -> dict[str, str]:
    """What is traded for the first pair: the code with its verifier."""
    from oauthlib.oauth2 import WebApplicationClient

    client = WebApplicationClient(asked.client_id)
    return _body(client.prepare_request_body(code, redirect_uri=asked.redirect, code_verifier=asked.verifier))


def renewal(client_id: str, refresh: str) -> dict[str, str]:
    """What is traded for the next pair."""
    from oauthlib.oauth2 import WebApplicationClient

    client = WebApplicationClient(client_id)
    return _body(client.prepare_refresh_body(refresh_token=refresh, client_id=client_id))


def device(client_id: str, code: str) -> dict[str, str]:
    """What is traded for a grant once the device's code was entered."""
    from oauthlib.oauth2 import DeviceClient

    return _body(DeviceClient(client_id).prepare_request_body(code, include_client_id=True))


def _body(form: str) -> dict[str, str]:
    return dict(parse_qsl(form))
