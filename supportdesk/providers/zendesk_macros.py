"""Zendesk's macros as prepared words.

Fields: id title active actions[]{field value} usage_30d (side-loaded); of the actions only the words count:
`comment_value` (text, or a channel and text), `comment_value_html` (HTML) and `comment_mode_is_public`.
https://developer.zendesk.com/api-reference/ticketing/business-rules/macros/
"""

from supportdesk.insight.macros import Macro
from supportdesk.insight.markup import text_of
from supportdesk.providers import Account, Json
from supportdesk.providers.zendesk_parse import identifier, line_of
from supportdesk.text import clean

MACROS_QUERY = (("active", "true"), ("include", "usage_30d"))


def macro_of(row: dict[str, Json], account: Account) -> Macro:
    """One macro; its body is empty when it only sets fields."""
    number = identifier(row.get("id"))
    used = row.get("usage_30d")
    return Macro(
        id=number,
        name=line_of(row.get("title")) or f"macro {number}",
        body=_words(row.get("actions")),
        desk=account.name,
        used=used if isinstance(used, int) and not isinstance(used, bool) and used >= 0 else None,
    )


def _words(actions: Json) -> str:
    found = {one.get("field"): one.get("value") for one in actions or () if isinstance(one, dict)}
    if isinstance(html := found.get("comment_value_html"), str) and html.strip():
        return text_of(html)
    plain = found.get("comment_value")
    if isinstance(plain, list):
        plain = plain[-1] if plain else ""
    return clean(plain) if isinstance(plain, str) else ""
