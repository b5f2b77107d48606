"""The shipped rules, compiled once."""

import pytest

from supportdesk.config import load_cues
from supportdesk.insight.rules import Rules


@pytest.fixture(scope="session")
def rules() -> Rules:
    return Rules.load(load_cues())
