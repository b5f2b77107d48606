"""Who may write: locks that the kernel takes back by itself when their process ends, however it ends."""

import os
from contextlib import suppress
from pathlib import Path

from supportdesk.errors import StoreError
from supportdesk.store.files import CLOSED, FULL, Files, trouble

_GLANCE_S = 0.05  # longer than another process needs to look who holds it
ENTER_S = 5.0  # a desk that is taken away leaves the disk within that, mostly


class Lock:
    """One lock file; its holder writes its process id into it, so that others can name it."""

    def __init__(self, path: Path, files: Files, pid: int) -> None:
        self._path = path
        self._files = files
        self._pid = pid
        self._fd: int | None = None
        self.held = False

    def acquire(self, wait_s: float) -> bool:
        """Take it within `wait_s` seconds; False when somebody else keeps it. StoreError when the disk fails."""
        if self.held:
            return True
        try:
            fd = self._open()
            if not self._files.lock(fd, wait_s):
                return False
            self.held = True
            self._sign(fd)
        except OSError as error:
            self.release()
            raise trouble(error, self._path, "Taking the lock") from error
        return True

    def release(self) -> None:
        """Give it back; nothing happens when it is not held."""
        if self.held and self._fd is not None:
            self.held = False
            self._files.unlock(self._fd)

    def holder_pid(self) -> int | None:
        """The process that holds it, None when nobody does."""
        if self.held:
            return self._pid
        try:
            fd = self._open()
            if self._files.lock(fd, 0.0):
                self._files.unlock(fd)
                return None
            written = self._files.read(fd, 0, 32).split(b"\n")[0]
        except OSError as error:
            raise trouble(error, self._path, "Reading the lock") from error
        return int(written) if written.isdigit() else None

    def close(self) -> None:
        """Give it back and let go of the file, which stays: a removed lock file locks nothing."""
        self.release()
        if self._fd is not None:
            self._files.close(self._fd)
            self._fd = None

    def _sign(self, fd: int) -> None:
        signature = b"%d\n" % self._pid
        if self._files.read(fd, 0, 32) == signature:
            return  # most appends follow one of ours; on a full disk this saves the one write too many
        self._files.truncate(fd, 0)
        self._files.append(fd, signature)

    def _open(self) -> int:
        if self._fd is None:
            self._files.make_folder(self._path.parent)
            self._fd = self._files.create(self._path, afresh=False)
        return self._fd


class SenderLock(Lock):
    """Held by the one process that sends, for a console's life or a drain's; whoever has not got it queues."""

    def __init__(self, folder: Path, files: Files | None = None) -> None:
        super().__init__(folder / "drain.lock", files or Files(), os.getpid())

    def try_acquire(self) -> bool:
        """Become the one that sends, or remain it; False when another process is."""
        return self.acquire(_GLANCE_S)


class Claim(Lock):
    """Held while something is written, or a desk is read, on this console; its file goes with it."""

    def __init__(self, folder: Path, what: str, files: Files | None = None, *, kind: str = "draft") -> None:
        from hashlib import blake2b  # 3 ms that the first frame need not wait for

        name = f"{kind}-{blake2b(what.encode(), digest_size=8).hexdigest()}.lock"
        super().__init__(folder / name, files or Files(), os.getpid())

    def take(self) -> bool:
        """Take it; False while another console has it. StoreError when the disk fails."""
        while self.acquire(0.0):
            if self._fd is not None and self._files.identity(self._path) == self._files.identity_of(self._fd):
                return True
            self.close()  # its last holder took the file away while we opened it
        self.close()
        return False

    def holder_pid(self) -> int | None:
        """The process that holds it, None when nobody does."""
        pid = super().holder_pid()
        if not self.held:
            self.close()
        return pid

    def leave(self) -> None:
        """Let another console have it; the end of the process does the same."""
        if self.held:
            with suppress(OSError):  # the next holder takes it away
                self._files.remove(self._path)
        self.close()


class Presence:
    """Shared by all who have the folder open, those that only read too; what is taken away is taken by one alone."""

    def __init__(self, folder: Path, files: Files | None = None) -> None:
        self._path = folder / "open.lock"
        self._files = files or Files()
        self._fd: int | None = None

    def enter(self, wait_s: float = ENTER_S) -> None:
        """Be one of those who have it open; StoreError while somebody takes a desk away.

        Nothing happens where the folder may not be written, or is full: who only reads is let in.
        """
        try:
            self._files.make_folder(self._path.parent)
            self._fd = self._files.create(self._path, afresh=False)
            entered = self._files.lock(self._fd, wait_s, shared=True)
        except OSError as error:
            if error.errno in (*CLOSED, *FULL):
                return
            raise trouble(error, self._path, "Opening the lock") from error
        if not entered:
            self.close()
            raise StoreError("Another supportdesk is taking a desk off this machine.", "Try again in a moment.")

    def alone(self) -> bool:
        """Be the only one, until it is left; False when others have it open."""
        return self._fd is not None and self._files.lock(self._fd, _GLANCE_S)

    def close(self) -> None:
        """Leave; the end of the process does the same."""
        if self._fd is not None:
            self._files.close(self._fd)
            self._fd = None
