"""How much of each entry of a conversation is laid out: all of most, of megabytes the ends and what is flagged."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from supportdesk.model import Comment

LAID = 8_000  # lines of a conversation: some 20 ms
MOST = 40_000  # lines where all of them are asked for
LONGEST = 2_000  # lines of one entry
_AROUND = 3  # lines of an entry beside its words


def portions(
    comments: Sequence[Comment], width: int, *, flagged: Iterable[str] = (), everything: bool = False
) -> list[int]:
    """The lines that each entry may take, nought for one that is left out.

    Where there is no room for all, the first and the newest come first, then what is flagged, then the newer ones.
    `flagged` are ids, the strongest first.
    """
    left = MOST if everything else LAID
    longest = MOST if everything else LONGEST
    wanted = [min(longest, _least(comment.body, width)) for comment in comments]
    if sum(wanted) <= left:
        return [longest] * len(comments)
    found = [0] * len(comments)
    for at in _in_turn(comments, flagged):
        if left <= 0:
            break
        if not found[at]:
            found[at] = min(longest, left)
            left -= wanted[at]
    return found


def left_out(shares: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Entries in a row that are left out: the first of them, and the one behind the last."""
    for none, run in groupby(range(len(shares)), lambda at: not shares[at]):
        places = list(run)
        if none:
            yield places[0], places[-1] + 1


def _least(body: str, width: int) -> int:
    """The lines that words take at least, told without laying them out; what has to be measured counts double."""
    lines = body.count("\n") + len(body) // max(1, width) + _AROUND
    return lines if body.isascii() else 2 * lines


def _in_turn(comments: Sequence[Comment], flagged: Iterable[str]) -> Iterator[int]:
    newest = len(comments) - 1
    yield 0
    yield newest
    places = {comment.id: at for at, comment in enumerate(comments)}
    yield from (places[one] for one in flagged if one in places)
    yield from range(newest, 0, -1)
