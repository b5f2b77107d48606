"""What the outbox commands say of conflicts and of a note that became public, and what they can do about it."""

from dataclasses import replace

import pytest
from shell import Shell

from supportdesk.demo import Answer
from supportdesk.providers import Request


def test_a_conflict_names_what_changed_and_its_words_can_be_edited(shell: Shell) -> None:
    ref = shell.flagged()
    shell.helpdesk.fail_next("conflict")
    code, held = shell.json("reply", ref, "--text", "As I read it.")
    assert (code, held["state"]) == (5, "held")
    assert "a new comment by" in held["why"]
    assert "it has just happened again" in held["why"]
    assert "retry|edit|drop" in shell.errors
    assert shell("outbox", "edit", held["op"])[0] == 0
    assert "in the draft" in shell.errors
    assert shell.json("outbox")[1]["outgoing"][0]["state"] == "dropped"


def test_a_note_that_became_public_is_said_on_stderr_and_made_private(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref, serve = shell.flagged(), shell.helpdesk.serve

    def publish(request: Request) -> Answer:
        if request.writes and request.body and "comment" in request.body["ticket"]:
            comment = {**request.body["ticket"]["comment"], "public": True}
            request = replace(request, body={"ticket": {**request.body["ticket"], "comment": comment}})
        return serve(request)

    monkeypatch.setattr(shell.helpdesk, "serve", publish)
    _, sent = shell.json("note", ref, "--text", "Only for us.")
    assert sent["state"] == "sent"
    assert "ALERT" in shell.errors
    assert "make-private" in shell.errors
    assert shell("outbox", "make-private", sent["op"])[0] == 0
    assert "internal again" in shell.errors
    assert shell.helpdesk.records.comments[int(ref.partition("#")[2])][-1]["public"] is False


def test_what_is_uncertain_held_or_rejected_says_why_and_what_comes_next(shell: Shell) -> None:
    refs = shell.json("list", "--limit", "9")[1]["tickets"]
    for ref, failure in zip(refs, ("lost 503", "conflict", "422"), strict=False):
        shell.helpdesk.fail_next(failure, on="PUT")
        shell.helpdesk.fail_next("503", on="audits") if failure == "lost 503" else None
        shell("reply", ref["ref"], "--text", "One of three.")
    waiting = {entry["state"]: entry for entry in shell.json("outbox")[1]["outgoing"]}
    assert set(waiting) >= {"uncertain", "held", "rejected"}
    for state, words in {"uncertain": "looks for it first", "held": "--fresh", "rejected": "by itself"}.items():
        assert waiting[state]["why"]
        assert words in waiting[state]["next"]
    shell("outbox")
    assert all(f"{entry['op'][:8]}: {entry['next']}" in shell.errors for entry in waiting.values() if entry["why"])
