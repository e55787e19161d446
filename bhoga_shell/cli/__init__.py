"""The `bhoga` command: which commands there are, and where each is.

A command is a module with a click command called `command`. Only the one that is asked for is
imported, and it imports what it needs when it runs: what scripts ask must be quick.
"""

import gc
import sys
from collections.abc import Mapping
from typing import NoReturn

import click

from bhoga_core.doorway import AtFirstCall
from bhoga_shell.cli import ending
from bhoga_shell.cli.sections import Sections
from bhoga_shell.log import heard_by

COMMANDS: Mapping[str, Mapping[str, str]] = {
    "See": {
        "status": "bhoga_shell.cli.status",
        "best": "bhoga_shell.cli.best",
        "why": "bhoga_shell.cli.why",
    },
    "Tell": {
        "set": "bhoga_shell.cli.set",
        "clear": "bhoga_shell.cli.clear",
        "statusline": "bhoga_shell.cli.statusline",
    },
    "Look": {
        "refresh": "bhoga_shell.cli.refresh",
        "doctor": "bhoga_shell.cli.doctor",
    },
    "Use": {
        "apply": "bhoga_shell.cli.apply",
        "env": "bhoga_shell.cli.env",
        "exec": "bhoga_shell.cli.exec",
        "guard": "bhoga_shell.cli.guard",
        "wait": "bhoga_shell.cli.wait",
        "models": "bhoga_shell.cli.models",
    },
    "More": {
        "demo": "bhoga_shell.cli.demo",
        "completion": "bhoga_shell.cli.completion",
    },
}
"""Under each heading the commands, in the order of the help, and the module of each."""

GARBAGE = 50_000
"""New objects after which the garbage collector looks at them. Modules are none, and with Python's
own 700 a twentieth of a command's time goes into finding that out."""


@click.group(
    cls=Sections,
    sections=COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar="[COMMAND] [ARGS]...",
    epilog="`bhoga COMMAND --help` gives its options and an example; --version the version."
    " Exit codes: 0 yes, 1 no, 2 misuse, 3 state or configuration problem.",
)
@click.version_option(package_name="bhoga", prog_name="bhoga")
@click.pass_context
def bhoga(context: click.Context) -> None:
    """How much is left of each AI subscription; without COMMAND, the status."""
    if context.invoked_subcommand is None:
        status = bhoga.get_command(context, "status")
        if status is not None:
            context.invoke(status)


def main() -> NoReturn:
    """Run the command with the arguments of this process, and end the process."""
    gc.set_threshold(GARBAGE)
    heard_by(AtFirstCall("bhoga_shell.cli.one_line", "OneLine"))
    code = ending.exit_code(bhoga)
    gc.freeze()  # nor need it look through all that there is, only to end: an eighth of the time
    sys.exit(code)
