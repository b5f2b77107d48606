"""Times and states in words."""

from datetime import timedelta

import pytest
from standin import NOW

from supportdesk.model import Status, Update
from supportdesk.ui.words import age, ago, counted, moment, update_words


@pytest.mark.parametrize(
    ("seconds", "short", "long"),
    [
        (-5, "now", "just now"),
        (59, "now", "just now"),
        (60, "1m", "1 minute ago"),
        (3 * 3600, "3h", "3 hours ago"),
        (13 * 86400, "13d", "13 days ago"),
        (30 * 86400, "4w", "30 days ago"),
        (800 * 86400, "2y", "800 days ago"),
    ],
)
def test_ages_are_short_in_rows_and_spelt_out_in_panes(seconds: int, short: str, long: str) -> None:
    then = NOW - timedelta(seconds=seconds)
    assert (age(then, NOW), ago(then, NOW)) == (short, long)


def test_a_moment_names_as_much_of_the_date_as_is_needed() -> None:
    said = [moment(NOW - timedelta(days=days), NOW) for days in (0, 1, 20, 400)]
    assert said == ["14:30", "Mon 14:30", "4 Nov 14:30", "20 Oct 2025"]


def test_counted_things_are_in_the_plural_when_there_are_several() -> None:
    assert [counted(1, "ticket"), counted(2, "entry"), counted(2314, "key")] == ["1 ticket", "2 entries", "2,314 keys"]


def test_an_update_reads_as_a_list_of_what_becomes_of_the_ticket() -> None:
    update = Update(status=Status.PENDING, assignee="", add_tags=("sso",), remove_tags=("new",))
    assert update_words(update) == "status pending, assign to nobody, tag sso, untag new"
