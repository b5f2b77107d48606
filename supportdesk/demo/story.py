"""The story the demo tells: its people, tickets and issues, read from the JSON files beside it and set in time."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zlib import crc32

from supportdesk.providers import Json

FOLDER = Path(__file__).with_name("story")
_AGE = re.compile(r"(?:(\d+)d)? ?(?:(\d+)h)? ?(?:(\d+)m)?")
_SPOKEN = re.compile(r"\{(weekday|clock):([0-9dhm ]+)\}")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ROUGHLY = timedelta(minutes=5)  # people do not say 8:04
_JITTER_S = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment's description."""

    name: str
    size: int
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something said: `author` is a key of `Story.people`; `op` is the marker that a console of ours left."""

    author: str
    at: datetime
    body: str
    public: bool = True
    op: str = ""
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A ticket or an issue with everything said on it, oldest first."""

    id: int
    subject: str
    author: str
    status: str
    entries: tuple[Entry, ...]
    assignee: str = ""
    priority: str = ""
    tags: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """One of the story's people; `side` is agent, light, admin or customer, `login` their name on the tracker."""

    key: str
    name: str
    email: str
    side: str
    organization: str = ""
    login: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything there is when the demo opens; `organizations` maps keys to names.

    The servers sign in as `alice`; `ben` and `jun` are the colleagues who write meanwhile.
    """

    people: dict[str, Someone] = field(default_factory=dict)
    organizations: dict[str, str] = field(default_factory=dict)
    tickets: tuple[Case, ...] = ()
    issues: tuple[Case, ...] = ()
    macros: tuple[Json, ...] = ()


def open_story(now: datetime, seed: int = 0) -> Story:
    """The shipped story as of `now`; the seed moves its seconds."""
    cast = _read(FOLDER / "people.json")
    people = {key: Someone(key=key, **row) for key, row in cast["people"].items()}
    rows = [row for path in sorted(FOLDER.glob("tickets-*.json")) for row in _read(path)]
    issues = _read(FOLDER / "issues.json")
    return Story(
        people=people,
        organizations=cast["organizations"],
        tickets=tuple(_case(row, now, seed) for row in sorted(rows, key=_id)),
        issues=tuple(_case(row, now, seed) for row in sorted(issues, key=_id)),
        macros=tuple(_read(FOLDER / "macros.json")),
    )


def _read(path: Path) -> Json:
    return json.loads(path.read_text(encoding="utf-8"))


def _id(row: Json) -> int:
    return int(row["id"])


def _case(row: Json, now: datetime, seed: int) -> Case:
    shifted = now - timedelta(seconds=crc32(f"{seed}:{row['id']}".encode()) % _JITTER_S)
    entries = tuple(_entry(one, shifted) for one in row["talk"])
    return Case(
        id=row["id"],
        subject=_told(row["subject"], now),
        author=entries[0].author,
        status=row["status"],
        entries=entries,
        assignee=row.get("assignee", ""),
        priority=row.get("priority", ""),
        tags=tuple(row.get("tags", ())),
        cc=tuple(row.get("cc", ())),
    )


def _entry(row: Json, now: datetime) -> Entry:
    return Entry(
        author=row["by"],
        at=now - age(row["ago"]),
        body=_told(row["text"], now),
        public=not row.get("note", False),
        op=row.get("op", ""),
        files=tuple(File(name=name, size=size, content_type=kind) for name, size, kind in row.get("files", ())),
    )


def _told(text: str, now: datetime) -> str:
    """The words with `{weekday:5d}` and `{clock:5d 3h}` as people would have said them then."""

    def said(found: re.Match[str]) -> str:
        at = now - age(found[2]) + _ROUGHLY / 2
        return _WEEKDAYS[at.weekday()] if found[1] == "weekday" else f"{at.hour}:{at.minute // 5 * 5:02}"

    return _SPOKEN.sub(said, text)


def age(text: str) -> timedelta:
    """Read `3d 4h 5m`; ValueError when it is not that."""
    found = _AGE.fullmatch(text)
    if found is None or not text:
        raise ValueError(f"{text!r} is not an age like 3d 4h 5m")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)
