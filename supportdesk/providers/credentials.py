"""Where an account's token may come from and go to: the variable that names it, the addresses it may be sent to."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from supportdesk.providers import Account

LEGACY_ENDS = "30 April 2027"
TOKEN_PREFIX = "SUPPORTDESK_TOKEN_"  # noqa: S105 (the name of a variable)


def token_variable(desk: str) -> str:
    """The environment variable that may hold a desk's token: upper case, `-` as `_`."""
    return TOKEN_PREFIX + desk.upper().replace("-", "_")


def legacy(account: Account) -> bool:
    """Whether an account signs in with a Zendesk API token, which `user` asks for; with a client_id it is OAuth."""
    return account.provider == "zendesk" and bool(account.user) and not account.client_id


def loopback(host: str) -> bool:
    """Whether a host name is this machine and can be nothing else."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def unfit(url: str) -> str:
    """Why an address cannot be a desk's url, as the end of a sentence; empty when it can."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme not in ("https", "http") or not host:
        return "must look like https://desk.example"
    if parts.scheme == "http" and not loopback(host):
        return "must start with https://, because the token travels with every request"
    if parts.username is not None or parts.password is not None:
        return "must not hold a name or a password"
    if parts.query or parts.fragment or "?" in url or "#" in url:
        return "must end before any ? or #"
    if any(character.isspace() or not character.isprintable() for character in url):
        return "must not hold spaces or control characters"
    return ""
