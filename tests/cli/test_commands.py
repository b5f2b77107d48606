"""The contract's commands over real sockets: their JSON, their exit codes, and their sentences."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from shell import TOKEN, Shell

from supportdesk.providers.answers import marker


def test_sync_list_and_show_answer_in_the_contracts_shapes(new_shell: Shell) -> None:
    shell = new_shell
    code, answer = shell.json("sync")
    assert (code, answer["schema"], answer["bad_rows"]) == (0, 1, 0)
    code, listed = shell.json("list")
    assert code == 0
    assert set(listed) == {"schema", "view", "tickets", "fetched_at"}
    ticket = listed["tickets"][0]
    assert set(ticket) == {
        *("ref", "desk", "id", "url", "subject", "status", "priority", "requester", "assignee", "tags", "created_at"),
        *("updated_at", "comments", "finding", "verdict", "escalation", "queued"),
    }
    assert all(row["status"] != "closed" for row in listed["tickets"])
    times = [row["updated_at"] for row in listed["tickets"]]
    assert times == sorted(times, reverse=True)
    code, shown = shell.json("show", ticket["ref"])
    assert code == 0
    assert set(shown["conversation"][0]) == {
        *("id", "author", "role", "public", "created_at", "body", "attachments"),
    }


def test_global_options_are_understood_before_and_after_the_command(shell: Shell) -> None:
    before = shell("--json", "--desk", "app", "list")
    after = shell("list", "--json", "--desk", "app")
    assert before == after
    assert '"desk": "app"' in before[1]


def test_a_finding_shows_the_words_it_rests_on(shell: Shell) -> None:
    _, shown = shell.json("show", shell.flagged())
    finding = shown["ticket"]["finding"]
    assert finding["band"] in ("likely", "possible")
    bodies = {entry["id"]: entry["body"] for entry in shown["conversation"]}
    own = [each for each in finding["evidence"] if each.get("comment_id", finding["comment_id"]) in bodies]
    assert own
    for each in own:
        body = bodies[each.get("comment_id", finding["comment_id"])]
        assert body[each["start"] : each["end"]] == each["text"]


def test_a_reply_is_sent_and_lists_everybody_it_reaches(shell: Shell) -> None:
    ref = shell.flagged()
    code, sent = shell.json("reply", ref, "--text", "Fixed tomorrow.")
    assert (code, sent["state"], sent["change"]) == (0, "sent", "reply")
    assert sent["recipients"]
    _, shown = shell.json("show", ref)
    assert (shown["conversation"][-1]["body"], shown["conversation"][-1]["public"]) == ("Fixed tomorrow.", True)


def test_a_note_from_standard_input_stays_internal(shell: Shell) -> None:
    ref = shell.flagged()
    code, sent = shell.json("note", ref, "-", stdin="Only for us.\n")
    assert (code, sent["state"]) == (0, "sent")
    _, shown = shell.json("show", ref, "--fresh")
    assert (shown["conversation"][-1]["body"], shown["conversation"][-1]["public"]) == ("Only for us.", False)


def test_fields_are_set_together(shell: Shell) -> None:
    ref = shell.flagged()
    code, sent = shell.json(
        "set", ref, "--status", "pending", "--assignee", "me", "--add-tag", "seen", "--priority", "high"
    )
    assert (code, sent["state"]) == (0, "sent"), sent
    _, shown = shell.json("show", ref)
    ticket = shown["ticket"]
    assert (ticket["status"], ticket["priority"]) == ("pending", "high")
    assert ticket["assignee"]["name"]
    assert "seen" in ticket["tags"]


def test_later_only_queues_and_drain_sends(shell: Shell) -> None:
    ref = shell.flagged()
    code, queued = shell.json("reply", ref, "--text", "Later.", "--later")
    assert (code, queued["state"]) == (0, "queued")
    _, listed = shell.json("outbox")
    assert [entry["state"] for entry in listed["outgoing"]] == ["queued"]
    code, left = shell.json("outbox", "drain")
    assert (code, left["outgoing"]) == (0, [])


def test_a_note_where_there_are_none_is_refused_and_never_made_public(shell: Shell) -> None:
    _, listed = shell.json("list", "--desk", "app")
    ref = listed["tickets"][0]["ref"]
    code, answer = shell.json("note", ref, "--text", "secret thoughts")
    assert (code, answer["error"]["code"]) == (3, "role")
    assert "secret thoughts" not in str(shell.tracker.comments)


def test_escalate_dry_run_prints_the_bytes_and_files_nothing(shell: Shell) -> None:
    ref = shell.flagged()
    before = len(shell.tracker.issues)
    code, printed = shell("escalate", ref, "--dry-run")
    assert code == 0
    assert printed.rstrip().splitlines()[-1].startswith("<!-- sd-op:")
    assert f"`{ref}`" in printed
    assert len(shell.tracker.issues) == before


def test_escalate_files_the_issue_and_the_same_again_is_held(shell: Shell) -> None:
    ref = shell.flagged()
    code, filed = shell.json("escalate", ref)
    assert (code, filed["state"]) == (0, "sent"), filed
    number = int(filed["issue"]["ref"].partition("#")[2])
    issue = shell.tracker.issues[number]
    assert (issue["title"], issue["body"]) == (filed["issue"]["title"], filed["issue"]["body"])
    assert marker(filed["op"]) in issue["body"]
    _, shown = shell.json("show", ref)
    assert shown["ticket"]["escalation"]["issue"] == filed["issue"]["ref"]
    assert shown["ticket"]["status"] == "hold"
    code, again = shell.json("escalate", ref)
    assert (code, again["state"], again["error"]["code"]) == (5, "held", "held")
    code, linked = shell.json("escalate", ref, "--link", filed["issue"]["ref"])
    assert (code, linked["state"]) == (0, "sent")


def test_a_public_tracker_holds_the_issue_until_it_is_agreed_to(shell: Shell) -> None:
    ref = shell.flagged()
    shell.tracker.private = False
    code, held = shell.json("escalate", ref)
    assert (code, held["state"], held["public"]) == (5, "held", True)
    code, filed = shell.json("escalate", ref, "--yes-public", "wrong/repo")
    assert code == 5
    _, dry = shell.json("escalate", ref, "--dry-run")
    assert "wren" not in dry["issue"]["body"]
    from supportdesk.demo import REPO

    code, filed = shell.json("escalate", ref, "--yes-public", REPO)
    assert (code, filed["state"]) == (0, "sent")


def test_a_verdict_is_kept_and_shown(shell: Shell) -> None:
    ref = shell.flagged()
    code, said = shell.json("verdict", ref, "dismiss", "--why", "their antivirus")
    assert (code, said["verdict"]["decision"]) == (0, "dismissed")
    _, shown = shell.json("show", ref)
    assert shown["ticket"]["verdict"]["why"] == "their antivirus"
    _, flagged = shell.json("list", "--flagged")
    assert ref not in [ticket["ref"] for ticket in flagged["tickets"]]


def test_a_verdict_moves_the_probability_that_other_flags_are_shown_with(shell: Shell) -> None:
    _, before = shell.json("list", "flagged", "--desk", "wren")
    first, *others = before["tickets"]
    assert shell("verdict", first["ref"], "dismiss")[0] == 0
    for other in others:
        _, shown = shell.json("show", other["ref"])
        assert shown["ticket"]["finding"]["p"] != other["finding"]["p"]
        assert shown["findings"][0] == shown["ticket"]["finding"]
        assert "like this" in shown["confidence"]
        assert f"   {shown['confidence']}" in shell("show", other["ref"])[1].splitlines()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["reply", "wren#1"], 2),
        (["reply", "nonsense", "--text", "x"], 2),
        (["show", "wren#999999"], 4),
        (["show", "nowhere#1"], 4),
        (["list", "no-such-view"], 4),
        (["frobnicate"], 2),
        (["set", "wren#1", "--status", "weird"], 2),
        (["outbox", "drop"], 2),
        (["outbox", "retry", "ffff"], 4),
        (["scan", "/nonexistent.jsonl"], 2),
    ],
)
def test_bad_input_is_a_sentence_and_its_exit_code(shell: Shell, arguments: list[str], code: int) -> None:
    found, answer = shell.json(*arguments)
    assert (found, set(answer["error"])) == (code, {"code", "message", "hint"})
    assert answer["error"]["message"].endswith((".", "?"))


def test_an_unreachable_desk_is_named_and_the_rest_goes_on(shell: Shell) -> None:
    shell.helpdesk.offline = True
    code, answer = shell.json("sync")
    assert code == 8
    assert [desk["ok"] for desk in answer["desks"] if desk["desk"] == "wren"] == [False]
    assert shell.json("list")[0] == 0
    ref = shell.flagged()
    code, queued = shell.json("reply", ref, "--text", "kept")
    assert code == 0
    assert queued["state"] in ("queued", "uncertain")


def test_a_wrong_token_is_exit_3_and_the_write_stays_queued(shell: Shell) -> None:
    ref = shell.flagged()
    shell.helpdesk.fail_next("401")
    code, queued = shell.json("reply", ref, "--text", "kept")
    assert (code, queued["state"]) == (0, "queued")
    assert "login" in shell.errors or "token" in shell.errors


def test_doctor_says_what_to_do(shell: Shell) -> None:
    code, answer = shell.json("doctor")
    assert code == 0, answer
    assert answer["ok"]
    assert {check["state"] for check in answer["checks"]} <= {"ok", "warn"}
    shell.helpdesk.fail_next("401")
    code, answer = shell.json("doctor")
    assert (code, answer["ok"]) == (3, False)
    failed = [check for check in answer["checks"] if check["state"] == "fail"]
    assert all(check["next"] for check in failed)
    shell.tracker.issues_on = False
    assert shell("doctor")[0] == 4


def test_read_only_refuses_and_changes_nothing(shell: Shell) -> None:
    assert shell("reply", shell.flagged(), "--text", "x", "--read-only")[0] == 3
    assert shell.json("outbox")[1]["outgoing"] == []


def test_state_is_private_and_holds_no_token(new_shell: Shell) -> None:
    shell = new_shell
    shell("sync", "--debug")
    state = shell.home / "state"
    for path in [state, *state.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
        if path.is_file():
            assert TOKEN.encode() not in path.read_bytes(), path
    assert (state / "debug.log").stat().st_size > 0


def test_without_a_terminal_the_console_is_exit_2_with_a_sentence() -> None:
    for command in ([], ["demo"]):
        done = subprocess.run(
            [sys.executable, "-m", "supportdesk", *command], capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        assert done.returncode == 2
        assert done.stderr == (
            "supportdesk: The console needs a terminal. Use the commands in scripts: `supportdesk --help`.\n"
        )


def test_help_and_version_need_no_configuration(tmp_path: Path) -> None:
    for option in ("--help", "--version"):
        done = subprocess.run([sys.executable, "-m", "supportdesk", option], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


def test_the_commands_start_without_textual() -> None:
    code = "import sys, supportdesk.cli; print('textual' in sys.modules, 'httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False False\n"


def test_the_teams_own_phrases_are_added_listed_and_removed(shell: Shell) -> None:
    assert shell("cue", "list") == (0, "")
    assert "cue add PHRASE" in shell.errors
    code, added = shell.json("cue", "add", "quokka lever")
    assert (code, added["word"]["phrase"], added["removed"]) == (0, "quokka lever", False)
    assert [word["phrase"] for word in shell.json("cue", "list")[1]["words"]] == ["quokka lever"]
    assert shell("cue", "list")[1] == "quokka lever\n"
    assert shell("cue", "remove", "Quokka  lever")[0] == 0
    assert shell.json("cue", "list")[1]["words"] == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["add"], 2),
        (["add", "the"], 2),
        (["remove", "never added"], 2),
        (["list", "something"], 2),
        (["add", "quokka lever", "--read-only"], 3),
    ],
)
def test_a_phrase_that_cannot_be_changed_is_a_sentence(shell: Shell, arguments: list[str], code: int) -> None:
    assert shell("cue", *arguments)[0] == code
    assert shell.errors.startswith("supportdesk: ")


def test_a_write_tells_what_became_of_what_was_queued_before_it(shell: Shell) -> None:
    ref = shell.flagged()
    shell.json("reply", ref, "--text", "First.", "--later")
    shell.helpdesk.fail_next("422")
    code, sent = shell.json("reply", ref, "--text", "Second.")
    assert (code, sent["state"]) == (0, "sent")
    assert "queued earlier" in shell.errors
    assert "rejected" in shell.errors


def test_a_list_counts_the_comments_it_has_read(shell: Shell) -> None:
    _, listed = shell.json("list", "--desk", "wren")
    assert all(isinstance(ticket["comments"], int) for ticket in listed["tickets"])
