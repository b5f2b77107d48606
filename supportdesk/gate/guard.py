"""A last look at a reply before customers see it: what was left in it by mistake."""

import re
from collections.abc import Iterator, Sequence

from supportdesk.gate.known import Known
from supportdesk.gate.redact import OWN_TOKEN, redact
from supportdesk.gate.words import any_of

_BRACES = re.compile(r"\{\{[^{}\n]{0,80}\}\}|\{%[^{}\n]{0,80}%\}|<%[^<>\n]{0,80}%>|\$\{[A-Za-z_.]{1,60}\}")
_WHOSE = any_of("your customer client user agent first last full company product ticket insert add enter order")
_BLANKS = re.compile(
    rf"(?i)\[(?:(?:{_WHOSE})[ _-]?[a-z _-]{{0,30}}|name|date|link|url|tbd|placeholder|…|\.\.\.)\](?!\()"
    rf"|<(?:(?:{_WHOSE})[ _-]?[a-z _-]{{0,30}}|name|date|link here)>|_{{6,}}"
)
# what writers leave where they mean to come back: a reply that says it is not done
_UNFINISHED = re.compile(r"\b(?:TODO|FIXME|TBD|TBC|XXX+|LOREM IPSUM)\b|\blorem ipsum\b|\?\?\?")
_HEADINGS = re.compile(
    r"(?im)^[#* \t]{0,6}(?:(?:draft|suggested|proposed|ai|generated)[ -](?:reply|response|answer|email|message)"
    r"|(?:here(?: is|'s|’s) (?:a|the|your|my) (?:draft|suggested|reply|response))[^\n]{0,40}|reply draft)[* \t]{0,4}:?"
)
_INTERNAL = re.compile(
    r"(?i)do not (?:send|forward|share|show)(?: this)? (?:to|with) (?:the )?(?:customer|client|user)"
    r"|\binternal(?: use)? only\b|\binternal note\b|\bnot for (?:the )?customers?\b"
    r"|\b(?:customer|client) must not see\b|\bnur intern\b"
)
_MARKER = re.compile(r"sd-op:[0-9a-f-]{8}")


def before_reply(body: str, known: Sequence[Known] = ()) -> tuple[str, ...]:
    """Sentences about what the engineer should look at before a public reply is sent; none when nothing was found."""
    if not body.strip():
        return ("The reply is empty.",)
    return tuple(dict.fromkeys(_cautions(body, known)))


def _cautions(body: str, known: Sequence[Known]) -> Iterator[str]:
    checks = (
        (_BRACES, "“{}” is a placeholder that nobody filled in."),
        (_BLANKS, "“{}” looks like a blank that nobody filled in."),
        (_UNFINISHED, "“{}” says that this is not finished."),
        (_HEADINGS, "“{}” is a heading of a draft, not of a reply."),
        (_INTERNAL, "“{}” is meant for us, not for the customer."),
        (_MARKER, "“{}” is a marker of ours."),
    )
    for pattern, sentence in checks:
        for found in list(pattern.finditer(body))[:3]:
            yield sentence.format(" ".join(found[0].split()))
    secrets = [one for one in known if one.kind == "secret"]
    result = redact(body, secrets)
    if OWN_TOKEN in result.blocks:
        yield "One of our own tokens is in the reply."
    elif result.counts.get("secret"):
        yield "Something in the reply looks like a password or a token."
