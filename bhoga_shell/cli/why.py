"""`bhoga why`: every candidate with its reasons, and what would make it the choice."""

from typing import TYPE_CHECKING

import click

from bhoga_shell.cli.ending import No
from bhoga_shell.cli.parameters import DURATION, METERED, MODEL, POLICY

if TYPE_CHECKING:
    from bhoga_core.policies import Metered


@click.command(epilog="Example: bhoga why claude-opus-4")
@click.argument("model", type=MODEL)
@click.option("--policy", type=POLICY, help="How to choose (default: BHOGA_POLICY).")
@click.option("--metered", type=METERED, help="Per-token billing (default: BHOGA_METERED).")
@click.option(
    "--max-age",
    type=DURATION,
    default="15m",
    show_default=True,
    help="Ask the providers first whose reading is older.",
)
@click.option("--no-probe", is_flag=True, help="Never ask them: explain what is known.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    model: str,
    policy: str | None,
    metered: "Metered | None",
    max_age: float,
    *,
    no_probe: bool,
    as_json: bool,
) -> None:
    """Explain the choice for MODEL, and what would change it.

    Every provider of the model's family in the order of choice, why it stands there, and how far
    the numbers would have to move to make it the choice. Exit code 0: one can be chosen. 1: none.
    """
    from bhoga_shell.cli.known import look, look_up  # noqa: PLC0415 -- not for --help

    known = look(policy, metered)
    if not known.serve((model,)):
        raise No(f"no provider serves {model}: bhoga routes Claude and GPT models")
    known = look_up(known, () if no_probe else known.stale((model,), max_age))
    candidates, flips = known.explain(model), known.flips(model)
    if as_json:
        from bhoga_shell.cli.documents import dumped, why_document  # noqa: PLC0415

        click.echo(dumped(why_document(model, candidates, flips, known.now)))
    else:
        from bhoga_shell.cli.screen import terminal  # noqa: PLC0415 -- programs do not pay for it
        from bhoga_shell.cli.why_lines import WhyScreen  # noqa: PLC0415

        terminal().print(WhyScreen(model, candidates, flips, known.now))
    if not candidates[0].chosen:
        raise No(f"nothing can serve {model} now")
