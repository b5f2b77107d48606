"""Signing in with a device's code: at the service's pace, through what fails on the way, until the code runs out."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from authority import CLIENT, Authority
from serving import serve
from shell import places

from supportdesk.cli.sign_in import by_device
from supportdesk.demo import Answer, Helpdesk
from supportdesk.errors import NotWritten, Refused, SignInError
from supportdesk.providers import Account
from supportdesk.providers.oauth import Door, Grant, door

DESK_TESTS = Path(__file__).parents[1] / "desk"


class Shaky(Authority):
    """Answers a poll as it is told: an OAuth word, a status, or with nothing at all."""

    every_s: float = 5

    def __init__(self, *answers: str | int | None) -> None:
        super().__init__(Helpdesk(lambda: datetime.now(UTC)))
        self.answers = list(answers)

    def _token(self, asked: Mapping[str, str]) -> Answer:
        said = self.answers.pop(0) if self.answers else ""
        if said is None:
            raise NotWritten("the line was cut")
        if isinstance(said, int):
            return Answer(status=said, headers={"Retry-After": "17"}, raw=b"<h1>not now</h1>")
        return self._json(200, {"error": said}) if said else self._granted()

    def _device(self, asked: Mapping[str, str]) -> Answer:
        answer = super()._device(asked)
        row = {**json.loads(answer.raw), "interval": self.every_s}
        return self._json(200, row)


def signed_in(authority: Shaky) -> tuple[Grant, list[float]]:
    """What a sign-in brought, and the waits on the way to it."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    with serve(authority) as url:  # type: ignore[arg-type]  # it answers as a server does
        account, entrance = app(url)
        return asyncio.run(by_device(account, entrance, sleep)), slept


def app(url: str) -> tuple[Account, Door]:
    account = Account(name="app", provider="github", url=url, repo="acme/app", client_id=CLIENT)
    entrance = door(account)
    assert entrance is not None
    return account, entrance


def test_a_device_asks_at_the_pace_of_the_service(capsys: pytest.CaptureFixture[str]) -> None:
    authority = Shaky("authorization_pending", "slow_down", "authorization_pending")
    grant, slept = signed_in(authority)
    assert grant.access in authority.access
    assert slept == [5, 5, 10, 10]
    said = capsys.readouterr().err
    assert "WDJB-MJHT" in said
    assert "canary" not in said


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (["authorization_pending", "expired_token"], "ran out before it was entered"),
        (["access_denied"], "declined"),
        (["authorization_pending"] * 99, "ran out before it was entered"),
        ([None] * 99, "ran out before it was entered"),
        (["device_flow_disabled"], "off for this client_id"),
        (["something_new"], r"refused \(something_new\)"),
    ],
)
def test_a_refusal_and_the_end_of_the_code_are_sentences(answers: list[str | None], says: str) -> None:
    with pytest.raises(SignInError, match=says):
        signed_in(Shaky(*answers))


@pytest.mark.parametrize(
    ("trouble", "pauses", "words"),
    [
        (None, [10, 20], "app"),
        (503, [17, 20], "503"),
        (429, [17, 20], "wait"),
        ("temporarily_unavailable", [10, 20], "temporarily_unavailable"),
    ],
)
def test_a_poll_that_fails_is_asked_again_more_slowly_and_said(
    trouble: str | int | None, pauses: list[float], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    authority = Shaky("authorization_pending", trouble, trouble, "authorization_pending")
    grant, slept = signed_in(authority)
    assert grant.access in authority.access
    assert slept == [5, 5, *pauses, 5]
    first, *told = capsys.readouterr().err.splitlines()
    assert "WDJB-MJHT" in first
    assert words in told[0]
    assert re.search(r"The code is good for (4\d|50) s more", told[0])
    assert f"asked again in {pauses[0]} s" in told[0]
    assert "ctrl+c" in told[0]
    assert "answers again" in told[-1]


def test_the_pace_that_a_service_asked_for_outlasts_a_failure() -> None:
    _, slept = signed_in(Shaky("slow_down", None, "authorization_pending"))
    assert slept == [5, 10, 20, 10]


def test_a_long_failure_is_asked_about_once_a_minute_and_a_last_time_at_the_end() -> None:
    authority = Shaky(*[None] * 3)
    grant, slept = signed_in(authority)
    assert grant.access in authority.access
    assert slept == pytest.approx([5, 10, 20, 25], abs=3)


def test_what_is_no_passing_failure_ends_it() -> None:
    with pytest.raises(Refused):
        signed_in(Shaky(404))


def test_ctrl_c_leaves_while_nothing_answers(tmp_path: Path) -> None:
    authority = Shaky()
    authority.every_s = 0.1
    polled: list[float] = []

    def hang(request: Any) -> None:
        if request.path.endswith("access_token"):
            polled.append(time.monotonic())
            time.sleep(3)
            raise NotWritten("nobody waits for it any more")

    authority.before_answering = hang
    with serve(authority) as url:  # type: ignore[arg-type]
        ring = {"PYTHON_KEYRING_BACKEND": "filering.Ring", "FILERING": str(tmp_path / "ring.json")}
        environ = {**os.environ, **places(tmp_path), **ring, "PYTHONPATH": str(DESK_TESTS)}
        new = ["--provider", "github", "--url", url, "--repo", "acme/app", "--client-id", CLIENT]
        command = [sys.executable, "-m", "supportdesk", "login", "app", "--device", *new]
        process = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, start_new_session=True, text=True)
        while not polled:
            assert process.poll() is None, process.stderr and process.stderr.read()
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert time.monotonic() - began < 2.5
    assert "Traceback" not in said
