"""`bhoga best`: where the next request should go."""

from time import time

import click

from bhoga_shell.cli.documents import best_document, dumped, iso
from bhoga_shell.cli.ending import No, misuse
from bhoga_shell.cli.parameters import MODEL
from bhoga_shell.router import Router


@click.command(epilog="Example: bhoga best claude-opus-4")
@click.argument("models", metavar="MODEL...", nargs=-1, required=True, type=MODEL)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object (bhoga.best/1).")
def command(models: tuple[str, ...], *, as_json: bool) -> None:
    """Say where the next request for MODEL should go.

    Of several models, it answers for the first that can be served. Exit code 0: there is an
    answer. 1: nothing is available now. 2: the command was misused.
    """
    with opened() as router, misuse():
        answer = router.best_for(models)
        opens = [router.next_available(name) for name in models]
    opens_at = min((at for at in opens if at is not None), default=None)
    if as_json:
        click.echo(dumped(best_document(answer, opens_at)))
    elif answer is not None:
        left = "unknown" if answer.quota_pct < 0 else f"{answer.quota_pct * 100:.0f} % left"
        click.echo(f"{answer.provider_id} {answer.hermes_model} ({left}, {answer.basis})")
    if answer is None:
        when = "" if opens_at is None or opens_at <= time() else f"; next at {iso(opens_at)}"
        raise No(f"nothing can serve {', '.join(models)} now{when}")


def opened() -> Router:
    """A router for one look. A preference in the environment that does not exist is misuse."""
    with misuse():
        return Router(eager=False)
