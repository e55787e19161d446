"""The pipes of a running program."""

import subprocess
import sys
from collections.abc import Callable, Generator

import pytest

from bhoga_shell.probes import pipes
from bhoga_shell.probes.pipes import Pipes

Start = Callable[[str], Pipes]


@pytest.fixture
def start() -> Generator[Start]:
    """Starts Python with some code, and answers its pipes."""
    started: list[tuple[subprocess.Popen[bytes], Pipes]] = []

    def begin(code: str) -> Pipes:
        process = subprocess.Popen(
            [sys.executable, "-S", "-c", f"import sys\n{code}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        started.append((process, Pipes(process)))
        return started[-1][1]

    yield begin
    for process, its_pipes in started:
        its_pipes.close()
        process.kill()
        process.wait()


def drain(its_pipes: Pipes) -> None:
    """Receive until nothing more can come."""
    while its_pipes.is_open:
        its_pipes.receive(0.01)


def test_what_is_sent_comes_back(start: Start) -> None:
    """However much more it is than a pipe holds."""
    echo = start("for line in sys.stdin.buffer: sys.stdout.buffer.write(line)")
    echo.send(b"x" * 300_000 + b"\n")
    echo.send(b"end\n")
    while not echo.stdout.endswith(b"end\n"):
        if echo.receive(0.01) and len(echo.stdout) > 300_000:
            echo.close_input()
    assert echo.stdout == b"x" * 300_000 + b"\nend\n"


def test_both_outputs_are_kept_apart(start: Start) -> None:
    """One is the answer, the other is not."""
    both = start("print('out'); print('beside', file=sys.stderr)")
    drain(both)
    assert both.stdout.split() == [b"out"]


def test_what_exceeds_a_limit_is_thrown_away(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte more than the limit is kept of the answer, so that it shows."""
    monkeypatch.setattr(pipes, "STDOUT_LIMIT", 10)
    monkeypatch.setattr(pipes, "STDERR_LIMIT", 5)
    flood = start("sys.stderr.write('y' * 200_000); sys.stderr.flush(); print('x' * 200_000)")
    drain(flood)
    assert (flood.stdout, flood.stderr) == (b"x" * 11, b"y" * 5)


def test_nothing_to_receive_is_not_waited_for_long(start: Start) -> None:
    """A program may hold its pipes open as long as it likes."""
    silent = start("sys.stdin.read()")
    assert not silent.receive(0.0)
    assert not silent.receive(0.01)
    assert silent.is_open
    silent.close_input()
    silent.close_input()
    silent.send(b"nobody listens")
    drain(silent)
    assert not silent.receive(0.0)
    assert silent.stdout == b""
