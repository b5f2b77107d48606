"""What leads out of a ticket: its files, saved and never opened, and the addresses that people wrote in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import work
from textual.binding import BindingType

from supportdesk import late, model
from supportdesk.errors import SupportdeskError
from supportdesk.model import TicketRef
from supportdesk.ui.acts import TicketScreen
from supportdesk.ui.keys import key


class OutsideScreen(TicketScreen):
    """A screen whose selected ticket has files and links."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("f", "files", "save a file", "Save one of the ticket's files; it is never opened by us", id="queue.files"),
        key(
            "F",
            "links",
            "open a link",
            "Open an address that stands in the ticket; asks where it leads",
            id="queue.links",
        ),
    ]

    def _files(self) -> Sequence[model.Attachment]:
        reading = self.desk.read(self.ref) if self.ref is not None else None
        return [one for comment in reading.comments for one in comment.attachments] if reading else []

    async def action_files(self) -> None:
        """Choose one of the files and save it."""
        files = self._files()
        if self.ref is None or not files:
            self.console.say("This ticket has no files.")
            return
        choices = [late.picker.Choice(str(n), one.name, _size(one.size)) for n, one in enumerate(files)]
        done = partial(self._chosen_file, self.ref, files)
        await self.app.push_screen(late.picker.Picker("Save which file?", choices), done)

    def _chosen_file(self, ref: TicketRef, files: Sequence[model.Attachment], chosen: str | None) -> None:
        if chosen is not None:
            self._save(ref, files[int(chosen)])

    @work(group="files")
    async def _save(self, ref: TicketRef, attached: model.Attachment) -> None:
        size, topic = f" ({_size(attached.size)})" if attached.size else "", f"file {ref} {attached.id}"
        self.console.say(f"Saving {attached.name}{size}…", topic=topic)
        try:
            words = await self.desk.save_file(ref, attached)
        except SupportdeskError as problem:
            self.console.tell(problem)
            return
        self.console.say(words, grave=True, topic=topic)

    async def action_links(self) -> None:
        """Choose one of the addresses in the conversation."""
        reading = self.desk.read(self.ref) if self.ref is not None else None
        found = late.links.addresses(comment.body for comment in reading.comments) if reading else ()
        if self.ref is None or not found:
            self.console.say("Nobody wrote an address in this ticket.")
            return
        choices = [late.picker.Choice(url, late.links.judge(url).host or "not opened", url) for url in found]
        await self.app.push_screen(
            late.picker.Picker("Open which address?", choices), partial(self._chosen_link, self.ref)
        )

    async def _chosen_link(self, ref: TicketRef, chosen: str | None) -> None:
        if chosen is None:
            return
        link = late.links.judge(chosen, self.desk.accounts[ref.desk].url)
        if link.refused:
            self.console.say(f"Not opened: {link.refused}", grave=True)
        elif not link.doubts:
            self._open(link.url, link.host)
        else:
            ask = late.ask.Ask(
                f"Open a page on {link.host}?", " ".join(link.doubts), yes="open it", grave=len(link.doubts) > 1
            )
            await self.app.push_screen(ask, lambda yes: self._open(link.url, link.host) if yes else None)


def _size(size: int) -> str:
    return f"{size // 1024:,} kB" if size >= 1024 else f"{size} bytes"
