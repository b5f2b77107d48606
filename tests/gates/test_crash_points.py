"""Gate crash points: stopped after every write, fsync, rename and truncate, the store is as before or as after."""

import errno
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest
from durability_cache import OPERATIONS, stopped
from durability_points import LEDGER, PLAIN, Disk, DiskFiles, Operation, Stopped, configured

from supportdesk.errors import ConfigError, StoreError, UsageError
from supportdesk.store.files import Files

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EDQUOT)
COARSE, FINE = (0.5,), tuple(part / 32 for part in range(32))
Layer = Callable[..., DiskFiles]


def stops(name: str, operation: Operation, tears: Sequence[float], layer: Layer = DiskFiles) -> int:
    """Stop it everywhere and look at everything that may be left; how many were looked at."""
    whole = layer(operation.before())
    operation.act(whole)
    before, after = operation.see(DiskFiles(operation.before())), operation.see(DiskFiles(whole.disk))
    looked = 0
    for half in (False, True):
        for stop_at in range(len(whole.operations) + 1):
            files = layer(operation.before(), stop_at=stop_at, half=half)
            acknowledged = done(operation, files)
            for left in files.disk.survivors(tears):
                found, looked = see(name, operation, left), looked + 1
                place = f"{name}: stopped at {stop_at} of {whole.operations}"
                assert found in ([after] if acknowledged else [before, after]), f"{place}: neither before nor after"
    return looked


def done(operation: Operation, files: DiskFiles) -> bool:
    try:
        operation.act(files)
    except Stopped:
        return False
    return True


def see(name: str, operation: Operation, left: Disk) -> object:
    try:
        return operation.see(DiskFiles(left))
    except ValueError as problem:
        raise AssertionError(f"{name}: what is left cannot be read: {problem}") from problem


def refusals(name: str, operation: Operation) -> int:
    """Let every call fail: the error is a sentence, what was there still is, and the next try goes through."""
    whole = DiskFiles(operation.before(), reads=True)
    operation.act(whole)
    before, after = operation.see(DiskFiles(operation.before())), operation.see(DiskFiles(whole.disk))
    looked = 0
    for error, half, stop_at in product(ERRORS, (False, True), range(len(whole.operations))):
        files = DiskFiles(operation.before(), stop_at=stop_at, error=error, half=half, reads=True)
        with suppress(StoreError, ConfigError):  # anything else is no sentence
            operation.act(files)
        found, looked = operation.see(DiskFiles(files.disk)), looked + 1
        assert found in (before, after), f"{name}: {whole.operations[stop_at]} refused: neither before nor after"
        with suppress(UsageError, ConfigError):  # the first try had done it after all: there is such a file or desk
            operation.act(files)
    return looked


def gate(folder: Path, names: Sequence[str], tears: Sequence[float]) -> None:
    operations = {**LEDGER, "login writes config.toml": configured(folder)}
    points = sum(stops(name, operations[name], tears) for name in names or operations)
    refused = sum(refusals(name, operations[name]) for name in names or operations)
    cut = 0
    for number, name in enumerate((names and ("marks",)) or OPERATIONS):
        (folder / str(number)).mkdir()
        for where, before, after, found in stopped(folder / str(number), OPERATIONS[name]):
            assert found in (before, after), f"cache, {name}: log cut at {where}"
            cut += 1
    print(  # noqa: T201  # a gate shows its count
        f"crash points: {len(names or operations)} operations, {points:,} disks after a stop, {refused:,} refusals,"
        f" {cut} cut logs of the cache: 100 % before or after"
    )


def test_a_few_operations_are_before_or_after(tmp_path: Path) -> None:
    gate(tmp_path, ("a reply", "it is compacted aside", "login writes config.toml"), COARSE)


@pytest.mark.gates
def test_crash_points(tmp_path: Path) -> None:
    gate(tmp_path, (), COARSE)


@pytest.mark.full
def test_crash_points_full(tmp_path: Path) -> None:
    gate(tmp_path, (), FINE)


class Unsynced(DiskFiles):
    """A deliberately broken layer: what was written is said to be safe and is not."""

    def sync(self, fd: int) -> None:
        self._step("sync")


def test_a_state_that_is_written_over_itself_fails_the_gate() -> None:
    with pytest.raises(AssertionError, match=r"cannot be read|neither before nor after"):
        stops("plain JSON storage", PLAIN, COARSE)


def test_a_sync_that_is_left_out_fails_the_gate() -> None:
    with pytest.raises(AssertionError, match="neither before nor after"):
        stops("a reply", LEDGER["a reply"], COARSE, Unsynced)


def test_every_write_of_the_store_goes_through_the_layer(tmp_path: Path) -> None:
    names = {name for name, it in vars(Files).items() if callable(it) and not name.startswith("_")}
    assert names - {"put"} <= set(vars(DiskFiles)), "an operation of the layer cannot be stopped"
