"""The wording of an issue as it is written: its title and its text, on disk half a second behind the last key."""

from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from supportdesk.desk import Proposal
from supportdesk.store.locks import Claim
from supportdesk.text import clean
from supportdesk.ui.cells import line
from supportdesk.ui.compose import Words
from supportdesk.ui.inert import Bar
from supportdesk.ui.keeping import Keeping
from supportdesk.ui.keys import text_key
from supportdesk.ui.screens import DeskScreen


class Wording(NamedTuple):
    """A title and a text as the engineer left them, and whether that is on disk."""

    title: str
    body: str
    saved: bool = True


class IssueEditor(DeskScreen["Wording | None"]):
    """Title and text of an issue in two text fields, on disk half a second behind the last key."""

    AUTO_FOCUS = "#body"
    WHILE_TYPING = frozenset({"done", "leave", "swap"})
    BINDINGS: ClassVar[list[BindingType]] = [
        text_key(
            "ctrl+s,ctrl+enter", "done", "check again", "Put the wording through the gate", id="issue.done", show=True
        ),
        text_key("tab,shift+tab", "swap", "title or text", "Go to the other field", id="issue.swap", show=True),
        text_key("escape", "leave", "keep it", "Back to the issue in these words", id="issue.leave", show=True),
    ]

    def __init__(self, proposal: Proposal, wording: Wording, claim: Claim) -> None:
        super().__init__()
        self._claim = claim
        self.proposal = proposal
        self._begun = self._known = (wording.title, wording.body)
        self._title, self._body = Words(wording.title, id="title"), Words(wording.body, id="body")
        self.keeping = Keeping(self, self._write, self._draw_head)

    def compose(self) -> ComposeResult:
        """Two fields."""
        with Vertical(id="composer"):
            yield Bar(id="issue-title-head")
            yield self._title
            yield Bar(
                line((" Text", "dim"), ("  the last line is the marker that keeps it from being filed twice", "dim"))
            )
            yield self._body
        yield Bar(id="keys")

    def redraw(self) -> None:
        """Say how far it is on its way to disk."""
        self._draw_head()

    def _draw_head(self) -> None:
        kept = self.keeping.said if self._known != self._begun or not self.keeping.saved else ""
        self.query_one("#issue-title-head", Bar).draw(line((" Title  ", "dim"), (kept, "dim")))

    def on_text_area_changed(self) -> None:
        """Every change is on disk half a second later."""
        if self._typed() != self._known:
            self.keeping.touched()

    def keep(self) -> None:
        """Put the words on disk now; while the disk refuses they stay here, and it is tried again."""
        self.keeping.keep()

    def _write(self) -> None:
        title, body = typed = self._typed()
        if typed == self._known:
            return
        if typed == self._begun and not (self.proposal.own or self.proposal.kept):
            self.desk.drop_wording(self.proposal.ref)  # all of it was taken back
        else:
            self.desk.save_wording(self.proposal, title=clean(title), body=clean(body))
        self._known = typed

    def on_unmount(self) -> None:
        """Nothing typed is lost, however the screen ends."""
        if not self.keeping.saved or self._typed() != self._known:  # a field tells of a letter a moment later
            self.keep()
        self._claim.leave()

    def action_swap(self) -> None:
        """The other field."""
        self.set_focus(self._body if self.focused is self._title else self._title)

    def action_done(self) -> None:
        """Take the wording."""
        self._stop()
        title, body = self._typed()
        self.dismiss(Wording(" ".join(clean(title).split()), clean(body), self.keeping.saved))

    def _typed(self) -> tuple[str, str]:
        return self._title.text, self._body.text

    def action_leave(self) -> None:
        """Back; what was typed is the issue's wording now, and the gate reads it."""
        if self._typed() == self._begun:
            self._stop()
            self.dismiss(None)
        else:
            self.action_done()

    def _stop(self) -> None:
        self.keeping.save()
        self._claim.leave()
