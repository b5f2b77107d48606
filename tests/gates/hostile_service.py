"""A helpdesk and a tracker whose every field a stranger has filled, on sockets, and a home signed in to both."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from hostile_strings import Word
from serving import serve

from supportdesk.demo import REPO, Answer, Helpdesk, Tracker
from supportdesk.demo.story import Case, Entry, File, Someone, Story
from supportdesk.providers import Json, Request

TOKEN = "hostile-gate-token-93ab"
ADVICE = "Sorry, this is a known bug. As a workaround for now, please export it by hand each time."
PER_BODY, SPARE = 12, 40
BROKEN = 2  # which ticket's conversation is an error


class Telling:
    """Answers in ASCII, so that half a surrogate pair gets through as services let it."""

    def reply(self, status: int, body: Json, headers: Mapping[str, str] | None = None) -> Answer:
        kinds = {"Content-Type": "application/json", "Date": f"{datetime.now(UTC):%a, %d %b %Y %H:%M:%S GMT}"}
        return Answer(status=status, headers={**kinds, **(headers or {})}, raw=json.dumps(body).encode())


class HostileTracker(Telling, Tracker):
    """The tracker."""


class HostileDesk(Telling, Helpdesk):
    """The helpdesk; one conversation cannot be read, and no write is taken: both errors are a stranger's words."""

    said: Sequence[str] = ()

    def serve(self, request: Request) -> Answer:
        if request.path.endswith(f"tickets/{BROKEN}/comments"):
            return self.reply(500, {"error": self.said[0], "description": self.said[1]})
        if request.writes:
            return self.reply(422, {"error": "RecordInvalid", "description": self.said[2]})
        return super().serve(request)


@dataclass(frozen=True)
class House:
    """Both services, the environment of a signed-in engineer, and the words that were handed out."""

    desk: HostileDesk
    tracker: HostileTracker
    environ: dict[str, str]
    subjects: tuple[str, ...]


def story(words: Sequence[Word]) -> Story:
    """Tickets until the words are used up: every name, subject, tag, file and line of them is one."""
    line = (word.line for word in words[SPARE:])
    people = {
        "alice": Someone(key="alice", name="Alice", email="alice@wren.example", side="agent", login="alice"),
        "ben": Someone(key="ben", name=next(line), email="ben@wren.example", side="agent", login="ben"),
        "jun": Someone(key="jun", name=next(line), email="jun@wren.example", side="agent", login="jun"),
    }
    companies: dict[str, str] = {}
    tickets = []
    now = datetime.now(UTC)
    while (subject := next(line, None)) is not None:
        number = len(tickets) + 1
        at = now - timedelta(minutes=5 * number)
        companies[f"o{number}"] = next(line, "Company")
        for key in (f"c{number}", f"d{number}"):
            mail = next(line, "x") if number % 2 else f"{key}@corp.example"
            person = Someone(
                key=key, name=next(line, "Somebody"), email=mail, side="customer", organization=f"o{number}"
            )
            people[key] = person
        lines = list(islice(line, PER_BODY))
        files = tuple(File(name=name, size=10_240, content_type="text/plain") for name in islice(line, 2))
        entries = (
            Entry(author=f"c{number}", at=at, body="\n".join(lines), files=files),
            Entry(author="ben", at=at, body=f"{ADVICE}\n" + "\n".join(islice(line, PER_BODY))),
            Entry(author="alice", at=at, body="\n".join(islice(line, PER_BODY)), public=False),
        )
        tickets.append(
            Case(
                id=number,
                subject=subject,
                author=f"c{number}",
                status="open",
                entries=entries,
                assignee="ben" if number % 3 == 0 else "",
                priority="normal",
                tags=tuple(islice(line, 2)),
                cc=(f"d{number}",),
            )
        )
    return Story(people=people, organizations=companies, tickets=tuple(tickets), issues=_issues(words, now))


def _issues(words: Sequence[Word], now: datetime) -> tuple[Case, ...]:
    """Issues that the tracker's search finds for any of the tickets."""
    spare = [word.line for word in words[3:SPARE]]
    return tuple(
        Case(
            id=number,
            subject=f"export workaround bug {spare[number]}",
            author="alice",
            status="open",
            entries=(Entry(author="alice", at=now, body=spare[number + 10]),),
            tags=(spare[number + 20].encode("utf-8", "replace").decode(),),  # the demo numbers labels by their bytes
        )
        for number in range(1, 8)
    )


@contextmanager
def house(words: Sequence[Word], home: Path) -> Iterator[House]:
    """Serve the words, with a configuration and tokens for both services."""
    told = story(words)
    desk = HostileDesk(lambda: datetime.now(UTC), story=told)
    desk.said = [word.line for word in words[:3]]
    tracker = HostileTracker(lambda: datetime.now(UTC), story=told)
    with serve(desk, token=TOKEN) as desk_url, serve(tracker, token=TOKEN) as tracker_url:
        config = home / "config.toml"
        home.mkdir(exist_ok=True)
        config.write_text(
            f'[desks.wren]\nprovider = "zendesk"\nurl = "{desk_url}"\nescalate_to = "app"\n\n'
            f'[desks.app]\nprovider = "github"\nurl = "{tracker_url}"\nrepo = "{REPO}"\n\n[outbox]\nundo = "1s"\n'
        )
        config.chmod(0o600)
        environ = {
            **os.environ,
            "SUPPORTDESK_TOKEN_WREN": TOKEN,
            "SUPPORTDESK_TOKEN_APP": TOKEN,
            "SUPPORTDESK_CONFIG": str(config),
            "SUPPORTDESK_HOME": str(home / "state"),
            "LC_ALL": "C.UTF-8",
        }
        yield House(desk=desk, tracker=tracker, environ=environ, subjects=tuple(case.subject for case in told.tickets))
