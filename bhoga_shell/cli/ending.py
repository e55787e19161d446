"""How a run of the command ends: with an exit code, and at most one line on stderr that says why.

Scripts rely on the codes: 0 yes, 1 no, 2 misuse, 3 a problem of the state, a configuration or the
output (or of bhoga itself), 130 interrupted, 141 the reader of the output has gone, 143 terminated.
"""

import os
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import NoReturn, TextIO

import click

from bhoga_shell.cli.printing import printable

MISUSE = 2
PROBLEM = 3
INTERRUPTED = 130
NOBODY_READS = 141
"""What a shell says of a program that SIGPIPE has ended."""

COMPLETION = "_BHOGA_COMPLETE"
"""The variable in which a shell asks for completions."""

SHOW_CURSOR = "\x1b[?25h"


class No(click.ClickException):
    """The answer is no, in one line. What programs read has been printed already."""

    exit_code = 1


class Problem(click.ClickException):
    """The state or a configuration is such that there is no answer; the line says what to do."""

    exit_code = PROBLEM


@contextmanager
def misuse() -> Generator[None]:
    """Inside, a ValueError or TypeError is about what the person typed or set."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise click.UsageError(str(error)) from error


def exit_code(command: click.Command) -> int:
    """Run `command` as `bhoga` with the arguments of this process; return how it ended.

    Raises SystemExit for one that is told to end, once all that it began is put right.
    `BHOGA_DEBUG` lets what was not expected through, for its traceback.
    """
    _stand_in_for_what_is_closed()
    _end_in_order_when_told()
    try:
        code = _ended(command)
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        _restore_terminal()
        _forget_the_interrupt()
        return INTERRUPTED
    except SystemExit:
        _restore_terminal()
        raise
    except BrokenPipeError:
        _let_go(sys.__stdout__)
        return NOBODY_READS
    except OSError as error:
        if _is_debugged():
            raise
        # What could not be written would be tried again by the interpreter at its end.
        _let_go(sys.__stdout__)
        what = ": ".join(str(it) for it in (error.strerror or error, error.filename) if it)
        _tell(f"bhoga: {what} (BHOGA_DEBUG=1 shows where)")
        return PROBLEM
    return code


def _ended(command: click.Command) -> int:
    if COMPLETION in os.environ:
        from click.shell_completion import shell_complete  # noqa: PLC0415 -- only shells need it

        return shell_complete(command, {}, "bhoga", COMPLETION, os.environ[COMPLETION])
    # Not `command.main`: it takes a closed pipe for a no, and on Windows "*" for files.
    try:
        with command.make_context("bhoga", sys.argv[1:]) as context:
            command.invoke(context)
    except click.exceptions.Exit as told:
        return told.exit_code
    except click.ClickException as error:
        _say(error)
        return error.exit_code
    except (click.Abort, OSError):
        raise
    except Exception as error:
        from bhoga_shell.errors import BhogaError  # noqa: PLC0415 -- only a failure needs it

        if isinstance(error, BhogaError):
            _tell(f"bhoga: {error}")
            return PROBLEM
        if _is_debugged():
            raise
        what = f"{type(error).__name__}: {error}"
        hint = "BHOGA_DEBUG=1 shows where; please report it"
        _tell(f"bhoga: this is a mistake in bhoga: {what} ({hint})")
        return PROBLEM
    return 0


def _say(error: click.ClickException) -> None:
    name, hint = "bhoga", ""
    if isinstance(error, click.UsageError) and error.ctx is not None:
        name = error.ctx.command_path
        hint = f" (see {name} --help)"
    _tell(f"{name}: {error.format_message().removesuffix('.')}{hint}")


def _tell(text: str) -> None:
    """Print one line on stderr. Where that cannot be written, the exit code says it alone."""
    try:
        print(printable(" ".join(text.split()), sys.stderr), file=sys.stderr)
    except OSError:
        _let_go(sys.__stderr__)


def _is_debugged() -> bool:
    return bool(os.environ.get("BHOGA_DEBUG", "").strip())


def _stand_in_for_what_is_closed() -> None:
    """Put the null device in place of a standard stream that the caller has closed.

    Else the next file that is opened would take its number, and the next program write into it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # It stays open as long as the process.
            nowhere = open(os.devnull, mode, encoding="utf-8")  # noqa: PTH123, SIM115
            setattr(sys, name, nowhere)


def _end_in_order_when_told() -> None:
    """Let SIGTERM, and the end of the terminal, unwind what runs: files and programs are tidied."""

    def end(number: int, frame: object) -> NoReturn:  # noqa: ARG001 -- its signature
        signal.signal(number, signal.SIG_DFL)  # who tells twice does not wait
        raise SystemExit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, end)


def _restore_terminal() -> None:
    # Whatever was drawing has been left by the interrupt, perhaps between two steps. It may still
    # stand in for `sys.stdout`, and what it draws on is the other of the two in a pipe.
    for stream in (sys.__stdout__, sys.__stderr__):
        with suppress(OSError, ValueError):
            if stream is not None and stream.isatty():
                stream.write(SHOW_CURSOR)
                stream.flush()


def _forget_the_interrupt() -> None:
    # CPython (3.11 to 3.13) notes an interrupt that passes through `exec` of a string, which is how
    # dataclasses are made, and `python -m` then dies of SIGINT, whatever the exit code. The next
    # `exec` takes the note back.
    exec("")  # noqa: S102 -- nothing is run


def _let_go(stream: TextIO | None) -> None:
    # Or the interpreter would meet what cannot be written again when it flushes at its end.
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        if stream is not None:
            os.dup2(nowhere, stream.fileno())
