"""The line that stands under the status line until somebody has seen to it: sign in again, or sign in otherwise."""

from datetime import date, datetime

from supportdesk.desk.workplace import Connection, Workplace
from supportdesk.errors import SignInError, SupportdeskError, Unauthorized
from supportdesk.providers.credentials import LEGACY_ENDS, legacy

ENDS = date(2027, 4, 30)
HIDES = "esc hides this for today."
_HUSHED = "banner hushed"


def barred(problem: SupportdeskError) -> str:
    """What to do to be let in again, empty where a sign-in would change nothing."""
    return f"{problem.message} {problem.hint}".strip() if isinstance(problem, SignInError | Unauthorized) else ""


def banner(work: Workplace) -> str:
    """What stands there now: the first desk that lets us in no more, else who has an API token; empty for neither."""
    connections = work.connections.values()
    shut = next((found for found in connections if found.barred and found.trouble), None)
    if shut is not None:
        return f"{shut.barred} What is queued stays queued."
    if work.cache.meta(_HUSHED) == _day(work.now()):
        return ""
    return _legacy([found for found in connections if legacy(found.account)], work.now().date())


def hush(work: Workplace) -> bool:
    """Hide what can wait for the rest of the day; whether anything was hidden."""
    if not banner(work).endswith(HIDES):
        return False
    work.cache.set_meta(_HUSHED, _day(work.now()))
    work.changed()
    return True


def _legacy(found: list[Connection], today: date) -> str:
    if not found:
        return ""
    names = " and ".join(connection.account.name for connection in found)
    left = (ENDS - today).days
    when = f"ends those on {LEGACY_ENDS}, in {left} days" if left >= 0 else f"ended those on {LEGACY_ENDS}"
    first = found[0].account.name
    return (
        f"{names} signs in with an API token, and Zendesk {when}. Set client_id and run `supportdesk login {first}`. "
        f"{HIDES}"
    )


def _day(now: datetime) -> str:
    return now.astimezone().date().isoformat()
