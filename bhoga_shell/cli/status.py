"""`bhoga status`: how much is left of everything, at a glance."""

import click

from bhoga_shell.cli.parameters import DURATION

EVERY = "5"
"""Seconds between two looks of `--watch`."""


@click.command(epilog="Example: bhoga status --watch")
@click.option(
    "--watch",
    type=DURATION,
    is_flag=False,
    flag_value=EVERY,
    metavar="[SECONDS]",
    help="Keep showing it, refreshed in place, and keep asking.",
)
@click.option(
    "--max-age",
    type=DURATION,
    default="15m",
    show_default=True,
    help="Ask the providers first whose reading is older.",
)
@click.option("--no-probe", is_flag=True, help="Never ask them: show what is known.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(watch: float | None, max_age: float, *, no_probe: bool, as_json: bool) -> None:
    """Show what is left of each provider, and where to go.

    Below it stands where the next request of each model family goes, and from which percent on
    another provider would take over. The window that binds a provider is marked.
    """
    from bhoga_shell.cli.known import look, look_up  # noqa: PLC0415 -- not for --help
    from bhoga_shell.cli.view import FAMILIES, view  # noqa: PLC0415

    if watch is not None:
        if as_json:
            raise click.UsageError("--watch and --json exclude each other")
        from bhoga_shell.cli.watching import watch_status  # noqa: PLC0415

        watch_status(watch, probe=not no_probe)
        return
    known = look()
    stale = () if no_probe else known.stale(tuple(FAMILIES.values()), max_age)
    known = look_up(known, stale, report=as_json or known.is_unexplained())
    shown = view(known)
    if as_json:
        from bhoga_shell.cli.documents import dumped  # noqa: PLC0415
        from bhoga_shell.cli.status_document import status_document  # noqa: PLC0415

        click.echo(dumped(status_document(shown)))
        return
    from bhoga_shell.cli.screen import terminal  # noqa: PLC0415 -- programs do not pay for it
    from bhoga_shell.cli.status_lines import StatusScreen  # noqa: PLC0415

    terminal().print(StatusScreen(shown, cut=False))
