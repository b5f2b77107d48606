"""Where `supportdesk scan` reads from: a file or standard input, packed or not, in any layout that exports have."""

import gzip
import shutil
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from io import BufferedIOBase, BufferedReader, RawIOBase
from tempfile import TemporaryFile
from typing import BinaryIO

from supportdesk.errors import UsageError
from supportdesk.insight.exports import (
    LONGEST_ENTRY,
    Entry,
    Shape,
    Wrong,
    shape_of,
    tickets_of_document,
    tickets_of_lines,
)
from supportdesk.insight.letters import Letter, answering_domain, letters, threads, ticket_of
from supportdesk.text import clean

GZIP = b"\x1f\x8b"
TABLES = (b"PAR1", b"PARE")  # the second is encrypted
HEAD = 64 * 1024
CHUNK = 256 * 1024


def opened(path: str) -> BufferedReader:
    """Open a file, `-` for standard input; UsageError when that cannot be done."""
    try:
        return open(sys.stdin.fileno(), "rb", closefd=False) if path == "-" else open(path, "rb")
    except OSError as problem:
        raise UsageError(
            f"{clean(path, multiline=False)} cannot be read: {problem.strerror}.",
            "Give the path of an export (JSON Lines, Zendesk's JSON, mbox; gzip too), of Parquet, of a folder of JSON "
            "Lines or Parquet, or - for standard input.",
        ) from None


def entries(source: BufferedReader, ours: Sequence[str], say: Callable[[str], None]) -> Iterator[Entry]:
    """Read tickets from an export of any layout; `ours` are addresses and domains of the support side, for mail."""
    try:
        yield from _entries(source, ours, say)
    except (OSError, EOFError, zlib.error) as problem:
        yield Wrong(where="the rest", why=f"The file cannot be read on from here: {problem}.")


def _entries(source: BufferedReader, ours: Sequence[str], say: Callable[[str], None]) -> Iterator[Entry]:
    plain = gzip.GzipFile(fileobj=source) if source.peek(2)[:2] == GZIP else source
    head = _head(plain)
    if head.startswith(TABLES):
        raise UsageError("Parquet that is packed, encrypted or comes from a pipe is not read.", "Give the file itself.")
    whole = BufferedReader(_Rejoined(head, plain), CHUNK)
    match shape_of(head):
        case Shape.LINES:
            yield from tickets_of_lines(_lines(whole))
        case Shape.DOCUMENT:
            yield from tickets_of_document(iter(lambda: whole.read1(CHUNK), b""))
        case Shape.MAIL if plain is source and source.seekable():
            source.seek(0)
            yield from _mail(source, ours, say)
        case Shape.MAIL:
            with TemporaryFile() as copy:
                shutil.copyfileobj(whole, copy, CHUNK)
                copy.seek(0)
                yield from _mail(copy, ours, say)


def _head(source: BufferedIOBase) -> bytes:
    """The first line at least, if it is not long."""
    head = b""
    while len(head) < HEAD and b"\n" not in head.lstrip() and (piece := source.read1(HEAD)):
        head += piece
    return head


class _Rejoined(RawIOBase):
    """A source together with the head that was taken from it."""

    def __init__(self, head: bytes, rest: BufferedIOBase) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # RawIOBase names no narrower type
        piece = self._head[: len(buffer)] or self._rest.read1(len(buffer))
        self._head = self._head[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


def _lines(source: BufferedIOBase) -> Iterator[bytes]:
    """Of a line that is too long only the beginning is kept, one byte longer than an entry may be."""
    while line := source.readline(LONGEST_ENTRY + 1):
        rest = line
        while not rest.endswith(b"\n") and (rest := source.readline(LONGEST_ENTRY)):
            pass
        yield line


def _mail(source: BinaryIO | BufferedReader, ours: Sequence[str], say: Callable[[str], None]) -> Iterator[Entry]:
    """Threads of an mbox; without `ours` the domain that answers most is taken, and named."""
    found = threads(letters(iter(lambda: source.readline(CHUNK), b"")))
    support = {one.removeprefix("@").casefold() for one in ours} or {answering_domain(found)} - {""}
    if not support:
        raise UsageError("Nobody in this mbox answers anybody.", "Say who is support: --ours help@acme.example")
    if not ours:
        say(f"{', '.join(sorted(support))} is taken to be support; --ours ADDRESS or DOMAIN says otherwise")
    for number, thread in enumerate(found, 1):
        try:
            yield ticket_of(thread, (_bytes(source, letter) for letter in thread), support)
        except ValueError as problem:
            yield Wrong(where=f"thread {number}", why=str(problem))


def _bytes(source: BinaryIO | BufferedReader, letter: Letter) -> bytes:
    if letter.length > LONGEST_ENTRY:
        raise ValueError(f"A letter is longer than {LONGEST_ENTRY:,} bytes.")
    source.seek(letter.start)
    return source.read(letter.length)
