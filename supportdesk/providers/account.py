"""How one desk is reached."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How one desk is reached, as configured; tokens are not part of it."""

    name: str
    provider: str
    url: str
    user: str = ""
    client_id: str = ""
    repo: str = ""
    queue: str = ""
    tags_field: str = ""
    escalate_to: str = ""
    tag_prefix: str = ""
    share: str = "off"
    read_only: bool = False
    ca_file: str = ""
    token_command: tuple[str, ...] = ()
