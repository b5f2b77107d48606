"""Frames: what is whole is read, what is torn is left, what is damaged is counted and never hides the rest."""

import random

import pytest

from supportdesk.store.frames import frame, read

PAYLOADS = (b'[["drafts","1",{"body":"one"}]]', b"[]", b'[["drafts","2",{"body":"' + b"x" * 500 + b'"}]]')
WHOLE = b"".join(map(frame, PAYLOADS))


def test_frames_are_read_in_order() -> None:
    assert read(WHOLE).payloads == PAYLOADS
    assert (read(WHOLE).end, read(WHOLE).damage) == (len(WHOLE), 0)
    assert read(b"").payloads == ()


@pytest.mark.parametrize("cut", range(1, len(frame(PAYLOADS[0]))))
def test_a_torn_tail_is_left_out_without_alarm(cut: int) -> None:
    found = read(WHOLE + frame(PAYLOADS[0])[:-cut])
    assert (found.payloads, found.end, found.damage) == (PAYLOADS, len(WHOLE), 0)


def test_one_flipped_bit_costs_one_frame_at_most_and_is_always_noticed() -> None:
    for position in range(len(WHOLE)):
        for bit in range(8):
            flipped = bytearray(WHOLE)
            flipped[position] ^= 1 << bit
            found = read(bytes(flipped))
            assert found.damage > 0, (position, bit)
            assert set(found.payloads) <= set(PAYLOADS)
            assert len(found.payloads) >= len(PAYLOADS) - 1, (position, bit)


@pytest.mark.parametrize("garbage", [b"\0" * 64, b"\n\n\n", b"what?\n", b"\xff" * 9 + b"\n", b"00000000 3 abc\n"])
def test_garbage_in_between_is_stepped_over(garbage: bytes) -> None:
    found = read(WHOLE + garbage + b"\n" + frame(b"[1]"))
    assert found.payloads == (*PAYLOADS, b"[1]")
    assert found.damage >= len(garbage)


def test_a_tail_of_zeros_is_damage() -> None:
    assert read(WHOLE + b"\0" * 100).damage == 100


def test_no_bytes_whatever_make_it_fail() -> None:
    source = random.Random(7)
    for _ in range(500):
        data = bytearray(WHOLE)
        for _ in range(source.randrange(1, 20)):
            at = source.randrange(len(data))
            data[at : at + source.randrange(5)] = source.randbytes(source.randrange(5))
        found = read(bytes(data))
        assert found.end <= len(data)
        assert set(found.payloads) <= {*PAYLOADS}
