"""`bhoga status`: how much is left of everything, at a glance."""

import sys
from time import time

import click

from bhoga_shell.cli.best import opened
from bhoga_shell.cli.documents import dumped, status_document

FAMILIES = {"anthropic": "claude-opus-4", "openai": "gpt-5.4"}
"""The families, each with the model that stands for it on this screen."""


@click.command(epilog="Example: bhoga status --json")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object (bhoga.status/1).")
def command(*, as_json: bool) -> None:
    """Show what is left of each provider, and where to go.

    Below it stands where the next request of each model family should go.
    """
    with opened() as router:
        now = time()
        quotas = router.quotas()
        explained = {family: router.explain(model) for family, model in FAMILIES.items()}
        best = {family: router.best_for(model) for family, model in FAMILIES.items()}
    if as_json:
        click.echo(dumped(status_document(quotas, explained, best, now)))
        return
    from rich.console import Console  # noqa: PLC0415 -- programs that want JSON do not pay for it

    from bhoga_shell.cli.tables import print_status  # noqa: PLC0415

    console = Console(file=sys.stdout, highlight=False, soft_wrap=False)
    print_status(console, quotas, explained, best, now)
