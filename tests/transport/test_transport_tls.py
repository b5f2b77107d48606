"""Certificates: a desk behind a company's own authority is reached with ca_file, and only with it (A10, A12)."""

import asyncio
import shutil
import ssl
import subprocess

import pytest

from supportdesk.errors import Distrusted, NotWritten
from supportdesk.providers import Account, Request
from supportdesk.transport import Transport
from supportdesk.transport.download import download

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"ok":1}'


@pytest.fixture
def certificate(tmp_path):
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            "key.pem",
            "-out",
            "ca.pem",
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    return tmp_path / "ca.pem"


def read_x(account):
    """One request of a desk that is signed in; its body."""

    async def signed():
        return {"Authorization": "token canary"}

    def flow():
        return (yield Request(method="GET", path="/x")).body

    async def main():
        transport = Transport(account, signed)
        try:
            return await transport.run(flow())
        finally:
            await transport.close()

    return asyncio.run(main())


def ask(serve, certificate, *, ca_file="", host="localhost"):
    """One request to a server that shows the certificate; the answer and what the server was asked."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, certificate.with_name("key.pem"))
    server = serve(lambda asked, peer: peer.sendall(ANSWER), tls)
    account = Account(name="rt", provider="rt", url=f"https://{host}:{server.port}", ca_file=ca_file)

    try:
        return read_x(account), server.asked
    except NotWritten as problem:
        return problem, server.asked


def test_a_certificate_of_the_companys_own_is_trusted_through_ca_file(serve, certificate):
    body, asked = ask(serve, certificate, ca_file=str(certificate))
    assert body == {"ok": 1}
    assert asked[0].headers["authorization"] == "token canary"


def test_a_certificate_that_nobody_vouches_for_gets_no_token(serve, certificate):
    problem, asked = ask(serve, certificate)
    assert isinstance(problem, NotWritten)
    assert "ca_file" in problem.hint
    assert asked == []


def test_a_certificate_for_another_name_gets_no_token(serve, certificate):
    problem, asked = ask(serve, certificate, ca_file=str(certificate), host="127.0.0.1")
    assert isinstance(problem, NotWritten)
    assert asked == []


def tls_server(serve, certificate, play):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, certificate.with_name("key.pem"))
    return serve(play, tls)


def test_a10_an_https_desk_that_redirects_to_http_on_the_same_host_is_refused(serve, certificate):
    plain = serve(lambda asked, peer: peer.sendall(ANSWER))
    moved = f"HTTP/1.1 302 Found\r\nLocation: http://localhost:{plain.port}/x\r\nContent-Length: 0\r\n\r\n".encode()
    server = tls_server(serve, certificate, lambda asked, peer: peer.sendall(moved))
    account = Account(name="rt", provider="rt", url=f"https://localhost:{server.port}", ca_file=str(certificate))

    with pytest.raises(Distrusted, match="redirected to http://localhost"):
        read_x(account)
    assert plain.asked == []


def test_a12_a_file_that_lies_on_another_host_is_fetched_there_without_credentials(serve, certificate, tmp_path):
    file = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nlog"
    cdn = tls_server(serve, certificate, lambda asked, peer: peer.sendall(file))
    moved = (
        f"HTTP/1.1 302 Found\r\nLocation: https://localhost:{cdn.port}/f?sig=1\r\nContent-Length: 0\r\n\r\n".encode()
    )
    server = serve(lambda asked, peer: peer.sendall(moved))
    account = Account(name="acme", provider="zendesk", url=server.url, ca_file=str(certificate))
    signed = {"Authorization": "Bearer canary"}
    saved = asyncio.run(download(account, signed, f"{server.url}/f", "a.log", tmp_path / "d"))
    assert (saved.path.read_bytes(), saved.host) == (b"log", "localhost")
    assert server.asked[0].headers["authorization"] == "Bearer canary"
    assert "canary" not in str(cdn.asked[0])
    assert "authorization" not in cdn.asked[0].headers
