"""An afternoon at a made-up company: the tickets, findings and proposals that the console's tests look at."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from standin import NOW, US, StandIn

from supportdesk.desk import DeskStatus, Duplicate, Family, Proposal
from supportdesk.model import (
    Band,
    Comment,
    Decision,
    Escalation,
    Evidence,
    Finding,
    Grade,
    IssueDraft,
    IssueRef,
    Kind,
    Note,
    Organization,
    Person,
    Reply,
    State,
    Status,
    Ticket,
    TicketRef,
    Update,
)
from supportdesk.providers import Place

EXPORT = TicketRef("acme", "4312")


def customer(name: str, company: str, *, mail: str = "") -> Person:
    """Somebody who asks."""
    domain = company.lower().replace(" ", "") + ".example"
    address = mail or f"{name.split()[0].lower()}@{domain}"
    return Person(name=name, email=address, id=address, organization=Organization(name=company, id=domain))


def evidence(comment_id: str, body: str, text: str, weight: float, says: str) -> Evidence:
    """Words of a body, by where they stand in it."""
    start = body.index(text)
    return Evidence(
        comment_id=comment_id, cue=says, text=text, start=start, end=start + len(text), weight=weight, says=says
    )


def ticket(number: int, subject: str, person: Person, *, hours: float = 1, **more: Any) -> Ticket:
    """A ticket as last seen."""
    values: dict[str, Any] = {"status": Status.OPEN, "priority": "normal", **more}
    return Ticket(
        ref=TicketRef("acme", str(number)),
        subject=subject,
        requester=person,
        created_at=NOW - timedelta(hours=hours + 20),
        updated_at=NOW - timedelta(hours=hours),
        url=f"https://acme.zendesk.com/agent/tickets/{number}",
        **values,
    )


def said(id_: str, person: Person, hours: float, body: str, *, public: bool = True) -> Comment:
    """One entry of a conversation."""
    return Comment(id=id_, author=person, public=public, created_at=NOW - timedelta(hours=hours), body=body)


OKAFOR = customer("Ngozi Okafor", "Okafor Maritime")
ANSWER = (
    "Hi Ngozi,\n\nsorry about that. For now, filter the list by month and export each month on its own, "
    "then join the files in a spreadsheet. I know that is a lot of clicking.\n\nMaren"
)


def story(desk: StandIn | None = None) -> StandIn:
    """The desk of the snapshots."""
    desk = desk or StandIn()
    _export(desk)
    for number, subject, name, company, hours, more in REST:
        who = customer(name, company, mail=f"contact@{number}.example")
        desk.add(ticket(number, subject, who, hours=hours, **more), said(f"{number}-1", who, hours, f"{subject}."))
    _marks(desk)
    return desk


REST: tuple[tuple[int, str, str, str, float, dict[str, Any]], ...] = (
    (4318, "Cannot sign in after the SSO change", "Lea Brandt", "Brandt & Söhne", 1.2, {"priority": "urgent"}),
    (4290, "Dashboard stays blank on Mondays", "Ravi Menon", "Menon Foods", 2.5, {"assignee": US}),
    (4301, "Invoice should go to the finance address", "Sofía Ruiz", "Puerto Azul", 3.1, {"status": Status.PENDING}),
    (4325, "한글 파일 이름이 깨져요", "김서연", "Hanbit Studio", 4, {"status": Status.NEW}),
    (4277, "Everything is slow since the update", "Piotr Wrona", "Wrona Logistics", 6, {"assignee": US}),
    (4260, "Webhook is delivered forty times", "Amy Chen", "Tidewater Labs", 9, {"assignee": US}),
    (4322, "How do I rotate an API key?", "Jonas Lind", "Lind Optik", 14, {"status": Status.NEW}),
    (4288, "Two-factor codes arrive an hour late", "Aisha Noor", "Noor Clinics", 26, {"status": Status.HOLD}),
    (4244, "Arabic names are cut off in the PDF", "Yusuf Haddad", "Haddad Print", 40, {}),
    (4239, "Sandbox shows last year's prices", "Nina Petrov", "Petrov Retail", 50, {"assignee": US}),
    (4203, "Import rejects commas inside quotes", "Tom Okoye", "Okoye Books", 80, {}),
    (4187, "Search finds deleted projects", "Grace Park", "Parkside", 120, {"status": Status.PENDING}),
)


def likely() -> Finding:
    """What the rules make of the answer about the export."""
    return Finding(
        kind=Kind.WORKAROUND,
        p=0.87,
        band=Band.LIKELY,
        comment_id="c2",
        grade=Grade.REPEATED,
        evidence=(
            evidence("c2", ANSWER, "For now", 1.4, "a stopgap"),
            evidence("c2", ANSWER, "export each month on its own", 1.9, "a detour by hand"),
            evidence("c2", ANSWER, "a lot of clicking", 0.6, "we know it hurts"),
            Evidence(comment_id="c1", cue="rare", text="", start=0, end=0, weight=-0.4, says="asked for only once"),
        ),
    )


def _export(desk: StandIn) -> None:
    export = ticket(
        4312,
        "Export stops after 500 rows, audit is on Friday",
        OKAFOR,
        hours=0.4,
        priority="high",
        assignee=US,
        tags=("export", "csv"),
        cc=(customer("Femi Bello", "Okafor Maritime"),),
    )
    desk.add(
        export,
        said("c1", OKAFOR, 26, "The CSV always ends at row 500. We need all 2,314 vessels for the audit on Friday."),
        said("c2", US, 25, ANSWER),
        said(
            "c3", US, 24, "The limit came with last week's release, see the changelog. Nobody filed it.", public=False
        ),
        said("c4", OKAFOR, 0.4, "Thank you, that works, but it took me most of the morning. Will it be fixed? 🙏"),
        findings=[likely()],
        unread=True,
    )
    desk.families[export.ref] = Family(tickets=5, customers=4)


def _marks(desk: StandIn) -> None:
    blank, webhook, slow = (TicketRef("acme", number) for number in ("4290", "4260", "4277"))
    possible = Finding(kind=Kind.WORKAROUND, p=0.5, band=Band.POSSIBLE, comment_id="4290-1")
    desk.found[blank] = (possible,)
    desk.found[slow] = (replace(possible, comment_id="4277-1"),)
    desk.verdict(slow, Decision.CONFIRMED)
    desk.unread |= {TicketRef("acme", "4318"), TicketRef("acme", "4325")}
    desk.escalations[webhook] = Escalation(
        ticket=webhook,
        issue=IssueRef("app", "812"),
        url="https://tracker.example/812",
        title="Webhooks repeat after a time-out",
        op="earlier",
        at=NOW,
    )
    desk.drafts[TicketRef("acme", "4301"), True] = "Done, invoices go to"


def proposal(desk: StandIn, **more: Any) -> Proposal:
    """The issue behind the export ticket."""
    values: dict[str, Any] = {
        "ref": EXPORT,
        "place": Place(name="lumen/app", public=False),
        "redactions": {"name": 2, "e-mail address": 1},
        "duplicates": (
            Duplicate(ref=IssueRef("app", "640"), title="Export is slow for big lists", url="", score=0.44),
            Duplicate(ref=IssueRef("app", "701"), title="CSV: wrong separator", url="", score=0.21),
        ),
        "tickets": 5,
        "customers": 4,
        "quotes": True,
        **more,
    }
    body = (
        "### What happens\nThe CSV export ends after 500 rows and does not say so.\n\n"
        "### What should happen\nAll rows of the list are exported.\n\n"
        "### The workaround we give\nFilter by month, export each month, join the files by hand.\n\n"
        "### Who is hit\n5 tickets of 4 customers since 3 November.\n\n"
        "### In their words\n```\nThe CSV always ends at row 500. We need all 2,314 vessels\n"
        "for the audit on Friday. [person-1]\n```\n\nFrom `acme#4312`.\n\n<!-- sd-op:0f9c2b7e -->"
    )
    draft = IssueDraft(tracker="app", title="Export stops after 500 rows without a word", body=body)
    return Proposal(op="0f9c2b7e", draft=draft, **values)


def busy() -> StandIn:
    """The same desk with one entry of each kind in the outbox."""
    desk = story()
    ago = {minutes: NOW - timedelta(minutes=minutes) for minutes in (50, 12, 3)}
    done = Reply(body="Done, invoices go to your finance address from now on.")
    desk.put(TicketRef("acme", "4301"), done, state=State.SENT, attempts=1, created_at=ago[50], remote="1")
    words = Reply(body="It will be fixed this week; I'll write again when the release is out.")
    why = "The ticket changed since you read it: Ngozi Okafor answered at 14:06."
    desk.put(EXPORT, words, state=State.HELD, attempts=1, created_at=ago[12], why=why)
    lost = {"state": State.UNCERTAIN, "attempts": 1, "created_at": ago[3], "why": "No answer within 30 s."}
    desk.put(TicketRef("acme", "4290"), Note(body="Same cause as 4277?"), **lost)
    desk.put(TicketRef("acme", "4318"), Update(status=Status.PENDING, add_tags=("sso",)))
    return desk


class HalfRead(StandIn):
    """The same desk while its ten thousand tickets are read for the first time, at a pause that it keeps for others."""

    def status(self) -> DeskStatus:
        """What is said of the reading."""
        words = "acme: 5,100 tickets so far; goes on at 14:31:05, leaving room for others"
        return replace(super().status(), syncing=words, filing="search index 71%")


def half_read() -> HalfRead:
    """Fifty-one hundred tickets, of which the newest have their words."""
    desk = HalfRead()
    story(desk)
    desk.desks = (replace(desk.desks[0], synced_at=None, online=True),)
    who = customer("Mara Voss", "Voss & Daughters")
    for number in range(5_100 - len(desk.tickets)):
        status = Status.SOLVED if number % 3 == 0 else Status.OPEN
        desk.add(ticket(20_000 - number, SUBJECTS[number % len(SUBJECTS)], who, hours=90 + number, status=status))
    return desk


SUBJECTS = (
    "The export is empty for one of two teams",
    "Charged twice in October",
    "Search finds nothing since the weekend",
    "Can two people share one seat?",
    "Mails arrive without their attachments",
)
