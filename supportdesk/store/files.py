"""The few calls to the operating system that the ledger rests on, in one place so that a test can stop after each.

Every method raises OSError as the system does; `trouble` turns one into a sentence for the engineer.
"""

import errno
import fcntl
import os
import stat
import sys
import time
from contextlib import suppress
from pathlib import Path

from supportdesk.errors import StoreError

FILE_MODE = 0o600
FOLDER_MODE = 0o700
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)
_NO_FILE = (errno.EISDIR, errno.ENXIO, errno.ESPIPE)  # a folder, or a pipe
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
_POLL_S = 0.01


class Files:
    """A private folder of files, reached through descriptors; links are never followed."""

    def make_folder(self, folder: Path) -> None:
        """Create the folder and its missing parents, readable by nobody else; one that exists stays as it is."""
        if folder.is_dir():
            return
        self.make_folder(folder.parent)
        try:
            os.mkdir(folder, FOLDER_MODE)
        except FileExistsError:
            return  # another process was faster
        os.chmod(folder, FOLDER_MODE)  # whatever the umask is

    def open(self, path: Path) -> int | None:
        """A descriptor that reads anywhere and writes at the end, or None when there is no such file."""
        try:
            return os.open(path, _FLAGS)
        except FileNotFoundError:
            return None

    def create(self, path: Path, *, afresh: bool = True) -> int:
        """Like `open`, but creates the file where it is missing; `afresh` empties one that is there."""
        fd = os.open(path, _FLAGS | os.O_CREAT | (os.O_TRUNC if afresh else 0), FILE_MODE)
        os.fchmod(fd, FILE_MODE)
        return fd

    def create_new(self, path: Path) -> int:
        """Like `create`, but FileExistsError where anything is there already, a link too."""
        fd = os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, FILE_MODE)
        os.fchmod(fd, FILE_MODE)
        return fd

    def remove(self, path: Path) -> None:
        """Take a file away; nothing happens where there is none."""
        with suppress(FileNotFoundError):
            os.unlink(path)

    def put(self, path: Path, content: bytes) -> None:
        """Give a path its whole new content at one stroke, readable by us alone."""
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        self.remove(fresh)  # of a process of our number that was stopped
        fd = self.create_new(fresh)
        try:
            self.append(fd, content)
            self.sync(fd)
            self.rename(fresh, path)
            self.sync_folder(path.parent)
        finally:
            self.close(fd)
            self.remove(fresh)

    def names(self, folder: Path) -> set[str]:
        """The names in a folder; none when there is no such folder."""
        try:
            return set(os.listdir(folder))
        except FileNotFoundError:
            return set()

    def identity(self, path: Path) -> tuple[int, int] | None:
        """What tells one file from another that took its name; None when there is none."""
        try:
            found = os.lstat(path)
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def identity_of(self, fd: int) -> tuple[int, int]:
        """The identity of an open file."""
        found = os.fstat(fd)
        return found.st_dev, found.st_ino

    def size(self, fd: int) -> int:
        """Length in bytes."""
        return os.fstat(fd).st_size

    def read(self, fd: int, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`, fewer where the file is shorter."""
        parts: list[bytes] = []
        while start < end:
            part = os.pread(fd, min(end - start, 1 << 24), start)
            if not part:
                break
            parts.append(part)
            start += len(part)
        return b"".join(parts)

    def append(self, fd: int, data: bytes) -> None:
        """Write all of it at the end; an error may leave a part of it there."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(fd, rest) :]

    def sync(self, fd: int) -> None:
        """Return once what was written would survive a power cut."""
        if sys.platform == "darwin":
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)  # fsync alone stops at the drive's own cache
        else:
            os.fdatasync(fd)

    def truncate(self, fd: int, size: int) -> None:
        """Cut the file behind `size` bytes."""
        os.ftruncate(fd, size)

    def rename(self, source: Path, target: Path) -> None:
        """Give a file another's name at one stroke."""
        os.replace(source, target)

    def sync_folder(self, folder: Path) -> None:
        """Return once the names in a folder would survive a power cut."""
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def lock(self, fd: int, wait_s: float, *, shared: bool = False) -> bool:
        """Take the file for this process alone, or together with others; False when that took all of `wait_s`."""
        until = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    return False
                time.sleep(_POLL_S)
            else:
                return True

    def unlock(self, fd: int) -> None:
        """Let others have it; the end of the process does the same, however it ends."""
        fcntl.flock(fd, fcntl.LOCK_UN)

    def close(self, fd: int) -> None:
        """Let go of a descriptor."""
        os.close(fd)


def keep_copy(files: Files, path: Path, data: bytes) -> None:
    """Write a copy under a new name; once it returns, both last, and the original may go."""
    fd = files.create(path)
    try:
        files.append(fd, data)
        files.sync(fd)
    finally:
        files.close(fd)
    files.sync_folder(path.parent)


def free_name(files: Files, path: Path) -> Path:
    """The path, or one like it with a number behind it, that nothing has yet."""
    taken = files.names(path.parent)
    later = (f"{path.name}-{number}" for number in range(2, len(taken) + 3))
    return path.with_name(next(free for free in (path.name, *later) if free not in taken))


def open_log(path: Path) -> int:
    """A descriptor that writes at the end of a file of ours; OSError for anything else, which is not waited for."""
    fd = os.open(path, _FLAGS | os.O_CREAT | os.O_NONBLOCK, FILE_MODE)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.ENXIO, os.strerror(errno.ENXIO))
    os.fchmod(fd, FILE_MODE)
    return fd


def trouble(error: OSError, path: Path, doing: str) -> StoreError:
    """The error as a sentence: what was being done, to which file, and what helps."""
    if error.errno in FULL:
        return StoreError(f"{doing} failed: the disk is full ({path}).", "Free some space and try again.")
    if error.errno in CLOSED:
        return StoreError(f"{doing} failed: {path} may not be written.", f"Make {path.parent} writable for you.")
    if error.errno == errno.ELOOP:
        return StoreError(
            f"{doing} failed: {path} is a link.", "Remove the link: supportdesk never writes through one."
        )
    if error.errno in _NO_FILE:
        return StoreError(
            f"{doing} failed: {path} is no file.", "Move it away: supportdesk keeps a file of its own there."
        )
    reason = error.strerror or type(error).__name__
    return StoreError(f"{doing} failed: {reason} ({path}).", f"Look at the disk that holds {path.parent}.")
