"""An answer's bytes as they arrive, unpacked no further than a limit."""

import asyncio
import zlib

from supportdesk.providers.shortening import LARGE, PIECE, SPARE, Shortening

_TAKEN = 4  # times the limit: words of megabytes are read, and not kept


class Body:
    """An answer's bytes as they arrive, unpacked no further than the limit: a bomb never becomes large."""

    def __init__(self, encoding: str, limit_bytes: int) -> None:
        self._known = encoding.strip().lower() in ("", "identity", "gzip", "x-gzip")
        self._unpack = zlib.decompressobj(wbits=31) if "gzip" in encoding.lower() else None
        self._parts: list[bytes] = []
        self._limit, self._kept, self._taken = limit_bytes, 0, 0
        self._words: Shortening | None = None
        self._end = b""  # what waits for the next part, so that no piece is too short to be cut well
        self._torn = False

    async def take(self, chunk: bytes) -> bool:
        """Add a chunk; False once the limit is passed. Keys are answered while a large one is unpacked."""
        while chunk and not self._torn:
            part, chunk = self._unpacked(chunk)
            self._taken += len(part)
            self._keep(part)
            if self._kept > self._limit or self._taken > _TAKEN * self._limit:
                return False
            if self._words is not None:
                await asyncio.sleep(0)
        return True

    def _keep(self, part: bytes) -> None:
        """Keep what is read of the next part; no answer of a usual size is looked at for it."""
        if self._words is None and self._taken > LARGE:
            self._words = Shortening()
            before, self._parts, self._kept = b"".join(self._parts), [], 0
            for at in range(0, len(before), PIECE):
                self._keep(before[at : at + PIECE])
        part = self._end + part
        if self._words is not None and len(part) < 2 * SPARE:
            self._end = part
            return
        self._end = part[-SPARE:] if self._words is not None else b""
        self._add(part[: len(part) - len(self._end)])

    def _add(self, part: bytes) -> None:
        kept = part if self._words is None else self._words.take(part)
        self._parts.append(kept)
        self._kept += len(kept)

    def _unpacked(self, chunk: bytes) -> tuple[bytes, bytes]:
        if self._unpack is None:
            return chunk, b""
        try:
            part = self._unpack.decompress(chunk, PIECE)
        except zlib.error:
            self._torn = True
            return b"", b""
        return part, self._unpack.unconsumed_tail

    def whole(self) -> bytes | None:
        """The body, or None when it was torn, cut off or packed in a way we cannot read."""
        if not self._parts:
            return b""
        if not self._known or self._torn or (self._unpack is not None and not self._unpack.eof):
            return None
        if self._end:
            self._add(self._end)
            self._end = b""
        whole = b"".join(self._parts)
        self._parts = [whole]  # a large answer is not in memory twice
        return whole
