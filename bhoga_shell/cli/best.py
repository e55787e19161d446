"""`bhoga best`: where the next request should go."""

import sys
from typing import TYPE_CHECKING

import click

from bhoga_shell.cli.ending import No
from bhoga_shell.cli.parameters import DURATION, METERED, MODEL, POLICY

if TYPE_CHECKING:
    from bhoga_core.policies import Metered

FIELDS = (
    *("provider_id", "model_id", "hermes_model", "quota_pct", "status", "priority", "basis"),
    *("resets_at", "billing"),
)
"""What can be had alone, each as the JSON document has it."""


@click.command(epilog="Example: bhoga best claude-opus-4 --field provider_id")
@click.argument("models", metavar="MODEL...", nargs=-1, required=True, type=MODEL)
@click.option("--policy", type=POLICY, help="How to choose (default: BHOGA_POLICY).")
@click.option("--metered", type=METERED, help="Per-token billing (default: BHOGA_METERED).")
@click.option(
    "--max-age",
    type=DURATION,
    default="15m",
    show_default=True,
    help="Ask the providers first whose reading is older.",
)
@click.option("--no-probe", is_flag=True, help="Never ask them: answer from what is known.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--field",
    type=click.Choice(FIELDS),
    metavar="NAME",
    help=f"Print one alone of {', '.join(FIELDS)}.",
)
def command(
    models: tuple[str, ...],
    policy: str | None,
    metered: "Metered | None",
    max_age: float,
    field: str | None,
    *,
    no_probe: bool,
    as_json: bool,
) -> None:
    """Say where the next request for MODEL should go.

    Of several models, it answers for the first that can be served. Exit code 0: there is an
    answer. 1: nothing can take it now.
    """
    from bhoga_shell.cli.choosing import left, why_not  # noqa: PLC0415 -- not for --help
    from bhoga_shell.cli.known import look, look_up  # noqa: PLC0415
    from bhoga_shell.cli.printing import printable  # noqa: PLC0415

    if as_json and field is not None:
        raise click.UsageError("--json and --field exclude each other")
    known = look(policy, metered)
    if not no_probe:
        known = look_up(known, known.stale(models, max_age))
    answer = known.best(models)
    opens_at = known.next_available(models)
    if as_json:
        from bhoga_shell.cli.documents import best_document, dumped  # noqa: PLC0415

        click.echo(dumped(best_document(models, answer, opens_at, known.now)))
    elif field is not None:
        from bhoga_shell.cli.documents import plain, recommendation  # noqa: PLC0415

        fields = recommendation(answer)
        if fields is not None:
            click.echo(plain(fields[field]))
    elif answer is not None:
        told = f"{answer.provider_id} {answer.hermes_model} ({left(answer)})"
        click.echo(printable(told, sys.stdout))
    if answer is None:
        is_served = known.serve(models)
        raise No(why_not(models, opens_at, known.now, is_served=is_served))
