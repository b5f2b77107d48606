"""Parser fuzz: whatever a service, a file or a stranger says, a parser gives a value or an error that we know."""

import pytest
from fuzz_answers import answers_of, play, sound
from fuzz_desks import DESKS
from fuzz_desks import inputs as desk_inputs
from fuzz_desks import look as desk_look
from fuzz_exports import EXPORTS
from fuzz_files import FILES
from fuzz_newer import NEWER
from fuzz_texts import TEXTS
from hypothesis import HealthCheck, given, settings

SMOKE, QUICK, FULL = 25, 2_000, 100_000
TARGETS = {name: (desk_inputs(name), desk_look) for name in DESKS} | TEXTS | FILES | EXPORTS | NEWER


def fuzz(name: str, examples: int, *, look=None) -> None:
    """Give one parser as many inputs; the same ones each time. The first that it cannot take is shrunk and shown."""
    strategy, usual = TARGETS[name]
    check, tried = look or usual, 0

    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(strategy)
    def attempt(value) -> None:
        nonlocal tried
        tried += 1
        check(value)

    attempt()
    print(f"parser fuzz: {name}: {tried:,} inputs, 0 uncaught")  # noqa: T201  # the gate's counts


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_parser_takes_a_handful(name):
    fuzz(name, SMOKE)


@pytest.mark.parametrize("name", DESKS)
def test_a_service_that_says_the_same_for_ever_is_not_listened_to_for_ever(name):
    flows, tapes = DESKS[name]
    for flow in flows:
        for tape in tapes:
            sound(play(flow(), answers_of(tape), stubborn=True))


@pytest.mark.gates
@pytest.mark.parametrize("name", sorted(TARGETS))
def test_parser_fuzz(name):
    fuzz(name, QUICK)


@pytest.mark.full
@pytest.mark.parametrize("name", sorted(TARGETS))
def test_parser_fuzz_full(name):
    fuzz(name, FULL)


def test_a_parser_that_lets_an_error_through_fails_the_gate():
    def trusting(text: str) -> None:
        float(text.strip().lstrip("-"))  # what read Retry-After before this gate was there

    with pytest.raises(ValueError, match="could not convert"):
        fuzz("Retry-After", SMOKE, look=trusting)
