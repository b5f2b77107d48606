"""The versions, systems, browsers and error codes that a conversation mentions: what an engineer asks for first."""

import re

from supportdesk.gate.words import any_of

MOST = 12
_NUMBER = r"\d{1,4}(?:\.\d{1,6}){1,4}[A-Za-z0-9-]{0,12}"
_DOTTED = r"\d{1,4}(?:\.\d{1,6}){0,3}"
_NO_PRODUCT = r"(?:Since|In|With|On|From|After|Before|Until|To|By|Using|Running|The|Your|Our) "
_SYSTEM = (
    r"Windows (?:Server )?(?:\d{1,4}(?:\.\d{1,3})?|XP|Vista)(?: \d{2}H\d)?"
    rf"|mac ?OS(?: [A-Z][a-z]{{2,12}})?(?: {_DOTTED})?"
    rf"|(?:iOS|iPadOS|Android|Ubuntu|Debian|Fedora|RHEL|CentOS|ChromeOS|SUSE|Alpine)(?: Linux)? {_DOTTED}"
    r"|Linux \d\.\d{1,3}(?:\.\d{1,3})?"
)
_BROWSERS = any_of(r"Chrome Chromium Firefox Safari Edge Opera Brave Vivaldi Internet\sExplorer")
_BROWSER = rf"(?:Google )?(?:{_BROWSERS})(?:[ /]{_DOTTED})?"
_PATTERNS = (
    re.compile(rf"(?<!\w)(?:{_SYSTEM})(?!\w)"),
    re.compile(rf"(?<!\w)(?:{_BROWSER})(?![\w/])"),
    re.compile(rf"(?<![\w.])(?!{_NO_PRODUCT})[A-Z][A-Za-z]{{1,24}} (?i:v|version |release |build )?{_NUMBER}(?!\w)"),
    re.compile(rf"(?<![\w.])(?i:v|version:? |ver\. ?|release |build ){_NUMBER}(?!\w)"),
    re.compile(r"(?<!\w)HTTP(?:/\d(?:\.\d)?)? [1-5]\d\d(?!\w)"),
    re.compile(
        r"(?<!\w)(?i:error|status|exit)(?i: code)?[ :#]{1,3}(?:0x[0-9A-Fa-f]{4,16}|[A-Z]{0,8}[-_]?\d{2,8})(?!\w)"
    ),
    re.compile(r"(?<!\w)(?:ERR|ERROR|E|ORA|SQLSTATE|NS_ERROR|SEC_ERROR|SSL_ERROR)[-_][A-Z0-9_]{3,60}(?!\w)"),
    re.compile(r"(?<!\w)E(?:CONN(?:REFUSED|RESET|ABORTED)|TIMEDOUT|NOTFOUND|ACCES|PERM|NOENT|PIPE|HOSTUNREACH)(?!\w)"),
    re.compile(r"(?<!\w)0x[0-9A-Fa-f]{6,16}(?!\w)"),
    re.compile(r"(?<![\w.])[A-Z][A-Za-z]{2,40}(?:Error|Exception)(?!\w)"),
)


def environment(text: str) -> tuple[str, ...]:
    """What a redacted text says of versions and environment, by kind, each once."""
    found: dict[str, None] = {}
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            words = " ".join(match[0].split())
            if not any(words.casefold() in other.casefold() for other in found):
                found[words] = None
    return tuple(found)[:MOST]
