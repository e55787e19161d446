"""`bhoga best`: where the next request should go."""

import sys
from time import time

import click

from bhoga_shell.cli.documents import best_document, dumped, iso
from bhoga_shell.router import Router


@click.command()
@click.argument("models", metavar="MODEL...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object (bhoga.best/1).")
def best(models: tuple[str, ...], *, as_json: bool) -> None:
    """Where the next request for MODEL should go; of several, the first that can be served.

    Exit code 0: there is an answer. 1: nothing is available now. 2: the command was misused.
    """
    if not all(name.strip() for name in models):
        raise click.UsageError("a MODEL is empty; it takes a model's name")
    with opened() as router:
        try:
            answer = router.best_for(models)
            opens = [router.next_available(name) for name in models]
        except (TypeError, ValueError) as error:
            raise click.UsageError(str(error)) from error
    opens_at = min((at for at in opens if at is not None), default=None)
    if as_json:
        click.echo(dumped(best_document(answer, opens_at)))
    elif answer is not None:
        left = "unknown" if answer.quota_pct < 0 else f"{answer.quota_pct * 100:.0f} % left"
        click.echo(f"{answer.provider_id} {answer.hermes_model} ({left}, {answer.basis})")
    if answer is None:
        when = "" if opens_at is None or opens_at <= time() else f"; next at {iso(opens_at)}"
        click.echo(f"bhoga: nothing can serve {', '.join(models)} now{when}", err=True)
        sys.exit(1)


def opened() -> Router:
    """A router for one look. A preference in the environment that does not exist is misuse."""
    try:
        return Router(eager=False)
    except (TypeError, ValueError) as error:
        raise click.UsageError(str(error)) from error
