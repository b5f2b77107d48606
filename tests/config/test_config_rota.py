"""[shift] and me: what a rota is made of, and what a mistake in it is told."""

import sys
import zoneinfo
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from supportdesk.config import Config, load
from supportdesk.config.rota import budget_of, me_of, rota_of
from supportdesk.errors import ConfigError, UsageError

ALICE, BOB = "alice@acme.example", "bob@acme.example"
PEOPLE = f'people = ["{ALICE}", "{BOB}"]'
SHIFT = f'[shift]\n{PEOPLE}\ntimezone = "Europe/Berlin"\n'


def read(folder: Path, text: str) -> Config:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return load(path, {"SUPPORTDESK_HOME": str(folder / "home")})


def test_a_rota_is_read(tmp_path: Path) -> None:
    config = read(tmp_path, f'me = "{BOB}"\n{SHIFT}handover = "tuesday 7:30"\nbudget = "20%"')
    rota = rota_of(config)
    assert (rota.people, rota.weekday, rota.at, rota.zone) == ((ALICE, BOB), 1, time(7, 30), ZoneInfo("Europe/Berlin"))
    assert (me_of(config, rota), budget_of(config)) == (BOB, 0.2)


def test_the_handover_is_monday_at_nine_and_there_is_no_budget_unless_it_is_said(tmp_path: Path) -> None:
    config = read(tmp_path, SHIFT)
    assert (rota_of(config).weekday, rota_of(config).at, budget_of(config)) == (0, time(9), None)


@pytest.mark.parametrize(
    ("text", "place", "says", "hint"),
    [
        (f'me = "{ALICE}"', "", "no [shift]", "Add one"),
        ("[shift]", ":1", "needs people", "Write people"),
        ("[shift]\npeople = []", ":2", "needs people", ""),
        (f"[shift]\n{PEOPLE}", ":1", "needs a timezone", "Europe/Berlin"),
        (f"[shift]\n{PEOPLE}\ntimezone = 'Europe/Berln'", ":3", "no time zone 'Europe/Berln'", "mean Europe/Berlin?"),
        (f"[shift]\n{PEOPLE}\ntimezone = '../../etc/passwd'", ":3", "no time zone", "such as Europe/Berlin"),
        (f"[shift]\n{PEOPLE}\ntimezone = 'Europe'", ":3", "no time zone", ""),
        (f"[shift]\n{PEOPLE}\ntimezone = '{'x' * 300}'", ":3", "no time zone", ""),
        (f'[shift]\n{PEOPLE}\ntimezone = "\\u001b[2J"', ":3", "no time zone", ""),
        *(
            (f'{SHIFT}handover = "{wrong}"', ":4", "handover must be a day and a time", "")
            for wrong in ("", "09:00", "Mon", "Mon 24:00", "Mon 9:60", "Mo 09:00", "Moonday 09:00", "Mon 09:00 CET")
        ),
        *((f'{SHIFT}budget = "{wrong}"', ":4", "budget must be", "") for wrong in ("", "0%", "101%", "20", "a lot%")),
        (SHIFT, ":1", "me is not set", "Write me"),
        (f'me = "alicia@acme.example"\n{SHIFT}', ":1", "me is 'alicia@acme.example'", f"mean {ALICE}?"),
        (f'theme = "x"\nme = "carol"\n{SHIFT}', ":2", "me is 'carol'", f"Known are {ALICE}, {BOB}."),
    ],
)
def test_a_mistake_in_the_rota_names_its_line(tmp_path: Path, text: str, place: str, says: str, hint: str) -> None:
    config = read(tmp_path, text)
    with pytest.raises(ConfigError) as raised:
        budget_of(config), me_of(config, rota_of(config))
    assert raised.value.message.startswith(f"{config.path}{place}: ")
    assert says in raised.value.message
    assert hint in raised.value.hint
    assert "\x1b" not in raised.value.message


def test_a_machine_without_time_zones_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = read(tmp_path, SHIFT)
    monkeypatch.setitem(sys.modules, "tzdata", None)
    zoneinfo.reset_tzpath(())
    ZoneInfo.clear_cache()
    try:
        with pytest.raises(UsageError, match="no time zone database") as raised:
            rota_of(config)
    finally:
        zoneinfo.reset_tzpath()
    assert "tzdata" in raised.value.hint
    assert not isinstance(raised.value, ConfigError)
