"""`bhoga models`: which models Codex can run."""

from time import time

import click

from bhoga_shell.cli.documents import document, dumped
from bhoga_shell.codex_models import BUILT_IN, codex_models


@click.command(epilog="Example: bhoga models --json")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
def command(*, as_json: bool) -> None:
    """List the models that Codex can run.

    One a line, best first; nobody is asked. Where the list comes from is said on stderr: the cache
    that Codex keeps, its configuration, or the list that bhoga has built in.
    """
    found = codex_models()
    if as_json:
        told = document("models", time(), models=[*found.models], source=found.source)
        click.echo(dumped(told))
        return
    for name in found.models:
        click.echo(name)
    whence = "the built-in list" if found.source == BUILT_IN else f"Codex' {found.source}"
    click.echo(f"bhoga: from {whence}", err=True)
