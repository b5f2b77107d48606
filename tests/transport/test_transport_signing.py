"""A request that was refused with one signature is sent once more with another, and never a third time."""

import asyncio

import pytest

from supportdesk.errors import SignInError
from supportdesk.providers import Account, Request
from supportdesk.transport import Transport

OLD, NEW = {"Authorization": "Bearer canary-old"}, {"Authorization": "Bearer canary-new"}
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
NO = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"


def sent(url, request, again):
    """The status of one request whose first signature is the old one."""

    async def signed():
        return OLD

    def flow():
        answer = yield request
        return answer.status

    async def main():
        transport = Transport(Account(name="acme", provider="zendesk", url=url), signed, again=again)
        try:
            return await transport.run(flow())
        finally:
            await transport.close(0.2)

    return asyncio.run(main())


def knowing(*tokens):
    def play(asked, peer):
        peer.sendall(OK if asked.headers["authorization"] in tokens else NO)

    return play


async def renewed(refused):
    assert refused == OLD
    return NEW


@pytest.mark.parametrize(
    "request_", [Request(method="GET", path="/x"), Request(method="PUT", path="/x", body={"a": 1})]
)
def test_a_refused_signature_is_changed_once(serve, request_):
    server = serve(knowing("Bearer canary-new"))
    assert sent(server.url, request_, renewed) == 200
    assert [asked.headers["authorization"] for asked in server.asked] == ["Bearer canary-old", "Bearer canary-new"]
    assert server.asked[0].body == server.asked[1].body


def test_a_second_refusal_is_the_answer(serve):
    server = serve(knowing())
    assert sent(server.url, Request(method="GET", path="/x"), renewed) == 401
    assert len(server.asked) == 2


def test_where_there_is_no_other_signature_the_first_refusal_is_the_answer(serve):
    server = serve(knowing())

    async def nothing(refused):
        return None

    for again in (nothing, None):
        assert sent(server.url, Request(method="GET", path="/x"), again) == 401
    assert len(server.asked) == 2


def test_what_keeps_us_from_another_signature_is_what_the_caller_hears(serve):
    server = serve(knowing())

    async def ended(refused):
        raise SignInError("the sign-in has ended")

    with pytest.raises(SignInError, match="has ended"):
        sent(server.url, Request(method="GET", path="/x"), ended)


def test_a_signature_that_is_still_asked_for_keeps_nobody_from_leaving(serve):
    server = serve(knowing())

    async def main():
        asked = asyncio.Event()

        async def never():
            asked.set()
            await asyncio.Event().wait()

        def flow():
            yield Request(method="GET", path="/x")

        transport = Transport(Account(name="acme", provider="zendesk", url=server.url), never)
        running = asyncio.create_task(transport.run(flow()))
        await asked.wait()
        await asyncio.wait_for(transport.close(30), timeout=5)
        return running.done()

    assert asyncio.run(main()) is False
    assert server.asked == []
