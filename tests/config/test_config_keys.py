"""The engineer's own keys: an unknown action and a double meaning are told before anything is bound."""

import pytest

from supportdesk.config import check_keys
from supportdesk.errors import ConfigError

KNOWN = {"app.quit": "q", "queue.escalate": "b", "queue.reply": "r", "ticket.reply": "r", "ticket.note": "i,n"}


def test_other_keys_for_known_actions_are_fine():
    check_keys({}, KNOWN)
    check_keys({"queue.escalate": ("X", "ctrl+b")}, KNOWN)


def test_two_screens_may_use_one_key():
    check_keys({"queue.escalate": ("n",)}, KNOWN)


def test_two_actions_may_change_places():
    check_keys({"queue.escalate": ("r",), "queue.reply": ("b",)}, KNOWN)


def test_an_unknown_action_names_its_line_and_the_nearest():
    with pytest.raises(ConfigError, match=r"config\.toml:3: there is no action 'queue\.escalat'") as raised:
        check_keys({"queue.escalat": ("X",)}, KNOWN, {"queue.escalat": "config.toml:3"})
    assert raised.value.hint == "Did you mean queue.escalate?"


@pytest.mark.parametrize(
    ("keys", "both"),
    [
        ({"queue.escalate": ("x", "r")}, ("queue.escalate", "queue.reply")),
        ({"ticket.reply": ("n",)}, ("ticket.reply", "ticket.note")),
        ({"ticket.reply": ("q",)}, ("ticket.reply", "app.quit")),
        ({"app.quit": ("i",)}, ("app.quit", "ticket.note")),
        ({"queue.reply": ("z",), "queue.escalate": ("z",)}, ("queue.reply", "queue.escalate")),
    ],
)
def test_a_clash_names_both_actions(keys, both):
    with pytest.raises(ConfigError) as raised:
        check_keys(keys, KNOWN)
    assert all(name in raised.value.message for name in both)
