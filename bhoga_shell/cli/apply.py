"""`bhoga apply`: write the choice into Hermes' configuration, once or for as long as it runs."""

import signal
import sys
from collections.abc import Callable
from threading import Event
from time import time
from typing import get_args

import click

from bhoga_core.hermes import OpenaiVia
from bhoga_shell.cli.asking import ask
from bhoga_shell.cli.choosing import why_not
from bhoga_shell.cli.documents import Document, document, dumped
from bhoga_shell.cli.ending import No, misuse
from bhoga_shell.cli.following import follow
from bhoga_shell.cli.known import FRESH, look
from bhoga_shell.cli.opening import opened
from bhoga_shell.cli.parameters import MODEL
from bhoga_shell.cli.printing import printable
from bhoga_shell.hermes import HermesApplied, apply_to_hermes
from bhoga_shell.router import Router

STAYS = 0.1
"""How much more another provider must have left before a file that is followed moves to it: every
move costs the agent its prompt cache."""


@click.command(epilog="Example: bhoga apply claude-opus-4 --dry-run")
@click.argument("model", metavar="MODEL", type=MODEL)
@click.option("--auxiliary", is_flag=True, help="Route Hermes' auxiliary tasks as well.")
@click.option(
    "--config", type=click.Path(dir_okay=False), help="The file; by default the one Hermes reads."
)
@click.option(
    "--openai-via",
    type=click.Choice(get_args(OpenaiVia)),
    default="openrouter",
    help="How Hermes reaches openai_api: openrouter, or openai-api for OpenAI itself.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@click.option("--follow", "follow_it", is_flag=True, help="Keep the file right until interrupted.")
@click.option("--no-probe", is_flag=True, help="Never ask the providers, however old a reading is.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
def command(
    model: str,
    *,
    auxiliary: bool,
    config: str | None,
    openai_via: OpenaiVia,
    dry_run: bool,
    follow_it: bool,
    no_probe: bool,
    as_json: bool,
) -> None:
    """Write the choice for MODEL into Hermes' configuration.

    What changes is shown, secrets as dots. Nothing else of the file changes, and a copy is kept.
    --follow moves it when a provider runs dry and back when it has more again, at most once a
    minute. Exit code 1: nothing can serve MODEL now. 3: the file cannot be edited.
    """
    if follow_it and as_json:
        raise click.UsageError("--json is for one look, and --follow goes on")

    def write() -> HermesApplied | None:
        with misuse():
            return apply_to_hermes(
                router,
                model,
                config_path=config,
                write_auxiliary=auxiliary,
                openai_via=openai_via,
                dry_run=dry_run,
            )

    stale = [] if no_probe else look().stale((model,), FRESH)
    if follow_it:
        with opened(asking=not no_probe, eager=False, switch_margin=STAYS) as router:
            ask(router, stale)
            _follow(router, model, lambda: _show(write(), dry_run=dry_run))
        return
    with opened(asking=bool(stale), eager=False) as router:
        ask(router, stale)
        applied = write()
        opens_at, is_served = router.next_available(model), bool(router.explain(model))
    if as_json:
        click.echo(dumped(apply_document(applied, dry_run=dry_run)))
    if applied is None:
        raise No(why_not((model,), opens_at, time(), is_served=is_served))
    if not as_json:
        _show(applied, dry_run=dry_run)


def apply_document(applied: HermesApplied | None, *, dry_run: bool) -> Document:
    """`bhoga apply --json`: what changed, or would; nothing where there is no choice."""
    changes = () if applied is None else applied.changes
    backup = None if applied is None else applied.backup
    return document(
        "apply",
        time(),
        path=None if applied is None else str(applied.path),
        dry_run=dry_run,
        changes=[{"key": it.key, "old": it.old, "new": it.new} for it in changes],
        backup=None if backup is None else str(backup),
        warnings=[] if applied is None else [*applied.warnings],
    )


def _follow(router: Router, model: str, write: Callable[[], None]) -> None:
    stop = Event()
    # A service is ended by SIGTERM: it leaves in order, and that is no failure.
    signal.signal(signal.SIGTERM, lambda number, frame: stop.set())  # noqa: ARG005 -- its signature
    follow(router, model, write, lambda text: click.echo(f"bhoga apply: {text}", err=True), stop)


def _show(applied: HermesApplied | None, *, dry_run: bool) -> None:
    """The difference, as a person reads it. Warnings have been said by who found them."""
    from rich.text import Text  # noqa: PLC0415 -- programs that want JSON do not pay for it

    from bhoga_shell.cli.difference import difference  # noqa: PLC0415
    from bhoga_shell.cli.screen import terminal  # noqa: PLC0415

    if applied is None:
        return
    lines = [Text(printable(str(applied.path), sys.stdout), style="bold")]
    lines += difference(applied.changes, sys.stdout)
    if not applied.changes:
        lines.append(Text("nothing to change"))
    elif dry_run:
        lines.append(Text("nothing was written"))
    elif applied.backup is not None:
        lines.append(Text(printable(f"before: {applied.backup.name}", sys.stdout)))
    terminal().print(*lines, sep="\n", soft_wrap=True)
