"""One request with a login, whatever the server does."""

import gzip
import logging
import socket
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bhoga_core.probe import HttpGet, LoginVariables
from bhoga_core.reading import Declined, Reason
from bhoga_core.replies import Reply
from bhoga_shell import __version__
from bhoga_shell.probes import http
from bhoga_shell.probes.endpoint import Endpoint
from bhoga_shell.probes.http import BODY_LIMIT

Serve = Callable[..., Any]
"""Starts a server: see conftest.py."""

CANARY = "c4n4ry-t0ken"
OK = b"HTTP/1.1 200 OK\r\n"
NOWHERE = "https://api.example.invalid/usage"
"""A name that nobody can have: it is only ever handed to a proxy that stands in here."""

CERTIFICATE = Path(__file__).parent / "loopback.pem"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no certificate of the machine's."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)


def get(
    url: str, timeout: float = 30.0, headers: tuple[tuple[str, str], ...] = ()
) -> Reply | Declined:
    """What is replied to a request with the canary."""
    probe = HttpGet(url, "token", LoginVariables((), (), ()), "", headers, timeout)
    return http.get(probe, Endpoint(url, url != NOWHERE), CANARY)


def test_a_request_says_who_asks_and_with_what(serve: Serve) -> None:
    """The login, an honest name, no encoding, and what the probe adds; that cannot change these."""
    server = serve(OK + b"content-length: 2\r\nretry-after: 7\r\nset-cookie: id=1\r\n\r\n{}")
    added = (("Anthropic-Beta", "x"), ("User-Agent", "another/1"), ("Accept-Encoding", "br"))
    reply = get(f"{server.origin}/usage?a=1", headers=added)
    assert isinstance(reply, Reply)
    assert (reply.status, reply.headers, reply.body) == (200, (("retry-after", "7"),), b"{}")
    (request,) = server.received
    first, *lines = request.decode().lower().strip().split("\r\n")
    assert first == "get /usage?a=1 http/1.1"
    sent = dict(line.split(": ", 1) for line in lines)
    assert len(sent) == len(lines)
    assert sent["authorization"] == f"token {CANARY}"
    assert sent["user-agent"] == f"bhoga/{__version__}"
    assert sent["accept-encoding"] == "identity"
    assert sent["anthropic-beta"] == "x"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("tls", [False, True])
def test_a_redirect_is_not_followed(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, status: int, tls: bool
) -> None:
    """Who is redirected to receives nothing at all, least of all the login."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    thief = serve(OK + b"content-length: 0\r\n\r\n")
    location = thief.origin.replace("127.0.0.1", "localhost").encode()
    server = serve(
        b"HTTP/1.1 %d Moved\r\nlocation: %s/\r\ncontent-length: 0\r\n\r\n" % (status, location),
        tls=tls,
    )
    reply = get(server.origin)
    assert isinstance(reply, Reply)
    assert reply.status == status
    assert len(server.received) == 1
    assert thief.received == []


@pytest.mark.parametrize(
    "begin",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nx-slow: ",
        OK + b"content-length: 1000000\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n",
        OK + b"\r\n",
    ],
    ids=["silence", "slow headers", "slow body", "slow chunks", "slow end"],
)
@pytest.mark.parametrize("tls", [False, True])
def test_a_server_that_drips_does_not_hold_it(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, begin: bytes, tls: bool
) -> None:
    """The deadline is one for all of it, and the connection is gone then."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    piece = {b"": b"", OK + b"transfer-encoding: chunked\r\n\r\n": b"1\r\nx\r\n"}.get(begin, b"x")

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(begin)
        while piece:
            connection.sendall(piece)
            server.wait(0.01)
        assert connection.recv(1) == b""

    server = serve(behave, tls=tls)
    assert get(server.origin, timeout=0.4) == Declined(Reason.TIMED_OUT, "no answer within 0.4 s")
    assert server.gone.wait(30)


def test_a_handshake_that_never_ends_does_not_hold_it(serve: Serve) -> None:
    """Nor does the connection stay open."""

    def behave(connection: socket.socket, _: bytes) -> None:
        while connection.recv(4096):
            pass

    server = serve(behave, reads=False)
    origin = server.origin.replace("http:", "https:")
    assert get(origin, timeout=0.3) == Declined(Reason.TIMED_OUT, "no answer within 0.3 s")
    assert server.gone.wait(30)


def test_a_name_that_is_not_found_for_long_does_not_hold_it(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system gives no way to end that; what comes of it later is shut down unheard."""
    server = serve(OK + b"content-length: 0\r\n\r\n")
    found, ended = threading.Event(), threading.Event()
    real_lookup, real_close = socket.getaddrinfo, http._Cutter.close

    def slow(*words: object, **named: object) -> object:
        found.wait(30)
        return real_lookup(*words, **named)

    def close(cutter: http._Cutter) -> None:
        real_close(cutter)
        ended.set()

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    monkeypatch.setattr(http._Cutter, "close", close)
    assert get(server.origin, timeout=0.2) == Declined(Reason.TIMED_OUT, "no answer within 0.2 s")
    found.set()
    assert ended.wait(30)
    assert server.received == []


@pytest.mark.parametrize("length", [b"", b"content-length: 9999999\r\n"])
def test_a_body_that_is_too_large_is_not_taken_in(serve: Serve, length: bytes) -> None:
    """Neither one that says so, nor one without an end."""

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(OK + length + b"\r\n")
        for _ in range(150):
            connection.sendall(b"x" * 65536)

    assert get(serve(behave).origin) == Declined(Reason.CHANGED, "its answer is larger than 1 MiB")


@pytest.mark.parametrize("size", [BODY_LIMIT, BODY_LIMIT + 1])
def test_the_largest_body_is_one_mebibyte(serve: Serve, size: int) -> None:
    """To the byte."""
    reply = get(serve(OK + b"content-length: %d\r\n\r\n" % size + b"x" * size).origin)
    assert isinstance(reply, Reply) == (size == BODY_LIMIT)


@pytest.mark.parametrize(
    ("encoding", "encoded"),
    [
        ("gzip", gzip.compress(b"{}")),
        ("GZIP", gzip.compress(b"{}")),
        ("deflate", zlib.compress(b"{}")),
    ],
)
def test_a_body_that_comes_encoded_all_the_same_is_decoded(
    serve: Serve, encoding: str, encoded: bytes
) -> None:
    """Proxies do that."""
    head = OK + f"content-encoding: {encoding}\r\ncontent-length: {len(encoded)}\r\n\r\n".encode()
    reply = get(serve(head + encoded).origin)
    assert isinstance(reply, Reply)
    assert reply.body == b"{}"


@pytest.mark.parametrize(
    ("encoding", "encoded", "detail"),
    [
        ("gzip", gzip.compress(bytes(BODY_LIMIT * 100)), "its answer is larger than 1 MiB"),
        ("deflate", zlib.compress(bytes(BODY_LIMIT + 1)), "its answer is larger than 1 MiB"),
        ("gzip", b"no gzip", "its answer cannot be decoded"),
        ("br", b"x", "it answered in an encoding that was not asked for"),
        ("gzip, gzip", b"x", "it answered in an encoding that was not asked for"),
    ],
    ids=["bomb", "a byte too much", "garbage", "brotli", "twice"],
)
def test_an_encoding_is_no_way_around_the_limit(
    serve: Serve, encoding: str, encoded: bytes, detail: str
) -> None:
    """What becomes too large, or cannot be decoded within bounds, is no answer."""
    head = f"content-encoding: {encoding}\r\ncontent-length: {len(encoded)}\r\n\r\n".encode()
    assert get(serve(OK + head + encoded).origin) == Declined(Reason.CHANGED, detail)
    refused = get(serve(b"HTTP/1.1 429 No\r\n" + head + encoded).origin)
    assert isinstance(refused, Reply)
    assert (refused.status, refused.body) == (429, b"")


@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        (b"", "the server broke off, or does not speak HTTP"),
        (b"SSH-2.0-OpenSSH\r\n", "the server broke off, or does not speak HTTP"),
        (OK + b"content-length: 10\r\n\r\n{", "the server broke off, or does not speak HTTP"),
        (OK + b"x: " + b"y" * 1_000_000, "the server broke off, or does not speak HTTP"),
    ],
    ids=["nothing", "another protocol", "half a body", "endless header"],
)
def test_what_is_no_reply_is_told_in_words(serve: Serve, sent: bytes, detail: str) -> None:
    """Not in those of a library, which may repeat what was sent."""
    reply = get(serve(sent).origin)
    assert isinstance(reply, Declined)
    assert reply.reason is Reason.UNAVAILABLE
    assert reply.detail in (detail, "the connection was reset")


def test_a_connection_that_is_reset_is_told_in_words(serve: Serve) -> None:
    """With the data of the request still unread, the system resets it."""

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    reply = get(serve(behave).origin)
    assert reply == Declined(Reason.UNAVAILABLE, "the connection was reset")


def test_a_port_where_nobody_listens_refuses() -> None:
    """At once."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert get(f"http://127.0.0.1:{port}") == Declined(
        Reason.UNAVAILABLE, "the connection was refused"
    )


def test_a_name_that_does_not_exist_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the resolver's own error."""

    def fail(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert get(NOWHERE) == Declined(Reason.UNAVAILABLE, "the server's name could not be resolved")


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(serve: Serve) -> None:
    """And nothing is sent to who bears it."""
    server = serve(OK + b"content-length: 0\r\n\r\n", tls=True)
    assert get(server.origin) == Declined(
        Reason.UNAVAILABLE, "the server's certificate is not trusted"
    )
    assert server.received == []


def test_a_certificate_of_the_environment_is_trusted(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a company with an authority of its own; without it, nobody is."""
    server = serve(OK + b"content-length: 0\r\n\r\n", tls=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    assert isinstance(get(server.origin), Reply)
    # httpx 0.27 takes a file that is not there for none, later ones refuse to begin.
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at/all.pem")
    refused = get(server.origin)
    assert isinstance(refused, Declined)
    assert refused.reason is Reason.UNAVAILABLE
    assert "certificate" in refused.detail
    assert len(server.received) == 1


def test_a_server_that_speaks_no_tls_is_told_in_words(serve: Serve) -> None:
    """Where https was meant, and http is spoken."""
    origin = serve(b"HTTP/1.1 400 No\r\n\r\n", reads=False).origin
    assert get(origin.replace("http:", "https:")) == Declined(
        Reason.UNAVAILABLE, "the TLS connection failed"
    )


def test_a_proxy_of_the_environment_is_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """It sees a name and no login; when it refuses, that is told, and not with its password."""
    proxy = serve(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
    monkeypatch.setenv("HTTPS_PROXY", proxy.origin.replace("//", f"//user:{CANARY}@"))
    assert get(NOWHERE) == Declined(Reason.UNAVAILABLE, "the proxy refused the connection")
    (request,) = proxy.received
    assert request.startswith(b"CONNECT api.example.invalid:443 HTTP/1.1\r\n")
    assert f"token {CANARY}".encode() not in request


def test_a_proxy_that_is_silent_does_not_hold_it(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deadline is one for all of it."""
    proxy = serve(lambda connection, _: connection.recv(1))
    monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
    assert get(NOWHERE, timeout=0.3) == Declined(Reason.TIMED_OUT, "no answer within 0.3 s")
    assert proxy.gone.wait(30)


def test_a_proxy_cannot_pass_itself_off_as_the_server(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the tunnel the certificate is verified, and the login is sent after that only."""
    seen: list[bytes] = []

    def behave(connection: socket.socket, _: bytes) -> None:
        import ssl  # noqa: PLC0415

        connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        with context.wrap_socket(connection, server_side=True) as tls:
            seen.append(tls.recv(65536))

    monkeypatch.setenv("HTTPS_PROXY", serve(behave).origin)
    assert get(NOWHERE) == Declined(Reason.UNAVAILABLE, "the server's certificate is not trusted")
    assert b"".join(seen) == b""


def test_on_this_machine_no_proxy_is_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would see the login, and could not reach the same address anyway."""
    proxy = serve(OK + b"content-length: 0\r\n\r\n")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.origin)
    server = serve(OK + b"content-length: 0\r\n\r\n")
    assert isinstance(get(server.origin), Reply)
    assert len(server.received) == 1
    assert proxy.received == []


@pytest.mark.parametrize("scheme", ["ftp", "socks5", "", "http://[", "socks5h"])
def test_a_proxy_that_is_none_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """What is wrong is said, and where; what stands there is not."""
    monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://user:{CANARY}@127.0.0.1:1")
    reply = get(NOWHERE)
    assert isinstance(reply, Declined)
    assert reply.reason is Reason.UNAVAILABLE
    assert CANARY not in repr(reply)


def test_the_login_is_in_no_log(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    """Not even when every library tells all it does."""
    caplog.set_level(logging.DEBUG)
    for logger in ("bhoga", "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger)
    replies = [
        get(serve(OK + b"content-length: 0\r\n\r\n").origin),
        get(serve(b"garbage").origin),
        get(serve(OK, tls=True).origin),
        get(serve(lambda connection, _: connection.recv(1)).origin, timeout=0.3),
    ]
    assert caplog.records
    assert CANARY not in caplog.text + repr(replies) + repr([it.__dict__ for it in caplog.records])


def test_a_program_that_is_ending_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread can be started any more: that is an answer too."""

    def fail(_: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", fail)
    assert get("http://127.0.0.1:1") == Declined(
        Reason.UNAVAILABLE, "no thread can be started: the program is ending"
    )
