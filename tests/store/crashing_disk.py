"""A disk in memory that can stop or fail at any operation, and what a power cut may leave of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from supportdesk.store.files import Files


class Stopped(BaseException):
    """The process is gone: nothing but `finally` runs, as little as after a kill."""


@dataclass
class Node:
    data: bytes = b""
    synced: bytes = b""


@dataclass
class Disk:
    """Nodes by number and names by path, as the kernel sees them and as the platter has them."""

    nodes: dict[int, Node] = field(default_factory=dict)
    names: dict[Path, int] = field(default_factory=dict)
    synced_names: dict[Path, int] = field(default_factory=dict)

    def put(self, path: Path, data: bytes) -> None:
        number = len(self.nodes) + 1
        self.nodes[number] = Node(data, data)
        self.names[path] = self.synced_names[path] = number

    def survivors(self, tears: Sequence[float] = (0.5,)) -> Iterator["Disk"]:
        """What may be there after a kill (everything), and after a power cut (what was synced, or a bit more)."""
        yield self._kept(self.names, lambda node: node.data)
        for names in (self.names, self.synced_names):
            yield self._kept(names, lambda node: node.synced)
            for share in tears:
                yield self._kept(names, lambda node, share=share: _torn(node, share))

    def copy(self) -> "Disk":
        """The same disk, with nothing in flight."""
        return self._kept(self.names, lambda node: node.data)

    def _kept(self, names, content) -> "Disk":
        nodes = {number: Node(content(node), content(node)) for number, node in self.nodes.items()}
        return Disk(nodes, dict(names), dict(names))


def _torn(node: Node, share: float) -> bytes:
    if not node.data.startswith(node.synced):
        return node.synced
    rest = node.data[len(node.synced) :]
    return node.synced + rest[: int(len(rest) * share)]


class DiskFiles(Files):
    """`Files` over a `Disk`; operation number `stop_at` does not happen, or half of it, or fails with `error`.

    With `reads` those count too that change nothing.
    """

    def __init__(
        self, disk: Disk, *, stop_at: int = -1, error: int = 0, half: bool = False, reads: bool = False
    ) -> None:
        self.disk = disk
        self.operations: list[str] = []
        self._stop_at = stop_at
        self._error = error
        self._half = half
        self._reads = reads
        self._open: dict[int, int] = {}
        self._stopped = False

    def _step(self, name: str) -> None:
        if self._stopped:
            raise Stopped
        self.operations.append(name)
        if len(self.operations) - 1 != self._stop_at:
            return
        if self._error:
            raise OSError(self._error, "injected")
        self._stopped = True
        raise Stopped

    def _node(self, fd: int) -> Node:
        return self.disk.nodes[self._open[fd]]

    def _opened(self, number: int) -> int:
        fd = 100 + len(self._open)
        self._open[fd] = number
        return fd

    def make_folder(self, folder: Path) -> None:
        pass

    def _look(self, name: str) -> None:
        if self._reads:
            self._step(name)

    def open(self, path: Path) -> int | None:
        self._look(f"open {path.name}")
        number = self.disk.names.get(path)
        return None if number is None else self._opened(number)

    def create(self, path: Path, *, afresh: bool = True) -> int:
        self._step(f"create {path.name}")
        number = self.disk.names.get(path)
        if number is None:
            number = self.disk.names[path] = len(self.disk.nodes) + 1
            self.disk.nodes[number] = Node()
        if afresh:
            self.disk.nodes[number].data = b""
        return self._opened(number)

    def create_new(self, path: Path) -> int:
        if path in self.disk.names:
            raise FileExistsError(path)
        return self.create(path)

    def remove(self, path: Path) -> None:
        if path in self.disk.names:
            self._step(f"remove {path.name}")
            del self.disk.names[path]

    def names(self, folder: Path) -> set[str]:
        return {path.name for path in self.disk.names}

    def identity(self, path: Path) -> tuple[int, int] | None:
        number = self.disk.names.get(path)
        return None if number is None else (1, number)

    def identity_of(self, fd: int) -> tuple[int, int]:
        return 1, self._open[fd]

    def size(self, fd: int) -> int:
        return len(self._node(fd).data)

    def read(self, fd: int, start: int, end: int) -> bytes:
        self._look("read")
        return self._node(fd).data[start:end]

    def append(self, fd: int, data: bytes) -> None:
        if self._half and len(self.operations) == self._stop_at:
            self._node(fd).data += data[: len(data) // 2]
        self._step("append")
        self._node(fd).data += data

    def sync(self, fd: int) -> None:
        self._step("sync")
        self._node(fd).synced = self._node(fd).data

    def truncate(self, fd: int, size: int) -> None:
        self._step("truncate")
        self._node(fd).data = self._node(fd).data[:size]

    def rename(self, source: Path, target: Path) -> None:
        self._step(f"rename {source.name}")
        self.disk.names[target] = self.disk.names.pop(source)

    def sync_folder(self, folder: Path) -> None:
        self._step("sync folder")
        self.disk.synced_names = dict(self.disk.names)

    def lock(self, fd: int, wait_s: float) -> bool:
        return True

    def unlock(self, fd: int) -> None:
        pass

    def close(self, fd: int) -> None:
        pass
