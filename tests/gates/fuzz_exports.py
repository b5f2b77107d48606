"""Exports and mail of others, in every layout that they have and in many that they have not."""

import json
from typing import Any

from fuzz_files import hostile, json_values
from hypothesis import strategies as st

from supportdesk.config import load_cues
from supportdesk.insight.exports import Wrong, shape_of, tickets_of_document, tickets_of_lines
from supportdesk.insight.letters import answering_domain, letters, threads, ticket_of
from supportdesk.insight.rules import Rules
from supportdesk.insight.scan import ScanTicket, scan_ticket

RULES = Rules.load(load_cues())


def exported(chunks: list[bytes]) -> None:
    """An export is tickets and sentences about what is none; every ticket can be scored and written as JSON."""
    whole = b"".join(chunks)
    shape_of(whole[:65536])
    for entries in (tickets_of_document(iter(chunks)), tickets_of_lines(whole.splitlines(keepends=True))):
        for entry in entries:
            assert isinstance(entry, Wrong | ScanTicket)
            if isinstance(entry, ScanTicket):
                json.dumps(scan_ticket(RULES, entry, every_answer=True), allow_nan=False)


def posted(lines: list[bytes]) -> None:
    """An mbox is threads of letters, and each is a ticket or a ValueError."""
    whole = b"".join(lines)
    found = threads(letters(iter(lines)))
    ours = {answering_domain(found) or "acme.example"}
    for thread in found:
        sources = [whole[one.start : one.start + one.length] for one in thread]
        try:
            scan_ticket(RULES, ticket_of(thread, sources, ours), every_answer=True)
        except ValueError:
            continue


ROLES = st.sampled_from(["customer", "agent", "other", "end-user", "admin", 1, None])
comments = st.fixed_dictionaries(
    {},
    optional={
        "id": st.one_of(st.integers(), hostile),
        "role": ROLES,
        "body": hostile,
        "public": hostile,
        "author": json_values,
        "author_id": st.one_of(st.integers(0, 3), hostile),
        "created_at": hostile,
        "html_body": hostile,
    },
)
tickets = st.fixed_dictionaries(
    {},
    optional={
        "id": st.one_of(st.integers(), hostile),
        "subject": hostile,
        "comments": st.one_of(st.lists(comments, max_size=3), json_values),
        "requester": json_values,
        "requester_id": hostile,
        "users": st.lists(json_values, max_size=2),
        "tickets": json_values,
        "description": hostile,
        "email_cc_ids": json_values,
    },
)


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


exports = st.lists(
    st.one_of(
        st.lists(tickets, max_size=3).map(_json),
        tickets.map(_json),
        st.sampled_from(
            [
                b"\n",
                b"[",
                b"]",
                b",",
                b"{",
                b"}",
                b'"',
                b"\xff",
                b"\xef\xbb\xbf",
                b'{"tickets":',
                b"[" * 3000,
                b"9" * 5000,
                b"NaN",
                b"1e999",
                b"\\ud800",
                b":",
            ]
        ),
        st.binary(max_size=8),
    ),
    max_size=7,
)
MAIL = (
    *(
        b"From a@x.example Mon Jan  1 00:00:00 2026\n",
        b"From: =?utf-8?q?=ff?= <a@x.example>\n",
        b"From: a@[\n",
        b"\n",
        b"Subject: Re: =?bad?b?!?=\n",
    ),
    *(
        b"Message-ID: <1@x>\n",
        b"References: <1@x> <2@x>\n",
        b"In-Reply-To: <1@x>\n",
        b"Date: Mon, 1 Jan 99999 00:00:00 +9999\n",
        b"Date: ,\n",
    ),
    *(
        b"Content-Type: multipart/mixed; boundary=b\n",
        b"--b\n",
        b"--b--\n",
        b"Content-Type: text/html; charset=nope\n",
        b"Content-Type: message/rfc822\n",
    ),
    *(
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: quoted-printable\n",
        b"Content-Transfer-Encoding: x-uuencode\n",
        b"begin 644 x\n",
        b"!!!!\n",
    ),
    *(
        b"Content-Type: text/plain; charset=\xff\n",
        b"Content-Type: text/plain; charset*=utf-8''%ff\n",
        b"Content-Disposition: attachment\n",
        b"From: " + b"(" * 500 + b"\n",
        b"<p>hi</p>\n",
    ),
    *(
        b"Auto-Submitted: auto-replied\n",
        b"Please try turning it off and on again as a workaround.\n",
        b" folded\n",
        b"Content-Type: text/plain; charset=utf-16\n",
        b"\x00\x00\n",
        b"Content-Type: text/plain; charset=idna\n",
    ),
)
mail = st.lists(st.one_of(st.sampled_from(MAIL), st.sampled_from(MAIL), st.binary(max_size=10)), max_size=20)


EXPORTS = {"exports": (exports, exported), "letters": (mail, posted)}
