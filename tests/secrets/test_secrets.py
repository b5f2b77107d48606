"""Tokens from the environment, from a command and from every kind of keyring, each failure with its own sentence."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime

import keyring
import pytest
from keyring import errors
from keyring.backend import KeyringBackend
from keyring.backends import fail, null

from supportdesk.errors import SignInError
from supportdesk.providers import Account
from supportdesk.providers.oauth import Grant
from supportdesk.secrets import Secrets, delete_token, grant_for, kept_grant, keyring_name, store_token, take_tokens
from supportdesk.secrets.ring import KEYRING_S

TOKEN = "canary-token-4410"
ENVIRON = {"PATH": os.environ["PATH"]}


def desk(name="acme", *command):
    return Account(name=name, provider="zendesk", url="https://acme.example", token_command=command)


def token_for(account, environ, **limits):
    return grant_for(account, environ, **limits).access


class InMemory(KeyringBackend):
    """A keyring that works, and can be told to fail."""

    priority = 1

    def __init__(self, problem=None, kept=()):
        super().__init__()
        self.problem, self.kept, self.asked = problem, dict(kept), 0

    def _maybe_fail(self):
        self.asked += 1
        if self.problem:
            raise self.problem

    def get_password(self, service, username):
        self._maybe_fail()
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self._maybe_fail()
        self.kept[service, username] = password

    def delete_password(self, service, username):
        self._maybe_fail()
        del self.kept[service, username]


@pytest.fixture
def use():
    """Put a keyring in place for one test."""
    before = keyring.get_keyring()
    yield lambda backend: (keyring.set_keyring(backend), backend)[1]
    keyring.set_keyring(before)


def printing(text):
    return desk("acme", sys.executable, "-c", f"print({text!r})")


def test_tokens_are_taken_out_of_the_environment():
    environ = {
        "SUPPORTDESK_TOKEN_RT_1": f" {TOKEN}\n",
        "SUPPORTDESK_TOKEN_APP": "",
        "SUPPORTDESK_TOKEN_OLD": "x",
        "HOME": "/",
    }
    assert take_tokens(environ, ["rt-1", "app", "acme"]) == {"rt-1": TOKEN}
    assert environ == {"HOME": "/"}


def test_the_environment_goes_before_the_command_and_the_command_before_the_keyring(use):
    use(InMemory(kept={("supportdesk", "acme"): "from-keyring"}))
    command = printing("from-command")
    assert token_for(command, {**ENVIRON, "SUPPORTDESK_TOKEN_ACME": "from-environment"}) == "from-environment"
    assert token_for(command, ENVIRON) == "from-command"
    assert token_for(desk(), ENVIRON) == "from-keyring"


def test_only_the_first_line_of_a_command_counts():
    assert token_for(printing(f"  {TOKEN}\nlogin: alice"), ENVIRON) == TOKEN


def test_a_command_runs_without_a_shell_and_without_our_tokens(tmp_path):
    code = "import os, sys; print(sys.argv[1], [n for n in os.environ if 'TOKEN' in n])"
    environ = {**ENVIRON, "SUPPORTDESK_TOKEN_OTHER": "x"}
    said = token_for(desk("acme", sys.executable, "-c", code, "$(id); a"), environ)
    assert said == "$(id); a []"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (f"import sys; print('{TOKEN}'); sys.stderr.write('{TOKEN}'); sys.exit(3)", "failed with exit code 3"),
        ("", "printed no token"),
        (f"print(); print('{TOKEN}')", "printed no token"),
        (f"print('\\x1b]0;{TOKEN}')", "printed no token"),
        (f"print('{TOKEN}\\u00fc')", "printed no token"),
        (f"while True: print('{TOKEN}')", "printed more than a token"),
        ("import time; time.sleep(30)", "did not end within 0.7 s"),
        ("import subprocess; subprocess.run(['sleep', '30'])", "did not end within 0.7 s"),
    ],
)
def test_what_a_failing_command_printed_is_never_repeated(code, says):
    command = desk("acme", sys.executable, "-c", code)
    with pytest.raises(SignInError) as raised:
        token_for(command, {**ENVIRON, "PYTHONIOENCODING": "utf-8"}, command_s=0.7 if "30" in code else 10)
    assert says in raised.value.message
    assert TOKEN not in raised.value.message + raised.value.hint


def test_a_command_that_is_not_there_is_a_sentence():
    with pytest.raises(SignInError, match="token_command no-such-program: No such file"):
        token_for(desk("acme", "no-such-program"), ENVIRON)


def test_a_token_is_stored_read_back_and_removed(use):
    use(InMemory())
    store_token("acme", TOKEN)
    assert token_for(desk(), ENVIRON) == TOKEN
    assert delete_token("acme") is True
    assert delete_token("acme") is False
    with pytest.raises(SignInError, match="no token in the keyring") as raised:
        token_for(desk(), ENVIRON)
    assert "supportdesk login acme" in raised.value.hint
    assert "SUPPORTDESK_TOKEN_ACME" in raised.value.hint


def test_a_keyring_that_keeps_nothing_is_found_out(use):
    use(null.Keyring())
    with pytest.raises(SignInError, match="kept nothing"):
        store_token("acme", TOKEN)
    with pytest.raises(SignInError, match="keeps nothing"):
        keyring_name()


@pytest.mark.parametrize("token", ["", " x", "x\n", "a\x1b[31m", "tökén"])
def test_what_cannot_be_a_token_is_not_stored(use, token):
    backend = use(InMemory())
    with pytest.raises(SignInError, match="no token"):
        store_token("acme", token)
    assert backend.kept == {}


class PluginsOwnError(Exception):
    """Something that no list of errors foresees."""


FAILURES = {
    "no keyring on this machine": errors.NoKeyringError("x"),
    "is locked": errors.KeyringLocked(TOKEN),
    "could not ask for its password": errors.InitError("Prompt dismissed.."),
    "refused to keep": errors.PasswordSetError("x"),
    "backend is not installed": ModuleNotFoundError("nowhere"),
    "failed (KeyringError)": errors.KeyringError("x"),
    "failed (PluginsOwnError)": PluginsOwnError(TOKEN),
}


@pytest.mark.parametrize("says", FAILURES)
def test_each_failure_of_a_keyring_has_its_own_sentence(use, says):
    use(InMemory(FAILURES[says]))
    for ask in (
        lambda: token_for(desk(), ENVIRON),
        lambda: store_token("acme", TOKEN),
        lambda: delete_token("acme"),
        keyring_name,
    ):
        with pytest.raises(SignInError) as raised:
            ask()
        assert says in raised.value.message
        assert raised.value.hint
        assert TOKEN not in f"{raised.value.message} {raised.value.hint} {raised.value.__context__!r}"


def test_a_locked_keyring_is_not_overwritten(use):
    backend = use(InMemory(errors.KeyringLocked("x"), {("supportdesk", "acme"): "before"}))
    with pytest.raises(SignInError):
        store_token("acme", TOKEN)
    assert backend.kept == {("supportdesk", "acme"): "before"}


def test_without_any_backend_the_sentence_says_what_to_do(use):
    use(fail.Keyring())
    with pytest.raises(SignInError, match="no keyring") as raised:
        token_for(desk(), ENVIRON)
    assert "token_command" in raised.value.hint


def test_doctor_learns_which_keyring_is_used(use):
    use(InMemory())
    assert keyring_name().endswith(".InMemory")


async def token(secrets, account=None):
    return (await secrets.grant(account or desk())).access


def test_a_token_is_asked_for_once_by_all_who_need_it(use):
    backend = use(InMemory(kept={("supportdesk", "acme"): TOKEN}))
    secrets = Secrets({}, ENVIRON)

    async def main():
        first = await asyncio.gather(*(token(secrets) for _ in range(8)))
        return [*first, await token(secrets)]

    assert set(asyncio.run(main())) == {TOKEN}
    assert backend.asked == 1
    assert asyncio.run(secrets.read_again(desk())).access == TOKEN
    assert backend.asked == 2


def test_a_failure_reaches_all_who_asked_and_is_asked_again_later(use):
    use(InMemory(errors.KeyringLocked("x")))
    secrets = Secrets({}, ENVIRON)

    async def main():
        return await asyncio.gather(*(token(secrets) for _ in range(3)), return_exceptions=True)

    assert [type(problem) for problem in asyncio.run(main())] == [SignInError] * 3
    use(InMemory(kept={("supportdesk", "acme"): TOKEN}))
    assert asyncio.run(token(secrets)) == TOKEN


def test_a_taken_token_stays_for_the_session_and_is_never_shown(use):
    backend = use(InMemory(kept={("supportdesk", "acme"): "another"}))
    secrets = Secrets({"acme": TOKEN}, ENVIRON)
    secrets.keep("app", Grant(access="session-only-1", refresh="session-only-2", ours=True))
    assert asyncio.run(secrets.read_again(desk())).access == TOKEN
    assert asyncio.run(secrets.read_again(desk("app"))).access == "session-only-1"
    assert backend.asked == 0
    assert secrets.held() == (TOKEN, "session-only-1", "session-only-2")
    assert repr(secrets) == "Secrets(desks=['acme', 'app'])"
    assert [secrets.source(desk()), secrets.source(printing("x")), secrets.source(desk("app"))] == [
        "environment",
        "environment",
        "keyring",
    ]
    assert secrets.source(desk("rt", "pass")) == "token_command"
    assert not any(secrets.renewable(desk(name)) for name in ("acme", "app"))
    assert secrets.renewable(desk("other"))


def test_a_pair_is_kept_in_one_piece_and_shown_nowhere(use):
    backend = use(InMemory())
    pair = Grant(access="access-1", refresh="refresh-1", renew_at=datetime(2026, 11, 22, 9, 28, tzinfo=UTC), ours=True)
    secrets = Secrets({}, ENVIRON)
    asyncio.run(secrets.replace(desk(), pair))
    assert list(backend.kept) == [("supportdesk", "acme")]
    assert grant_for(desk(), ENVIRON) == pair
    assert "-1" not in repr(pair) + repr(secrets)
    assert secrets.held() == ("access-1", "refresh-1")


@pytest.mark.parametrize(
    "damaged",
    [
        '{"access": "x"',
        '{"access": 1, "refresh": "", "renew_at": ""}',
        "{}",
        "{[",
        '{"access":"a","refresh":"b","renew_at":"never"}',
    ],
)
def test_a_damaged_pair_is_a_sentence_without_what_was_kept(use, damaged):
    use(InMemory(kept={("supportdesk", "acme"): damaged}))
    with pytest.raises(SignInError, match="what the keyring keeps is damaged") as raised:
        kept_grant("acme")
    assert raised.value.__context__ is None
    assert "supportdesk login acme" in raised.value.hint


def test_a_renewed_pair_that_is_not_kept_is_not_used(use):
    use(InMemory(errors.KeyringLocked("x")))
    secrets = Secrets({}, ENVIRON)
    with pytest.raises(SignInError, match="locked"):
        asyncio.run(secrets.replace(desk(), Grant(access="access-2", refresh="refresh-2", ours=True)))
    assert secrets.held() == ()


class Mute(KeyringBackend):
    """A keyring that waits for a prompt which nobody sees."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.prompt = threading.Event()

    def get_password(self, service, username):
        self.prompt.wait(600)

    set_password = delete_password = get_password


def test_a_mute_keyring_is_given_up(use):
    backend = use(Mute())
    with pytest.raises(SignInError, match=r"did not answer within 0.1 s") as raised:
        asyncio.run(token(Secrets({}, ENVIRON, keyring_s=0.1)))
    assert "unlock it" in raised.value.hint
    backend.prompt.set()


def test_the_limits_of_a_start_are_short_enough():
    assert KEYRING_S <= 3


MUTED = """
import time
from keyring.backend import KeyringBackend

class Mute(KeyringBackend):
    priority = 9

    def get_password(self, service, username):
        time.sleep(600)

    set_password = delete_password = get_password
"""

ASK = """
import asyncio, os, sys
from supportdesk.errors import SignInError
from supportdesk.providers import Account
from supportdesk.secrets import Secrets

async def main():
    secrets = Secrets({}, os.environ)
    task = asyncio.create_task(secrets.grant(Account(name="acme", provider="zendesk", url="https://x.example")))
    await asyncio.wait({task}, timeout=float(sys.argv[1]))
    print(repr(task.exception().message) if task.done() else "still asking")

asyncio.run(main())
"""


def ask_in_a_process(tmp_path, backend, wait_s):
    (tmp_path / "muted.py").write_text(MUTED)
    environ = {**os.environ, "PYTHON_KEYRING_BACKEND": backend, "PYTHONPATH": str(tmp_path)}
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", ASK, str(wait_s)], env=environ, capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout, time.monotonic() - began


def test_a_mute_keyring_does_not_keep_the_app_from_exiting(tmp_path):
    said, took_s = ask_in_a_process(tmp_path, "muted.Mute", 0.1)
    assert said == "still asking\n"
    assert took_s < 60


def test_a_backend_that_is_not_installed_is_a_sentence(tmp_path):
    said, _ = ask_in_a_process(tmp_path, "nowhere.Keyring", 10)
    assert "backend is not installed" in said
