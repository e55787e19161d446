"""`bhoga status --watch`: the status on a screen of its own, until somebody interrupts it."""

from time import monotonic, sleep

import click
from rich.console import Console, ConsoleDimensions
from rich.live import Live

from bhoga_shell.cli.ending import misuse
from bhoga_shell.cli.known import look, of_router
from bhoga_shell.cli.screen import terminal
from bhoga_shell.cli.status_lines import StatusScreen
from bhoga_shell.cli.view import FAMILIES, view
from bhoga_shell.router import Router

SIZE_EVERY = 0.1
"""Seconds between two looks at the size of the terminal."""

SOONEST = 0.2
"""Seconds between two looks at the numbers, at the least."""


def watch_status(every: float, *, probe: bool) -> None:
    """Show the status and refresh it in place every so many seconds.

    With `probe` a router goes on asking the sources at the pace they allow. Ends by
    KeyboardInterrupt, with the terminal as it was.
    """
    console = terminal()
    if not console.is_terminal or console.is_dumb_terminal:
        raise click.UsageError("--watch needs a terminal; in a pipe use --json, as often as needed")
    known = look()  # a state file that cannot be used is told at once
    with misuse():
        router = Router(eager=probe, probes=None if probe else "off")
    with router, Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            drawn_for = console.size
            for model in FAMILIES.values():
                router.best_for(model)  # somebody wants to know: so the sources are asked
            live.update(StatusScreen(view(of_router(router, known)), cut=True), refresh=True)
            _wait(console, drawn_for, max(every, SOONEST))


def _wait(console: Console, drawn_for: ConsoleDimensions, seconds: float) -> None:
    """Wait, but no longer than the terminal has the size that was drawn for."""
    until = monotonic() + seconds
    while monotonic() < until and console.size == drawn_for:
        sleep(SIZE_EVERY)
