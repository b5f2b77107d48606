"""Records the tapes in tests/samples/rt from a fresh RT: python tests/real/record_rt.py DIR URL (one argument each).

DIR and URL are an instance without tickets that has the queues Support and Engineering, the custom field Tags, and in
DIR/tokens the tokens of alice, bob, watcher and maria@example.com. A tape is one flow: each request that it made, and
the bytes that came back. All texts are invented here.
"""

import base64
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from supportdesk.errors import ServiceError
from supportdesk.model import IssueDraft, IssueRef, Note, Reply, Status, Ticket, TicketRef, Update
from supportdesk.providers import Account, Flow, Request
from supportdesk.providers.answers import decode
from supportdesk.providers.rt import RequestTracker

SAMPLES = Path(__file__).parent.parent / "samples" / "rt"
KEPT = ("content-type", "etag", "location")
HOME = "https://rt.acme.example"
OP = "5b8f2a60-3f7e-4a52-9d0e-0c9d2f6f7a11"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PAGE = (
    "<html><head><style>p {color: red}</style></head><body><p>Hello,</p><p>the <b>margin</b> is lost, see "
    "<a href='https://example.com/forum?a=1&amp;b=2'>the forum</a>.</p><ul><li>A4</li><li>Letter</li></ul>"
    "<script>alert('no')</script><pre>margin = 0\n  retry</pre><p>&#27;]0;owned&#7;Bye</p></body></html>"
)
Hook = Callable[[Request], None]


class Recorder:
    """Drives flows against one RT and keeps what was said."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        lines = (folder / "tokens").read_text(encoding="utf-8").splitlines()
        self.tokens = dict(line.split() for line in lines)
        self.http = httpx.Client(timeout=60)

    def desk(self, who: str = "alice", queue: str = "Support", name: str = "help") -> RequestTracker:
        """A provider that is signed in; its account has an invented address, as the tapes do."""
        provider = RequestTracker(Account(name=name, provider="rt", url=HOME, queue=queue))
        provider.signature = provider.authorize(self.tokens[who])  # type: ignore[attr-defined]  # this script's own
        return provider

    def play(self, provider: RequestTracker, flow: Flow[Any], tape: str = "", before: Hook | None = None) -> Any:
        """Drive a flow to its value, or to the error it raises; write its tape."""
        kept: list[dict[str, Any]] = []
        try:
            request = next(flow)
            while True:
                if before is not None:
                    before(request)
                answer = self._send(request, provider.signature)  # type: ignore[attr-defined]  # this script's own
                kept.append(self._kept(request, answer))
                request = flow.send(decode(answer.status_code, answer.headers, answer.content))
        except StopIteration as end:
            value = end.value
        except ServiceError as problem:
            value = problem
        if tape:
            text = json.dumps(kept, ensure_ascii=False, indent=1).replace(self.url, HOME)
            (SAMPLES / f"{tape}.json").write_text(text + "\n", encoding="utf-8")
        print(f"{tape or '-':32} {len(kept):2} requests  {str(value)[:150]}")  # noqa: T201
        return value

    def _send(self, request: Request, signature: dict[str, str]) -> httpx.Response:
        return self.http.request(
            request.method,
            self.url + request.path,
            params=request.query or None,
            json=request.body,
            headers=dict(request.headers) | signature,
        )

    def _kept(self, request: Request, answer: httpx.Response) -> dict[str, Any]:
        return {
            "request": [request.method, request.path, [list(pair) for pair in request.query], request.body],
            "status": answer.status_code,
            "headers": {name: answer.headers[name] for name in KEPT if name in answer.headers},
            "body": answer.content.decode(),
        }

    def call(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """One bare call, for setting the scene."""
        headers = {"Authorization": f"token {self.tokens[who]}"}
        answer = self.http.request(method, f"{self.url}/REST/2.0{path}", json=body, headers=headers)
        answer.raise_for_status()
        return answer.json()

    def single(self, tape: str, path: str, headers: dict[str, str]) -> None:
        """The answer to one bare request, as a tape."""
        provider = self.desk()
        self.play(provider, _bare(Request(method="GET", path=path, headers=tuple(headers.items()))), tape)


def _bare(request: Request) -> Flow[None]:
    yield request


def scene(rt: Recorder) -> None:
    """Five tickets: a conversation, an HTML mail with files, one that waits, its twin, and one that is solved."""
    maria, text = "maria@example.com", "text/plain"

    def make(who: str, subject: str, content: str, kind: str = text, **more: Any) -> None:
        body = {"Queue": "Support", "Subject": subject, "Content": content, "ContentType": kind, "Requestor": maria}
        rt.call(who, "POST", "/ticket", body | more)

    log = base64.b64encode(b"12:00 paper out\n" * 3).decode()
    files = [
        {"FileName": "spool.log", "FileType": text, "FileContent": log},
        {"FileName": "shot.png", "FileType": "image/png", "FileContent": PIXEL},
    ]
    make(maria, "Printer settings vanish after the update", "Hi,\n\nsince 4.2 the tray is forgotten.\n\nMaria")
    make(maria, "Margins are lost", PAGE, "text/html", Attachments=files)
    make("alice", "Licence key refused", "The key ends in 77.", Priority=80, Cc=["eve@example.net"])
    make("alice", "Licence key refused again", "Same key.")
    make("bob", "How to rotate a page", "Ctrl+R, said on the phone.")
    rt.call("alice", "POST", "/ticket/1/correspond", {"Content": "Please try safe mode.\n", "ContentType": text})
    rt.call("bob", "POST", "/ticket/1/comment", {"Content": "Looks like PRN-7.", "ContentType": text})
    rt.call(maria, "POST", "/ticket/1/correspond", {"Content": "It works in safe mode!", "ContentType": text})
    rt.call("alice", "PUT", "/ticket/1", {"CustomFields": {"Tags": ["printing", "vip"], "Severity": "S2"}})
    rt.call("bob", "PUT", "/ticket/3", {"Status": "stalled", "Owner": "bob"})
    rt.call("bob", "PUT", "/ticket/4", {"MergeInto": 3})
    rt.call("bob", "PUT", "/ticket/5", {"Status": "resolved"})


def readings(rt: Recorder) -> None:
    """Everything that only reads."""
    desk, watcher = rt.desk(), rt.desk("watcher")
    rt.play(desk, desk.whoami(), "whoami_agent")
    rt.play(watcher, watcher.whoami(), "whoami_look_only")
    lost = rt.desk(queue="Nope")
    rt.play(lost, lost.whoami(), "whoami_no_such_queue")
    rt.play(desk, desk.views(), "views")
    rt.play(desk, desk.tickets(None, ""), "open_page_1")
    rt.play(desk, desk.tickets(None, "2"), "open_page_2")
    rt.play(desk, desk.changes(datetime.now(UTC) - timedelta(minutes=5), "", ""), "changes")
    for tape, number in (("ticket", "1"), ("ticket_merged", "4"), ("ticket_missing", "999")):
        rt.play(desk, desk.ticket(TicketRef("help", number)), tape)
    rt.play(desk, desk.conversation(TicketRef("help", "1")), "conversation")
    rt.play(desk, desk.conversation(TicketRef("help", "2")), "conversation_html")
    rt.single("bad_sql", "/REST/2.0/tickets?query=Colour%20%3D%20'red'", {})
    rt.single("empty_500", "/REST/2.0/ticket/1", {"If-Modified-Since": "Sun, 22 Nov 2026 00:00:00 GMT"})


def writings(rt: Recorder) -> None:
    """Words and fields, in good days and bad ones."""
    desk, watcher, began = rt.desk(), rt.desk("watcher"), datetime.now(UTC)

    def now(number: str = "1") -> Ticket:
        ticket: Ticket = rt.play(desk, desk.ticket(TicketRef("help", number)))
        return ticket

    reply, note = Reply(body="Fixed in 4.3.\n\nAlice"), Note(body="Told her about 4.3.")
    before = now()
    done = rt.play(desk, desk.deliver(reply, OP, before), "reply")
    rt.play(desk, desk.find_op(reply, OP, before, began, frozenset()), "find_reply")
    rt.play(desk, desk.find_op(reply, OP, before, began, frozenset({done.remote})), "find_reply_claimed")
    rt.play(desk, desk.deliver(note, OP, before), "note_after_our_own_reply")
    rt.play(watcher, watcher.deliver(note, OP, now()), "note_not_allowed")
    wait = {"Content": "Wait, not yet.", "ContentType": "text/plain"}
    before = now()
    time.sleep(1.1)  # stamps are whole seconds
    rt.call("bob", "POST", "/ticket/1/comment", wait)
    rt.play(desk, desk.deliver(reply, OP, before), "reply_conflict")
    before = rt.play(desk, desk.conversation(TicketRef("help", "1")), "conversation_before").ticket
    rt.call("bob", "POST", "/ticket/1/comment", wait)
    rt.play(desk, desk.deliver(reply, OP, before), "reply_conflict_same_second")
    update = Update(status=Status.HOLD, assignee="me", priority="high", add_tags=("workaround",), remove_tags=("vip",))
    before = now()
    rt.play(desk, desk.deliver(update, OP, before), "update")
    rt.play(desk, desk.find_op(update, OP, before, began, frozenset()), "find_update")
    bad = Update(priority="low", assignee="maria@example.com")
    rt.play(desk, desk.deliver(bad, OP, now()), "update_refused_in_part")
    rt.play(watcher, watcher.deliver(Update(status=Status.SOLVED), OP, now()), "update_not_allowed")

    def first(request: Request) -> None:
        if request.method == "PUT":
            rt.call("bob", "PUT", "/ticket/1", {"Priority": 21})

    rt.play(desk, desk.deliver(Update(priority="urgent"), OP, now()), "update_race", first)


def issues(rt: Recorder) -> None:
    """Engineering as a tracker."""
    eng, began = rt.desk(queue="Engineering", name="eng"), datetime.now(UTC)
    body = f"Steps to reproduce: update, print.\n\n<!-- sd-op:{OP} -->"
    draft = IssueDraft(
        tracker="eng",
        title="Printer settings are lost by the update",
        body=body,
        labels=("workaround",),
        ticket_url=f"{HOME}/Ticket/Display.html?id=1",
    )
    rt.play(eng, eng.place(), "place")
    rt.play(eng, eng.find_issue(OP, began), "find_issue_none")
    done = rt.play(eng, eng.file_issue(draft, OP), "file_issue")
    issue = IssueRef("eng", done.remote)
    rt.play(eng, eng.find_issue(OP, began), "find_issue")
    rt.play(eng, eng.comment_issue(issue, "Two more customers.", OP), "comment_issue")
    rt.play(eng, eng.find_issue_comment(issue, OP, began), "find_issue_comment")
    rt.play(eng, eng.similar_issues(draft), "similar_issues")
    rt.play(eng, eng.issue(issue), "issue")
    outsider = rt.desk("watcher", "Engineering", "eng")
    rt.play(outsider, outsider.file_issue(draft, OP), "file_issue_not_allowed")
    print(rt.call("alice", "GET", "/ticket/1")["_hyperlinks"][1:2])  # noqa: T201


if __name__ == "__main__":
    SAMPLES.mkdir(parents=True, exist_ok=True)
    recorder = Recorder(Path(sys.argv[1]), sys.argv[2])
    for part in (scene, readings, writings, issues):
        part(recorder)
