"""Stand-ins on this machine: servers that behave in any way, and programs that do."""

import contextlib
import os
import socket
import ssl
import stat
import sys
import threading
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

CERTIFICATE = Path(__file__).parent / "loopback.pem"
"""A key that signed itself for 127.0.0.1, made for these tests: it protects nothing."""

Behaviour = Callable[[socket.socket, bytes], None]
"""What a server does with a connection, once it has read the head of a request."""


class Server:
    """A server on loopback that keeps the heads it was sent, and does with them as it was told.

    `gone` is set when a connection has ended.
    """

    def __init__(self, behave: Behaviour, *, reads: bool, tls: bool) -> None:
        self.received: list[bytes] = []
        self._behave = behave
        self._reads = reads
        self._over = threading.Event()
        self.gone = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0.05)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None
        if self._tls is not None:
            self._tls.load_cert_chain(CERTIFICATE)
        self.origin = f"http{'s' if tls else ''}://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it, and whatever it is doing."""
        self._over.set()
        self._thread.join()

    def wait(self, timeout: float) -> None:
        """Let some seconds go by, unless the test ends."""
        if self._over.wait(timeout):
            raise OSError("the test has ended")

    def _serve(self) -> None:
        threads: list[threading.Thread] = []
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = self._listening.accept()
                threads.append(threading.Thread(target=self._handle, args=(connection,)))
                threads[-1].start()
        self._listening.close()
        for thread in threads:
            thread.join()

    def _handle(self, connection: socket.socket) -> None:
        connection.settimeout(30)
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            head = b""
            while self._reads and b"\r\n\r\n" not in head:
                if not (more := connection.recv(65536)):
                    return
                head += more
            self.received.append(head)
            self._behave(connection, head)
        except OSError:
            pass  # the client has gone
        finally:
            connection.close()
            self.gone.set()


Serve = Callable[..., Server]


@pytest.fixture
def serve() -> Generator[Serve]:
    """Starts a server on loopback, for the time of the test."""
    servers: list[Server] = []

    def start(behave: bytes | Behaviour, *, reads: bool = True, tls: bool = False) -> Server:
        def answer(connection: socket.socket, _: bytes) -> None:
            connection.sendall(behave if isinstance(behave, bytes) else b"")

        server = Server(answer if isinstance(behave, bytes) else behave, reads=reads, tls=tls)
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


class Programs:
    """A folder on PATH with programs in it, written in Python, and one for what they leave."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "bin"
        self.left = folder / "left"
        self.folder.mkdir()
        self.left.mkdir()

    def add(self, name: str, code: str) -> Path:
        """A program; `left` in its code is the folder for what it leaves."""
        path = self.folder / name
        start = f"#!{sys.executable} -S\nimport os, pathlib, sys\n"
        start += f"left = pathlib.Path({str(self.left)!r})\n"
        path.write_text(start + code, encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    @property
    def environ(self) -> dict[str, str]:
        """An environment in which they are found."""
        return {"PATH": str(self.folder)}


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    """A folder for programs."""
    if os.name != "posix":
        pytest.skip("programs are scripts with a first line that names Python")
    return Programs(tmp_path)
