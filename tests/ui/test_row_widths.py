"""Every row of a list is exactly as wide as the list, whatever strangers put into a subject."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from supportdesk.desk.searching import Hit
from supportdesk.model import Row, Status, TicketRef
from supportdesk.ui.rows import ticket_line
from supportdesk.ui.search import hit_line

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NASTY = {
    "plain": "Export stops at 500 rows and nobody knows why it does that",
    "empty": "",
    "han": "請求書のエクスポートが途中で止まります助けてください" * 3,
    "family": "\U0001f468‍\U0001f469‍\U0001f467‍\U0001f466" * 20,
    "flags": "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7" * 20,
    "half a flag": "a" + "\U0001f1e9" * 41,
    "keycaps": "1️⃣#️⃣" * 30,
    "skins": "\U0001f44d\U0001f3fe\U0001f44b\U0001f3fb" * 20,
    "marks": "e" + "́" * 60 + " cafe",
    "devanagari": "हिन्दी में निर्यात नहीं हो रहा" * 3,
    "arabic": "لا يعمل التصدير منذ يوم الاثنين" * 3,
    "hangul": "한국어 내보내기가 멈춥니다" * 4,
    "joiners": "a‍b‌c­d﻿e" * 20,
    "halfwidth": "ﾊﾝｶｸ ＦＵＬＬ" * 8,
}


def _row(subject: str) -> Row:
    return Row(
        ref=TicketRef("acme", "4312"),
        subject=subject,
        status=Status.OPEN,
        priority="high",
        requester=subject,
        organization=subject,
        assignee=subject,
        created_at=NOW,
        updated_at=NOW,
    )


@pytest.mark.parametrize("name", NASTY)
def test_a_row_of_the_queue_is_as_wide_as_the_list(name: str) -> None:
    row = _row(NASTY[name])
    for width in range(20, 161):
        for marked in (True, False):
            assert cell_len(ticket_line(row, width, NOW, marked=marked).text) == width - 1  # a cell of margin


@pytest.mark.parametrize("name", NASTY)
def test_a_row_of_the_search_is_as_wide_as_the_list(name: str) -> None:
    text = NASTY[name]
    spans = tuple((at, at + 2) for at in range(0, max(0, len(text) - 2), 5))
    hit = Hit(row=_row(text), context=text, marks=spans, subject_marks=spans)
    for width in range(20, 161):
        for one in (hit, replace(hit, subject_marks=())):
            assert cell_len(hit_line(one, width, NOW).text) == width - 1
