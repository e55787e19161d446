"""`bhoga best`: where the next request should go."""

from typing import TYPE_CHECKING

import click

from bhoga_shell.cli.ending import No
from bhoga_shell.cli.parameters import DURATION, METERED, MODEL, POLICY

if TYPE_CHECKING:
    from bhoga_core.policies import Metered
    from bhoga_core.selection import RouterRecommendation

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
@click.option("--field", type=click.Choice(FIELDS), metavar="NAME", help="Print one field alone.")
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
    from bhoga_shell.cli.known import look, look_up  # noqa: PLC0415 -- not for --help

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
        click.echo(_told(answer))
    if answer is None:
        if not known.serve(models):
            raise No(f"no provider serves {', '.join(models)}: bhoga routes Claude and GPT models")
        raise No(_why_not(models, opens_at, known.now))


def _told(answer: "RouterRecommendation") -> str:
    if answer.status == "unconfigured":
        left = "no login is here: the first by priority"
    elif answer.quota_pct < 0:
        left = "nothing is known of what is left"
    else:
        left = f"{answer.quota_pct * 100:.0f} % left, {answer.basis}"
    return f"{answer.provider_id} {answer.hermes_model} ({left})"


def _why_not(models: tuple[str, ...], opens_at: float | None, now: float) -> str:
    from bhoga_shell.cli.words import moment, span  # noqa: PLC0415 -- only without an answer

    when = ""
    if opens_at is not None and opens_at > now:
        when = f"; the next opens in {span(opens_at - now)}, {moment(opens_at, now)}"
    return f"nothing can serve {', '.join(models)} now{when} (bhoga why {models[0]} says more)"
