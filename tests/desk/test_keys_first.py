"""What nobody waits for stands aside while keys come, without ever being starved, and while it is paused."""

import asyncio
from pathlib import Path
from time import monotonic, sleep

from crowds import open_place
from house import open_house, run

from supportdesk.desk import Desk
from supportdesk.desk.assessing import judge
from supportdesk.desk.attention import QUIET_S, SHORT_S, SLICE_S, STARVED_S, UNSEEN_S, Attention
from supportdesk.desk.slices import Steps, in_slices

OLDER = "0"
LONG_AGO = -1000.0


def test_nothing_stands_aside_while_nobody_types() -> None:
    attention = Attention()
    assert attention.aside_s(monotonic(), STARVED_S) == 0
    assert run(attention.give_way()) == SLICE_S
    attention.sharing = 4
    assert run(attention.give_way()) == SLICE_S / 4, "several works take no more of the loop than one"


def test_a_key_is_left_time_and_keys_without_end_leave_some() -> None:
    attention = Attention()
    attention.typed()
    now = monotonic()
    assert 0 < attention.aside_s(now, 1000.0) <= QUIET_S
    assert attention.aside_s(LONG_AGO, STARVED_S) == 0, "it stood aside long enough"
    assert run(attention.give_way(most_s=0.001)) == SHORT_S, "and then takes little"


def test_what_the_background_changed_is_drawn_when_nobody_types_and_what_we_did_at_once() -> None:
    attention = Attention()
    attention.typed()
    assert attention.drawn_in(monotonic()) > 0
    assert attention.drawn_in(monotonic() - UNSEEN_S) == 0, "keys without end"
    attention.awaited = True
    assert attention.drawn_in(monotonic()) == 0
    assert attention.drawn_in(monotonic()) > 0, "it was drawn"


def test_progress_is_drawn_the_seldomer_the_longer_that_takes_and_what_we_did_at_once_all_the_same() -> None:
    attention = Attention()
    attention.draw(lambda: sleep(0.01))
    assert 0.2 < attention.drawn_in(monotonic()) <= UNSEEN_S
    attention.draw(lambda: sleep(0.2))
    assert UNSEEN_S - 0.5 < attention.drawn_in(monotonic()) <= UNSEEN_S
    attention.awaited = True
    assert attention.drawn_in(monotonic()) == 0


def test_a_slice_ends_with_the_step_in_which_a_key_comes_and_goes_on_when_it_is_quiet(tmp_path: Path) -> None:
    work = open_house(tmp_path).desk.work
    taken: list[tuple[int, bool]] = []

    def take(number: int) -> None:
        if number == 1:
            work.attention.typed()
        taken.append((number, monotonic() < work.attention.typed_at + QUIET_S / 2))

    run(in_slices(work, range(4), take))
    assert [number for number, _ in taken] == [0, 1, 2, 3]
    assert [soon for _, soon in taken] == [False, True, False, False]
    assert not work.attention.sharing


def test_what_somebody_waits_for_never_stands_aside(tmp_path: Path) -> None:
    work = open_house(tmp_path).desk.work
    slept: list[bool] = []

    def take(_: int) -> None:
        slept.append(work.attention.aside_s(monotonic(), STARVED_S) == 0)
        work.attention.typed()

    work.attention.typed()
    run(in_slices(work, range(5), take, awaited=True))
    assert slept == [False] * 5


def test_a_step_that_takes_long_is_taken_in_another_thread_and_the_next_one_after_it(tmp_path: Path) -> None:
    work = open_house(tmp_path).desk.work
    done: list[str] = []

    def take(name: str) -> Steps:
        yield lambda: done.append(f"{name} aside")
        done.append(name)

    run(in_slices(work, "ab", take))
    assert done == ["a aside", "a", "b aside", "b"]


def _older(desk: Desk) -> int:
    """As if other rules had read some conversations; how many that are."""
    cache = desk.work.cache
    cache._run(
        "UPDATE tickets SET rules = ? WHERE n IN (SELECT n FROM tickets WHERE fetched NOT NULL LIMIT 5)", (OLDER,)
    )
    return len(cache.unscored(desk.work.rules.version, 1000))


def test_everything_is_read_again_under_keys_without_end(tmp_path: Path) -> None:
    desk = open_house(tmp_path).desk
    assert _older(desk) == 5

    async def typing() -> None:
        reading = asyncio.create_task(judge(desk.work))
        while not reading.done():
            desk.attention.typed()
            await asyncio.sleep(0.01)

    run(typing())
    assert desk.work.cache.unscored(desk.work.rules.version, 1000) == []


def _left_of(desk: Desk) -> int:
    return len(desk.work.cache.unscored(desk.work.rules.version, 1000))


def test_paused_nothing_is_read_again_and_resumed_it_goes_on_from_there(tmp_path: Path) -> None:
    desk = open_house(tmp_path).desk
    before, keep = _older(desk), desk.work.cache.put_findings

    def then_pause(*arguments: object, **more: object) -> None:
        keep(*arguments, **more)  # type: ignore[arg-type]  # as it is called
        desk.attention.pause("reading answers again")

    desk.work.cache.put_findings = then_pause  # type: ignore[assignment, method-assign]  # the seam
    run(judge(desk.work))
    assert _left_of(desk) == before - 1
    run(judge(desk.work))
    assert _left_of(desk) == before - 1
    assert desk.status().paused == "reading answers again"
    desk.work.cache.put_findings = keep  # type: ignore[method-assign]
    desk.attention.resume()
    run(judge(desk.work))
    assert _left_of(desk) == 0
    assert desk.status().paused is None


def test_a_paused_console_asks_what_is_new_and_fetches_what_is_opened_but_reads_nothing_else(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 5)
    desk, cache = place.desk, place.desk.work.cache

    async def story() -> None:
        desk.attention.pause("")
        await desk.sync()
        assert cache.count("all") == 5, "the list is read"
        refs = cache.refs("all")
        assert [cache.conversation_stamp(ref) for ref in refs] == [None] * 5
        await desk.refresh(refs[3])
        assert [cache.conversation_stamp(ref) is not None for ref in refs] == [False, False, False, True, False]
        await desk.texts.file()
        assert cache.texts.unfiled() == 5
        desk.attention.resume()
        assert desk.sync_due(), "it goes on at once"
        await desk.sync()
        assert all(cache.conversation_stamp(ref) for ref in refs)
        await desk.texts.file()
        assert not cache.texts.unfiled()
        await desk.close()

    asyncio.run(story())


def test_a_pause_ends_a_long_reading_between_two_requests(tmp_path: Path) -> None:
    place = open_place(tmp_path, "zendesk agent", 40)
    desk, cache = place.desk, place.desk.work.cache
    read = lambda: sum(cache.conversation_stamp(ref) is not None for ref in cache.refs("all"))  # noqa: E731

    def pause(words: str) -> None:
        if "conversations to go" in words and "40" not in words:
            desk.attention.pause(words)

    run(desk.sync(pause))
    first = read()
    assert 0 < first < 40
    assert f"{40 - first} conversations to go" in (desk.status().paused or "")
    desk.attention.resume()
    run(desk.sync())
    assert read() == 40
    run(desk.close())
