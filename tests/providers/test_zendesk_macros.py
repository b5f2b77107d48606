"""Zendesk's macros: which are read, what their words are, and how often they were used."""

import pytest
from driving import drive
from zendesk_bench import ACCOUNT, ZENDESK, said

from supportdesk.errors import Forbidden, Lost
from supportdesk.providers import Account, Json, MacroLibrary, open_provider
from supportdesk.providers.zendesk_macros import macro_of


def row(number: int = 360_111, **more: Json) -> Json:
    action = {"field": "comment_value", "value": "Use the {{ticket.title}} list for now."}
    return {"id": number, "title": "Export", "active": True, "actions": [action], "usage_30d": 14, **more}


def words(*actions: Json) -> str:
    return macro_of(row(actions=list(actions)), ACCOUNT).body


def test_the_active_ones_are_asked_for_with_their_uses_of_thirty_days() -> None:
    (macro,), requests = drive(ZENDESK.macros(), [said({"macros": [row()], "meta": {"has_more": False}})])
    assert (macro.id, macro.name, macro.desk, macro.used) == ("360111", "Export", "acme", 14)
    assert macro.body == "Use the {{ticket.title}} list for now."
    assert requests[0].path == "/api/v2/macros.json"
    assert {("active", "true"), ("include", "usage_30d")} <= set(requests[0].query)


def test_every_page_is_read_and_what_writes_no_words_or_cannot_be_read_is_left_out() -> None:
    first = {"macros": [row(), {"title": "no id"}], "meta": {"has_more": True, "after_cursor": "abc"}}
    silent = row(2, actions=[{"field": "status", "value": "solved"}])
    second = {"macros": [silent, row(3, usage_30d=None)], "meta": {"has_more": False}}
    macros, requests = drive(ZENDESK.macros(), [said(first), said(second)])
    assert [(macro.id, macro.used) for macro in macros] == [("360111", 14), ("3", None)]
    assert ("page[after]", "abc") in requests[1].query


@pytest.mark.parametrize(
    ("actions", "body"),
    [
        ([{"field": "comment_value", "value": ["channel:all", "Turn it off."]}], "Turn it off."),
        ([{"field": "comment_value_html", "value": "<p>Turn it off<br>and on.</p>"}], "Turn it off\nand on."),
        (
            [{"field": "comment_value", "value": "plain"}, {"field": "comment_value_html", "value": "<p>rich</p>"}],
            "rich",
        ),
        ([{"field": "comment_value", "value": []}], ""),
        ([{"field": "comment_value", "value": 7}, None, "x"], ""),
        ([], ""),
    ],
)
def test_its_words_are_the_text_that_the_customer_would_see(actions: list[Json], body: str) -> None:
    assert words(*actions) == body


@pytest.mark.parametrize("used", [-1, True, "many", 1.5, None])
def test_a_count_that_is_none_is_not_guessed_at(used: Json) -> None:
    assert macro_of(row(usage_30d=used), ACCOUNT).used is None


def test_what_cannot_be_read_at_all_is_an_error_in_words() -> None:
    with pytest.raises(Forbidden):
        drive(ZENDESK.macros(), [said({"error": "Forbidden"}, 403)])
    with pytest.raises(Lost):
        drive(ZENDESK.macros(), [said({"macros": "none"})])


@pytest.mark.parametrize(("provider", "able"), [("zendesk", True), ("github", False), ("rt", False)])
def test_only_a_service_that_shows_its_macros_is_a_library_of_them(provider: str, able: bool) -> None:
    account = Account(name="x", provider=provider, url="https://x.example", repo="a/b", queue="q")
    assert isinstance(open_provider(account), MacroLibrary) is able
