"""OAuth as flows: a code, a device's code or a refresh token traded for a grant, and a grant given back.

Public clients only: no secret, but PKCE. Every body travels as JSON, which both services take.

    POST   /oauth/tokens                      Zendesk: grant_type client_id code redirect_uri code_verifier, or
                                              refresh_token → access_token refresh_token expires_in;
                                              400 {error error_description}
    DELETE /api/v2/oauth/tokens/current.json  Zendesk: the token that signs the request ends
    POST   /login/device/code                 GitHub: client_id → device_code user_code verification_uri interval
                                              expires_in
    POST   /login/oauth/access_token          GitHub: grant_type client_id device_code | refresh_token → as above, and
                                              200 {error} for what it refuses

A renewal gives a new pair and ends the old one, access and refresh token alike (Zendesk's article 9182123625370).
https://datatracker.ietf.org/doc/html/rfc6749, …/rfc7636, …/rfc8628
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from supportdesk.errors import Distrusted, SignInError
from supportdesk.providers import Account, Flow, Json, Request, Response
from supportdesk.providers.answers import check, date_of

AHEAD = timedelta(seconds=120)  # before its end a token is renewed, and a tenth of its life before where it lives less
DEVICE_EVERY_S, DEVICE_S = 5.0, 900.0
_WORD = re.compile(r"[a-z_]{1,60}")  # strangers' text that goes into a sentence
_END_OF_TIME = 9000  # beyond it a clock is broken, and a life cannot be added to it
_AGAIN = ("authorization_pending", "slow_down")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What signs requests and, where that ends, what renews it; `renew_at` is the service's time.

    `ours` is one that our own sign-in brought, so that it may be given back. No token is in its repr.
    """

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    renew_at: datetime | None = None
    ours: bool = False

    def due(self, now: datetime) -> bool:
        """Whether it should be renewed before it signs anything."""
        return bool(self.refresh) and self.renew_at is not None and now >= self.renew_at

    @property
    def text(self) -> str:
        """What a keyring keeps: the token itself, or the pair in one piece, so that it is never half written."""
        if not self.ours:
            return self.access
        at = self.renew_at.isoformat() if self.renew_at else ""
        return json.dumps({"access": self.access, "refresh": self.refresh, "renew_at": at})


def grant_of(text: str) -> Grant:
    """The grant that a keyring kept; ValueError when it is damaged."""
    if not text.startswith("{"):
        return Grant(access=text)
    kept = json.loads(text)
    access, refresh, at = (kept.get(name) for name in ("access", "refresh", "renew_at"))
    if not (isinstance(access, str) and access and isinstance(refresh, str) and isinstance(at, str)):
        raise ValueError("half a grant")
    return Grant(access=access, refresh=refresh, renew_at=datetime.fromisoformat(at) if at else None, ours=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where an account signs in: the site, the paths below it, and what is asked for."""

    url: str
    token: str
    authorize: str = ""
    device: str = ""
    scope: str = ""


def door(account: Account) -> Door | None:
    """Where an account signs in; None where its service has no OAuth for us."""
    if account.provider == "zendesk":
        return Door(url=account.url, token="/oauth/tokens", authorize="/oauth/authorizations/new", scope="read write")  # noqa: S106
    if account.provider == "github":
        site = account.url.removesuffix("/api/v3").replace("https://api.github.com", "https://github.com")
        return Door(url=site, token="/login/oauth/access_token", device="/login/device/code")  # noqa: S106 (a path)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """What the service answered instead of a grant, in OAuth's word for it."""

    error: str

    @property
    def waits(self) -> bool:
        """Whether a device may ask again."""
        return self.error in _AGAIN

    @property
    def passes(self) -> bool:
        """Whether the same question may be answered otherwise in a while."""
        return self.error in ("temporarily_unavailable", "server_error")

    def problem(self, account: Account) -> SignInError:
        """It as a sentence; the service's own words may quote a token, so they are left out."""
        said, hint = _DENIALS.get(self.error, (f"the sign-in was refused ({self.error}).", _LOGIN))
        return SignInError(f"{account.name}: {said}", hint.format(desk=account.name))


def denied(error: str) -> Denied:
    """A refusal by its word; whatever is no such word does not go into a sentence."""
    return Denied(error=error if _WORD.fullmatch(error) else "unknown error")


_LOGIN = "Run `supportdesk login {desk}`."
_CLIENT = ("the service does not know this client_id.", "Check client_id in the configuration of {desk}.")
_ENDED = ("the sign-in has ended: it was used up, withdrawn, or is older than its service allows.", _LOGIN)
_DENIALS = {
    "invalid_grant": _ENDED,
    "bad_refresh_token": _ENDED,
    "bad_verification_code": ("the code was used already or is not one.", "Run `supportdesk login {desk}` again."),
    "invalid_client": _CLIENT,
    "incorrect_client_credentials": _CLIENT,
    "unauthorized_client": ("this client_id may not sign in this way.", "Register it as a public client with PKCE."),
    "redirect_uri_mismatch": ("the redirect address is not registered.", "Register the two that README names."),
    "access_denied": ("the sign-in was declined in the browser.", "Run `supportdesk login {desk}` to try again."),
    "expired_token": ("the code ran out before it was entered.", "Run `supportdesk login {desk} --device` again."),
    "device_flow_disabled": ("device sign-in is off for this client_id.", "Switch it on in the app's settings."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCode:
    """What is entered where in a browser anywhere, how often to ask meanwhile, and for how long, in seconds."""

    user_code: str
    url: str
    code: str = field(repr=False)
    every_s: float = DEVICE_EVERY_S
    for_s: float = DEVICE_S


def trade(place: Door, body: dict[str, str], now: datetime) -> Flow[Grant | Denied]:
    """A grant for what the body holds; `now` counts where the answer has no date. Lost when it cannot be read."""
    response = yield Request(method="POST", path=place.token, body=body)
    return _denied(response) or _granted(response, now)


def ask_device(place: Door, client_id: str) -> Flow[DeviceCode | Denied]:
    """A code to be entered in a browser."""
    response = yield Request(method="POST", path=place.device, body={"client_id": client_id})
    if (refusal := _denied(response)) is not None:
        return refusal
    row = _fields(response)
    user_code, url, code = (_text(row, name) for name in ("user_code", "verification_uri", "device_code"))
    every_s, for_s = _seconds(row.get("interval")) or DEVICE_EVERY_S, _seconds(row.get("expires_in")) or DEVICE_S
    return DeviceCode(user_code=user_code, url=url, code=code, every_s=every_s, for_s=for_s)


def give_back(account: Account) -> Flow[bool]:
    """End the token that signs this; False where a service has no way to."""
    if account.provider != "zendesk":
        return False
    response = yield Request(method="DELETE", path="/api/v2/oauth/tokens/current.json")
    if response.status not in (401, 404):  # then it had ended before
        check(response, f"{account.name}: giving the token back")
    return True


def _denied(response: Response) -> Denied | None:
    row = response.body if isinstance(response.body, dict) else {}
    error = row.get("error")
    if isinstance(error, str) and error and response.status in (200, 400, 401, 403):
        return denied(error)
    check(response, "signing in")
    return None


def _granted(response: Response, now: datetime) -> Grant:
    row = _fields(response)
    refresh, life_s = row.get("refresh_token") or "", _seconds(row.get("expires_in"))
    if not isinstance(refresh, str):
        raise Distrusted("The service answered with a grant that cannot be read.")
    life = timedelta(seconds=life_s)
    renew_at = _date(response, now) + life - min(AHEAD, life / 10) if life_s else None
    return Grant(access=_text(row, "access_token"), refresh=refresh, renew_at=renew_at, ours=True)


def _fields(response: Response) -> dict[str, Json]:
    if isinstance(response.body, dict):
        return response.body
    raise Distrusted("The service answered a sign-in with something else.", "Check the desk's url.")


def _text(row: dict[str, Json], name: str) -> str:
    value = row.get(name)
    if isinstance(value, str) and value.isascii() and value.isprintable() and 0 < len(value) < 8192:
        return value
    raise Distrusted(f"The service answered a sign-in without {name}.", "Check the desk's url.")


def _seconds(value: Json) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e9:
        return float(value)
    return 0.0


def _date(response: Response, now: datetime) -> datetime:
    found = date_of(response.headers.get("date", ""))
    return found if found is not None and found.year < _END_OF_TIME else now
