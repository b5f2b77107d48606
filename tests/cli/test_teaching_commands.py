"""The commands that teach, and what they leave for scripts: verdicts and their groups, macros, the desk's record."""

from pathlib import Path

import pytest
from shell import Shell

GROUP = ("wren#4211", "wren#4221", "wren#4260")


def verdicts(shell: Shell) -> list[str | None]:
    rows = {row["ref"]: row for row in shell.json("list", "all")[1]["tickets"]}
    return [rows[ref]["verdict"] and rows[ref]["verdict"]["decision"] for ref in GROUP]


def test_a_verdict_serves_its_group_until_it_is_withdrawn(shell: Shell) -> None:
    assert shell("verdict", GROUP[0], "dismiss")[0] == 0
    assert verdicts(shell) == ["dismissed"] * 3
    code, shown = shell.json("show", GROUP[2])
    assert (code, shown["ticket"]["verdict"]["ref"]) == (0, GROUP[0])
    code, said = shell.json("verdict", GROUP[0], "withdraw")
    assert (code, said["withdrawn"], said["verdict"]["decision"]) == (0, True, "dismissed")
    assert verdicts(shell) == [None] * 3
    assert shell("verdict", GROUP[0], "withdraw")[0] == 4


def test_macros_that_are_workarounds_come_with_their_uses(shell: Shell) -> None:
    code, told = shell.json("macros")
    assert (code, told["read"]) == (0, 4)
    first = told["macros"][0]
    assert (first["desk"], first["answers"], first["customers"], first["used_30d"]) == ("wren", 3, 3, 14)
    assert first["finding"]["evidence"]
    assert first["finding"]["comment_id"] is None
    assert told["notes"] == ["app: GitHub's saved replies are not in its API: no macros here."]
    code, listed = shell("macros", "--desk", "wren")
    assert (code, len(listed.splitlines())) == (0, 2)
    assert "Uploads: stuck on “Waiting to upload”" in listed


def test_a_desk_without_macros_says_so_and_one_that_refuses_is_an_error(shell: Shell) -> None:
    assert shell("macros", "--desk", "app") == (0, "")
    assert "no macros here" in shell.errors
    shell.helpdesk.fail_next("403", on="macros")
    assert shell("macros", "--desk", "wren")[0] != 0


def test_doctor_quotes_the_desks_record(shell: Shell) -> None:
    def record() -> str:
        (line,) = [
            one for one in shell.json("doctor")[1]["checks"] if one["desk"] == "wren" and one["check"] == "record"
        ]
        assert line["state"] == "ok"
        return str(line["message"])

    assert record() == "No verdict yet: flags quote what was measured elsewhere."
    shell("verdict", GROUP[0], "confirm")
    assert record() == "Likely: of 1 you confirmed 1."


@pytest.mark.parametrize("command", ["macros", "problems", "verdict"])
def test_every_new_command_has_its_help(command: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from supportdesk.cli.asked import asked

    with pytest.raises(SystemExit):
        asked([command, "--help"])
    assert "usage: supportdesk" in capsys.readouterr().out


def test_a_command_that_only_reads_keeps_no_verdict(shell: Shell) -> None:
    assert shell("--read-only", "verdict", GROUP[0], "confirm")[0] != 0
    assert "read-only" in shell.errors
    assert verdicts(shell) == [None] * 3


def test_problems_are_listed_worst_first_with_what_they_cost(shell: Shell) -> None:
    code, told = shell.json("problems")
    assert (code, told["schema"]) == (0, 1)
    worst = told["problems"][0]
    assert set(GROUP) <= set(worst["tickets"])
    assert worst["customers"] == len(worst["tickets"]) == 8
    assert worst["issue"] is None
    assert worst["finding"]["evidence"]
    code, listed = shell("problems")
    assert (code, len(listed.splitlines())) == (0, len(told["problems"]))
    assert "no issue yet" in listed
    assert shell("problems", "--desk", "app") == (0, "")
    assert "No workaround was given on more than one ticket." in shell.errors
