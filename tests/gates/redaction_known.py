"""What is known of a ticket, in every guise in which it can stand in a text."""

import html
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from unicodedata import normalize
from urllib.parse import quote, quote_plus

from supportdesk.gate.redact import Known

OWN = (
    "zdtok" + "en-4Kq9Xw2Lm7Rt5Yv8",
    "ghp" + "_R7sT9uV1wX3yZ5aB7cD9eF1gH3iJ5kL7mN9o",
    "1-29-" + "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
)
KNOWN = (
    *(
        Known(kind="person", value=name)
        for name in (
            "Siobhán O'Connor",
            "Jürgen Müller-Lüdenscheidt",
            "Ngozi Okafor",
            "田中 太郎",
            "Søren Ångström",
            "Łukasz Żółć",
            "José María García Márquez",
        )
    ),
    *(
        Known(kind="email", value=address)
        for address in (
            "s.oconnor@okafor.example",
            "juergen.mueller@northwind.example",
            "ngozi+bills@mail.okafor.example",
        )
    ),
    *(Known(kind="phone", value=number) for number in ("+49 221 4711-815", "+1 (415) 555-0132")),
    *(
        Known(kind="organization", value=name)
        for name in ("Okafor Trading Ltd.", "Müller & Söhne GmbH", "Northwind Traders")
    ),
    *(Known(kind="field", value=value) for value in ("KD-4711-99", "Rack 12 / Köln-Süd", "contract #88-2026-A")),
    *(Known(kind="host", value=host) for host in ("okafor.zendesk.com", "helpdesk.northwind.example")),
)
SECRETS = tuple(Known(kind="secret", value=value) for value in OWN)


def _spread(value: str, between: str) -> str:
    return between.join(value)


GUISES: dict[str, Callable[[str], str]] = {
    "as it is": lambda value: value,
    "upper case": str.upper,
    "lower case": str.lower,
    "decomposed": lambda value: normalize("NFD", value),
    "composed": lambda value: normalize("NFC", value),
    "split by zero-width space": lambda value: f"{value[:3]}\u200b{value[3:6]}\u200b{value[6:]}",
    "zero-width between all": lambda value: _spread(value, "\u2060"),
    "soft hyphens": lambda value: f"{value[:4]}\u00ad{value[4:]}",
    "full width": lambda value: "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in value),
    "base64": lambda value: b64encode(value.encode()).decode(),
    "base64, second alignment": lambda value: b64encode(b"a" + value.encode() + b"zz").decode(),
    "base64, third alignment": lambda value: b64encode(b"ab" + value.encode() + b"z").decode(),
    "base64 for addresses": lambda value: urlsafe_b64encode(b"user:" + value.encode()).decode().rstrip("="),
    "base64, upper case": lambda value: b64encode(value.upper().encode()).decode(),
    "percent-encoded": lambda value: quote(value, safe=""),
    "percent-encoded form": quote_plus,
    "percent-encoded whole": lambda value: "".join(f"%{byte:02X}" for byte in value.encode()),
    "percent-encoded twice": lambda value: quote(quote(value, safe=""), safe=""),
    "HTML entities": lambda value: html.escape(value, quote=True),
}
AROUND = ("{}", "Hello {}, thank you", 'name="{}";', "x={}&y=1", "({})")
OWN_ONLY: dict[str, Callable[[str], str]] = {
    "hexadecimal": lambda value: value.encode().hex(),
    "over two lines": lambda value: f"{value[:11]}\n{value[11:]}",
    "with spaces": lambda value: _spread(value, " "),
}
