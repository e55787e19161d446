"""The `bhoga` command. Click is imported here, and rich only where a person reads."""

import logging
import sys

import click

from bhoga_shell.cli.best import best
from bhoga_shell.cli.status import status


class _OneLine(logging.Handler):
    """Shows what the library reports, such as a file put aside, as one line on stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print the record's message."""
        print(f"bhoga: {record.getMessage()}", file=sys.stderr)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bhoga", prog_name="bhoga")
@click.pass_context
def main(context: click.Context) -> None:
    """How much is left of each AI subscription, and where the next request should go."""
    log = logging.getLogger("bhoga")
    if not any(isinstance(handler, _OneLine) for handler in log.handlers):
        log.addHandler(_OneLine(logging.WARNING))
    if context.invoked_subcommand is None:
        context.invoke(status)


main.add_command(status)
main.add_command(best)
