"""A sentence takes the place of the one it answers; the others stand on."""

from supportdesk.ui.toasts import Corner, Toast

WINDOW = Toast("Issue in 8 s · u undo", 8, topic="undo")
OTHER = Toast("Held: note on acme#1.", 10, grave=True)
TAKEN = Toast("Taken back.", 6, topic="undo")


def test_a_toast_joins_those_that_stand() -> None:
    corner = Corner()
    assert corner.add(OTHER, 0) == ([OTHER], False)
    assert corner.add(WINDOW, 1) == ([WINDOW], False)


def test_a_toast_on_the_same_topic_replaces_it_and_the_rest_keeps_its_time() -> None:
    corner = Corner()
    corner.add(OTHER, 0)
    corner.add(WINDOW, 1)
    assert corner.add(TAKEN, 4) == ([OTHER._replace(time=6), TAKEN], True)


def test_what_has_gone_by_itself_is_not_shown_again() -> None:
    corner = Corner()
    corner.add(WINDOW, 0)
    assert corner.add(TAKEN, 9) == ([TAKEN], False)
