"""`bhoga set`: tell what bhoga cannot see."""

import click

from bhoga_core.window import EVERY_MODEL
from bhoga_shell.cli.by_hand import told
from bhoga_shell.cli.ending import PROBLEM, misuse
from bhoga_shell.cli.opening import opened
from bhoga_shell.cli.parameters import DURATION, MODEL, PROVIDER_ID


@click.command(epilog="Example: bhoga set claude_code 90 --weekly 60 --ttl 2h")
@click.argument("pid", metavar="PID", type=PROVIDER_ID)
@click.argument("pct", metavar="PCT", type=float)
@click.option("--weekly", metavar="PCT", type=float, help="Left of the week, if it differs.")
@click.option("--model", type=MODEL, default=EVERY_MODEL, help="For this model alone.")
@click.option("--ttl", type=DURATION, help="How long it counts; by default the window's length.")
@click.pass_context
def command(
    context: click.Context,
    pid: str,
    pct: float,
    weekly: float | None,
    model: str,
    ttl: float | None,
) -> None:
    """Set what is left of a provider by hand.

    PCT is the percentage left of provider PID, 0-100. It counts over what is looked up, until it
    expires or is cleared; what responses say after it counts over it.
    """
    from bhoga_shell import arguments  # noqa: PLC0415 -- not for --help

    with misuse():
        # The router would name its own arguments, which nobody typed.
        arguments.percentage("PCT", pct)
        if weekly is not None:
            arguments.percentage("--weekly", weekly)
    if ttl == 0:
        raise click.UsageError("--ttl is 0; it takes a length of time above that")
    with opened() as router:
        with misuse():
            router.set_quota(pid, pct, weekly_pct=weekly, model=model, ttl=ttl)
        if not router.flush():
            context.exit(PROBLEM)  # why was said when it was found
        for line in told(router.quotas(), pid, model):
            click.echo(line)
