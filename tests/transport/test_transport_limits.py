"""Time, size and cancellation: what a slow, huge or abandoned request may cost."""

import asyncio
import gzip
import json
import resource
import socket
import threading
import time

import pytest

from supportdesk.errors import Lost, NotWritten, TooLarge
from supportdesk.providers import Account, Request
from supportdesk.transport import Transport

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


async def signed():
    return {"Authorization": "Bearer canary"}


def transport_to(server, **limits):
    return Transport(Account(name="acme", provider="zendesk", url=server.url), signed, **limits)


def one(method="GET", path="/x"):
    return (yield Request(method=method, path=path, body={} if method == "POST" else None))


def run(transport, flow):
    async def main():
        try:
            return await transport.run(flow)
        finally:
            await transport.close(0.1)

    return asyncio.run(main())


def dripping(first, rest):
    def play(asked, peer):
        peer.sendall(first)
        for byte in rest:
            time.sleep(0.05)
            peer.sendall(bytes([byte]))

    return play


@pytest.mark.parametrize("first", [HEAD + b"Content-Length: 5000\r\n\r\n", HEAD + b"X: "], ids=["body", "headers"])
def test_a_slow_drip_is_cut_off_at_the_total_limit(serve, first):
    server = serve(dripping(first, b" " * 400))
    transport = transport_to(server, total_s=0.5)
    began = time.monotonic()
    with pytest.raises(Lost, match=r"no whole answer within 0\.5 s"):
        run(transport, one())
    assert time.monotonic() - began < 10


def test_silence_after_a_write_is_lost(serve):
    server = serve(lambda asked, peer: time.sleep(3))
    with pytest.raises(Lost):
        run(transport_to(server, total_s=0.3), one("POST"))


def test_a_request_after_a_late_one_gets_a_connection_that_works(serve):
    def play(asked, peer):
        if asked.target == "/slow":
            return dripping(HEAD + b"X: ", b" " * 400)(asked, peer)
        return peer.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

    transport = transport_to(serve(play), total_s=0.3)

    async def main():
        with pytest.raises(Lost):
            await transport.run(one(path="/slow"))
        answer = await transport.run(one())
        await asyncio.sleep(0.3)
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        await transport.close()
        return answer, left

    answer, left = asyncio.run(main())
    assert answer.body == {}
    assert left == []


def test_a_bomb_is_stopped_at_the_size_limit(serve):
    bomb = gzip.compress(b" " * 300_000_000, 9)
    raw = HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode() + bomb
    server = serve(lambda asked, peer: peer.sendall(raw))
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Lost, match="larger than 16,777,216 bytes"):
        run(transport_to(server), one())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 64 * 1024


def test_an_endless_plain_body_is_stopped_at_the_size_limit(serve):
    def play(asked, peer):
        peer.sendall(HEAD + b"\r\n")
        while True:
            peer.sendall(b" " * 65536)

    with pytest.raises(TooLarge, match="larger than 1,000,000 bytes"):
        run(transport_to(serve(play), limit_bytes=1_000_000), one())


def test_an_answer_of_more_than_fits_into_memory_is_told_from_one_that_broke(serve):
    rows = json.dumps([{"fields": [{"id": number} for number in range(200)]}] * 1000).encode()
    raw = HEAD + f"Content-Length: {len(rows)}\r\n\r\n".encode() + rows
    with pytest.raises(TooLarge, match="holds more than any list"):
        run(transport_to(serve(lambda asked, peer: peer.sendall(raw))), one())


def test_a_packed_answer_is_unpacked(serve):
    rows = [{"id": number, "subject": "x" * 200} for number in range(4000)]
    packed = gzip.compress(json.dumps(rows).encode())
    raw = HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode() + packed
    server = serve(lambda asked, peer: peer.sendall(raw))
    assert run(transport_to(server), one()).body == rows


def test_a_packed_answer_that_was_cut_off_is_lost(serve):
    packed = gzip.compress(b'{"a": "' + bytes(range(48, 58)) * 100 + b'"}')[:-9]
    raw = HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode() + packed
    server = serve(lambda asked, peer: peer.sendall(raw))
    with pytest.raises(Lost, match="cut off"):
        run(transport_to(server), one())


def test_a_write_finishes_though_its_caller_was_cancelled(serve):
    arrived, go, answered = threading.Event(), threading.Event(), threading.Event()

    def play(asked, peer):
        arrived.set()
        go.wait(5)
        peer.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
        answered.set()

    server = serve(play)
    transport = transport_to(server)

    async def main():
        caller = asyncio.create_task(transport.run(one("POST")))
        await asyncio.to_thread(arrived.wait, 5)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        go.set()
        await transport.close(5)

    asyncio.run(main())
    assert answered.wait(5)
    assert len(server.asked) == 1


def test_an_abandoned_request_that_never_ends_is_ended_at_the_limit(serve):
    server = serve(dripping(HEAD + b"X: ", b" " * 400))
    transport = transport_to(server, total_s=0.3)

    async def main():
        caller = asyncio.create_task(transport.run(one()))
        while not server.asked:
            await asyncio.sleep(0.01)
        caller.cancel()
        await asyncio.wait({caller})
        await asyncio.sleep(1)
        return [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]

    assert asyncio.run(main()) == []


def test_closing_waits_no_longer_than_it_was_told(serve):
    server = serve(lambda asked, peer: time.sleep(5))
    transport = transport_to(server)

    async def main():
        caller = asyncio.create_task(transport.run(one("POST")))
        while not server.asked:
            await asyncio.sleep(0.01)
        await transport.close(0.1)
        with pytest.raises(Lost):
            await caller

    began = time.monotonic()
    asyncio.run(main())
    assert time.monotonic() - began < 4


def test_the_pool_is_healthy_after_four_hundred_cancelled_reads(serve):
    def play(asked, peer):
        time.sleep(0.002)
        peer.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

    server = serve(play)
    transport = transport_to(server)

    async def main():
        for _ in range(50):
            callers = [asyncio.create_task(transport.run(one())) for _ in range(8)]
            await asyncio.sleep(0.005)
            for caller in callers:
                caller.cancel()
            await asyncio.gather(*callers, return_exceptions=True)
        answers = await asyncio.gather(*(transport.run(one()) for _ in range(20)))
        await transport.close()
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        return answers, left

    answers, left = asyncio.run(main())
    assert all(answer.ok for answer in answers)
    assert left == []
    assert server.connections <= 16


def test_a_full_pool_was_not_written_and_is_rebuilt(serve):
    def play(asked, peer):
        if asked.target == "/hang":
            time.sleep(1.5)
        peer.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

    transport = transport_to(serve(play), connect_s=0.2)

    async def main():
        hanging = [asyncio.create_task(transport.run(one(path="/hang"))) for _ in range(8)]
        await asyncio.sleep(0.3)
        with pytest.raises(NotWritten, match="busy"):
            await transport.run(one())
        answer = await transport.run(one())
        slow = await asyncio.gather(*hanging)
        await transport.close()
        return answer, slow

    answer, slow = asyncio.run(main())
    assert answer.ok
    assert all(late.ok for late in slow)


def test_a_token_that_never_comes_was_not_written(serve):
    async def never():
        await asyncio.sleep(3)
        return {}

    server = serve(lambda asked, peer: None)
    account = Account(name="acme", provider="zendesk", url=server.url)
    with pytest.raises(NotWritten, match="no token"):
        run(Transport(account, never, total_s=0.1), one("POST"))
    assert server.asked == []


def test_a_transport_can_be_used_again_in_another_loop(serve):
    server = serve(lambda asked, peer: peer.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}"))
    transport = transport_to(server)
    assert [run(transport, one()).body for _ in range(2)] == [{}, {}]


def test_deep_and_hostile_json_is_lost_and_not_a_crash(serve):
    for body in (b"[" * 300_000, b'{"a": NaN}', b'{"a": 1e999}'):
        raw = HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
        server = serve(lambda asked, peer, raw=raw: (peer.sendall(raw), peer.shutdown(socket.SHUT_WR)))
        with pytest.raises(Lost):
            run(transport_to(server), one())
