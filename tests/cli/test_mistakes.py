"""A mistake of our own in a command is told by its place alone, with exit code 1 (A13)."""

import subprocess
import sys

CANARY = "zdtoken-CANARY-0f9c"
SCRIPT = f"""
import asyncio, sys, threading
import supportdesk.__main__ as start

def fails():
    token = "{CANARY}"
    try:
        int(token)
    except ValueError as problem:
        raise RuntimeError(f"a customer wrote {{token}}") from problem

async def nobody_waits():
    async def later():
        fails()
    asyncio.create_task(later())
    await asyncio.sleep(0.01)

def boom(arguments, clear_screen):
    asyncio.run(nobody_waits())
    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    fails()

start.run = boom
start.main()
"""


def test_a_mistake_in_a_command_or_its_thread_is_a_place_and_no_value() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.count("stopped on a mistake of its own (RuntimeError)") == 2
    assert done.stderr.count("builtins.ValueError") == 2
    assert "in fails" in done.stderr
    assert CANARY not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
