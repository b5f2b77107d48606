"""The patterns of what must not leave: secrets first, then what identifies people and machines.

Each runs in time linear in the text: quantifiers are bounded, possessive, or start where nothing like them ends.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from itertools import pairwise

from supportdesk.gate.words import IDLE, any_of

PLACEHOLDER = re.compile(r"\[(secret|email|phone|person|organization|host|field|ip|mac|card|iban|id)-(\d{1,6})\]")


def _any(found: re.Match[str]) -> bool:
    return True


_compiled = cache(re.compile)


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern, the group in it that is hidden, and a closer look at what was found."""

    kind: str
    expression: str
    group: int = 0
    accept: Callable[[re.Match[str]], bool] = _any

    @property
    def pattern(self) -> re.Pattern[str]:
        """The expression, compiled when something is redacted for the first time."""
        return _compiled(self.expression)


def _rule(
    kind: str, pattern: str, group: int = 0, accept: Callable[[re.Match[str]], bool] = lambda found: True
) -> Rule:
    return Rule(kind, pattern, group, accept)


def mixed(value: str) -> bool:
    """Whether characters are mixed as in a generated secret and not as in a word."""
    if any(character.isdigit() for character in value):
        return True
    return any(one.islower() and two.isupper() for one, two in pairwise(value))


def _not_a_word(found: re.Match[str]) -> bool:
    value = found[found.lastindex or 0].strip("\"'.,;:!?()[]{}*…")
    return len(value) > 2 and value.lower() not in IDLE


def _generated(found: re.Match[str]) -> bool:
    value = found[found.lastindex or 0]
    return mixed(value) or "=" in value


def _header_value(found: re.Match[str]) -> bool:
    return _generated(found) or len(found[1]) > 15


def _license_key(found: re.Match[str]) -> bool:
    return any(map(str.isdigit, found[0])) and any(map(str.isalpha, found[0]))


def _has_digit_or_sign(found: re.Match[str]) -> bool:
    value = found[found.lastindex or 0].rstrip(".,;!?\"'")
    return value.lower() not in IDLE and any(not character.isalpha() for character in value) and len(value) > 3


def _digits(text: str) -> str:
    return "".join(character for character in text if character in "0123456789")


def _dialled(found: re.Match[str]) -> bool:
    return 8 <= len(_digits(found[found.lastindex or 0])) <= 15


def _dialled_nationally(found: re.Match[str]) -> bool:
    return 9 <= len(_digits(found[0])) <= 12


_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")


def _dialled_in_context(found: re.Match[str]) -> bool:
    return 6 <= len(_digits(found[1])) <= 15 and not _DATE.match(found[1])


def _luhn(found: re.Match[str]) -> bool:
    digits = [int(character) for character in _digits(found[0])]
    if not 13 <= len(digits) <= 19 or digits[0] not in (2, 3, 4, 5, 6) or len(set(digits)) < 2:
        return False
    doubled = [digit if index % 2 == 0 else digit * 2 - 9 * (digit > 4) for index, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _iban(found: re.Match[str]) -> bool:
    text = found[0].replace(" ", "")
    turned = text[4:] + text[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


_NUMBERED = any_of(r"v:? version:? ver\.? build:? release firmware driver package extension plugin add-?on")
_VERSION_BEFORE = re.compile(rf"(?i)(?:\b(?:{_NUMBERED})|[a-z]{{2,20}}/)[ ]{{0,2}}\Z")


def _address(found: re.Match[str]) -> bool:
    if _VERSION_BEFORE.search(found.string[max(0, found.start() - 24) : found.start()]):
        return False
    try:
        address = ip_address(found[0])
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified or found[0].startswith("255."))


def _long_address(found: re.Match[str]) -> bool:
    groups = [group for group in found[0].split(":") if group]
    return len(groups) > 2 and mixed(found[0]) and _address(found)


_EDGE = r"(?<![A-Za-z0-9])"
_LONG_NAMES = any_of(
    r"""pass(?:word|wd|phrase|code) client[\s_-]?secret (?:secret[\s_-]?)?access[\s_-]?key api[\s_-]?key
    (?:secret|auth|private)[\s_-]?key shared[\s_-]?(?:access[\s_-]?)?key account[_-]?key
    (?:access|auth|refresh|id|bearer|session)?[\s_-]?token secret credentials? kennwort passwort contraseña
    mot\sde\spasse wachtwoord senha has[lł]o lösenord adgangskode"""
)
_SHORT_NAMES = any_of("pass pwd pw")
_WORD_STARTS = r"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))"
_NAMES = rf"(?:(?i:{_LONG_NAMES})|{_WORD_STARTS}(?i:{_SHORT_NAMES}))\\{{0,3}}[\"']?[ ]{{0,3}}"
_IS = r"(?::=|=>|->|→|[:=])[ ]{0,3}\\{0,3}"
_IN_URL = any_of(
    """access_token id_token refresh_token token apikey api_key api-key sig signature password pwd secret
    client_secret jwt x-amz-signature x-amz-credential x-amz-security-token"""
)
_MAYBE_IN_URL = any_of("key code session sessionid sid auth pass invite otp assertion state nonce hash")
_HEADERS = any_of("authorization x-api-key x-auth-token private-token x-[a-z]{1,20}-token api-key")
_SESSIONS = any_of(r"phpsessid jsessionid asp\.net_sessionid connect\.sid session_?id csrf_?token xsrf-token sid")
_LOGINS = any_of("login user(?:name)? account credentials? creds")
_PAPERS = any_of(
    r"passport driver'?s\slicen[cs]e national\sid tax\sid vat\sid ust-?idnr steuer-?id personalausweis nhs"
)
_PARTIES = any_of("customer account client contract policy member kunden vertrags mandats konto")
_CODE = r"[A-Z0-9][A-Z0-9-]{3,20}(?![\w-])"
_CALLED = any_of("tel telephone phone mobile cell fax whatsapp telefon handy call reach ring")
_SHARED_FOLDERS = any_of("public default shared runner user username me you admin administrator all")

PREFIXED = (
    r"gh[pousr]_[A-Za-z0-9]{16,255}",
    r"github_pat_[A-Za-z0-9_]{20,255}",
    r"gl(?:pat|dt|rt|cbt|ptt|oas|soat|agent|imt|ffct)-[A-Za-z0-9_-]{16,255}",
    r"xox[a-z]-[A-Za-z0-9-]{8,255}",
    r"xapp-\d-[A-Za-z0-9-]{10,255}",
    _EDGE + r"A(?:KIA|SIA|GPA|IDA|ROA|NPA|NVA|IPA|CCA)[A-Z0-9]{16}(?![A-Z0-9])",
    r"AIza[A-Za-z0-9_-]{30,100}",
    r"ya29\.[A-Za-z0-9_-]{20,500}",
    r"[spr]k_(?:live|test)_[A-Za-z0-9]{10,255}",
    r"whsec_[A-Za-z0-9+/=]{16,255}",
    r"npm_[A-Za-z0-9]{30,255}",
    r"pypi-[A-Za-z0-9_-]{16,500}",
    r"SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,128}",
    _EDGE + r"(?:SK|AC)[0-9a-f]{32}(?![0-9a-f])",
    r"do[opr]_v1_[0-9a-f]{32,128}",
    r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",
    r"sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{20,128}",
    _EDGE + r"EAA[A-Za-z0-9_-]{40,400}",
    _EDGE + r"sk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{20,255}",
    _EDGE + r"hf_[A-Za-z0-9]{30,64}",
    r"dckr_pat_[A-Za-z0-9_-]{20,64}",
    r"lin_api_[A-Za-z0-9]{30,64}",
    r"ATATT3[A-Za-z0-9_=-]{20,400}",
    r"xkeysib-[A-Za-z0-9-]{30,128}",
    r"sntry[su]_[A-Za-z0-9_=+/-]{20,400}",
    r"NRAK-[A-Z0-9]{20,40}",
    r"AGE-SECRET-KEY-1[A-Z0-9]{50,64}",
    _EDGE + r"key-[0-9a-f]{32}(?![0-9a-f])",
    _EDGE + r"\d{8,10}:AA[A-Za-z0-9_-]{32,40}",
    _EDGE + r"[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,45}",
    r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,8000}+\.[A-Za-z0-9_-]{4,16000}+(?:\.[A-Za-z0-9_-]{0,4000})?",
    r"(?i:hooks\.slack\.com/(?:services|workflows)|discord(?:app)?\.com/api/webhooks|hooks\.zapier\.com/hooks)/[A-Za-z0-9/_-]{8,200}",
)

SECRETS = (
    *(_rule("secret", pattern) for pattern in PREFIXED),
    _rule("secret", r"/token:([A-Za-z0-9]{16,64})", 1),  # Zendesk's user/token:TOKEN
    _rule("secret", r"(?<![A-Za-z0-9])ssh-(?:rsa|dss|ed25519)[ ]{1,3}(AAAA[A-Za-z0-9+/=]{20,2000})", 1),
    _rule("secret", r"://([^\s/:@\[\]]{0,100}:[^\s/@]{1,200})@", 1),
    _rule("secret", r"[?&;#]" + rf"(?i:{_IN_URL})" + r"=([^\s&#\"'<>]{3,4000})", 1),
    _rule("secret", r"[?&;#]" + rf"(?i:{_MAYBE_IN_URL})" + r"=([^\s&#\"'<>]{8,4000})", 1, _generated),
    _rule(
        "secret",
        rf"(?i:{_HEADERS}|(?<![\w-])(?:[a-z]{{1,20}}-){{1,5}}(?:key|token|secret))[\"']?[ ]{{0,2}}[:=][ ]{{0,2}}[\"']?"
        r"(?:(?i:basic|bearer|token|digest|negotiate|apikey)[ ]{1,2})?([^\s\"',]{4,4000})",
        1,
        _header_value,
    ),
    _rule("secret", r"(?<![A-Za-z])(?i:basic|bearer|token)[ ]{1,3}([A-Za-z0-9+/=._~-]{8,4000})", 1, _generated),
    _rule("secret", r"(?i:(?:set-)?cookie)[\"']?:[ ]{0,3}([^\n\"']{4,4000})", 1, lambda found: "=" in found[1]),
    _rule(
        "secret",
        rf"(?<![A-Za-z])(?i:{_SESSIONS})"
        r"[\"']?[ ]{0,2}[=:][ ]{0,2}[\"']?([^\s\"';,&]{6,500})",
        1,
        _has_digit_or_sign,
    ),
    _rule("secret", _NAMES + _IS + r"\"([^\"\n]{1,400})\"", 1, _not_a_word),
    _rule("secret", _NAMES + _IS + r"'([^'\n]{1,400})'", 1, _not_a_word),
    _rule("secret", _NAMES + _IS + r"([^\s\"'<>\[]\S{2,400})", 1, _not_a_word),
    _rule(
        "secret",
        _NAMES + r"(?i:is|was|to|ist|lautet|[-–—])[ ]{1,2}(?i:still[ ]|now[ ])?[\"'“]?([^\s\"'”“<>\[]{4,200})",
        1,
        _has_digit_or_sign,
    ),
    _rule("secret", _NAMES + r"(?<=[ ])([A-Za-z0-9+/=._~-]{12,400})", 1, _generated),
    _rule(
        "secret",
        rf"(?<![A-Za-z])(?i:with|using|mit)[ ](?:(?i:the|my|this|dem|meinem)[ ])?{_NAMES}"
        r"(?<=[ ])([^\s\"'<>\[]{5,200})",
        1,
        _has_digit_or_sign,
    ),
    _rule("secret", rf"(?i:{_LONG_NAMES})[\"'][ ]{{1,3}}(?i:value)=[\"']([^\"'\n]{{3,400}})", 1, _not_a_word),
    _rule("secret", r"(?<![\w-])sshpass[ ]{1,3}-p[ ]{0,3}[\"']?([^\s\"']{3,200})", 1),
    _rule("secret", rf"--(?i:{_LONG_NAMES}|{_SHORT_NAMES})[ =]{{1,2}}[\"']?([^\s\"'\[-]\S{{3,400}})", 1, _not_a_word),
    _rule("secret", r"(?<![\w-])(?:-u|--user)[ =]{1,2}[\"']?[^\s:\"']{1,100}:([^\s\"']{3,200})", 1),
    _rule("secret", rf"<(?i:{_LONG_NAMES}|{_SHORT_NAMES})>([^<>\n]{{3,400}})</", 1, _not_a_word),
    _rule(
        "secret", r"(?<![A-Za-z])(?i:login)[ ]{1,2}\S{1,100}[ ]{1,2}(?i:password)[ ]{1,2}(\S{3,200})", 1, _not_a_word
    ),
    _rule("secret", r"(?<![A-Za-z])(?:PIN|Pin)(?i:[ ]code)?[ ]?(?:is|:|=)?[ ]{1,2}(\d{4,8})(?![\w.])", 1),
    _rule("secret", r"(?<![\w-])[A-Z0-9]{4,8}(?:-[A-Z0-9]{4,8}){3,7}(?![\w-])", 0, _license_key),
    _rule(
        "secret",
        rf"(?<![A-Za-z])(?i:{_LOGINS})[:=]?[ ]{{1,3}}\S{{1,64}}[ ]{{0,3}}/[ ]{{1,3}}(\S{{3,64}})",
        1,
        _has_digit_or_sign,
    ),
    _rule(
        "secret",
        r"(?<![A-Za-z])(?i:one[- ]time|verification|security|confirmation|2fa|mfa|otp|sms)[ ](?i:code|pin|password)"
        r"[^\d\n]{0,20}(\d[\d -]{2,9}\d)",
        1,
    ),
)

EMAIL = re.compile(
    r"(?<![\w.+%-])(?!git@)\w[\w.+%&'-]{0,63}+@(?:[^\W_](?:[\w-]{0,62}+)\.){1,8}(?:xn--[A-Za-z0-9-]{2,59}|[^\W\d_]{2,24})(?![\w-])"
)

PERSONAL = (
    Rule("email", EMAIL.pattern),
    _rule(
        "email",
        r"(?<![\w.+-])[\w.+-]{1,64}+[ ]?[\[({][ ]?(?i:at|ät)[ ]?[\])}][ ]?"
        r"(?:[\w-]{1,63}(?:\.|[ ]?[\[({][ ]?(?i:dot|punkt)[ ]?[\])}][ ]?)){1,4}[A-Za-z]{2,24}",
    ),
    _rule(
        "iban", r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])", 0, _iban
    ),
    _rule("card", r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])", 0, _luhn),
    _rule("id", r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"),
    _rule(
        "id",
        rf"(?<![A-Za-z])(?i:{_PAPERS})[^\w\n]{{0,4}}(?i:(?:is|no|nr|number|nummer)[.: #]{{1,3}})?({_CODE})",
        1,
        _generated,
    ),
    _rule(
        "id", rf"(?<![A-Za-z])(?i:{_PARTIES})[ -]?(?i:no|nr|number|id|nummer|num)[.: #]{{1,4}}({_CODE})", 1, _generated
    ),
    _rule(
        "id",
        r"(?<![A-Za-z])(?i:dob|born(?: on)?|date of birth|geboren(?: am)?|geburtsdatum)[: ]{1,3}([\d./-]{6,10}\d)",
        1,
    ),
    _rule("mac", r"(?<![\w:-])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:-])"),
    _rule("mac", r"(?<![\w.])(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}(?![\w.])", 0, lambda found: mixed(found[0])),
    _rule("ip", r"(?<![\w.])(?<!\d-)(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)", 0, _address),
    _rule("ip", r"(?<![\w:.])[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{3,38}(?![\w:])", 0, _long_address),
    _rule("phone", r"(?<![\w.+/-])(?:\+|00)[1-9][\d ()./-]{6,22}\d(?!\w)", 0, _dialled),
    _rule("phone", r"(?<![\w.+/-])\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}(?![\w-]|\.\d)"),
    _rule(
        "phone",
        r"(?<![\w.:/+-])\(?0\d{1,4}\)?[ /-]{1,3}\d{2,8}(?:[ /-]?\d{2,4}){0,4}(?![\w:-]|\.\d)",
        0,
        _dialled_nationally,
    ),
    _rule(
        "phone",
        rf"(?<![A-Za-z])(?i:{_CALLED})(?![A-Za-z])"
        r"[^\d\n+(]{0,20}(\+?\(?\d[\d ().+/-]{4,20}\d)(?![\w:.-]*\d)",
        1,
        _dialled_in_context,
    ),
    _rule(
        "person",
        r"(?:(?i:[A-Z]:[\\/]{1,2}Users[\\/]{1,2})|(?<![\w.])/home/|(?<![\w.])/Users/)"
        rf"(?!(?i:{_SHARED_FOLDERS})(?![\w-]))" + r"([^\\/\s\"'<>:|\[\]]{1,64})",
        1,
    ),
)

RULES = SECRETS + PERSONAL
