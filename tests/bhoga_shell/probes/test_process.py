"""How a program is ended, with all that it has started."""

import os
from typing import Any

import pytest

from bhoga_core.probe import RunCommand
from bhoga_core.reading import Declined, Reason
from bhoga_shell.probes import process
from bhoga_shell.probes.command import run

fcntl = pytest.importorskip("fcntl", reason="only where files can be locked by flock")

Programs = Any
"""A folder of programs: see conftest.py."""

HOLD = """
import fcntl, signal, time
def hold(name):
    file = open(left / name, 'w')
    fcntl.flock(file, fcntl.LOCK_EX)
    return file
"""
"""Takes a lock that the system frees when the process is dead, and not before."""


def is_dead(programs: Programs, name: str) -> bool:
    """Whether who held the lock is dead. What was killed is waited for, what lives is not."""
    with (programs.left / name).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
    return True


def outlast(programs: Programs, code: str) -> None:
    """Run a program that does not answer in time."""
    path = programs.add("tool", HOLD + code)
    answer = run(RunCommand(("tool",), timeout=2.0), path, programs.environ)
    assert isinstance(answer, Declined)
    assert answer.reason is Reason.TIMED_OUT


def test_it_may_finish_what_it_is_doing(programs: Programs) -> None:
    """It is asked first: it may be renewing its login, and being cut off would lose that."""
    code = (
        "file = hold('one')\n"
        "def finish(*_):\n"
        "    sys.stdout.write('x' * 1_000_000); sys.stdout.flush()\n"
        "    (left / 'renewed').touch(); os._exit(0)\n"
        "signal.signal(signal.SIGTERM, finish)\n"
        "while True: time.sleep(1)\n"
    )
    outlast(programs, code)
    assert (programs.left / "renewed").exists()
    assert is_dead(programs, "one")


@pytest.mark.timeout(60)
def test_one_that_will_not_end_is_killed_with_all_it_started(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who ignores being asked, and so do its children."""
    monkeypatch.setattr(process, "TERM_PATIENCE", 0.2)
    code = (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "name = 'child' if os.fork() == 0 else 'parent'\n"
        "file = hold(name)\n"
        "while True: time.sleep(1)\n"
    )
    outlast(programs, code)
    assert is_dead(programs, "parent")
    assert is_dead(programs, "child")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("ignores", [False, True])
def test_what_a_program_leaves_running_is_ended_too(
    programs: Programs, monkeypatch: pytest.MonkeyPatch, ignores: bool
) -> None:
    """Even after it has answered and ended by itself; asked first, and killed then."""
    monkeypatch.setattr(process, "TERM_PATIENCE", 0.2 if ignores else 30.0)
    code = (
        f"signal.signal(signal.SIGTERM, signal.SIG_IGN if {ignores} else signal.SIG_DFL)\n"
        "ready, tell = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    file = hold('child')\n"
        "    os.write(tell, b'x')\n"
        "    while True: time.sleep(1)\n"
        "os.read(ready, 1)\n"
        "print('answer')\n"
    )
    path = programs.add("tool", HOLD + code)
    assert run(RunCommand(("tool",)), path, programs.environ) == b"answer\n"
    assert is_dead(programs, "child")


def test_the_group_of_who_asks_is_left_alone(programs: Programs) -> None:
    """The program leads a group of its own: what is sent there does not come back."""
    path = programs.add("tool", "print(os.getpgid(0))")
    answer = run(RunCommand(("tool",)), path, programs.environ)
    assert isinstance(answer, bytes)
    assert int(answer) != os.getpgid(0)
