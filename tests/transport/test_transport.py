"""Flows driven over real sockets: what is asked, where tokens may go, how failures are called (A8, A9, A11, A14)."""

import asyncio
import json
import logging
import socket
import time

import pytest

from supportdesk import __version__
from supportdesk.errors import (
    ConfigError,
    Distrusted,
    Lost,
    NotWritten,
    Refused,
    ServiceError,
    SignInError,
)
from supportdesk.providers import Account, Request
from supportdesk.providers.answers import check
from supportdesk.transport import Transport

TOKEN = "canary-token-7781"


async def signed():
    return {"Authorization": f"Bearer {TOKEN}", "Private-Token": TOKEN}


def transport_to(url, credential=signed, **limits):
    return Transport(Account(name="acme", provider="zendesk", url=url), credential, **limits)


def asking(*requests):
    """A flow that sends requests one after another and returns the last answer."""
    answer = None
    for request in requests:
        answer = yield request
    return answer


def run(transport, flow):
    async def main():
        try:
            return await transport.run(flow)
        finally:
            await transport.close(0.2)

    return asyncio.run(main())


def get(path, **rest):
    return asking(Request(method="GET", path=path, **rest))


def post(path):
    return asking(Request(method="POST", path=path, body={"body": "hello"}))


def answer(body, status="200 OK", **headers):
    """A whole answer as bytes."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Content-Type": "application/json", "Content-Length": str(len(raw))}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + raw


def always(raw):
    return lambda asked, peer: peer.sendall(raw)


def test_a_flow_gets_its_answers_cleaned_and_returns_its_value(serve):
    server = serve(always(answer({"subject": "a\x1b]0;owned\x07b", "id": 7})))
    got = run(transport_to(server.url + "/base/"), get("/tickets/7", query=(("page[size]", "100"), ("q", "a b&c"))))
    assert got.ok
    assert got.body == {"subject": "a\ufffdb", "id": 7}
    assert server.asked[0].target == "/base/tickets/7?page%5Bsize%5D=100&q=a+b%26c"


def test_a_request_is_signed_named_and_carries_its_json(serve):
    server = serve(always(answer({}, "201 Created")))
    flow = asking(Request(method="POST", path="/x", body={"é": [1, True]}, headers=(("Accept", "a/b+json"),)))
    assert run(transport_to(server.url), flow).status == 201
    headers = server.asked[0].headers
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert headers["user-agent"] == f"supportdesk/{__version__}"
    assert (headers["accept"], headers["content-type"]) == ("a/b+json", "application/json")
    assert json.loads(server.asked[0].body) == {"é": [1, True]}


def test_a_refusal_is_handed_to_the_flow_and_not_raised_over_its_head(serve):
    server = serve(always(answer({"error": "RecordInvalid"}, "422 Unprocessable")))
    assert run(transport_to(server.url), get("/x")).status == 422

    def flow():
        return check((yield Request(method="GET", path="/x")), "the queue")

    with pytest.raises(Refused, match="RecordInvalid"):
        run(transport_to(server.url), flow())


def test_a_flow_may_handle_what_went_wrong_on_the_way(serve):
    server = serve(always(answer({"ok": 1})))

    def flow():
        try:
            yield Request(method="GET", path="http://localhost:1/steal")
        except Distrusted:
            return (yield Request(method="GET", path="/instead")).body
        return None

    assert run(transport_to(server.url), flow()) == {"ok": 1}


def test_cookies_are_not_kept(serve):
    server = serve(always(answer({}, Set_Cookie="session=1; Path=/")))
    run(transport_to(server.url), asking(*[Request(method="GET", path="/a")] * 2))
    assert "cookie" not in server.asked[1].headers


def test_a_next_page_on_another_host_is_not_asked_for(serve):
    other = serve(always(answer({})))
    server = serve(always(answer({})))
    for leads in (f"http://localhost:{other.port}/steal", f"{other.url}/steal", "https://evil.example/x", "@x/", "x"):
        with pytest.raises(Distrusted, match="leads away"):
            run(transport_to(server.url), get(leads))
    with pytest.raises(Distrusted):
        run(transport_to(server.url), get(f"http://bob:pw@127.0.0.1:{server.port}/x"))
    assert (other.asked, server.asked) == ([], [])


def test_an_absolute_address_on_the_same_origin_is_asked_for(serve):
    server = serve(always(answer({})))
    run(transport_to(server.url + "/base"), get(f"{server.url}/api/next?page=2#x"))
    assert server.asked[0].target == "/api/next?page=2"


@pytest.mark.parametrize("path", ["/repos/o/../../user", "/a/%2e%2e/b", "/a/./b", "/a/..\\b"])
def test_a_path_cannot_climb_out_of_its_place(serve, path):
    server = serve(always(answer({})))
    with pytest.raises(Distrusted, match="climbs"):
        run(transport_to(server.url), get(path))
    assert server.asked == []


def test_a_read_is_followed_on_its_own_origin(serve):
    def play(asked, peer):
        moved = asked.target == "/old"
        peer.sendall(answer({}, "302 Found", Location="/new?a=1") if moved else answer({"here": True}))

    server = serve(play)
    assert run(transport_to(server.url), get("/old")).body == {"here": True}
    assert [asked.target for asked in server.asked] == ["/old", "/new?a=1"]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_to_another_host_takes_no_token_there(serve, status):
    other = serve(always(answer({})))
    server = serve(always(answer({}, status, Location=f"http://localhost:{other.port}/steal?key=1")))
    with pytest.raises(Distrusted, match=rf"redirected to http://localhost:{other.port}/steal\?<redacted>"):
        run(transport_to(server.url), get("/x"))
    assert other.asked == []


def test_redirects_that_do_not_end_are_given_up(serve):
    server = serve(always(answer({}, "302 Found", Location="/again")))
    with pytest.raises(Distrusted, match="more than 3"):
        run(transport_to(server.url), get("/x"))
    assert len(server.asked) == 4


def test_a_redirected_write_is_refused_and_says_where_it_points(serve):
    server = serve(always(answer({}, "301 Moved", Location="/repositories/99/issues")))
    with pytest.raises(Refused, match=r"moved to http://127.0.0.1:\d+/repositories/99/issues \(301\)"):
        run(transport_to(server.url), post("/repos/o/r/issues"))
    assert [asked.method for asked in server.asked] == ["POST"]


def test_a_redirect_that_names_no_place_is_distrusted(serve):
    server = serve(always(answer({}, "302 Found")))
    with pytest.raises(Distrusted, match="nowhere"):
        run(transport_to(server.url), get("/x"))


@pytest.mark.parametrize("url", ["http://acme.example", "https://me:pw@acme.example", "ftp://acme.example", "acme"])
def test_a_token_is_never_given_to_an_address_that_is_not_safe(url):
    with pytest.raises(ConfigError):
        transport_to(url)


def test_a_refused_connection_was_not_written():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotWritten, match="cannot be reached"):
        run(transport_to(f"http://127.0.0.1:{port}"), post("/x"))


def test_a_name_that_does_not_resolve_was_not_written():
    with pytest.raises(NotWritten):
        run(transport_to("https://desk.invalid"), post("/x"))


def test_a_connection_reset_after_a_write_is_lost(serve):
    server = serve(lambda asked, peer: peer.shutdown(socket.SHUT_RDWR))
    with pytest.raises(Lost, match="broke before the answer was whole"):
        run(transport_to(server.url), post("/x"))
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "raw",
    [
        answer({"a": "b" * 100})[:-20],
        answer(b"<html>maintenance</html>", Content_Type="text/html"),
        answer(b'{"a": 1'),
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 2_000_000 + b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        answer(b"not gzip", Content_Encoding="gzip"),
        answer(b"??", Content_Encoding="br"),
    ],
    ids=["truncated", "html", "half json", "huge headers", "not http", "not gzip", "unasked encoding"],
)
def test_an_answer_that_cannot_be_read_is_lost(serve, raw):
    def play(asked, peer):
        peer.sendall(raw)
        peer.shutdown(socket.SHUT_RDWR)

    server = serve(play)
    with pytest.raises(Lost):
        run(transport_to(server.url), post("/x"))


def test_a_body_that_is_not_json_is_refused_before_it_is_sent(serve):
    server = serve(always(answer({})))
    for body in ({"a": float("nan")}, {"a": "\ud800"}):
        with pytest.raises(Refused):
            run(transport_to(server.url), asking(Request(method="POST", path="/x", body=body)))
    assert server.asked == []


@pytest.mark.parametrize("token", ["secret-ü", "secret\r\nX: y"])
def test_a_token_that_no_header_can_carry_is_not_repeated(serve, token):
    async def credential():
        return {"Authorization": token}

    server = serve(always(answer({})))
    with pytest.raises(SignInError) as raised:
        run(transport_to(server.url, credential), get("/x"))
    assert "secret" not in f"{raised.value!r} {raised.value.__context__!r}"
    assert server.asked == []


def test_no_failure_keeps_the_request_that_held_the_token(serve):
    server = serve(lambda asked, peer: peer.shutdown(socket.SHUT_RDWR))
    with pytest.raises(ServiceError) as raised:
        run(transport_to(server.url), get("/x"))
    assert (raised.value.__context__, raised.value.__cause__) == (None, None)


def test_the_log_names_no_query_no_email_and_no_token(serve, caplog):
    caplog.set_level(logging.DEBUG)
    server = serve(always(answer({})))
    run(transport_to(server.url), get("/users/jane@corp.example/x", query=(("access_token", "s3cr3t"),)))
    run(transport_to(server.url), get("/users/jane%40corp.example/x"))
    assert "s3cr3t" not in caplog.text
    assert "corp.example" not in caplog.text
    assert TOKEN not in caplog.text
    assert f"GET 127.0.0.1:{server.port}/users/<redacted>/x?<redacted> -> 200 in" in caplog.text


def test_the_services_clock_is_noticed(serve):
    server = serve(always(answer({}, Date="Thu, 01 Jan 2060 00:00:00 GMT")))
    transport = transport_to(server.url)
    assert transport.server_time_offset_s == 0
    run(transport, get("/x"))
    assert transport.server_time_offset_s == pytest.approx(2840140800 - time.time(), abs=60)


def test_a_proxy_from_the_environment_is_used_and_gets_no_token(serve, monkeypatch):
    proxy = serve(always(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"))
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:hunter2@127.0.0.1:{proxy.port}")
    transport = transport_to("https://desk.invalid")
    with pytest.raises(NotWritten, match="proxy"):
        run(transport, get("/x"))
    assert (proxy.asked[0].method, proxy.asked[0].target) == ("CONNECT", "desk.invalid:443")
    assert TOKEN not in str(proxy.asked)
    said = " ".join(transport.describe())
    assert f"http://127.0.0.1:{proxy.port}" in said
    assert "hunter2" not in said
    monkeypatch.setenv("NO_PROXY", "invalid")
    assert "proxy" not in " ".join(transport.describe())


def test_plain_http_on_this_machine_goes_through_no_proxy(serve, monkeypatch):
    proxy, server = serve(always(answer({}))), serve(always(answer({})))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    transport = transport_to(server.url)
    run(transport, get("/x"))
    assert (len(proxy.asked), len(server.asked)) == (0, 1)
    assert "no proxy" in transport.describe()[0]


def test_a_proxy_that_cannot_be_used_says_so_without_its_password(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "gopher://me:hunter2@127.0.0.1:1")
    with pytest.raises(NotWritten, match="proxy") as raised:
        run(transport_to("https://desk.invalid"), get("/x"))
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_certificates_that_cannot_be_read_are_a_sentence(tmp_path, content):
    ca_file = tmp_path / "ca.pem"
    if content:
        ca_file.write_text(content)
    account = Account(name="acme", provider="zendesk", url="https://desk.invalid", ca_file=str(ca_file))
    with pytest.raises(ConfigError, match=r"certificates cannot be read from .*ca\.pem"):
        run(Transport(account, signed), get("/x"))


@pytest.mark.parametrize(
    "date",
    ["Fri, 31 Dec 9999 23:59:59 -1400", ", :", ""],
)
def test_a_clock_that_cannot_be_is_not_heeded(serve, date):
    raw = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nDate: {date}\r\n\r\n{{}}".encode()
    transport = transport_to(serve(lambda asked, peer: peer.sendall(raw)).url)
    run(transport, get("/x"))
    assert transport.server_time_offset_s == 0.0
