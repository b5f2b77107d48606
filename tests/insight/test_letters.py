"""Letters in an mbox, put in threads."""

import io

import pytest

from supportdesk.insight.letters import Letter, answering_domain, body_of, is_ours, letters, threads, ticket_of
from supportdesk.model import Role

ENVELOPE = b"From ann@roof.example Mon Oct  5 09:12:31 2026\n"


def letter(
    name: str, sender: str, subject: str = "Upload", *, to: str = "", body: str = "Hello", extra: str = "", day: int = 5
) -> bytes:
    headers = f"From: {sender}\nSubject: {subject}\nMessage-ID: <{name}@x>\nDate: Mon, {day} Oct 2026 09:00:00 +0200\n"
    headers += f"In-Reply-To: <{to}@x>\n" if to else ""
    return f"{headers}{extra}\n{body}\n".encode()


def mbox(*messages: bytes) -> bytes:
    return b"".join(ENVELOPE + message + b"\n" for message in messages)


def read(source: bytes) -> list[Letter]:
    return list(letters(io.BytesIO(source)))


def names(source: bytes) -> list[list[str]]:
    return [[one.id.removesuffix("@x") for one in thread] for thread in threads(read(source))]


ANN = letter("1", "Ann <Ann@Roof.example>", body="It hangs.")
BEN = letter("2", "Ben <ben@acme.example>", "Re: Upload", to="1", body="Restart it.", day=6)


def test_messages_are_told_apart_and_found_again_by_their_bytes() -> None:
    source = mbox(ANN, BEN)
    found = read(source)
    assert [source[one.start : one.start + one.length] for one in found] == [ANN + b"\n", BEN + b"\n"]
    assert [(one.sender.name, one.sender.email, one.subject) for one in found] == [
        ("Ann", "ann@roof.example", "Upload"),
        ("Ben", "ben@acme.example", "Re: Upload"),
    ]


def test_a_sentence_that_begins_with_from_is_no_new_message() -> None:
    body = "It hangs.\n\nFrom what I see it is the cache.\nFrom ann@roof.example Mon Oct  5 09:12:31 2026\nBye"
    assert len(read(mbox(letter("1", "ann@roof.example", body=body), BEN))) == 2


def test_line_ends_of_the_other_kind_are_read_too() -> None:
    assert names(mbox(ANN, BEN).replace(b"\n", b"\r\n")) == [["1", "2"]]


def test_replies_stand_with_what_they_answer_wherever_they_are_in_the_file() -> None:
    third = letter("3", "ann@roof.example", "Re: Upload", extra="References: <1@x>\n <2@x>\n", day=7)
    other = letter("9", "eve@van.example", "Invoice")
    assert names(mbox(third, other, BEN, ANN)) == [["1", "2", "3"], ["9"]]


def test_letters_that_answer_one_that_is_not_there_stand_together() -> None:
    assert names(mbox(letter("2", "a@b.example", to="0"), letter("3", "c@d.example", to="0"))) == [["2", "3"]]


def test_a_reply_without_references_goes_by_its_subject_and_a_new_letter_never_does() -> None:
    reply = letter("2", "ben@acme.example", "AW: Re[2]:  upload")
    again = letter("3", "eve@van.example", "Upload")
    assert names(mbox(ANN, reply, again)) == [["1", "2"], ["3"]]


def test_a_letter_that_was_stored_twice_counts_once() -> None:
    assert names(mbox(ANN, BEN, ANN)) == [["1", "2"]]


def test_without_dates_the_order_of_the_file_stays() -> None:
    bare = BEN.replace(b"Date: Mon, 6 Oct 2026 09:00:00 +0200", b"Date: yesterday")
    assert names(mbox(bare, ANN)) == [["2", "1"]]


def test_the_domain_that_answers_most_is_support() -> None:
    eve = letter("3", "eve@van.example", "Re: Upload", to="1")
    more = [letter("5", "dan@van.example", "Other"), letter("6", "ben@acme.example", "Re: Other", to="5")]
    robot = letter("4", "no-reply@zeta.example", "Re: Upload", to="1")
    assert answering_domain(threads(read(mbox(ANN, BEN, eve, robot, *more)))) == "acme.example"
    assert answering_domain(threads(read(mbox(ANN)))) == ""


def test_support_is_an_address_or_a_domain() -> None:
    ann, ben = read(mbox(ANN, BEN))
    assert is_ours(ben, {"acme.example"})
    assert is_ours(ben, {"ben@acme.example"})
    assert not is_ours(ben, {"help@acme.example", "example"})
    assert not is_ours(ann, {"acme.example"})


def test_a_thread_is_a_ticket_of_who_asked() -> None:
    robot = letter("3", "mailer-daemon@mx.example", "Re: Upload", to="1", extra="Auto-Submitted: auto-replied\n", day=8)
    source = mbox(ANN, BEN, robot)
    (thread,) = threads(read(source))
    ticket = ticket_of(thread, (source[one.start : one.start + one.length] for one in thread), {"acme.example"})
    assert (ticket.id, ticket.subject, ticket.requester.email) == ("1@x", "Upload", "ann@roof.example")
    assert [(one.role, one.body.strip()) for one in ticket.comments] == [
        (Role.CUSTOMER, "It hangs."),
        (Role.AGENT, "Restart it."),
        (Role.SYSTEM, "Hello"),
    ]


PARTS = (
    'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/html\n\n<p>a<br>b</p>\n--b\n'
    "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nw7xiZXI=\n--b--\n"
)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("\nplain", "plain"),
        (PARTS, "über"),
        ("Content-Type: text/html\n\n<p>a<br>b</p>", "a\nb"),
        ("Content-Transfer-Encoding: quoted-printable\n\n=C3=BCber", "über"),
        ("Content-Type: text/plain; charset=no-such\n\nplain", "plain"),
        ("Content-Type: text/plain\nContent-Disposition: attachment\n\nlog", ""),
        ("Content-Type: multipart/mixed; boundary=b\n\nbroken", ""),
        ("Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n!!!", ""),
        ("", ""),
    ],
)
def test_a_body_is_its_text(source: str, text: str) -> None:
    assert body_of(source.encode()).strip() == text


def test_a_letter_that_is_nested_without_end_is_refused() -> None:
    nested = "".join(f'Content-Type: multipart/mixed; boundary="b{at}"\n\n--b{at}\n' for at in range(5_000))
    with pytest.raises(ValueError, match="too deep"):
        body_of(nested.encode())


@pytest.mark.parametrize(
    "headers",
    [
        "Subject: =?utf-8?B?!!!?=\n",
        "Subject: =?no-such?Q?x?=\n",
        "From: =?utf-8?Q?=FF?= <a@b>\n",
        "From: \n",
        "From: <<<>>>\n",
        "Date: Mon, 99 Foo 99999 99:99:99 +99999\n",
        "Date: " + "9" * 10_000 + "\n",
        "Message-ID: <>\nReferences: <" + "x" * 100_000 + "\n",
        "Subject: " + "Re: " * 50_000 + "\n",
        "no header at all",
        "\x00\x1b[2J\n",
    ],
    ids=range(11),
)
def test_hostile_headers_are_read_as_far_as_they_go(headers: str) -> None:
    (found,) = read(ENVELOPE + headers.encode() + b"\n\nHello\n")
    assert found.id == "letter 1"
    assert "\x1b" not in found.subject + found.sender.name
    assert threads([found]) == [[found]]


def test_a_coded_name_and_subject_are_spelled_out() -> None:
    (found,) = read(mbox(letter("1", "=?utf-8?Q?J=C3=B6rg?= <j@x.example>", "=?iso-8859-1?Q?=FCber?= uns")))
    assert (found.sender.name, found.subject) == ("Jörg", "über uns")
