"""The finer points of the contract: waiting, settling, roles, what is said while something waits, and bad input."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from shell import House, Shell

from supportdesk.demo import Helpdesk


def reply(shell: Shell, ref: str, words: str) -> tuple[int, str]:
    code, answer = shell.json("reply", ref, "--text", words)
    return code, answer["state"]


def test_drain_waits_for_a_services_word_only_as_long_as_it_may(shell: Shell) -> None:
    ref = shell.flagged()
    shell.helpdesk.fail_next("429", wait_s=2, on="PUT")
    assert reply(shell, ref, "Soon.") == (0, "queued")
    assert "asks us to wait" in shell.errors
    code, left = shell.json("outbox", "drain", "--wait", "0")
    assert (code, [entry["attempts"] for entry in left["outgoing"]]) == (0, [1])
    assert left["outgoing"][0]["not_before"].endswith("Z")
    assert shell.json("outbox", "drain", "--wait", "20")[1]["outgoing"] == []


def test_an_unknown_outcome_without_a_mark_settles_before_it_is_sent_again(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPPORTDESK_SETTLE_S", "1.5")
    _, listed = shell.json("list", "--desk", "app")
    shell.tracker.fail_next("500", on="POST")
    assert reply(shell, listed["tickets"][0]["ref"], "Once.") == (0, "uncertain")
    assert "may have arrived" in shell.errors
    assert [entry["state"] for entry in shell.json("outbox", "drain", "--wait", "0")[1]["outgoing"]] == ["uncertain"]
    assert shell.json("outbox", "drain", "--wait", "20")[1]["outgoing"] == []
    said = [comment["body"] for comments in shell.tracker.comments.values() for comment in comments]
    assert sum(body.startswith("Once.") for body in said) == 1


def test_a_conflict_says_how_to_go_on_and_going_on_works(shell: Shell) -> None:
    ref = shell.flagged()
    shell.helpdesk.fail_next("conflict")
    assert reply(shell, ref, "On what I read.") == (5, "held")
    assert f"show {ref} --fresh" in shell.errors
    assert reply(shell, ref, "Behind it.") == (0, "queued")
    assert "goes first and is held" in shell.errors
    _, listed = shell("outbox")
    assert "behind" in listed
    assert shell("outbox", "drain")[0] == 5
    op = next(entry["op"] for entry in shell.json("outbox")[1]["outgoing"] if entry["state"] == "held")
    assert shell("outbox", "retry", op)[0] == 5
    assert shell("show", ref, "--fresh")[0] == 0
    code, answer = shell.json("outbox", "retry", op[:8])
    assert (code, answer["outgoing"][0]["state"]) == (0, "sent")


def test_what_a_drain_sees_rejected_is_listed_with_exit_6(shell: Shell) -> None:
    shell.json("reply", shell.flagged(), "--text", "No.", "--later")
    shell.helpdesk.fail_next("422", on="PUT")
    code, answer = shell.json("outbox", "drain")
    assert (code, [entry["state"] for entry in answer["outgoing"]]) == (6, ["rejected"])
    assert shell.json("outbox", "drain") == (0, {"schema": 1, "outgoing": []})


def test_an_edited_entry_leaves_the_outbox_and_its_words_are_a_draft(shell: Shell) -> None:
    _, queued = shell.json("reply", shell.flagged(), "--text", "Not yet.", "--later")
    assert shell("outbox", "edit", queued["op"], "--read-only")[0] == 3
    code, answer = shell.json("outbox", "edit", queued["op"])
    assert (code, answer["outgoing"][0]["state"]) == (0, "dropped")
    assert shell("outbox", "edit", queued["op"])[0] == 2


def test_an_escalation_whose_note_waits_behind_something_says_so(shell: Shell) -> None:
    ref = shell.flagged()
    shell.helpdesk.fail_next("conflict")
    assert reply(shell, ref, "Held.") == (5, "held")
    assert shell.json("escalate", ref)[1]["state"] == "sent"
    assert f"What {ref} is told of it is queued" in shell.errors


def test_a_light_agent_may_note_and_not_reply(house: House, new_shell: Shell) -> None:
    url = house.helpdesk.url
    house.helpdesk.now_on = Helpdesk(lambda: datetime.now(UTC), role="light")
    house.helpdesk.url = url
    shell = new_shell
    assert shell("sync", "--quiet")[0] == 0
    ref = shell.flagged()
    code, answer = shell.json("reply", ref, "--text", "Hello.")
    assert (code, answer["error"]["code"]) == (3, "role")
    assert shell.json("set", ref, "--status", "pending")[0] == 3
    assert shell.json("note", ref, "--text", "For us.")[1]["state"] == "sent"
    said = house.helpdesk.now_on.records.comments[int(ref.partition("#")[2])][-1]
    assert (said["body"], said["public"]) == ("For us.", False)


def test_a_desk_that_left_the_configuration_takes_its_tickets_along(shell: Shell) -> None:
    _, listed = shell.json("list", "--desk", "app")
    gone = listed["tickets"][0]["ref"]
    shell.json("reply", gone, "--text", "Waits.", "--later")
    config = shell.home / "config.toml"
    words = config.read_text(encoding="utf-8").partition("[desks.app]")[0].replace('escalate_to = "app"', "")
    config.write_text(words, encoding="utf-8")
    code, listed = shell.json("list")
    assert (code, {ticket["desk"] for ticket in listed["tickets"]}) == (0, {"wren"})
    assert shell.json("show", gone)[0] == 4
    assert reply(shell, listed["tickets"][0]["ref"], "Goes out.") == (0, "sent")
    assert [entry["state"] for entry in shell.json("outbox", "drain", "--wait", "5")[1]["outgoing"]] == ["queued"]
    assert shell("escalate", listed["tickets"][0]["ref"])[0] == 2


def test_the_cache_may_be_deleted_and_the_outbox_goes_on(shell: Shell) -> None:
    ref = shell.flagged()
    shell.json("reply", ref, "--text", "Kept.", "--later")
    for path in (shell.home / "state").glob("cache.sqlite3*"):
        path.unlink()
    code, left = shell.json("outbox", "drain")
    assert (code, left["outgoing"]) == (0, [])
    assert shell.json("show", ref)[1]["conversation"][-1]["body"] == "Kept."


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--desk", "nowhere"], 4),
        (["--desk", "nowhere", "list"], 4),
        (["sync", "--desk", "nowhere"], 4),
        (["list", "--limit", "0"], 2),
        (["list", "--limit", "-3"], 2),
        (["outbox", "drain", "--wait", "nan"], 2),
        (["outbox", "drain", "--wait", "-1"], 2),
        (["outbox", "drain", "abc"], 2),
        (["outbox", "drop"], 2),
        (["list", "--lim", "3"], 2),
        (["reply", "wren#4321", "--text", "a", "--file", "b"], 2),
        (["reply", "wren#4321", "--text", "x" * 200_001], 2),
        (["reply", "wren#4321", "--file", "/nonexistent"], 2),
        (["reply", "wren#4321", "--file", "/bin/sh"], 2),
        (["set", "wren#4321"], 2),
        (["set", "wren#4321", "--priority", "bogus"], 6),
        (["escalate", "wren#4321", "--to", "wren"], 2),
        (["escalate", "wren#4321", "--to", "nowhere"], 4),
        (["escalate", "wren#4321", "--link", "999999"], 4),
        (["verdict", "wren#4321", "dismiss", "--comment", "nope"], 4),
        (["--config", "/nonexistent.toml", "list"], 2),
    ],
)
def test_each_mistake_has_its_exit_code_and_its_json(shell: Shell, arguments: list[str], code: int) -> None:
    found, answer = shell.json(*arguments)
    assert found == code
    assert answer["schema"] == 1
    assert answer.get("error", {}).get("message") or answer["state"] == "rejected"


def test_list_is_narrowed_by_text_flag_and_number(shell: Shell) -> None:
    _, every = shell.json("list")
    _, flagged = shell.json("list", "--flagged")
    assert 0 < len(flagged["tickets"]) < len(every["tickets"])
    assert all(ticket["finding"] for ticket in flagged["tickets"])
    assert len(shell.json("list", "--limit", "3")[1]["tickets"]) == 3
    assert shell("list", "--query", "\udcff")[0] == 0, "bytes that are no text find nothing"
    _, found = shell.json("list", "--query", "upload")
    assert 0 < len(found["tickets"]) < len(every["tickets"])
    _, mine = shell.json("list", "mine")
    assert {ticket["assignee"]["email"] for ticket in mine["tickets"]} == {"alice@wrenfield.example"}
    assert shell.json("list", "unclosed")[1]["tickets"] == every["tickets"]


def test_quiet_is_quiet_and_results_stay(shell: Shell) -> None:
    code, shown = shell("sync", "--quiet")
    assert (code, shell.errors) == (0, "")
    assert shown
    shell.helpdesk.fail_next("429", wait_s=9, on="PUT")
    assert shell("reply", shell.flagged(), "--text", "x", "--quiet")[0] == 0
    assert shell.errors == ""


def test_search_finds_words_of_the_conversation(shell: Shell) -> None:
    code, found = shell.json("search", "plant rooms")
    assert (code, [ticket["ref"] for ticket in found["tickets"]]) == (0, ["wren#4321"])
    assert shell.json("search", "plant rooms", "--desk", "app")[1]["tickets"] == []
    assert shell("search", "zzzzzz") == (0, "")
    assert shell.errors == "supportdesk: No ticket matches.\n"


def test_search_says_what_it_could_not_look_through(shell: Shell) -> None:
    with closing(sqlite3.connect(shell.home / "state" / "cache.sqlite3")) as cache, cache:
        cache.execute(
            "UPDATE tickets SET fetched = NULL WHERE n IN (SELECT n FROM tickets WHERE desk = 'wren' LIMIT 3)"
        )
        (some,) = cache.execute("SELECT count(*) FROM tickets WHERE fetched IS NULL").fetchone()
    assert shell("search", "zzzzzz") == (0, "")
    assert f"not read yet, nor looked through: {some}. `supportdesk sync` reads on." in shell.errors
    assert shell("search", "zzzzzz", "--desk", "app") == (0, "")
    assert "not read yet" not in shell.errors
