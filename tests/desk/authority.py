"""An OAuth server in front of a helpdesk, for tests: public clients with PKCE, and pairs that end when renewed."""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from supportdesk.demo import Answer
from supportdesk.providers import Request

CLIENT = "supportdesk-acme"


class Authority:
    """Approves every sign-in unless told otherwise; whoever shows no token that lives is refused with 401.

    `renewals` counts the pairs given for a refresh token, `reused` the refresh tokens that came a second time.
    """

    def __init__(self, inside: Any, *, life_s: float = 1800.0, rotates: bool = True) -> None:
        self.inside = inside
        self.life_s, self.rotates = life_s, rotates
        self.declines, self.excuse = False, ""
        self.codes: dict[str, dict[str, str]] = {}
        self.devices: list[str] = []
        self.access: set[str] = set()
        self.refresh: dict[str, str] = {}
        self.used: set[str] = set()
        self.renewals = self.reused = 0
        self.requests: list[Request] = []
        self.before_answering: Callable[[Request], None] = lambda request: None

    @property
    def url(self) -> str:
        return str(self.inside.url)

    @url.setter
    def url(self, value: str) -> None:
        self.inside.url = value

    def pair(self) -> tuple[str, str]:
        """A fresh access and refresh token."""
        access, refresh = f"canary-access-{secrets.token_hex(8)}", f"canary-refresh-{secrets.token_hex(8)}"
        self.access.add(access)
        self.refresh[refresh] = access
        return access, refresh

    def expire(self) -> None:
        """Let every access token end."""
        self.access.clear()

    def refuse(self, status: int, said: str) -> Answer:
        return self._json(status, {"error": "invalid_token", "error_description": said})

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        self.before_answering(request)
        route = {
            "/oauth/authorizations/new": self._authorize,
            "/oauth/tokens": self._token,
            "/login/oauth/access_token": self._token,
            "/login/device/code": self._device,
        }.get(request.path)
        if route is not None:
            return route(dict(request.query) if request.method == "GET" else dict(request.body))
        signed = {name.lower(): value for name, value in request.headers}.get("authorization", "")
        token = signed.removeprefix("Bearer ")
        if token not in self.access:
            return self.refuse(401, "The access token provided is expired, revoked, malformed or invalid")
        if request.path == "/api/v2/oauth/tokens/current.json":
            self.access.discard(token)
            self.refresh = {refresh: access for refresh, access in self.refresh.items() if access != token}
            return Answer(status=204, headers={})
        answer: Answer = self.inside.answer(request)
        return answer

    def _authorize(self, asked: Mapping[str, str]) -> Answer:
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        if asked["client_id"] != CLIENT:
            return self._json(400, {"error": "invalid_client"})
        code = f"canary-code-{secrets.token_urlsafe(16)}"
        self.codes[code] = dict(asked)
        said = {"error": "access_denied"} if self.declines else {"code": code}
        where = f"{asked['redirect_uri']}?{urlencode({**said, 'state': asked['state']})}"
        return Answer(status=302, headers={"Location": where})

    def _token(self, asked: Mapping[str, str]) -> Answer:
        if asked.get("client_id") != CLIENT or "client_secret" in asked:
            return self._json(401, {"error": "invalid_client"})
        if asked["grant_type"] == "refresh_token":
            return self.renew(asked["refresh_token"])
        if asked["grant_type"].endswith(":device_code"):
            error = self.devices.pop(0) if self.devices else ""
            return self._json(200, {"error": error}) if error else self._granted()
        question = self.codes.pop(asked["code"], None)
        digest = hashlib.sha256(asked["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        fits = question and question["code_challenge"] == challenge
        if not fits or question is None or question["redirect_uri"] != asked["redirect_uri"]:
            return self._json(400, {"error": "invalid_grant", "error_description": f"not {asked['code']}"})
        return self._granted()

    def renew(self, refresh: str) -> Answer:
        """The next pair for a refresh token, once."""
        if self.excuse:
            return self._json(400, {"error": self.excuse})
        if refresh not in self.refresh:
            self.reused += refresh in self.used
            return self._json(400, {"error": "invalid_grant", "error_description": f"{refresh} is not valid"})
        self.renewals += 1
        if self.rotates:
            self.access.discard(self.refresh.pop(refresh))
            self.used.add(refresh)
        return self._granted()

    def _device(self, asked: Mapping[str, str]) -> Answer:
        row = {"device_code": "canary-device-1", "user_code": "WDJB-MJHT", "interval": 5, "expires_in": 60}
        return self._json(200, {**row, "verification_uri": f"{self.url}/login/device"})

    def _granted(self) -> Answer:
        access, refresh = self.pair()
        row = {"access_token": access, "refresh_token": refresh, "token_type": "bearer", "expires_in": self.life_s}
        return self._json(200, row)

    def _json(self, status: int, body: Any) -> Answer:
        headers = {"Content-Type": "application/json", "Date": format_datetime(datetime.now(UTC), usegmt=True)}
        return Answer(status=status, headers=headers, raw=json.dumps(body).encode())
