"""The keys as Markdown tables, one a screen, from the bindings themselves: `python -m supportdesk.ui.keytable`."""

import sys
from collections.abc import Iterator

from textual.binding import Binding

from supportdesk.ui.bindings import every_binding
from supportdesk.ui.keys import shown

_SCREENS = {
    "queue": "Queue and conversation",
    "filter": "Filter line",
    "compose": "Reply and note",
    "review": "Review of a reply or note",
    "escalation": "Review of an issue",
    "issue": "Wording of an issue",
    "search": "Search",
    "outbox": "Outbox",
    "problems": "Problems",
    "record": "The desk's record",
    "sample": "One we did not flag",
    "macros": "Macros that smell",
    "help": "Help",
    "signin": "First run",
    "picker": "Lists to choose from",
    "ask": "Questions",
    "line": "Questions with a line of text",
    "phrase": "Picking a phrase",
    "app": "Everywhere",
}
_ALIKE = [f"queue.view_{number}" for number in range(1, 10)]


def key_table() -> str:
    """Every key with the name it has in `[keys]` and what it does; the screen one works on first, the rest folded."""
    found = sorted(every_binding(), key=lambda binding: not binding.show)
    first, *others = ("\n".join(_table(title, group, found)) for group, title in _SCREENS.items())
    folded = ["<details>", "<summary>The other screens</summary>", *others, "</details>"]
    return "\n\n".join([first, *folded])


def _table(title: str, group: str, found: list[Binding]) -> Iterator[str]:
    yield from (f"**{title}**", "", "| key | action | |", "|---|---|---|")
    for binding in (one for one in found if (one.id or "").partition(".")[0] == group):
        if binding.id not in _ALIKE:
            keys = " ".join(f"`{shown(key.strip())}`" for key in binding.key.split(","))
            yield f"| {keys} | {binding.id} | {binding.tooltip} |"
        elif binding.id == _ALIKE[0] and group == "queue":
            yield "| `1` … `9` | queue.view_1 … queue.view_9 | Go to a view by its number |"


if __name__ == "__main__":
    sys.stdout.write(key_table() + "\n")
