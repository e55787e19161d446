"""How a run of the command ends: with an exit code, and at most one line on stderr that says why.

Scripts rely on the codes: 0 yes, 1 no, 2 misuse, 3 a problem of the state or a configuration (or of
bhoga itself), 130 interrupted, 141 the reader of the output has gone.
"""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress

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

    `BHOGA_DEBUG` lets what was not expected through, for its traceback.
    """
    try:
        code = _ended(command)
        if sys.stdout is not None:
            sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        _restore_terminal()
        return INTERRUPTED
    except BrokenPipeError:
        _let_go_of_stdout()
        return NOBODY_READS
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
    except (click.Abort, BrokenPipeError):
        raise
    except Exception as error:
        from bhoga_shell.errors import BhogaError  # noqa: PLC0415 -- only a failure needs it

        if isinstance(error, BhogaError):
            _tell(f"bhoga: {error}")
            return PROBLEM
        if os.environ.get("BHOGA_DEBUG", "").strip():
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
    """Print one line on stderr, if there is one: without it `print` would take stdout."""
    if sys.stderr is not None:
        print(printable(" ".join(text.split()), sys.stderr), file=sys.stderr)


def _restore_terminal() -> None:
    # Whatever was drawing has been left by the interrupt, perhaps between two steps.
    with suppress(OSError, ValueError):
        if sys.stdout.isatty():
            sys.stdout.write(SHOW_CURSOR)
            sys.stdout.flush()


def _let_go_of_stdout() -> None:
    # Or the interpreter would meet the closed pipe again when it flushes at its end.
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
