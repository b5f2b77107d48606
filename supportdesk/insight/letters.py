"""Letters in an mbox as tickets: which of them belong together, and which were written by the support side.

A first look reads only headers, so that an mbox of any size is put in threads; the bodies of one thread are read when
it is scored. https://www.rfc-editor.org/rfc/rfc5322 §3.6.4 (References), https://www.rfc-editor.org/rfc/rfc4155 (mbox).
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.errors import MessageError
from typing import Any

from supportdesk.insight.markup import text_of
from supportdesk.insight.scan import ScanTicket
from supportdesk.insight.workaround import Said
from supportdesk.model import Person, Role
from supportdesk.text import LONGEST, clean

Mail = Any  # email.message.Message, whose module the console does without

LONGEST_HEAD = 256 * 1024
_ENVELOPE = re.compile(rb"From \S{1,300} .{0,100}\d\d:\d\d")
_ID = re.compile(r"<([^<>\s]{1,500})>")
_REPLY = re.compile(r"(?:(?:re|aw|wg|fwd?|antw|sv|vs|tr|rv|res)(?:\[\d{1,3}\])?\s{0,3}:\s{0,3}){1,20}", re.IGNORECASE)
_SPACES = re.compile(r"\s{1,200}")
_MACHINE = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)[@+.-]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message's headers and where it stands in the mbox, in bytes; `sent` is seconds since 1970, None if not told."""

    id: str
    start: int
    length: int
    sender: Person
    subject: str
    parents: tuple[str, ...]
    sent: int | None
    automatic: bool

    @property
    def domain(self) -> str:
        """The part of the sender's address after the @."""
        return self.sender.email.rpartition("@")[2]

    @property
    def replies(self) -> bool:
        """Whether the subject says that this answers something."""
        return _REPLY.match(self.subject) is not None


def letters(lines: Iterable[bytes]) -> Iterator[Letter]:
    """Read the headers of an mbox that comes in lines, or in pieces of lines that are too long."""
    for number, (start, head, length) in enumerate(_messages(lines), 1):
        yield _letter(number, start, head, length)


def _messages(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes, int]]:
    """Start, headers and length of each message; one begins with a `From ` line after an empty one."""
    at = start = size = 0
    head: list[bytes] = []
    in_head, after_empty, found = True, True, False
    for line in lines:
        if after_empty and line.startswith(b"From ") and _ENVELOPE.match(line):
            if found:
                yield start, b"".join(head), at - start
            start, head, size, in_head, found = at + len(line), [], 0, True, True
        elif in_head:
            in_head = line.strip() != b"" and size < LONGEST_HEAD
            head.append(line)
            size += len(line)
        after_empty = line in (b"\n", b"\r\n")
        at += len(line)
    if found:
        yield start, b"".join(head), at - start


def _letter(number: int, start: int, head: bytes, length: int) -> Letter:
    message = _parsed(head)
    name, address = _sender(message)
    own = _ID.findall(_header(message, "Message-ID"))
    told = f"{_header(message, 'References')} {_header(message, 'In-Reply-To')}"
    automatic = _header(message, "Auto-Submitted").lower() not in ("", "no") or _MACHINE.match(address) is not None
    return Letter(
        id=clean(own[0], multiline=False) if own else f"letter {number}",
        start=start,
        length=length,
        sender=Person(name=name or address, email=address.casefold()),
        subject=_SPACES.sub(" ", clean(_header(message, "Subject"), multiline=False)).strip(),
        parents=tuple(clean(one, multiline=False) for one in _ID.findall(told)[-100:]),
        sent=_moment(_header(message, "Date")),
        automatic=automatic,
    )


def _parsed(source: bytes) -> Mail:
    from email import message_from_bytes  # only an mbox needs it

    return message_from_bytes(source)


def _header(message: Mail, name: str) -> str:
    return _spelled_out(message.get(name, ""))


def _spelled_out(value: Any) -> str:
    """A header's words without the coding that carries them."""
    from email.header import decode_header, make_header

    try:
        return str(make_header(decode_header(value)))
    except (MessageError, LookupError, ValueError):
        return str(value)


def _sender(message: Mail) -> tuple[str, str]:
    from email.utils import parseaddr

    name, address = parseaddr(str(message.get("From", ""))[:1_000])
    return clean(_spelled_out(name), multiline=False), clean(address, multiline=False)


def _moment(date: str) -> int | None:
    from email.utils import mktime_tz, parsedate_tz

    try:
        parsed = parsedate_tz(date[:200])
        return None if parsed is None else int(mktime_tz(parsed))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def threads(found: Iterable[Letter]) -> list[list[Letter]]:
    """Put letters together that refer to each other, else replies under one subject; each letter once, oldest first."""
    known = list({letter.id: letter for letter in found}.values())
    place: dict[str, list[Letter]] = {}
    subjects: dict[str, list[Letter]] = {}
    for letter in known:
        topic = _SPACES.sub(" ", _REPLY.sub("", letter.subject, count=1)).casefold()
        homes = [place[name] for name in (letter.id, *letter.parents) if name in place]
        if not homes and letter.replies and topic in subjects:
            homes = [subjects[topic]]
        home = _joined(homes, place)
        home.append(letter)
        for name in (letter.id, *letter.parents):
            place[name] = home
        if topic:
            subjects[topic] = home
    return [_in_order(home) for home in {id(place[one.id]): place[one.id] for one in known}.values()]


def _joined(homes: Sequence[list[Letter]], place: dict[str, list[Letter]]) -> list[Letter]:
    """One home out of several, into which the others move."""
    if not homes:
        return []
    first = homes[0]
    for other in homes[1:]:
        if other is first:
            continue
        first.extend(other)
        for letter in other:
            place.update(dict.fromkeys((letter.id, *letter.parents), first))
    return first


def _in_order(thread: list[Letter]) -> list[Letter]:
    times = [letter.sent for letter in thread]
    if None in times:
        return thread
    return sorted(thread, key=lambda letter: letter.sent or 0)


def answering_domain(found: Iterable[Sequence[Letter]]) -> str:
    """Return the domain that answers in most threads that another one began; empty when nobody answers."""
    answers = Counter(
        domain
        for thread in found
        for domain in {letter.domain for letter in thread[1:] if not letter.automatic}
        if domain and domain != thread[0].domain
    )
    return max(sorted(answers), key=lambda domain: answers[domain], default="")


def is_ours(letter: Letter, ours: Collection[str]) -> bool:
    """Whether a letter is by one of the addresses or domains that are the support side's, in lower case."""
    return letter.sender.email in ours or letter.domain in ours


def ticket_of(thread: Sequence[Letter], sources: Iterable[bytes], ours: Collection[str]) -> ScanTicket:
    """Make a ticket of a thread and the bytes of its letters; offsets are into the text of each body."""
    asked = next((letter for letter in thread if not is_ours(letter, ours)), thread[0])
    comments = [
        Said(id=letter.id, role=_role(letter, ours), body=body_of(source))
        for letter, source in zip(thread, sources, strict=True)
    ]
    return ScanTicket(id=thread[0].id, subject=thread[0].subject, comments=tuple(comments), requester=asked.sender)


def _role(letter: Letter, ours: Collection[str]) -> Role:
    if letter.automatic:
        return Role.SYSTEM
    return Role.AGENT if is_ours(letter, ours) else Role.CUSTOMER


def body_of(source: bytes) -> str:
    """Return the text of a message: its plain part, else its HTML as a reader sees it; attachments are left out.

    ValueError when its parts are nested too deep to be read.
    """
    try:
        parts = [part for part in _parsed(source).walk() if part.get_content_disposition() != "attachment"]
    except RecursionError:
        raise ValueError("This letter is nested too deep to be read.") from None
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind and (text := _decoded(part)).strip():
                return text_of(text[:LONGEST]) if kind == "text/html" else text[:LONGEST].replace("\r\n", "\n")
    return ""


def _decoded(part: Mail) -> str:
    payload = part.get_payload(decode=True)
    source = payload if isinstance(payload, bytes) else b""
    try:
        return source.decode(part.get_content_charset("utf-8"), errors="replace")
    except LookupError:
        return source.decode("utf-8", errors="replace")
