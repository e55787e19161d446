"""The pipes of a running program: read as they fill, with a limit, and never waited for too long.

A program may leave a child behind that holds its pipes open for hours, so nothing here waits for
their end. One thread does it all: there is none that such a child could keep.
"""

import contextlib
import os
import sys
from time import sleep
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from subprocess import Popen

STDOUT_LIMIT = 4 * 1024 * 1024
"""Bytes that a program may print."""

STDERR_LIMIT = 64 * 1024
"""Bytes of what it says beside that which are kept until it has ended; the rest is thrown away."""

TICK = 0.01
"""Seconds to wait for output between two looks whether the program has ended: its pipes would not
tell, where a child holds them open."""

_CHUNK = 64 * 1024


class Pipes:
    """What a program has printed so far, and what it is still to be told."""

    def __init__(self, process: "Popen[bytes]") -> None:
        self.stdout = bytearray()
        self.stderr = bytearray()
        self._input = process.stdin
        self._to_send = b""
        self._open: dict[IO[bytes], tuple[bytearray, int]] = {}
        for file, kept, limit in (
            (process.stdout, self.stdout, STDOUT_LIMIT + 1),
            (process.stderr, self.stderr, STDERR_LIMIT),
        ):
            if file is not None:
                self._open[file] = (kept, limit)
        self._out = process.stdout
        if sys.platform != "win32":
            for file in (self._input, *self._open):
                if file is not None:
                    os.set_blocking(file.fileno(), False)

    @property
    def is_open(self) -> bool:
        """Whether the program may still print something."""
        return self._out in self._open

    def send(self, line: bytes) -> None:
        """Write to the program's stdin, what does not fit now with the next `receive`."""
        self._to_send += line
        self._flush()

    def close_input(self) -> None:
        """Close its stdin, whatever it has not taken yet."""
        if self._input is not None:
            with contextlib.suppress(OSError):
                self._input.close()
            self._input = None

    def close(self) -> None:
        """Close all of them."""
        self.close_input()
        for file in tuple(self._open):
            self._ended(file)

    def receive(self, timeout: float) -> bool:
        """Take in what is there, waiting for it at most `timeout` seconds; whether anything was."""
        self._flush()
        received = False
        for file in self._readable(timeout):
            try:
                chunk = os.read(file.fileno(), _CHUNK)
            except BlockingIOError:
                continue
            except OSError:
                chunk = b""
            if not chunk:
                self._ended(file)
                continue
            received = True
            kept, limit = self._open[file]
            kept += chunk[: max(0, limit - len(kept))]
        return received

    def _ended(self, file: IO[bytes]) -> None:
        del self._open[file]
        with contextlib.suppress(OSError):
            file.close()

    def _flush(self) -> None:
        if self._input is None or not self._to_send:
            return
        try:
            written = os.write(self._input.fileno(), self._to_send)
        except BlockingIOError:
            return
        except OSError:  # the program has closed its stdin, or ended
            self._to_send = b""
            return
        self._to_send = self._to_send[written:]

    if sys.platform == "win32":

        def _readable(self, timeout: float) -> list[IO[bytes]]:
            # Nothing there waits for a pipe with a time limit; looking into one is all there is.
            ready = [file for file in self._open if _has_something(file)]
            if not ready:
                sleep(timeout)
            return ready

    else:

        def _readable(self, timeout: float) -> list[IO[bytes]]:
            import selectors  # noqa: PLC0415 -- only who runs a program pays for it

            if not self._open:
                sleep(timeout)
                return []
            with selectors.DefaultSelector() as selector:
                for file in self._open:
                    selector.register(file, selectors.EVENT_READ)
                ready = {key.fd for key, _ in selector.select(timeout)}
            return [file for file in self._open if file.fileno() in ready]


if sys.platform == "win32":
    import _winapi
    import msvcrt

    def _has_something(file: IO[bytes]) -> bool:
        try:
            available = _winapi.PeekNamedPipe(msvcrt.get_osfhandle(file.fileno()))[0]
        except OSError:
            return True  # it has ended, which reading it tells
        return bool(available)
