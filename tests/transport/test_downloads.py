"""Customers' files: no credentials elsewhere, saved in our folder alone, and stopped at a cap (A12, A26, A27)."""

import asyncio
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Asked, Play, Server

from supportdesk.errors import Distrusted, NotWritten, Refused, ServiceError, StoreError
from supportdesk.providers import Account
from supportdesk.transport.download import Saved, download

SIGNED = {"Authorization": "Bearer canary-7f31"}
NAMES = [
    "../../.ssh/authorized_keys",
    "..\\x.bat",
    "C:\\con.txt",
    "-rf",
    "\u202etxt.exe",
    "n" * 500,
    "",
    "a\x1b]0;x\x07.log",
    ".bashrc",
    "\x00",
    "/",
    "....",
    "日本語" * 90 + ".log",
]


def gives(raw: bytes, status: str = "200 OK", headers: str = "") -> Play:
    def play(_asked: Asked, peer: object) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(raw)}\r\n{headers}\r\n"
        peer.sendall(head.encode() + raw)  # type: ignore[attr-defined]  # a socket

    return play


def save(server: Server, folder: Path, name: str = "a.txt", url: str = "", **more: object) -> Saved:
    account = Account(name="acme", provider="zendesk", url=server.url)
    return asyncio.run(download(account, SIGNED, url or f"{server.url}/file", name, folder, **more))  # type: ignore[arg-type]


def test_a12_our_own_origin_is_asked_with_credentials(serve: Callable[[Play], Server], tmp_path: Path) -> None:
    server = serve(gives(b"log"))
    saved = save(server, tmp_path / "d")
    assert (saved.path.read_bytes(), saved.size, saved.host) == (b"log", 3, "127.0.0.1")
    assert server.asked[0].headers["authorization"] == SIGNED["Authorization"]


def test_a12_another_origin_hears_nothing_of_us_and_plain_http_is_not_asked_at_all(
    serve: Callable[[Play], Server], tmp_path: Path
) -> None:
    other = serve(gives(b"stolen"))
    server = serve(gives(b"", "302 Found", f"Location: {other.url}/cdn\r\n"))
    with pytest.raises(Distrusted, match="not behind https"):
        save(server, tmp_path / "d")
    with pytest.raises(Distrusted):
        save(server, tmp_path / "d", url=f"{other.url}/direct")
    assert other.asked == []
    assert list((tmp_path / "d").iterdir()) == []


@pytest.mark.parametrize("name", NAMES)
def test_a26_a_file_lies_in_our_folder_under_a_harmless_name(
    serve: Callable[[Play], Server], tmp_path: Path, name: str
) -> None:
    before = os.umask(0)
    try:
        saved = save(serve(gives(b"x")), tmp_path / "d", name)
    finally:
        os.umask(before)
    assert saved.path.parent == tmp_path / "d"
    assert saved.path.resolve().parent == (tmp_path / "d").resolve()
    assert stat.S_IMODE(saved.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(saved.path.parent.stat().st_mode) == 0o700
    assert saved.path.name.isprintable()
    assert not saved.path.name.startswith((".", "-"))
    assert len(saved.path.name.encode()) <= 130


def test_a26_what_is_there_already_is_left_alone(serve: Callable[[Play], Server], tmp_path: Path) -> None:
    folder, victim = tmp_path / "d", tmp_path / "victim"
    folder.mkdir(mode=0o700)
    victim.write_text("mine")
    (folder / "a.txt").symlink_to(victim)
    server = serve(gives(b"x"))
    assert save(server, folder).path == folder / "1-a.txt"
    assert save(server, folder).path == folder / "2-a.txt"
    assert victim.read_text() == "mine"


def test_a26_a_folder_that_others_may_use_or_a_link_to_one_is_refused(
    serve: Callable[[Play], Server], tmp_path: Path
) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "link").symlink_to(tmp_path / "open")
    server = serve(gives(b"x"))
    for folder in ("open", "link"):
        with pytest.raises(StoreError, match="yours alone"):
            save(server, tmp_path / folder)
    assert server.asked == []


def test_a27_a_file_that_is_larger_than_agreed_is_stopped_and_its_part_removed(
    serve: Callable[[Play], Server], tmp_path: Path
) -> None:
    def endless(_asked: Asked, peer: object) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n")  # type: ignore[attr-defined]
        while True:
            peer.sendall(b"x" * 65536)  # type: ignore[attr-defined]

    with pytest.raises(Refused, match="larger than"):
        save(serve(endless), tmp_path / "d", largest=200_000)
    assert list((tmp_path / "d").iterdir()) == []


def breaks_off(said: bytes) -> Play:
    """A service that hangs up in the middle of it."""

    def play(_asked: Asked, peer: socket.socket) -> None:
        peer.sendall(said)
        peer.shutdown(socket.SHUT_RDWR)

    return play


@pytest.mark.parametrize(
    ("play", "error"),
    [
        (gives(b"no", "404 Not Found"), Refused),
        (gives(b"", "302 Found", "Location: /again\r\n"), NotWritten),
        (
            lambda asked, peer: (
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf") or peer.shutdown(socket.SHUT_RDWR)
            ),
            NotWritten,
        ),
        (lambda asked, peer: peer.shutdown(socket.SHUT_RDWR), NotWritten),
    ],
)
def test_a27_a_failure_leaves_nothing_behind(
    serve: Callable[[Play], Server], tmp_path: Path, play: Play, error: type[ServiceError]
) -> None:
    with pytest.raises(error):
        save(serve(play), tmp_path / "d")
    assert list((tmp_path / "d").iterdir()) == []


def test_a27_a_drip_ends_in_time(serve: Callable[[Play], Server], tmp_path: Path) -> None:
    def drip(_asked: Asked, peer: object) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nh")  # type: ignore[attr-defined]

    with pytest.raises(ServiceError, match="did not arrive within"):
        save(serve(drip), tmp_path / "d", total_s=0.3)
    assert list((tmp_path / "d").iterdir()) == []
