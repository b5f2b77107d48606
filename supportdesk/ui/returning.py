"""The board as it was left, taken up again: the picture on the terminal and what its keys act on are the same."""

from textual.app import ComposeResult

from supportdesk.ui.board import ENDLESS, BoardScreen
from supportdesk.ui.place import Place, around, written
from supportdesk.ui.starting import dress

PANES = ("views", "queue", "talk", "filter")


class ReturningScreen(BoardScreen):
    """It begins at a place, where one is given, and says at its end where the next one begins."""

    def __init__(self, place: Place | None = None) -> None:
        super().__init__()
        self._left = self._unread = place
        self.as_left = place is None
        if place is not None and place.view:
            self.view, self.letters = place.view, place.letters
            self.set_class(bool(place.letters), "-filtering", update=False)
            self.set_class(place.reading, "-reading", update=False)

    def compose(self) -> ComposeResult:
        """The board; the line with letters is part of the first screenful, where there are any."""
        if self.letters:
            dress(self.app)
        yield from super().compose()

    def on_mount(self) -> None:
        """Choose the ticket that was chosen, in the pane that had the keys."""
        if self._left is not None and self._left.view:
            self.views = self._left.views
            self._fill_views()
            self.queue.stand(self._left.ref, self._left.index, self._left.top)
            for pane in self.query(f"#{self._left.pane}" if self._left.pane in PANES else "#queue"):
                self.set_focus(pane)

    def refill(self) -> None:
        """Read the queue again; the first time, see whether it is as it was left."""
        super().refill()
        place, self._left = self._left, None
        if place is not None:
            self.as_left = self._stands(place)
            if not self.as_left:
                self._make_do()

    def _stands(self, place: Place) -> bool:
        """Whether what is drawn is what stands on the terminal: its keys act on what was seen, or on nothing."""
        queue, ref = self.queue, place.ref
        if (self.view, self.letters, queue.selected, queue.strayed) != (place.view, place.letters, ref, place.strayed):
            return False
        if self._around(place.tall) != place.around:
            return False
        if self.wide != place.wide and place.pane != ("talk" if place.reading else "queue"):
            return False  # the terminal has another size, and the pane that has the keys may be out of sight
        return ref is None or bool(self.desk.rows([ref]))

    def _around(self, rows: int) -> int:
        return 0 if self.steady is None else around(self.steady.order, self.queue.index, rows)

    def _make_do(self) -> None:
        """Where the ticket is gone, go on with the list at its place."""
        ref = self.ref
        if ref is None or self._place(ref) is not None or (self.reading and self.desk.rows([ref])):
            return
        self.remove_class("-reading")
        self.queue.selected = None
        super().refill()
        self.set_focus(self.queue)

    def lift(self) -> None:
        """Let nothing of the last session stay; what is read is drawn, as a key is about to act on it."""
        if self.reading and self.drawn is None:
            self.show_talk()
        super().lift()

    def show_talk(self) -> None:
        """Draw the selected ticket's conversation, the first one where it was read."""
        place, self._unread = self._unread, None
        if place is None or place.ref is None or place.ref != self.ref:
            super().show_talk()
            return
        self.drawn, self.everything = place.ref, place.everything
        super().show_talk()
        self.pager.go_to(lambda: place.row)

    def settle(self) -> str:
        """Stand as the next start will: without marks, the newest on top; and where that is."""
        if self.letters and len(self.desk.queue(self.view)) > ENDLESS:
            return ""  # the next start would wait for these letters
        if self.marked:
            self.unmark()
        self.steady = None
        self.refill()
        if self.reading or self.wide:
            self.show_talk()
        queue, ref, pane = self.queue, self.ref, self.focused.id if self.focused is not None else ""
        place = Place(
            view=self.view,
            letters=self.letters,
            desk=ref.desk if ref is not None else "",
            id=ref.id if ref is not None else "",
            index=queue.index,
            strayed=queue.strayed,
            top=int(queue.scroll_offset.y),
            around=self._around(self.app.size.height),
            tall=self.app.size.height,
            wide=self.wide,
            pane=pane if pane in PANES else "talk" if self.reading else "queue",
            reading=self.reading,
            everything=self.everything,
            row=int(self.pager.scroll_offset.y),
            views=tuple(self.views),
        )
        return written(place)
