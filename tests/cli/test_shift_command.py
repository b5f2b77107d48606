"""The command that goes on shift and off it: kept on disk, once, and shown beside the rota in real hours."""

import asyncio
import json
import os
import re
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from shell import Shell

from supportdesk.cli.shift import shift
from supportdesk.config import load
from supportdesk.desk import open_desk
from supportdesk.secrets import Secrets

ALICE, BOB = "alice@acme.example", "bob@acme.example"
WEEK_S = (167 * 3600, 168 * 3600, 169 * 3600)


@pytest.fixture
def on_rota(new_shell: Shell) -> Shell:
    """A home whose engineer is on a rota of two."""
    config = new_shell.home / "config.toml"
    table = f'[shift]\ntimezone = "Europe/Berlin"\npeople = ["{ALICE}", "{BOB}"]\nbudget = "20%"\n'
    config.write_text(f'me = "{ALICE}"\n{config.read_text(encoding="utf-8")}\n{table}', encoding="utf-8")
    return new_shell


def test_a_shift_is_started_shown_and_stopped(on_rota: Shell) -> None:
    code, started = on_rota.json("shift", "start")
    assert (code, started["schema"], started["shift"]["agent"]) == (0, 1, ALICE)
    assert (started["shift"]["stopped_at"], started["shift"]["length_s"]) == (None, 0)
    code, shown = on_rota.json("shift", "status")
    assert (code, shown["shift"]["started_at"]) == (0, started["shift"]["started_at"])
    code, stopped = on_rota.json("shift", "stop")
    assert (code, stopped["shift"]["started_at"]) == (0, started["shift"]["started_at"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stopped["shift"]["stopped_at"])
    assert on_rota.json("shift", "status")[1]["shift"] is None


def test_the_status_says_whose_week_it_is_and_what_the_budget_is_in_hours(on_rota: Shell) -> None:
    before = datetime.now(UTC)
    _, shown = on_rota.json("shift", "status")
    week = shown["week"]
    start, end = (datetime.fromisoformat(week[key]) for key in ("start_at", "end_at"))
    assert start <= datetime.now(UTC)
    assert before < end
    assert {week["person"], week["next"]} == {ALICE, BOB}
    assert week["length_s"] == (end - start).total_seconds()
    assert week["length_s"] in WEEK_S
    assert (shown["timezone"], shown["on_shift_s"], shown["budget_s"]) == ("Europe/Berlin", 0, week["length_s"] // 5)


def test_people_read_hours_and_local_times(on_rota: Shell) -> None:
    on_rota("shift", "start")
    code, shown = on_rota("shift", "status")
    lines = shown.splitlines()
    assert code == 0
    assert re.fullmatch(rf"({ALICE}|{BOB}) is on: Mon .* 09:00 to Mon .* 09:00 Europe/Berlin, 16[789] h\.", lines[0])
    assert re.fullmatch(rf"({ALICE}|{BOB}) is next, in (\d+ h ?)?(\d+ min)?\.", lines[1])
    assert re.fullmatch(r"You are on shift since \w{3} \d\d \w{3} \d\d:\d\d, \d min\.", lines[2])
    assert re.fullmatch(r"Your time on shift this week: \d min of 33 h \d\d min, 20% of its 16[789] h\.", lines[3])
    assert re.fullmatch(r"Off shift after \d min, since .*\.\n", on_rota("shift", "stop")[1])


def test_a_night_is_told_as_long_as_it_was(on_rota: Shell) -> None:
    config, clock = load(None, os.environ), [datetime.now(UTC)]
    desk = open_desk(config, Secrets({}, os.environ), undo_s=0, now=lambda: clock[0])

    def said(action: str, at: str) -> list[str]:
        clock[0] = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("Europe/Berlin"))
        on_rota.caught.readouterr()
        assert shift(desk, config, Namespace(action=action, read_only=False, json=False, quiet=False)) == 0
        return on_rota.caught.readouterr().out.splitlines()

    said("start", "2026-10-24 22:00")
    assert said("stop", "2026-10-25 06:00") == ["Off shift after 9 h, since Sat 24 Oct 22:00."]
    assert (
        said("status", "2026-10-25 09:00")[3] == "Your time on shift this week: 9 h of 33 h 48 min, 20% of its 169 h."
    )
    said("start", "2027-03-27 22:00")
    assert said("stop", "2027-03-28 06:00") == ["Off shift after 7 h, since Sat 27 Mar 22:00."]
    assert (
        said("status", "2027-03-28 09:00")[3] == "Your time on shift this week: 7 h of 33 h 24 min, 20% of its 167 h."
    )
    asyncio.run(desk.close())


def test_nobody_is_on_shift_twice_or_leaves_one_that_never_began(on_rota: Shell) -> None:
    assert on_rota("shift", "stop") == (2, "")
    assert "not on shift" in on_rota.errors
    assert on_rota("shift", "start")[0] == 0
    assert on_rota("shift", "start") == (2, "")
    assert "on shift already, since " in on_rota.errors
    assert "`supportdesk shift stop`" in on_rota.errors


def test_of_two_that_start_at_once_one_is_the_start(on_rota: Shell) -> None:
    processes = [on_rota.start("shift", "start", "--json") for _ in range(2)]
    said = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    assert sorted(process.returncode for process in processes) == [0, 2]
    assert sum("shift" in answer for answer in said) == 1


def test_read_only_changes_nothing(on_rota: Shell) -> None:
    assert on_rota("shift", "start", "--read-only")[0] == 3
    assert on_rota.json("shift", "status")[1]["shift"] is None


def test_who_is_not_on_the_rota_may_look_and_not_start(on_rota: Shell) -> None:
    config = on_rota.home / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").replace(f'me = "{ALICE}"', 'me = "carol"'), encoding="utf-8")
    code, answer = on_rota.json("shift", "start")
    assert (code, answer["error"]["code"]) == (2, "config")
    assert answer["error"]["message"].startswith(f"{config}:1: me is 'carol'")
    code, shown = on_rota.json("shift", "status")
    assert (code, shown["shift"]) == (0, None)
    assert "me is 'carol'" in on_rota.errors


def test_without_a_rota_the_configuration_is_named(new_shell: Shell) -> None:
    for action in ("start", "stop", "status"):
        assert new_shell("shift", action) == (2, "")
        assert "config.toml: there is no [shift]. Add one" in new_shell.errors


def test_shifts_move_to_another_machine(on_rota: Shell, tmp_path: Path) -> None:
    on_rota("shift", "start")
    assert on_rota("export", str(tmp_path / "ledger"))[0] == 0
    on_rota.patch.setenv("SUPPORTDESK_HOME", str(tmp_path / "elsewhere"))
    assert on_rota.json("import", str(tmp_path / "ledger"))[1]["imported"] == {"shifts": 1}
    assert on_rota.json("import", str(tmp_path / "ledger"))[1]["imported"] == {}
    assert on_rota("shift", "stop")[0] == 0


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("at", ["9999-12-31T23:59:59.000000Z", "0001-01-01T00:00:00.000000Z"])
def test_a_moment_at_the_end_of_time_stops_nobody_from_working(
    on_rota: Shell, tmp_path: Path, at: str, *, on: bool
) -> None:
    path, record = tmp_path / "ledger", {"at": at, "agent": ALICE, "on": on}
    lines = {"supportdesk": "ledger", "schema": 1, "records": 1}, {"table": "shifts", "record": record}
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    assert on_rota("import", str(path))[0] == 0
    assert [on_rota("shift", action)[0] for action in ("status", "start", "status", "stop")] == [0] * 4
