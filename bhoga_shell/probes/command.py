"""One run of a program that says what is left: what it is told, and what it prints.

Exit codes say nothing here (Claude Code 2.1.330 ends with 0 when it knows nothing) and what stands
on stderr is noise on success too (Codex 0.169.0), so what is printed counts, and nothing else.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from bhoga_core.probe import Exchange, RunCommand
from bhoga_core.reading import Declined, Reason
from bhoga_shell.probes.pipes import STDOUT_LIMIT, TICK, Pipes

if TYPE_CHECKING:
    from subprocess import Popen

EXIT_PATIENCE = 2.0
"""Seconds that a program gets to end by itself after its last answer."""

_UNKNOWN_QUESTION = (
    b"unexpected argument",  # clap: Codex
    b"unknown option",  # commander: Claude Code
    b"unknown flag",  # cobra: gh
    b"unknown command",
    b"unrecognized",
    b"invalid option",
)


def find(name: str, environ: Mapping[str, str]) -> Path | None:
    """The program `name` on the PATH of `environ`, by an absolute path; None if it is not there.

    Relative folders on PATH are passed over: what they mean depends on where one stands.
    """
    folders = environ.get("PATH", "").split(os.pathsep)
    path = os.pathsep.join(folder for folder in folders if Path(folder).is_absolute())
    found = shutil.which(name, path=path)
    return Path(found) if found and Path(found).is_absolute() else None


def run(command: RunCommand, program: Path, environ: Mapping[str, str]) -> bytes | Declined:
    """What `program`, found for `command`, prints, or why it does not. Any thread may run it.

    It runs in an empty private folder, which is gone afterwards, and in a group of processes of its
    own, which is ended when it has answered or its time is over.
    """
    import tempfile  # noqa: PLC0415 -- only who runs a program pays for these

    from bhoga_shell.probes import process  # noqa: PLC0415

    name = command.argv[0]
    try:
        folder = tempfile.mkdtemp(prefix="bhoga-")
    except OSError as error:
        return _not_started(name, error)
    try:
        started = process.start(
            (str(program), *command.argv[1:]),
            folder,
            _environment(command, environ, folder),
            with_input=bool(command.dialogue),
        )
        return _answer(command, started)
    except (OSError, ValueError, RuntimeError) as error:
        return _not_started(name, error)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _answer(command: RunCommand, started: "Popen[bytes]") -> bytes | Declined:
    from bhoga_shell.probes import process  # noqa: PLC0415

    pipes = Pipes(started)
    try:
        refusal = _converse(command, started, pipes)
        if refusal is None:
            _leave(started, pipes)
    finally:
        process.end(started, pipes)
    if refusal is not None:
        return refusal
    if pipes.stdout.strip():
        return bytes(pipes.stdout)
    name = command.argv[0]
    if any(words in pipes.stderr.lower() for words in _UNKNOWN_QUESTION):
        return Declined(Reason.UNSUPPORTED, f"this version of {name} does not know the question")
    return Declined(Reason.UNAVAILABLE, f"{name} printed nothing (exit code {started.returncode})")


def _converse(command: RunCommand, started: "Popen[bytes]", pipes: Pipes) -> Declined | None:
    """Go through the dialogue; without one, wait for the end of the program or of its output.

    Answers why nothing that was printed is to be used, if so.
    """
    name, deadline = command.argv[0], monotonic() + command.timeout
    steps = iter(command.dialogue)
    step, begin = next(steps, None), 0
    if step is not None:
        pipes.send(_line(step))
    while True:
        # Asked before reading: what it has printed by then is all there will be.
        has_ended = started.poll() is not None
        has_more = pipes.receive(0.0 if has_ended else TICK)
        if len(pipes.stdout) > STDOUT_LIMIT:
            return Declined(Reason.CHANGED, f"{name} printed more than {STDOUT_LIMIT >> 20} MiB")
        while step is not None and (end := pipes.stdout.find(b"\n", begin)) >= 0:
            line, begin = bytes(pipes.stdout[begin:end]), end + 1
            try:
                is_answer = step.answered(line)
            except Exception as error:  # noqa: BLE001 -- a third party's, as its parser is
                what = f"a line of {name} could not be read ({type(error).__name__})"
                return Declined(Reason.CHANGED, what)
            if is_answer:
                step = next(steps, None)
                if step is None:
                    return None
                pipes.send(_line(step))
        if (has_ended and not has_more) or not pipes.is_open:
            return None
        if monotonic() >= deadline:
            what = f"{name} did not answer within {command.timeout:g} s"
            return Declined(Reason.TIMED_OUT, what)


def _leave(started: "Popen[bytes]", pipes: Pipes) -> None:
    """Close the program's stdin and let it end by itself, for a short time."""
    pipes.close_input()
    patience = monotonic() + EXIT_PATIENCE
    while started.poll() is None and monotonic() < patience:
        pipes.receive(TICK)
    pipes.receive(0.0)


def _line(step: Exchange) -> bytes:
    return step.send if step.send.endswith(b"\n") else step.send + b"\n"


def _environment(command: RunCommand, environ: Mapping[str, str], folder: str) -> dict[str, str]:
    kept = {name: value for name, value in environ.items() if name not in command.strip_env}
    # A program may believe the variable rather than ask the system where it is.
    return kept | {"PWD": folder} if os.name == "posix" else kept


def _not_started(name: str, error: Exception) -> Declined:
    why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return Declined(Reason.UNAVAILABLE, f"{name} could not be started: {why}")
