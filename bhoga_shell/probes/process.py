"""A program started for one question, and ended gently, with all that it has started.

That holds for the end of the interpreter too: the thread that waits for a program is gone then, and
nobody would end it.
"""

import atexit
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic, sleep

from bhoga_shell.probes.pipes import TICK, Pipes

TERM_PATIENCE = 3.0
"""Seconds from being asked to end to being killed: the program may be renewing its login."""

KILL_PATIENCE = 1.0
"""Seconds that the system gets to end what was killed."""

_running: dict[subprocess.Popen[bytes], str] = {}
"""The programs that run now, and the folder of each."""

_is_ending = False


def start(
    argv: Sequence[str], folder: str, environ: Mapping[str, str], *, with_input: bool
) -> subprocess.Popen[bytes]:
    """The program, running in `folder` in a group of its own.

    Raises OSError, ValueError, or RuntimeError when the interpreter ends.
    """
    if _is_ending:
        raise RuntimeError("the interpreter ends")
    process = subprocess.Popen(  # noqa: S603 -- an absolute path, and no shell reads the words
        argv,
        stdin=subprocess.PIPE if with_input else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        cwd=folder,
        env=environ,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    _running[process] = folder
    return process


def end(process: subprocess.Popen[bytes], pipes: Pipes) -> None:
    """End the program and its group: close its stdin, ask it to end, and 3 s later kill.

    Returns at once where it has ended by itself and left nothing behind. Its pipes are drained
    meanwhile, so that it is not stuck in a last word. What has left the group is not followed.
    """
    pipes.close_input()
    _ask_to_end(process)
    patience = monotonic() + TERM_PATIENCE
    while (is_alive := _is_alive(process)) and monotonic() < patience:
        pipes.receive(TICK)
    if is_alive:
        _kill(process)
        # One that is stuck in the system is reaped by the interpreter, with the next it starts.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(KILL_PATIENCE)
    _running.pop(process, None)
    pipes.close()


def end_all() -> None:
    """End every program that runs, as gently as each by itself, and let none start any more."""
    global _is_ending  # noqa: PLW0603 -- the interpreter ends once
    _is_ending = True
    left = dict(_running)
    for process in left:
        _ask_to_end(process)
    patience = monotonic() + TERM_PATIENCE
    while (alive := [it for it in left if _is_alive(it)]) and monotonic() < patience:
        sleep(TICK)
    for process in alive:
        _kill(process)
    for folder in left.values():
        shutil.rmtree(folder, ignore_errors=True)


atexit.register(end_all)
if hasattr(os, "register_at_fork"):  # what the parent has started is the parent's to end
    os.register_at_fork(after_in_child=_running.clear)


if sys.platform == "win32":

    def _ask_to_end(process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(OSError):  # where there is no console, nothing can be asked
            process.send_signal(signal.CTRL_BREAK_EVENT)

    def _is_alive(process: subprocess.Popen[bytes]) -> bool:
        return process.poll() is None

    def _kill(process: subprocess.Popen[bytes]) -> None:
        # npm's programs there are scripts of cmd.exe, whose end would leave the real one running.
        taskkill = Path(os.environ["SYSTEMROOT"], "System32", "taskkill.exe")
        words = [str(taskkill), "/T", "/F", "/PID", str(process.pid)]
        subprocess.run(words, capture_output=True, check=False)  # noqa: S603 -- nothing of others
        process.kill()

else:

    def _ask_to_end(process: subprocess.Popen[bytes]) -> None:
        _signal_group(process, signal.SIGTERM)

    def _is_alive(process: subprocess.Popen[bytes]) -> bool:
        return process.poll() is None or _signal_group(process, 0)

    def _kill(process: subprocess.Popen[bytes]) -> None:
        _signal_group(process, signal.SIGKILL)

    def _signal_group(process: subprocess.Popen[bytes], number: int) -> bool:
        """Whether there was anybody to signal."""
        try:
            os.killpg(process.pid, number)
        except (ProcessLookupError, PermissionError):  # macOS refuses where only the dead are left
            return False
        return True
