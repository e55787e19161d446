"""`bhoga status --watch` in a real pseudo-terminal: refresh, resize, interrupt."""

import os
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator

import pytest

from bhoga import Router

fcntl = pytest.importorskip("fcntl", reason="there are no pseudo-terminals here")

PATIENCE = 30.0
"""Seconds after which what is waited for is taken not to come."""


class Watched:
    """The command on a pseudo-terminal of 24 lines and 80 columns."""

    def __init__(self, *arguments: str) -> None:
        self._ours, theirs = os.openpty()
        self.resize(24, 80)
        self.before = termios.tcgetattr(theirs)
        self._theirs = theirs
        environment = {**os.environ, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
        environment.pop("COLUMNS", None)
        environment.pop("LINES", None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bhoga", "status", "--watch", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            preexec_fn=_as_foreground,  # noqa: PLW1509 -- an interrupt needs a terminal of its own
        )
        self.seen = ""

    def resize(self, lines: int, columns: int) -> None:
        """Give the terminal another size, as its window would."""
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def until(self, pattern: str) -> str:
        """What came since the last time up to what the pattern matches."""
        end = time.monotonic() + PATIENCE
        while not re.search(pattern, self.seen, re.DOTALL):
            assert time.monotonic() < end, f"no {pattern!r} in {self.seen!r}"
            if select.select([self._ours], [], [], 0.1)[0]:
                self.seen += os.read(self._ours, 65_536).decode()
        seen, self.seen = self.seen, ""
        return seen

    def interrupt(self) -> int:
        """Press Ctrl-C; the exit code."""
        os.write(self._ours, b"\x03")
        return self.process.wait(PATIENCE)

    def end(self) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.after = termios.tcgetattr(self._theirs)
        os.close(self._theirs)
        os.close(self._ours)


def _as_foreground() -> None:
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.fixture
def watching() -> Iterator[Callable[..., Watched]]:
    """Starts the command."""
    started: list[Watched] = []

    def start(*arguments: str) -> Watched:
        started.append(Watched(*arguments))
        return started[-1]

    yield start
    for one in started:
        one.end()


def plain(seen: str) -> list[str]:
    """The lines without what steers the terminal."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen).splitlines()


@pytest.mark.usefixtures("known")
def test_it_is_shown_and_left_as_it_was(watching: Callable[..., Watched]) -> None:
    """On a screen of its own, without a cursor; an interrupt gives both back, and exits 130."""
    terminal = watching("60")
    shown = terminal.until(r"opens in 59 min")
    assert "\x1b[?1049h" in shown
    assert "\x1b[?25l" in shown
    assert any("▸ weekly           ████░░░░░░  38 %" in line for line in plain(shown))
    assert terminal.interrupt() == 130
    left = terminal.until(r"\x1b\[\?25h.*\x1b\[\?1049l|\x1b\[\?1049l.*\x1b\[\?25h")
    assert "Traceback" not in left
    assert termios.tcgetattr(terminal._theirs) == terminal.before


@pytest.mark.usefixtures("known")
def test_it_is_refreshed(watching: Callable[..., Watched]) -> None:
    """What another process learns is there at the next look."""
    terminal = watching("0.2")
    terminal.until(r"nothing is available now")
    with Router(eager=False) as router:
        router.set_quota("openai-codex", 77)
    terminal.until(r"77 %")
    assert terminal.interrupt() == 130


@pytest.mark.usefixtures("known")
def test_it_follows_the_size(watching: Callable[..., Watched]) -> None:
    """A narrower terminal gets shorter lines at once, a lower one keeps the answers."""
    terminal = watching("60")
    terminal.until(r"opens in 59 min, at")
    terminal.resize(12, 50)
    shown = plain(terminal.until(r"openai .*opens in 59 min").rpartition("\x1b[H")[2])
    assert max(map(len, shown)) <= 50
    assert len(shown) <= 12
    assert any("more lines" in line for line in shown)
    assert any(line.startswith("anthropic →") for line in shown)
    assert terminal.interrupt() == 130
