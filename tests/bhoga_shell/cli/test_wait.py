"""`bhoga wait`, in a pipe and in a real pseudo-terminal."""

import os
import re
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from bhoga import Router

Run = Callable[..., subprocess.CompletedProcess[str]]

MODEL = "claude-opus-4"
CURSOR_HIDDEN, CURSOR_SHOWN = b"\x1b[?25l", b"\x1b[?25h"

# The child gets the terminal for its own, so that Ctrl-C typed there reaches it.
IN_TERMINAL = """\
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "bhoga", *sys.argv[1:]])
"""


class Terminal:
    """The command in a pseudo-terminal of its own."""

    def __init__(self, *arguments: str, columns: int = 80) -> None:
        import pty  # noqa: PLC0415 -- there is none on Windows

        self._screen, theirs = pty.openpty()
        self.resize(columns)
        self.before = self._modes()
        self.process = subprocess.Popen(
            [sys.executable, "-c", IN_TERMINAL, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"},
        )
        self._theirs = theirs
        self.shown = b""

    def resize(self, columns: int) -> None:
        """Give the terminal so many columns, of which the command is told."""
        import fcntl  # noqa: PLC0415 -- there is none on Windows
        import termios  # noqa: PLC0415

        fcntl.ioctl(self._screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def until(self, words: bytes, since: int = 0) -> None:
        """Read until these words were shown."""
        deadline = time.monotonic() + 30
        while words not in self.shown[since:]:
            readable, _, _ = select.select([self._screen], [], [], 1.0)
            if readable:
                self.shown += os.read(self._screen, 65536)
            assert time.monotonic() < deadline, f"{words!r} did not come: {self.shown!r}"

    def line(self) -> str:
        """The line with the time left, as it was drawn last."""
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.shown.decode("utf-8", "replace"))
        return next(it for it in reversed(re.split(r"[\r\n]", text)) if f"{MODEL} in " in it)

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
def exhausted() -> None:
    """The provider is used up for an hour."""
    with Router(eager=False, probes="off") as router:
        router.set_quota("claude_code", 0, ttl=3600)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """The command, waiting in a terminal of eighty columns."""
    if os.name != "posix":
        pytest.skip("there are no pseudo-terminals")
    running = Terminal("wait", MODEL)
    yield running
    running.close()


def waiting(*arguments: str) -> "subprocess.Popen[str]":
    """The command, waiting with pipes; its first line on stderr says so."""
    return subprocess.Popen(
        [sys.executable, "-m", "bhoga", "wait", MODEL, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def test_what_is_available_is_not_waited_for(bhoga: Run) -> None:
    """Exit code 0, and the provider."""
    bhoga("set", "claude_code", "90")
    run = bhoga("wait", MODEL)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == f"claude_code can serve {MODEL} (90 % left, measured)\n"


@pytest.mark.usefixtures("exhausted")
def test_a_pipe_gets_a_line(bhoga: Run) -> None:
    """When it will be, once; no bar and no escape codes. Exit code 1 when the time is over."""
    run = bhoga("wait", MODEL, "--timeout", "0.1s")
    assert (run.returncode, run.stdout) == (1, "")
    told, ended = run.stderr.splitlines()
    assert re.fullmatch(rf"bhoga wait: {MODEL}: next at 20\S+\+00:00", told)
    assert ended.endswith("after waiting as long as was allowed")
    assert "\x1b" not in run.stderr


@pytest.mark.usefixtures("exhausted")
def test_it_wakes_when_another_process_learns_something() -> None:
    """Long before the time it has told."""
    with waiting() as process:
        assert process.stderr is not None
        assert "next at" in process.stderr.readline()
        with Router(eager=False, probes="off") as router:
            router.set_quota("claude_code", 70)
        shown, problems = process.communicate()
    assert (process.returncode, problems) == (0, "")
    assert shown.startswith(f"claude_code can serve {MODEL} (70 % left")


def test_it_wakes_when_the_time_has_come() -> None:
    """By itself, when what closed the provider is over."""
    with Router(eager=False, probes="off") as router:
        router.set_quota("claude_code", 0, ttl=1.0)
        router.set_quota("github-copilot", 0, ttl=3600)
    with waiting() as process:
        shown, _ = process.communicate()
    assert process.returncode == 0
    assert shown.startswith(f"claude_code can serve {MODEL}")


def test_a_model_that_nobody_serves(bhoga: Run) -> None:
    """Exit code 1 at once: no time would change that."""
    run = bhoga("wait", "gemini-4")
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (1, "", 1)
    assert "no provider serves gemini-4" in run.stderr


@pytest.mark.parametrize("arguments", [(), (MODEL, "--timeout", "soon"), ("",)])
def test_misuse(bhoga: Run, arguments: tuple[str, ...]) -> None:
    """Exit code 2."""
    run = bhoga("wait", *arguments)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)


@pytest.mark.usefixtures("exhausted")
def test_a_terminal_shows_the_time_left(terminal: Terminal) -> None:
    """A bar that fits, also after the terminal has become narrow, and the answer after it."""
    terminal.until(f"{MODEL} in 0:59:".encode())
    before = len(terminal.shown)
    terminal.resize(40)
    terminal.until(f"{MODEL} in 0:59:".encode(), since=before)
    terminal.until(f"{MODEL} in 0:59:".encode(), since=len(terminal.shown))
    assert len(terminal.line()) <= 40
    with Router(eager=False, probes="off") as router:
        router.set_quota("claude_code", 70)
    assert terminal.end() == 0
    assert f"claude_code can serve {MODEL} (70 % left".encode() in terminal.shown
    assert terminal.is_restored()


@pytest.mark.usefixtures("exhausted")
def test_ctrl_c_leaves_the_terminal_as_it_was(terminal: Terminal) -> None:
    """Exit code 130, the cursor back, no traceback."""
    terminal.until(b"in 0:59:")
    terminal.type(b"\x03")
    assert terminal.end() == 130
    assert terminal.is_restored()
    assert b"Traceback" not in terminal.shown


@pytest.mark.skipif(os.name != "posix", reason="there are no such signals")
@pytest.mark.usefixtures("exhausted")
def test_ctrl_c_in_a_pipe() -> None:
    """Exit code 130 there as well, and nothing more is said."""
    with waiting() as process:
        assert process.stderr is not None
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        shown, problems = process.communicate()
    assert (process.returncode, shown, problems) == (130, "", "")
