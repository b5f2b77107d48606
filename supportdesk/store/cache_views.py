"""Which tickets a view holds, as SQL over the cache: local views by rule, a service's views by what it answered."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from supportdesk.errors import NotFoundError

Me = Mapping[str, AbstractSet[str]]
Clause = tuple[str, tuple[str, ...]]
MOST_WORDS = 32  # of a filter; sqlite refuses an expression of a thousand

# To filter 100,000 rows as they lie and to sort what is left takes a third of following an index to each of them.
_WIDE = frozenset(("unassigned", "waiting", "solved", "open", "all"))
_LIVE = "live = 1"
_SHOWN = "shown = 1"
_DECISION = "(SELECT decision FROM marks WHERE marks.desk = tickets.desk AND marks.id = tickets.id)"
LOCAL = {
    "open": _LIVE,
    "unassigned": "free = 1",
    "flagged": f"{_SHOWN} AND {_DECISION} IS NOT 'dismissed'",
    "undecided": f"{_SHOWN} AND {_DECISION} IS NULL",
    "waiting": "waits = 1",
    "escalated": "status <> 'closed' AND (desk, id) IN (SELECT desk, id FROM marks WHERE issue <> '')",
    "solved": "live = 0",
    "unclosed": "status <> 'closed'",
    "found": "band IS NOT NULL",
    "suspected": f"band IS NOT NULL AND {_DECISION} IS NOT 'dismissed'",
    "considered": "p > 0",
    "decided": "(desk, id) IN (SELECT desk, id FROM marks WHERE decision IS NOT NULL)",
    "all": "1",
}


def numbers(view: str, text: str, me: Me) -> Clause:
    """The query for a JSON list of the tickets of a view that match a filter, newest change first; NotFoundError."""
    sql, arguments = _select("SELECT n", view, text, me, "ORDER BY updated DESC, n DESC")
    return f"SELECT json_group_array(n) FROM ({sql})", arguments  # noqa: S608  # in one piece: a third of the time


def haystacks(view: str, me: Me) -> Clause:
    """The query for the tickets of a view and what the filter looks in, newest change first; NotFoundError."""
    in_view, arguments = _in_view(view, me)
    wide = "NOT INDEXED" if view in _WIDE else ""
    return f"SELECT n, haystack FROM tickets {wide} WHERE {in_view} ORDER BY updated DESC, n DESC", arguments  # noqa: S608


def count(view: str, me: Me) -> Clause:
    """The query for how many tickets a view holds; NotFoundError for no such view."""
    return _select("SELECT count(*)", view, "", me, "")


def _select(what: str, view: str, text: str, me: Me, order: str) -> Clause:
    in_view, arguments = _in_view(view, me)
    says, words = _says(text)
    wide = bool(words) and view in _WIDE
    # only words of this file become SQL; what somebody typed is always an argument
    return " ".join((what, "FROM tickets", "NOT INDEXED" * wide, "WHERE", in_view, says, order)), arguments + words


def _in_view(view: str, me: Me) -> Clause:
    if view == "mine":
        return _mine(me)
    if view in LOCAL:
        return LOCAL[view], ()
    desk, slash, service_id = view.partition("/")
    if not slash:
        raise NotFoundError(f"There is no view {view!r}.", f"Known are mine, {', '.join(LOCAL)} and DESK/ID.")
    return "(desk, id) IN (SELECT desk, id FROM view_tickets WHERE desk = ? AND view = ?)", (desk, service_id)


def _mine(me: Me) -> Clause:
    parts: list[str] = []
    arguments: list[str] = []
    for desk, keys in me.items():
        known = sorted(key for key in keys if key)
        slots = ", ".join("?" * len(known))
        for column in ("assignee_id", "assignee_email"):
            anybody = f"{column} <> '' AND live = 1"  # as their indexes say, or they are not used
            parts.append(f"SELECT n FROM tickets WHERE desk = ? AND {column} IN ({slots}) AND {anybody}")  # noqa: S608
            arguments += [desk, *(key.casefold() if column == "assignee_email" else key for key in known)]
    return f"n IN ({' UNION '.join(parts) or 'SELECT 0 WHERE 0'})", tuple(arguments)


def _says(text: str) -> Clause:
    wanted = words(text)
    parts = [f" AND instr(haystack, ?) {'=' if word.startswith('!') else '>'} 0" for word in wanted]
    return "".join(parts), tuple(word.removeprefix("!") for word in wanted)


def words(text: str) -> list[str]:
    """What a filter asks for: every word has to occur, and none that has `!` before it."""
    return [word for word in text.casefold().split()[:MOST_WORDS] if word.removeprefix("!")]
