"""What is looked at in an address before anything is asked there, and how it may be logged."""

from urllib.parse import unquote

from supportdesk.text import clean
from supportdesk.transport.client import Httpx


def climbs(path: str) -> bool:
    """Whether a path leads out of its place."""
    return any(part in (".", "..") for part in unquote(path).replace("\\", "/").split("/"))


def shown(url: Httpx) -> str:
    """An address that may be logged: no query values, no e-mail in the path."""
    parts = (
        part if "@" not in unquote(part) else "<redacted>" for part in url.raw_path.decode().split("?")[0].split("/")
    )
    path = clean("/".join(parts), multiline=False)[:200]
    return f"{url.netloc.decode()}{path}{'?<redacted>' if url.query else ''}"
