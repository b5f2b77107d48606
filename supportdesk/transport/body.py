"""An answer's bytes as they arrive, unpacked no further than a limit."""

import zlib

_ONE_CHUNK = 1024 * 1024


class Body:
    """An answer's bytes as they arrive, unpacked no further than the limit: a bomb never becomes large."""

    def __init__(self, encoding: str, limit_bytes: int) -> None:
        self._known = encoding.strip().lower() in ("", "identity", "gzip", "x-gzip")
        self._unpack = zlib.decompressobj(wbits=31) if "gzip" in encoding.lower() else None
        self._parts: list[bytes] = []
        self._left = limit_bytes
        self._torn = False

    def take(self, chunk: bytes) -> bool:
        """Add a chunk; False once the limit is passed."""
        while chunk and not self._torn:
            part, chunk = self._unpacked(chunk)
            self._parts.append(part)
            self._left -= len(part)
            if self._left < 0:
                return False
        return True

    def _unpacked(self, chunk: bytes) -> tuple[bytes, bytes]:
        if self._unpack is None:
            return chunk, b""
        try:
            part = self._unpack.decompress(chunk, _ONE_CHUNK)
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
        whole = b"".join(self._parts)
        self._parts = [whole]  # a large answer is not in memory twice
        return whole
