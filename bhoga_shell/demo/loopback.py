"""A small HTTP server that only this machine reaches."""

from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import TypeAlias, cast

from bhoga_shell.demo.answers import Response

Answer: TypeAlias = Callable[[str, str, Mapping[str, str], bytes], Response]
"""Answers a method, a path without its query, headers (lower-case names) and a body."""


class LoopbackServer(ThreadingHTTPServer):
    """Serves `answer` on 127.0.0.1 and a port of the system's choice, a thread for each request."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        """Bind without looking the address up by name, which may take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a client that has hung up is no error of the demo."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "bhoga-demo", ""

    def _respond(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = self.path.partition("?")[0]
        answer = cast("LoopbackServer", self.server).answer
        response = answer(self.command, path, headers, body)
        self.send_response(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(response.body)))
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(response.body)

    do_GET = do_POST = _respond  # noqa: N815 (http.server names them)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (as above)
        """Nothing: the demo is quiet."""
