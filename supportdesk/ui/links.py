"""Addresses in strangers' words: which are opened, which are asked about under their real name, and which never are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from supportdesk.text import clean

MOST = 50
_ADDRESS = re.compile(r"(?<![\w.+-])[A-Za-z][A-Za-z0-9+.-]{1,15}:(?://)?[^\s<>\"'`\\{}|^]{2,2000}")
_AROUND = ".,;:!?)]}»”’"
_NUMBERS = re.compile(r"(?:0[xX][0-9a-fA-F]+|\d+)(?:\.(?:0[xX][0-9a-fA-F]+|\d+)){0,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address with the host it really leads to, why that is asked about, and why it is not opened at all."""

    url: str
    host: str = ""
    doubts: tuple[str, ...] = ()
    refused: str = ""


def addresses(texts: Iterable[str]) -> tuple[str, ...]:
    """What looks like an address in some texts, each once, in the order they stand."""
    found = (match[0].rstrip(_AROUND) for text in texts for match in _ADDRESS.finditer(text[:200_000]))
    schemes = ("http:", "https:", "file:", "ssh:", "smb:", "vscode:", "javascript:", "data:", "mailto:")
    likely = [one for one in found if "://" in one or one.lower().startswith(schemes)]
    return tuple(dict.fromkeys(likely))[:MOST]


def judge(url: str, own: str = "") -> Link:
    """What an address is: `own` is the desk's url, whose pages are opened without a question."""
    shown = clean(url, multiline=False)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return Link(url=shown, refused="It is not an address.")
    if parts.scheme not in ("https", "http") or not host:
        return Link(url=shown, refused=f"{parts.scheme or 'It'} addresses are not opened, https alone is.")
    if shown != url or any(character.isspace() or character == "\\" for character in url):
        return Link(url=shown, refused="It holds characters that hide where it leads.")
    real = _ascii(host)
    if not real:
        return Link(url=shown, refused="Its host is not a name.")
    home = urlsplit(own)
    same = own and (parts.scheme, parts.netloc.lower()) == (home.scheme, home.netloc.lower())
    return Link(url=url, host=real, doubts=() if same else tuple(_doubts(parts, host, real)))


def _doubts(parts: SplitResult, host: str, real: str) -> Iterable[str]:
    yield "It is not the address of this desk."
    if parts.scheme == "http":
        yield "It is not https: others can read and change it on the way."
    if parts.username is not None:
        yield f"What stands before @ is no host: it leads to {real}."
    if real != host.lower() or "xn--" in real:
        yield f"The name is written in letters that look like others: {real}."
    if _near(real):
        yield "It is an address inside a network, where services answer that strangers must not reach."


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host.lower() if host.isascii() and re.fullmatch(r"[\w.:-]+", host) else ""


def _near(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")) or _NUMBERS.fullmatch(host):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False
