"""The httpx client of an account, and what of the surroundings shapes it: certificates and proxies."""

import logging
import ssl
from typing import Any
from urllib.parse import urlsplit

from supportdesk.errors import ConfigError, NotWritten
from supportdesk.providers import Account
from supportdesk.text import clean

Httpx = Any  # httpx is imported late (57 ms, with a client 107), so its classes have no name up here
CONNECTIONS = 8


def open_client(account: Account, connect_s: float, *, anywhere: bool = False) -> Httpx:
    """An httpx client that keeps no cookie and follows no redirect; ConfigError for certificates it cannot use.

    Unless it has to go `anywhere`, that of an account on this machine knows no certificates.
    """
    from http.cookiejar import CookieJar, DefaultCookiePolicy  # 20 ms, with httpx only

    import httpx

    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)  # their INFO lines hold whole addresses
    remote = not account.url.lower().startswith("http:")
    try:
        return httpx.AsyncClient(
            verify=_trusted(account) if remote or anywhere else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            trust_env=remote,  # plain http stays on this machine: a proxy would read the token
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            timeout=connect_s,
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
        )
    except OSError as problem:
        which = account.ca_file or "where SSL_CERT_FILE or certifi has them"
        raise ConfigError(
            f"desk {account.name}: certificates cannot be read from {which}: {problem.strerror or problem}.",
            "Name a PEM file that exists in ca_file.",
        ) from None
    except (ValueError, ImportError, httpx.InvalidURL):
        raise NotWritten(
            f"{account.name}: the proxy that the environment names cannot be used.", "Check HTTPS_PROXY and ALL_PROXY."
        ) from None


def _trusted(account: Account) -> ssl.SSLContext | bool:
    """What is checked against: a file of the account's, or all that certifi has, which take 26 ms to read."""
    return ssl.create_default_context(cafile=account.ca_file) if account.ca_file else True


def describe(account: Account) -> list[str]:
    """What doctor says of the way to this service: address, proxy, certificates, as sentences without secrets."""
    from urllib.request import getproxies  # 20 ms, for doctor only

    name, parts = account.name, urlsplit(account.url)
    if parts.scheme == "http":
        return [f"{name}: {parts.netloc} is on this machine: plain http, no proxy."]
    said = [f"{name}: {parts.netloc} over https."]
    proxies = getproxies()
    proxy = proxies.get("https") or proxies.get("all")
    if proxy and not _bypassed(parts.hostname or "", proxies.get("no", "")):
        said.append(f"{name}: requests go through the proxy {_without_secrets(proxy)}, named by the environment.")
    if account.ca_file:
        said.append(f"{name}: certificates are checked against {account.ca_file} only.")
    return said


def _without_secrets(proxy: str) -> str:
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    return clean(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", multiline=False)


def _bypassed(host: str, no_proxy: str) -> bool:
    names = [name.strip().lstrip(".") for name in no_proxy.lower().split(",") if name.strip()]
    return any(name == "*" or host == name or host.endswith(f".{name}") for name in names)
