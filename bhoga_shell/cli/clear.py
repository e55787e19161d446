"""`bhoga clear`: take back what was set by hand."""

import click

from bhoga_core.window import EVERY_MODEL
from bhoga_shell.cli.by_hand import set_for
from bhoga_shell.cli.ending import PROBLEM, misuse
from bhoga_shell.cli.opening import opened
from bhoga_shell.cli.parameters import MODEL, PROVIDER_ID


@click.command(epilog="Example: bhoga clear claude_code")
@click.argument("pid", metavar="PID", type=PROVIDER_ID)
@click.option("--model", type=MODEL, default=EVERY_MODEL, help="What was set for this model alone.")
@click.pass_context
def command(context: click.Context, pid: str, model: str) -> None:
    """Take back what was set by hand.

    What was looked up of provider PID counts again.
    """
    with opened() as router:
        with misuse():
            router.clear_quota(pid, model)
        if not router.flush():
            context.exit(PROBLEM)  # why was said when it was found
        others = [name for name in set_for(router.quotas(), pid) if name != EVERY_MODEL]
    click.echo(f"{pid}: what was set by hand is taken back")
    for name in others:
        click.echo(f"{pid}: what was set for {name} stands; take it back with --model {name}")
