"""Queues: which tickets a view holds, what the filter and the search find, and what a line shows."""

from pathlib import Path

import pytest
from store_samples import ALICE, FINDING, NOON, NORA, comment, minutes, ticket

from supportdesk.errors import NotFoundError
from supportdesk.model import Band, Conversation, Decision, Finding, Kind, Organization, Person, Row, Status, View
from supportdesk.model import TicketRef as Ref
from supportdesk.store.cache import Cache

ME = {"acme": {"7", "ALICE@acme.example"}, "app": {""}}
UNMARKED = {"decision": None, "issue": "", "queued": 0, "held": 0, "draft": False}


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    cache = Cache.open(tmp_path / "cache.sqlite")
    yield cache
    cache.close()


def fill(cache: Cache) -> None:
    """One ticket of each status, 1 the oldest: new, open, pending, hold, solved, closed."""
    cache.put_tickets([ticket(str(n), after=n, status=status) for n, status in enumerate(Status, 1)])


def ids(refs: list[Ref]) -> str:
    return "".join(ref.id for ref in refs)


@pytest.mark.parametrize(
    ("view", "held"),
    [("open", "4321"), ("waiting", "43"), ("solved", "65"), ("all", "654321"), ("unassigned", "4321"), ("flagged", "")],
)
def test_a_view_holds_its_tickets_newest_change_first(cache: Cache, view: str, held: str) -> None:
    fill(cache)
    assert ids(cache.refs(view)) == held
    assert cache.count(view) == len(held)


def test_a_ticket_that_changes_moves_to_the_top_and_out_of_views(cache: Cache) -> None:
    fill(cache)
    cache.put_tickets([ticket("1", after=9), ticket("4", after=10, status=Status.SOLVED)])
    assert ids(cache.refs("open")) == "132"


def test_mine_is_what_is_assigned_to_me_on_that_desk(cache: Cache) -> None:
    by_mail = Person(name="?", email="Alice@ACME.example")
    cache.put_tickets(
        [
            ticket("1", assignee=ALICE),
            ticket("2", assignee=by_mail),
            ticket("3", assignee=NORA),
            ticket("4"),
            ticket("5", assignee=ALICE, status=Status.SOLVED),
            ticket("6", desk="app", assignee=ALICE),
            ticket("7", desk="app"),
        ]
    )
    assert ids(cache.refs("mine", me=ME)) == "21"
    assert cache.count("mine", me=ME) == 2
    assert cache.refs("mine") == cache.refs("mine", me={"acme": set()}) == []
    assert ids(cache.refs("unassigned")) == "74"


def test_flagged_is_a_shown_finding_that_nobody_dismissed(cache: Cache) -> None:
    fill(cache)
    bands = {"1": Band.LIKELY, "2": Band.POSSIBLE, "3": Band.WEAK, "4": Band.LIKELY, "5": Band.LIKELY, "6": Band.LIKELY}
    for id_, band in bands.items():
        cache.put_findings(Ref("acme", id_), [Finding(kind=Kind.WORKAROUND, p=0.5, band=band, comment_id="c")], "v1")
    assert ids(cache.refs("flagged")) == ids(cache.refs("undecided")) == "5421"
    cache.set_marks(Ref("acme", "2"), **{**UNMARKED, "decision": Decision.DISMISSED})
    cache.set_marks(Ref("acme", "4"), **{**UNMARKED, "decision": Decision.CONFIRMED})
    assert ids(cache.refs("flagged")) == "541"
    assert ids(cache.refs("undecided")) == "51"
    assert cache.count("flagged") == 3
    assert ids(cache.refs("found")) == "654321"
    cache.put_findings(Ref("acme", "1"), [], "v2")
    assert ids(cache.refs("flagged")) == "54"
    assert ids(cache.refs("found")) == "65432"


def test_escalated_is_what_has_an_issue(cache: Cache) -> None:
    fill(cache)
    for id_ in "1569":
        cache.set_marks(Ref("acme", id_), **{**UNMARKED, "issue": "app#17"})
    assert ids(cache.refs("escalated")) == "51"


def test_a_services_view_holds_what_the_service_said(cache: Cache) -> None:
    fill(cache)
    view = View(id="36/0", name="Mine", desk="acme")
    cache.put_view(view, [Ref("acme", "2"), Ref("acme", "6"), Ref("acme", "not fetched"), Ref("acme", "2")])
    assert ids(cache.refs("acme/36/0")) == "62"
    cache.put_view(view, [Ref("acme", "1")])
    assert ids(cache.refs("acme/36/0")) == "1"
    cache.put_view(View(id="2", name="All", desk="acme"), [])
    cache.put_view(View(id="2", name="All", desk="app"), [])
    assert [it.name for it in cache.service_views()] == ["All", "Mine", "All"]
    cache.keep_views("acme", {"2"})
    assert [(it.desk, it.id) for it in cache.service_views()] == [("acme", "2"), ("app", "2")]
    assert cache.refs("acme/36/0") == []


def test_an_unknown_view_is_an_error_that_names_the_known(cache: Cache) -> None:
    with pytest.raises(NotFoundError, match="no view 'opne'") as raised:
        cache.refs("opne")
    assert "unassigned" in raised.value.hint


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("export", "1"),
        ("EXPORT stops", "1"),
        ("acme#2", "2"),
        ("münchen", "2"),
        ("MÜNCHEN", "2"),
        ("globex", "1"),
        ("alice", "2"),
        ("nightly", "1"),
        ("!export", "32"),
        ("! acme", "321"),
        ("acme !alice !export", "3"),
        ("%", "3"),
        ("_", "3"),
        ("' OR 1=1 --", ""),
        ("nora@", "1"),
        ("nothing", ""),
    ],
)
def test_the_filter_finds_words_in_what_a_line_shows(cache: Cache, text: str, held: str) -> None:
    plain = Person(name="Max", organization=Organization(name="Stadt München"))
    cache.put_tickets(
        [
            ticket("1", tags=("nightly run",)),
            ticket("2", subject="Login", requester=plain, assignee=ALICE),
            ticket("3", subject="100% of my_reports", requester=Person(name="O"), status=Status.PENDING),
        ]
    )
    assert ids(cache.refs("all", text)) == ids(cache.refs("open", text)) == held


def test_a_whole_page_pasted_into_the_filter_is_no_error(cache: Cache) -> None:
    fill(cache)
    assert cache.refs("all", "word " * 5000) == cache.search("word " * 5000) == []
    assert ids(cache.refs("all", "export " * 5000)) == ids(cache.search("export " * 5000)) == "654321"


def test_a_line_shows_the_ticket_and_its_marks(cache: Cache) -> None:
    ref = Ref("acme", "1")
    cache.set_marks(ref, decision=Decision.CONFIRMED, issue="app#17", queued=2, held=1, draft=True)
    cache.put_tickets([ticket("1", after=3, priority="high", assignee=ALICE), ticket("2")])
    cache.put_findings(ref, [FINDING], "v1")
    expected = Row(
        ref=ref,
        subject="Export stops",
        status=Status.OPEN,
        priority="high",
        requester=NORA.name,
        organization="Globex",
        assignee="Alice",
        created_at=NOON,
        updated_at=NOON + minutes(3),
        band=Band.LIKELY,
        p=0.93,
        decision=Decision.CONFIRMED,
        issue="app#17",
        queued=2,
        held=1,
        draft=True,
        unread=True,
    )
    other, gone = Ref("acme", "2"), Ref("acme", "3")
    assert cache.rows([other, gone, ref])[1] == expected
    assert cache.rows([other])[0].decision is cache.rows([other])[0].band is None
    cache.set_marks(ref, **UNMARKED)
    assert cache.rows([ref])[0].issue == ""
    cache.set_marks(ref, **{**UNMARKED, "draft": True})
    cache.clear_marks()
    assert not cache.rows([ref])[0].draft


def test_what_changed_since_it_was_read_is_unread(cache: Cache) -> None:
    ref = Ref("acme", "1")
    cache.put_tickets([ticket("1")])
    cache.mark_read(ref)
    cache.mark_read(Ref("acme", "2"))
    assert not cache.rows([ref])[0].unread
    cache.put_tickets([ticket("1", after=1)])
    assert cache.rows([ref])[0].unread


def said(cache: Cache, id_: str, subject: str, *bodies: str) -> None:
    comments = tuple(comment(str(n), body) for n, body in enumerate(bodies))
    cache.put_conversation(Conversation(ticket=ticket(id_, after=int(id_), subject=subject), comments=comments))


def test_search_finds_subjects_and_words_of_the_conversation_newest_first(cache: Cache) -> None:
    said(cache, "1", "Export", "Bitte den Dienst neu starten", "Grüße")
    said(cache, "2", "Login", "restart the exporter")
    cache.put_tickets([ticket("3", after=3, subject="Exports by mail")])
    assert ids(cache.search("export")) == "321"
    assert ids(cache.search("EXPORT", limit=2)) == "32"
    assert ids(cache.search("export rest")) == "2"
    assert ids(cache.search("grusse")) == ""
    assert ids(cache.search("gruße")) == "1"
    assert ids(cache.search("acme#2")) == "2"


def test_search_forgets_what_is_no_longer_said(cache: Cache) -> None:
    said(cache, "1", "Export", "restart")
    said(cache, "1", "Import", "reinstall")
    assert cache.search("restart") == cache.search("export") == []
    assert ids(cache.search("reinstall import")) == "1"


@pytest.mark.parametrize(
    "text", ["", " ", '"', "'", "*", "a OR", "NOT", "NEAR(", "subject:x", "^x", "(", "-x", "\\", "{}", "a AND b", "%_"]
)
def test_no_search_text_is_an_error(cache: Cache, text: str) -> None:
    said(cache, "1", "Export", "restart")
    assert cache.search(text) == []


def test_words_that_are_operators_are_searched_for_as_words(cache: Cache) -> None:
    said(cache, "1", "Export", "this or that, not near")
    assert ids(cache.search("or NOT near(")) == "1"
