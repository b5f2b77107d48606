"""Which of several consoles on one cache asks a desk's service: one of them, the others look at what it wrote."""

from pathlib import Path

from supportdesk.errors import StoreError
from supportdesk.store.locks import Claim


class Reader:
    """One console's part in a desk; `elsewhere` while another console reads it, `seen` what of the cache was drawn."""

    def __init__(self) -> None:
        self._claim: Claim | None = None
        self.elsewhere = False
        self.seen = 0

    def take(self, folder: Path, desk: str) -> bool:
        """Be the one that reads, or remain it; False while another console is. Without a lock everyone is."""
        if self._claim is None:
            claim = Claim(folder, desk, kind="reading")
            try:
                taken = claim.take()
            except StoreError:
                taken = True
            else:
                self._claim = claim if taken else None
            self.elsewhere = not taken
        return not self.elsewhere

    def leave(self) -> None:
        """Let another console read it."""
        if self._claim is not None:
            self._claim.leave()
            self._claim = None
