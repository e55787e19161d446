"""One GET request with a login: verified, without redirects, small, and over in time.

httpx's timeouts are for each read, and resolving a name has none at all. So the request runs on a
thread of its own; the caller waits for that as long as the probe may take, and then cuts whatever
connection there is. What a thread that is stuck in a name does later is shut down on arrival.

Proxies and certificates (`HTTPS_PROXY`, `NO_PROXY`, `SSL_CERT_FILE`, `SSL_CERT_DIR`) are those of
this process's environment, as httpx reads it. On loopback no proxy is used.
"""

import contextlib
import os
import socket
import threading
import zlib
from functools import lru_cache
from time import time
from typing import TYPE_CHECKING, Any

from bhoga_core.headers import relevant
from bhoga_core.probe import HttpGet
from bhoga_core.reading import Declined, Reason
from bhoga_core.replies import Reply
from bhoga_shell.probes.endpoint import Endpoint

if TYPE_CHECKING:
    import ssl

    import httpx

BODY_LIMIT = 1024 * 1024
"""Bytes of the largest body that is taken, as it comes and decoded."""

_ENCODINGS = ("gzip", "x-gzip", "deflate")


def get(probe: HttpGet, endpoint: Endpoint, secret: str) -> Reply | Declined:
    """What the server at `endpoint` replies to `probe`, or why it does not. Never raises.

    `secret` is sent in `Authorization` and kept nowhere.
    """
    # Loaded here, so that loading it is not in the deadline.
    import httpx  # noqa: PLC0415

    for_each_step = httpx.Timeout(probe.timeout)
    cutter = _Cutter()
    replies: list[Reply | Declined] = []

    def ask() -> None:
        try:
            replies.append(_asked(probe, endpoint, secret, for_each_step, cutter))
        finally:
            cutter.close()

    asking = threading.Thread(target=ask, name="bhoga request", daemon=True)
    try:
        asking.start()
    except RuntimeError:
        return Declined(Reason.UNAVAILABLE, "no thread can be started: the program is ending")
    asking.join(probe.timeout)
    if replies:
        return replies[0]
    cutter.cut()
    return Declined(Reason.TIMED_OUT, f"no answer within {probe.timeout:g} s")


class _Cutter:
    """Shuts down the connections of a request from another thread, also those that come late."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connections: list[socket.socket] = []
        self._is_cut = False

    def watch(self, event: str, info: dict[str, Any]) -> None:
        """Take note of a connection: httpcore calls it with each step of a request."""
        if not event.endswith("connect_tcp.complete"):
            return
        connected: socket.socket = info["return_value"].get_extra_info("socket")
        with self._lock:
            # A handle of our own: TLS takes the other one's away while it shakes hands.
            self._connections.append(connected.dup())
            if self._is_cut:
                self._shut_down()

    def cut(self) -> None:
        """Shut down what is connected, and from now on whatever will be."""
        with self._lock:
            self._is_cut = True
            self._shut_down()

    def close(self) -> None:
        """Give the handles back. The connections themselves are httpx's to close."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def _shut_down(self) -> None:
        for connection in self._connections:
            with contextlib.suppress(OSError):  # the other side was quicker
                connection.shutdown(socket.SHUT_RDWR)


def _asked(
    probe: HttpGet, endpoint: Endpoint, secret: str, timeout: "httpx.Timeout", cutter: _Cutter
) -> Reply | Declined:
    import httpx  # noqa: PLC0415

    try:
        client = _client(endpoint, timeout)
    except ImportError:
        return Declined(Reason.UNAVAILABLE, "a SOCKS proxy is set, which needs `httpx[socks]`")
    except Exception as error:  # noqa: BLE001 -- its text may hold the proxy's password
        what = f"the environment's proxy or certificate settings ({type(error).__name__})"
        return Declined(Reason.UNAVAILABLE, f"{what} cannot be used")
    try:
        with (
            client,
            client.stream(
                "GET",
                endpoint.url,
                headers=_headers(probe, secret),
                follow_redirects=False,
                extensions={"trace": cutter.watch},
            ) as response,
        ):
            return _reply(response)
    except httpx.TimeoutException:
        return Declined(Reason.TIMED_OUT, f"no answer within {probe.timeout:g} s")
    except Exception as error:  # noqa: BLE001 -- nothing of the request may leave in a text
        return Declined(Reason.UNAVAILABLE, _failure(error))


def _client(endpoint: Endpoint, timeout: "httpx.Timeout") -> "httpx.Client":
    import httpx  # noqa: PLC0415

    trusted = _trusted(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    # A transport of one's own is what makes httpx pass the environment's proxies by.
    transport = httpx.HTTPTransport(verify=trusted) if endpoint.is_loopback else None
    return httpx.Client(transport=transport, verify=trusted, timeout=timeout)


@lru_cache(maxsize=1)
def _trusted(_file: str | None, _folder: str | None) -> "ssl.SSLContext":
    """The certificates to trust, kept while these variables, which httpx reads, stay the same.

    Loading them takes 20 ms of CPU, four fifths of what a request costs.
    """
    import httpx  # noqa: PLC0415

    return httpx.create_ssl_context()


def _headers(probe: HttpGet, secret: str) -> dict[str, str]:
    from bhoga_shell import __version__  # noqa: PLC0415 -- the package imports this module

    return {name.lower(): value for name, value in probe.headers} | {
        "accept-encoding": "identity",
        "authorization": f"{probe.scheme} {secret}",
        "user-agent": f"bhoga/{__version__}",
    }


def _reply(response: "httpx.Response") -> Reply | Declined:
    received_at = time()
    body = _body(response)
    if isinstance(body, Declined):
        if response.status_code == 200:
            return body
        body = b""  # the status says enough
    kept = relevant(response.headers, ()).pairs
    return Reply(response.status_code, kept, body, received_at)


def _body(response: "httpx.Response") -> bytes | Declined:
    raw = bytearray()
    for chunk in response.iter_raw():
        raw += chunk
        if len(raw) > BODY_LIMIT:
            return _too_large()
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        return bytes(raw)
    if encoding not in _ENCODINGS:
        return Declined(Reason.CHANGED, "it answered in an encoding that was not asked for")
    # httpx would decode a whole chunk at once: 64 KiB become 64 MiB.
    decoder = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        body = decoder.decompress(bytes(raw), BODY_LIMIT + 1)
    except zlib.error:
        return Declined(Reason.CHANGED, "its answer cannot be decoded")
    return _too_large() if len(body) > BODY_LIMIT else body


def _too_large() -> Declined:
    return Declined(Reason.CHANGED, f"its answer is larger than {BODY_LIMIT >> 20} MiB")


def _failure(error: Exception) -> str:
    """What went wrong, in words that hold nothing of the request."""
    import ssl  # noqa: PLC0415

    import httpx  # noqa: PLC0415

    kinds: tuple[tuple[type[BaseException], str], ...] = (
        (httpx.ProxyError, "the proxy refused the connection"),
        (ssl.SSLCertVerificationError, "the server's certificate is not trusted"),
        (ssl.SSLError, "the TLS connection failed"),
        (socket.gaierror, "the server's name could not be resolved"),
        (ConnectionRefusedError, "the connection was refused"),
        (ConnectionError, "the connection was reset"),
        (httpx.RemoteProtocolError, "the server broke off, or does not speak HTTP"),
        (httpx.ConnectError, "the server could not be reached"),
    )
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    for kind, words in kinds:
        if any(isinstance(link, kind) for link in chain):
            return words
    return f"the request failed ({type(error).__name__})"
