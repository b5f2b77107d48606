"""The keyring against a real Secret Service: a private session bus and gnome-keyring."""

import os
import shutil
import subprocess
import sys

import pytest

MISSING = [name for name in ("dbus-run-session", "gnome-keyring-daemon") if shutil.which(name) is None]

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(bool(MISSING), reason=f"needs {' and '.join(MISSING)} (apt-get install gnome-keyring dbus)"),
]

ROUND_TRIP = """
import os
from supportdesk.providers import Account
from supportdesk.secrets import delete_token, grant_for, keyring_name, store_token

acme = Account(name="acme", provider="zendesk", url="https://acme.example")
store_token("acme", "real-token-1")
store_token("acme", "real-token-2")
print(keyring_name(), grant_for(acme, os.environ).access, delete_token("acme"), delete_token("acme"))
"""
FIRST = """
from datetime import UTC, datetime
from supportdesk.providers.oauth import Grant
from supportdesk.secrets import store_token

at = datetime(2026, 11, 22, 9, 28, tzinfo=UTC)
store_token("acme", Grant(access="a" * 64, refresh="r" * 64, renew_at=at, ours=True).text)
"""
SECOND = """
import asyncio, os
from dataclasses import replace
from supportdesk.providers import Account
from supportdesk.secrets import Secrets, delete_token, kept_grant

acme = Account(name="acme", provider="zendesk", url="https://acme.example")
secrets = Secrets({}, os.environ)
old = asyncio.run(secrets.grant(acme))
print(old.access == "a" * 64, old.refresh == "r" * 64, old.renew_at, old.ours)
asyncio.run(secrets.replace(acme, replace(old, access="b" * 64, refresh="s" * 64)))
new = kept_grant("acme")
print(new.access == "b" * 64, new.refresh == "s" * 64, delete_token("acme"), kept_grant("acme"))
"""
LOCK = """
import secretstorage

bus = secretstorage.dbus_init()
secretstorage.get_default_collection(bus).lock()
"""
KEPT = """
from supportdesk.secrets import kept_grant

print(kept_grant("acme").access == "a" * 64)
"""
REFUSED = """
import os
from supportdesk.errors import SignInError
from supportdesk.secrets import store_token

try:
    store_token("acme", "real-token-3")
except SignInError as problem:
    print(problem.message)
"""


def in_a_session(tmp_path, script):
    """Run a shell script on a session bus of its own, in a home of its own."""
    environ = {"PATH": os.environ["PATH"], "PYTHON": sys.executable, "HOME": str(tmp_path)}
    for name in ("DATA_HOME", "CONFIG_HOME", "CACHE_HOME", "RUNTIME_DIR"):
        folder = tmp_path / name.lower()
        folder.mkdir(mode=0o700, exist_ok=True)
        environ[f"XDG_{name}"] = str(folder)
    command = ["dbus-run-session", "--", "bash", "-euc", script]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


UNLOCK = "printf %s unlock-me | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1\n"


def test_a_token_goes_through_a_real_secret_service(tmp_path):
    said = in_a_session(tmp_path, f"{UNLOCK} \"$PYTHON\" - <<'END'\n{ROUND_TRIP}END\n")
    assert said == "keyring.backends.SecretService.Keyring real-token-2 True False\n"


def test_a_pair_goes_through_a_real_secret_service_and_is_replaced_by_another_process(tmp_path):
    runs = "".join(f"\"$PYTHON\" - <<'END'\n{script}END\n" for script in (FIRST, SECOND))
    said = in_a_session(tmp_path, UNLOCK + runs)
    assert said == "True True 2026-11-22 09:28:00+00:00 True\nTrue True True None\n"


def test_a_pair_in_a_keyring_that_was_locked_meanwhile_is_not_written_over(tmp_path):
    def run(script):
        return f"\"$PYTHON\" - <<'END'\n{script}END\n"

    said = in_a_session(tmp_path, UNLOCK + run(FIRST) + run(LOCK) + run(REFUSED))
    assert said == "acme: the keyring is locked; nothing in it was changed.\n"
    assert in_a_session(tmp_path, UNLOCK + run(KEPT)) == "True\n"  # the next session finds it as it was


def test_a_secret_service_that_was_never_unlocked_is_a_sentence(tmp_path):
    start = "gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1\n"
    said = in_a_session(tmp_path, f"{start} \"$PYTHON\" - <<'END'\n{REFUSED}END\n")
    assert said == "acme: the keyring could not ask for its password.\n"


def test_without_a_secret_service_there_is_no_keyring(tmp_path):
    nothing = "export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent\n"
    said = in_a_session(tmp_path, f"{nothing} \"$PYTHON\" - <<'END'\n{REFUSED}END\n")
    assert said == "acme: there is no keyring on this machine or in this session.\n"
