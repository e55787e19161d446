"""The command as a process, for the tests of every command."""

import os
import re
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from bhoga import Router
from bhoga_shell.demo.backends import Backends
from bhoga_shell.demo.home import furnish
from bhoga_shell.demo.scenarios import SCENARIOS

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def bhoga() -> Run:
    """Runs `python -m bhoga` with arguments, `stdin` (text) and environment variables."""

    def run(
        *arguments: str, stdin: str = "", **variables: str
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "bhoga", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **variables},
        )

    return run


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Callable[[str], Mapping[str, str]]]:
    """Furnishes a home with stand-ins that answer as in the named scenario: its environment."""
    with ExitStack() as running:

        def furnished(name: str) -> Mapping[str, str]:
            backends = running.enter_context(Backends(SCENARIOS[name]))
            return furnish(tmp_path / name, backends)

        yield furnished


@pytest.fixture
def known() -> None:
    """A state file in which two providers are known."""
    now = time.time()
    headers = {
        "anthropic-ratelimit-unified-5h-utilization": "0.35",
        "anthropic-ratelimit-unified-5h-reset": str(int(now + 9000)),
        "anthropic-ratelimit-unified-7d-utilization": "0.62",
        "anthropic-ratelimit-unified-7d-reset": str(int(now + 290_000)),
        "anthropic-ratelimit-unified-7d_oi-utilization": "1.0",
        "anthropic-ratelimit-unified-7d_oi-reset": str(int(now + 290_000)),
        "anthropic-ratelimit-unified-overage-utilization": "0.2",
    }
    with Router(eager=False) as router:
        router.record_turn("claude_code", "claude-opus-4", headers=headers)
        router.set_quota("openai-codex", 0, ttl=3600)


CURSOR_HIDDEN, CURSOR_SHOWN = b"\x1b[?25l", b"\x1b[?25h"

# The child gets the terminal for its own, so that Ctrl-C typed there reaches it.
IN_TERMINAL = """\
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "bhoga", *sys.argv[1:]])
"""


class Terminal:
    """The command in a pseudo-terminal of its own."""

    def __init__(self, *arguments: str) -> None:
        import pty  # noqa: PLC0415 -- there is none on Windows

        self._screen, theirs = pty.openpty()
        self.resize(80)
        self.before = self._modes()
        variables = {**os.environ, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
        for size in ("COLUMNS", "LINES"):  # they would hide that of the terminal
            variables.pop(size, None)
        self.process = subprocess.Popen(
            [sys.executable, "-c", IN_TERMINAL, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env=variables,
        )
        self._theirs = theirs
        self.shown = b""

    def resize(self, columns: int, lines: int = 24) -> None:
        """Give the terminal another size, of which the command is told."""
        import fcntl  # noqa: PLC0415 -- there is none on Windows
        import termios  # noqa: PLC0415

        fcntl.ioctl(self._screen, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def until(self, words: bytes, since: int = 0) -> int:
        """Read until these words were shown; how far that was."""
        deadline = time.monotonic() + 30
        while words not in self.shown[since:]:
            readable, _, _ = select.select([self._screen], [], [], 1.0)
            if readable:
                self.shown += os.read(self._screen, 65536)
            assert time.monotonic() < deadline, f"{words!r} did not come: {self.shown!r}"
        return self.shown.index(words, since) + len(words)

    def lines(self, since: int = 0, until: int | None = None) -> list[str]:
        """The lines as they were drawn, without what steers the terminal."""
        text = self.shown[since:until].decode("utf-8", "replace")
        return re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text))

    def line(self, words: str) -> str:
        """The line with these words, as it was drawn last."""
        return next(it for it in reversed(self.lines()) if words in it)

    def type(self, text: bytes) -> None:
        """Type this."""
        os.write(self._screen, text)

    def end(self) -> int:
        """Wait for the end of the command, showing what it still shows; its exit code."""
        while self.process.poll() is None:
            readable, _, _ = select.select([self._screen], [], [], 0.1)
            if readable:
                self.shown += os.read(self._screen, 65536)
        while select.select([self._screen], [], [], 0)[0]:
            self.shown += os.read(self._screen, 65536)
        return self.process.returncode

    def is_restored(self) -> bool:
        """Whether the terminal's modes are as they were, and the cursor is shown."""
        hidden, shown = self.shown.rfind(CURSOR_HIDDEN), self.shown.rfind(CURSOR_SHOWN)
        return self._modes() == self.before and shown >= hidden

    def close(self) -> None:
        """Let go of it."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._screen)
        os.close(self._theirs)

    def _modes(self) -> list[object]:
        import termios  # noqa: PLC0415 -- there is none on Windows

        return termios.tcgetattr(self._screen)


@pytest.fixture
def in_terminal() -> Iterator[Callable[..., Terminal]]:
    """Starts the command with arguments in a pseudo-terminal of eighty columns."""
    if os.name != "posix":
        pytest.skip("there are no pseudo-terminals")
    with ExitStack() as running:

        def started(*arguments: str) -> Terminal:
            terminal = Terminal(*arguments)
            running.callback(terminal.close)
            return terminal

        yield started
