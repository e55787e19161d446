"""An HTTPS proxy on loopback that answers for the hosts it knows, and lets nothing out.

The usage call of `claude` has a fixed host (2.1.330), so that the only way to a stand-in is a
proxy that ends TLS itself, with a certificate that the program was told to trust.
"""

import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from ssl import SSLContext, SSLError
from types import TracebackType
from typing import NamedTuple, Self, cast

_PATIENCE = 60.0
_HOP_BY_HOP = frozenset({"connection", "host", "keep-alive", "proxy-connection", "te", "upgrade"})


class Proxied(NamedTuple):
    """A request that came through a tunnel to `host`."""

    host: str
    method: str
    path: str


class ConnectProxy:
    """The proxy, in a context: what comes for one of `hosts` goes to `port` on this machine.

    A tunnel to any other host, and a request outside of a tunnel, is refused. What was asked for is
    kept as hosts, methods and paths, never with what it carried.
    """

    def __init__(self, hosts: frozenset[str], context: SSLContext, port: int) -> None:
        self.hosts, self.context, self.port = hosts, context, port
        self._noting = threading.Lock()
        self._requests: list[Proxied] = []
        self._refused: list[str] = []
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), name="loopback proxy", daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens, as `HTTPS_PROXY` takes it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def requests(self) -> tuple[Proxied, ...]:
        """What was asked for in tunnels so far, in the order of arrival."""
        with self._noting:
            return tuple(self._requests)

    @property
    def refused(self) -> tuple[str, ...]:
        """The hosts and URLs (without their queries) that somebody wanted to reach, and did not."""
        with self._noting:
            return tuple(self._refused)

    def note(self, request: Proxied) -> None:
        """Keep a request that came in a tunnel."""
        with self._noting:
            self._requests.append(request)

    def refuse(self, target: str) -> None:
        """Keep what was refused."""
        with self._noting:
            self._refused.append(target.partition("?")[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a program may leave a tunnel open that nothing more will come through
    request_queue_size = 64

    def __init__(self, proxy: ConnectProxy) -> None:
        self.proxy = proxy
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        # HTTPServer's own looks the address up by name, which may take seconds.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a program that has hung up is no error of the proxy."""


class _Handler(BaseHTTPRequestHandler):
    """One connection: the request for a tunnel, then what comes through it."""

    protocol_version = "HTTP/1.1"
    host = ""

    @property
    def proxy(self) -> ConnectProxy:
        return cast("_Server", self.server).proxy

    def do_CONNECT(self) -> None:
        """End the tunnel here, and read on in it as if it were the host's own connection."""
        host = self.path.rpartition(":")[0]
        if host not in self.proxy.hosts or self.host:
            self._refuse()
            return
        self.send_response_only(200)
        self.end_headers()
        self.wfile.flush()
        try:
            inside = self.proxy.context.wrap_socket(self.connection, server_side=True)
        except (SSLError, OSError):
            # It does not trust the certificate: no request will come, which a test will notice.
            self.proxy.refuse(f"{host} (no TLS)")
            self.close_connection = True
            return
        self.connection = inside
        self.rfile, self.wfile = inside.makefile("rb"), inside.makefile("wb")
        self.host, self.close_connection = host, False

    def _answer(self) -> None:
        if not self.host:
            self._refuse()
            return
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.proxy.note(Proxied(self.host, self.command, self.path.partition("?")[0]))
        kept = {k: v for k, v in self.headers.items() if k.lower() not in _HOP_BY_HOP}
        behind = HTTPConnection("127.0.0.1", self.proxy.port, timeout=_PATIENCE)
        try:
            behind.request(self.command, self.path, body, kept)
            response = behind.getresponse()
            content = response.read()
        finally:
            behind.close()
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    do_DELETE = do_GET = do_HEAD = do_PATCH = do_POST = do_PUT = _answer  # noqa: N815 (as above)

    def _refuse(self) -> None:
        self.proxy.refuse(self.path)
        self.send_error(403)
        self.close_connection = True

    def finish(self) -> None:
        """End TLS too, where there was any."""
        super().finish()
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (as above)
        """Nothing: what came is kept in the proxy."""
