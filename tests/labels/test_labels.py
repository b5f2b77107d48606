"""The labels are what they say they are: enough of them, well formed, and without anybody's text."""

from agreement import labels

CLASSES = {
    *("workaround", "known-bug", "howto", "missing", "slow", "by-hand", "config", "fixed", "needs-info", "outage"),
    "other",
}
GRADES = {"one-step", "many-steps", "repeated", "scripted", "destructive"}


def test_every_label_is_well_formed() -> None:
    for row in [*labels("answers.jsonl").values(), *labels("second.jsonl").values()]:
        assert row["class"] in CLASSES
        assert (row["class"] == "workaround") is row["workaround"]
        assert row["certainty"] in ("clear", "borderline")
        assert row.get("grade") in GRADES if row["workaround"] else "grade" not in row
        assert len(str(row["reason"]).split()) <= 16


def test_enough_were_read_at_random_and_twice() -> None:
    first, second = labels("answers.jsonl"), labels("second.jsonl")
    assert len(first) >= 2500
    assert sum(row["draw"] == "random" for row in first.values()) >= 800
    assert len(second.keys() & first.keys()) >= 300
