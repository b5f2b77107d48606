"""Desks of any size for the benchmarks: the console's cache, the same tickets as mail, and as plain documents.

Every ticket has about 1.5 kB: a subject and five comments of words that are as common as words are. They are made by
number, so that the cache, the mail and the documents hold the same.
"""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache as remembered
from itertools import accumulate
from pathlib import Path
from shutil import rmtree

from supportdesk.config import load_cues
from supportdesk.insight.rules import Rules
from supportdesk.model import Comment, Conversation, Organization, Person, Role, Status, Ticket, TicketRef
from supportdesk.store import cache_rows as rows_of
from supportdesk.store.cache import Cache
from supportdesk.store.cache_schema import VERSION

DESK = "acme"
FIRST = 100_000
COMMENTS = 5
NOW = datetime.now(UTC).replace(microsecond=0)
REAL = re.findall(
    r"\w+", "export login invoice page sync error calendar slow blank row report email crash photo upload printer"
)
CONFIG = f'[desks.{DESK}]\nprovider = "zendesk"\nurl = "http://127.0.0.1:9"\n'
LONG_AT = 900
LONG_ONE, VAST_ONE = "LONGONE", "VASTONE"  # words of the subjects of a 200-comment ticket and of one of 10 MB


@remembered
def sentences() -> list[str]:
    """Thousands of sentences whose words are as common as words are (Zipf)."""
    chance = random.Random(1)
    syllables = [a + b for a in "bdfgklmnprst" for b in ("a", "e", "i", "o", "u", "an", "er")]
    words = REAL + ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(6_000)]
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
    return [" ".join(chance.choices(words, cum_weights=weights, k=18)).capitalize() + "." for _ in range(4_000)]


def subject(number: int) -> str:
    """A ticket's subject: the newest has a word of its own, so that it is known when it is on screen."""
    chance = random.Random(number)
    said = " ".join(chance.choices(REAL, k=5)).capitalize()
    return f"NEWESTONE {said}" if number == 0 else said


def bodies(number: int) -> list[str]:
    """What was said on a ticket, about 250 characters each time."""
    chance, known = random.Random(number), sentences()
    return [" ".join(chance.choices(known, k=2)) for _ in range(COMMENTS)]


def changed_at(number: int) -> datetime:
    """Newest first, a minute apart."""
    return NOW - timedelta(minutes=number + 1)


def ticket(number: int) -> Ticket:
    """A ticket by its number; the newest is 0."""
    company = Organization(name=f"Company {number % 311}")
    at = changed_at(number)
    return Ticket(
        ref=TicketRef(DESK, str(FIRST + number)),
        subject=subject(number),
        status=(Status.OPEN, Status.NEW, Status.PENDING)[number % 3],
        requester=_customer(number, company),
        created_at=at - timedelta(days=1),
        updated_at=at,
        stamp=at.isoformat(),
        tags=("billing", f"team{number % 7}"),
    )


def _customer(number: int, company: Organization | None = None) -> Person:
    at = number % 997
    return Person(name=f"Person {at}", email=f"p{at}@c{number % 311}.example", id=str(at), organization=company)


def comments(number: int, said: list[str] | None = None) -> tuple[Comment, ...]:
    """The comments of a ticket, customer and agent in turn."""
    people = _customer(number), Person(name="Agent", email="agent@us.example", id="1", role=Role.AGENT)
    return tuple(
        Comment(id=f"{number}-{at}", author=people[at % 2], public=True, created_at=changed_at(number), body=body)
        for at, body in enumerate(said if said is not None else bodies(number))
    )


def fill(home: Path, count: int, talked: int | None = None) -> Path:
    """A desk of so many tickets at `home`, all with their conversations or only the newest `talked`; made once."""
    whole, rules = home / "whole", Rules.load(load_cues()).version
    made = f"{VERSION} {rules}"  # what newer rules have yet to read would be read while something else is measured
    if whole.exists() and whole.read_text() == made:
        return home
    rmtree(home, ignore_errors=True)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / "config.toml").write_text(CONFIG, encoding="utf-8")
    cache = Cache.open(home / "cache.sqlite3")
    with cache.batch():
        _fill_rows(cache, count)
        _fill_talk(cache, count if talked is None else min(talked, count))
        _fill_long(cache, count)
        cache._run("UPDATE tickets SET rules = ?", (rules,))
        for what in ("synced", "full"):
            cache.set_meta(f"{what}:{DESK}", NOW.isoformat())
    cache.search("everything is filed before this is answered")
    cache.close()
    whole.write_text(made)
    return home


def _fill_rows(cache: Cache, count: int) -> None:
    for start in range(0, count, 10_000):
        some = [ticket(number) for number in range(start, min(start + 10_000, count))]
        numbered = [(start + at, one) for at, one in enumerate(some, start=1)]
        cache._many(rows_of.INSERT, [(*rows_of.columns(one), n) for n, one in numbered])
        cache._many("INSERT INTO whole VALUES (?, ?)", [(n, rows_of.to_json(one)) for n, one in numbered])
        cache._many("INSERT OR IGNORE INTO unfiled VALUES (?)", [(n,) for n, _ in numbered])


def _fill_talk(cache: Cache, count: int) -> None:
    for start in range(0, count, 10_000):
        some = range(start, min(start + 10_000, count))
        texts = [(number + 1, rows_of.many_to_json(comments(number))) for number in some]
        cache._many("INSERT INTO conversations VALUES (?, ?)", texts)
    cache._run("UPDATE tickets SET fetched = updated", ())


def _fill_long(cache: Cache, count: int) -> None:
    """Two long ones so far down that nobody comes by them unasked."""
    if count <= LONG_AT + 1:
        return
    for number, word, said in (
        (LONG_AT, LONG_ONE, [" ".join(bodies(at)) for at in range(200)]),
        (LONG_AT + 1, VAST_ONE, [(line * 80)[:5_000] for line in sentences()[:2_000]]),
    ):
        plain = ticket(number)
        marked = replace(plain, subject=f"{word} {plain.subject}")
        cache.put_conversation(Conversation(ticket=marked, comments=comments(number, said)))


def mail(number: int) -> str:
    """The same ticket as one mail."""
    one = ticket(number)
    said = "\n\n".join(bodies(number))
    return (
        f"From: {one.requester.name} <{one.requester.email}>\nTo: support@us.example\nSubject: {one.subject}\n"
        f"Date: {format_datetime(one.updated_at)}\nMessage-ID: <{one.ref.id}@us.example>\n\n{said}\n"
    )


def fill_mail(folder: Path, count: int) -> tuple[Path, Path]:
    """The same tickets as an mbox and as a maildir, oldest first as mail lies; made once."""
    mbox, maildir = folder / f"{count}.mbox", folder / f"{count}.maildir"
    if not mbox.exists():
        for part in ("cur", "new", "tmp"):
            (maildir / part).mkdir(parents=True, exist_ok=True)
        with mbox.with_suffix(".part").open("w", encoding="utf-8") as out:
            for number in reversed(range(count)):
                words = mail(number)
                out.write(f"From support@us.example {changed_at(number):%a %b %d %H:%M:%S %Y}\n{words}\n")
                at = int(changed_at(number).timestamp())
                (maildir / "cur" / f"{at}.{number}.bench:2,S").write_text(words, encoding="utf-8")
        mbox.with_suffix(".part").rename(mbox)
    return mbox, maildir


def documents(count: int) -> Iterator[dict[str, object]]:
    """The same tickets as documents, for a plain TinyDB."""
    for number in range(count):
        one = json.loads(rows_of.to_json(ticket(number)))
        yield {**one, "key": FIRST + number, "comments": json.loads(rows_of.many_to_json(comments(number)))}
