"""`bhoga exec`: run a command in the environment of the choice."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping

import click

from bhoga_core.environment import environment
from bhoga_shell.cli.choosing import known_for, why_not
from bhoga_shell.cli.ending import No
from bhoga_shell.cli.env import warn
from bhoga_shell.cli.known import FRESH
from bhoga_shell.cli.parameters import MODEL

NOT_FOUND = 127
NOT_RUNNABLE = 126
"""What a shell and `env` say of a command that is not there, or cannot be run."""


@click.command(
    context_settings={"allow_interspersed_args": False},
    epilog="Example: bhoga exec claude-opus-4 -- claude -p 'say hello'",
)
@click.argument("model", metavar="MODEL", type=MODEL)
@click.argument("words", metavar="-- COMMAND...", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--no-probe", is_flag=True, help="Never ask the providers, however old a reading is.")
@click.pass_context
def command(context: click.Context, model: str, words: tuple[str, ...], *, no_probe: bool) -> None:
    """Run COMMAND in the environment of the choice for MODEL.

    It is that of `bhoga env MODEL`, for this command alone. The exit code is the command's own.
    1: nothing can serve MODEL now, and nothing was run. 127: there is no such command.
    """
    arguments = words[1:] if words[0] == "--" else words
    if not arguments or not arguments[0]:
        raise click.UsageError("there is no command to run after --")
    known = known_for((model,), FRESH, no_probe=no_probe)
    answer = known.best((model,))
    if answer is None:
        opens_at = known.next_available((model,))
        raise No(why_not((model,), opens_at, known.now, is_served=known.serve((model,))))
    meant = environment(answer, os.environ)
    warn(answer, meant)
    try:
        context.exit(_run([*arguments], meant.applied_to(os.environ)))
    except OSError as error:
        missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        click.echo(f"bhoga exec: {arguments[0]}: {error.strerror or error}", err=True)
        context.exit(NOT_FOUND if missing else NOT_RUNNABLE)


def _run(arguments: list[str], environ: Mapping[str, str]) -> int:
    """Become the command, or, where a process cannot, wait for it. Raises OSError."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        # Python ignores these two, and what is ignored stays so in the command.
        for ignored in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(ignored, signal.SIG_DFL)
        os.execvpe(arguments[0], arguments, environ)  # noqa: S606 -- what the person asked for
    # What npm installs there is a script, which only its whole name finds.
    program = shutil.which(arguments[0], path=environ.get("PATH")) or arguments[0]
    arguments = [program, *arguments[1:]]
    return subprocess.run(arguments, env=environ, check=False).returncode  # noqa: S603 -- the same
