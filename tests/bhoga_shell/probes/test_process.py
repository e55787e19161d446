"""How a program is ended, with all that it has started."""

import os
import subprocess
import sys
import warnings
from typing import Any

import pytest

from bhoga_core.probe import RunCommand
from bhoga_core.reading import Declined, Reason
from bhoga_shell.probes import process
from bhoga_shell.probes.command import run
from bhoga_shell.probes.pipes import Pipes

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


@pytest.mark.timeout(60)
@pytest.mark.parametrize("ignores", [False, True])
def test_no_program_outlives_who_asked_it(programs: Programs, ignores: bool) -> None:
    """The end of the interpreter ends what still runs, and its folder is gone."""
    code = (
        f"signal.signal(signal.SIGTERM, signal.SIG_IGN if {ignores} else signal.SIG_DFL)\n"
        "file = hold('one')\n"
        "(left / 'folder').write_text(os.getcwd())\n"
        "(left / 'ready').touch()\n"
        "while True: time.sleep(1)\n"
    )
    path = programs.add("tool", HOLD + code)
    asks = (
        "import pathlib, sys, threading, time\n"
        "from bhoga_core.probe import RunCommand\n"
        "from bhoga_shell.probes import command, process\n"
        "process.TERM_PATIENCE = 0.2\n"
        "path, ready = map(pathlib.Path, sys.argv[1:])\n"
        "question = (RunCommand(('tool',)), path, {'PATH': str(path.parent)})\n"
        "threading.Thread(target=command.run, args=question, daemon=True).start()\n"
        "while not ready.exists(): time.sleep(0.01)\n"
    )
    words = [sys.executable, "-c", asks, str(path), str(programs.left / "ready")]
    subprocess.run(words, check=True, timeout=50)
    assert is_dead(programs, "one")
    assert not os.path.lexists((programs.left / "folder").read_text())


@pytest.mark.timeout(60)
def test_a_child_process_leaves_its_parents_programs_alone(programs: Programs) -> None:
    """One that was forked while a program ran, and ends before it."""
    path = programs.add("tool", "import time\ntime.sleep(1000)")
    started = process.start([str(path)], str(programs.left), programs.environ, with_input=False)
    with warnings.catch_warnings():
        # A thread that another test has left is none of the child's business: it does not return.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        process.end_all()
        os._exit(0)
    os.waitpid(child, 0)
    assert started.poll() is None
    process.end(started, Pipes(started))


def test_the_group_of_who_asks_is_left_alone(programs: Programs) -> None:
    """The program leads a group of its own: what is sent there does not come back."""
    path = programs.add("tool", "print(os.getpgid(0))")
    answer = run(RunCommand(("tool",)), path, programs.environ)
    assert isinstance(answer, bytes)
    assert int(answer) != os.getpgid(0)
