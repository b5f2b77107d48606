"""Keys as data: how a binding is made, which there are, and how they read in the footer and the help."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from textual.app import App
from textual.binding import ActiveBinding, Binding
from textual.widget import Widget

from supportdesk.ui.cells import Line, Piece, line

LAST, RESUME = "app.help", "app.pause"
_SHOWN = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "full_stop": ".",
    "asterisk": "*",
}


class KeyRow(NamedTuple):
    """One action with its keys as they are now, and why it is off, if it is."""

    id: str
    keys: tuple[str, ...]
    action: str
    description: str
    tooltip: str
    shown: bool
    off: str = ""

    @property
    def group(self) -> str:
        """The first word of the id."""
        return self.id.partition(".")[0]


def key(keys: str, action: str, description: str, tooltip: str, *, id: str, show: bool = False) -> Binding:
    """A key of a screen: it acts before the next key is read, so that what is typed ahead lands where it should."""
    return Binding(keys, action, description, tooltip=tooltip, id=id, show=show, priority=True)


def text_key(keys: str, action: str, description: str, tooltip: str, *, id: str, show: bool = False) -> Binding:
    """A key of a text field: it waits for the letters before it to arrive in the text."""
    return Binding(keys, action, description, tooltip=tooltip, id=id, show=show, priority=False)


def typing(widget: object) -> bool:
    """Whether keys are letters at the moment."""
    return isinstance(widget, Widget) and widget.check_consume_key("a", "a")


def shown(name: str) -> str:
    """A key as it is written on the screen: `question_mark` as `?`."""
    if name.startswith("upper_"):
        return name[6:].upper()
    return _SHOWN.get(name, name.upper() if name[:1] == "f" and name[1:].isdigit() else name)


def always_on(_id: str) -> str:
    """The reason why a key is off where none ever is."""
    return ""


def rows(active: Mapping[str, ActiveBinding], reason: Callable[[str], str] = always_on) -> list[KeyRow]:
    """The live bindings in the order they were declared, one row an action; Textual's own editing keys are not ours."""
    found: dict[str, KeyRow] = {}
    for name, entry in active.items():
        binding = entry.binding
        if binding.id is None or not binding.description:
            continue
        before = found.get(binding.id)
        found[binding.id] = KeyRow(
            id=binding.id,
            keys=(*(before.keys if before else ()), shown(name)),
            action=binding.action,
            description=binding.description,
            tooltip=binding.tooltip,
            shown=binding.show,
            off=before.off if before else reason(binding.id),
        )
    return list(found.values())


def key_of(app: App[Any], id_: str) -> str:
    """The key of one of the app's own bindings as it is written, also while letters are typed; empty without one."""
    live = app._bindings.copy()
    live.apply_keymap(app._keymap)
    return next((shown(name) for name, binding in live if binding.id == id_), "")


def footer(found: Iterable[KeyRow], width: int) -> Line:
    """The keys that matter here; one that is off is dim, and says why when it is pressed."""
    wanted = sorted((row for row in found if row.shown), key=lambda row: row.id == LAST)
    room = width - sum(_cells(row) for row in wanted if row.id == LAST)
    pieces: list[Piece] = []
    for row in wanted:
        room -= _cells(row) if row.id != LAST else 0
        if room < 0 and row.id != LAST:
            continue
        key_style, words_style = ("dim", "dim") if row.off else ("key", "")
        pieces += [Piece(" "), Piece(row.keys[0], key_style), Piece(f" {row.description}  ", words_style)]
    return line(*pieces)


def _cells(row: KeyRow) -> int:
    return len(row.keys[0]) + len(row.description) + 4
