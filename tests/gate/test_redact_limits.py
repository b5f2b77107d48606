"""No text makes a rule slow: each runs over hostile strings within a generous limit, of 100 kB in the gates (A20)."""

import re
from importlib import import_module
from time import process_time

import pytest

from supportdesk.gate.defang import fence, inert_body, inert_title
from supportdesk.gate.guard import before_reply
from supportdesk.gate.redact import Known, redact
from supportdesk.gate.rules import RULES

SIZES = [5_000, pytest.param(100_000, marks=pytest.mark.gates)]
RULE_LIMIT_S = 3.0
WHOLE_LIMIT_S = 20.0
SEEDS = [
    *("1-", "a@", "-----BEGIN RSA PRIVATE KEY-----", "A", "1 ", "a.", ":", "http://", "%41", "eyJa.", "password="),
    *("user a", "Aa1+", "A1-", "@a.", "` ``", "DE00AAAA ", "Thanks ", "\\", "\n", " ", "_"),
]


def hostile(size: int) -> list[str]:
    return [(seed * (size // len(seed) + 1))[:size] for seed in SEEDS]


def patterns() -> dict[str, re.Pattern[str]]:
    """Every compiled pattern of the gate's modules and rules."""
    found: dict[str, re.Pattern[str]] = {f"rules.{index}": rule.pattern for index, rule in enumerate(RULES)}
    for name in ("redact", "known", "doubts", "defang", "guard", "environment", "compose", "rules"):
        module = import_module(f"supportdesk.gate.{name}")
        for key, value in vars(module).items():
            values = value if isinstance(value, tuple) else (value,)
            found |= {f"{name}.{key}.{at}": one for at, one in enumerate(values) if isinstance(one, re.Pattern)}
    return found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("module", sorted({name.partition(".")[0] for name in patterns()}))
def test_every_pattern_stays_linear_on_hostile_text(module: str, size: int) -> None:
    texts = hostile(size)
    for name, pattern in patterns().items():
        if name.partition(".")[0] == module:
            slow = [text[:20] for text in texts if seconds(pattern, text) > RULE_LIMIT_S]
            assert slow == [], name


def seconds(pattern: re.Pattern[str], text: str) -> float:
    started = process_time()
    for _ in pattern.finditer(text):
        pass
    return process_time() - started


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", ["1-", "a@", "-----BEGIN RSA PRIVATE KEY-----", "password=", "%41", "Aa1+"])
def test_the_whole_gate_ends_on_hostile_text(seed: str, size: int) -> None:
    text = (seed * size)[:size]
    known = [
        Known(kind="person", value="Siobhán O'Connor"),
        Known(kind="email", value="jane.doe@corp.example"),
        Known(kind="phone", value="+49 221 123456"),
        Known(kind="secret", value="zdtoken-4Kq9Xw2Lm7Rt5Yv8"),
    ]
    started = process_time()
    result = redact(text, known)
    inert_body(result.text)
    inert_title(text)
    fence(text)
    before_reply(text)
    assert process_time() - started < WHOLE_LIMIT_S
