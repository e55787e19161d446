"""`bhoga guard`: yes or no, for hooks and CI."""

from typing import TYPE_CHECKING

import click

from bhoga_shell.cli.ending import No, misuse
from bhoga_shell.cli.parameters import DURATION, MODEL

if TYPE_CHECKING:
    from bhoga_core.explanation import Explanation


@click.command(epilog="Example: bhoga guard claude-opus-4 --min 20 && ./nightly")
@click.argument("model", metavar="MODEL", type=MODEL)
@click.option(
    "--min",
    "least",
    metavar="PCT",
    type=float,
    default=0.0,
    help="No if less is left, or if nothing is known of what is left.",
)
@click.option(
    "--max-age",
    type=DURATION,
    default="15m",
    show_default=True,
    help="Ask the providers first whose reading is older.",
)
@click.option("--no-probe", is_flag=True, help="Never ask them: answer from what is known.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(model: str, least: float, max_age: float, *, no_probe: bool, as_json: bool) -> None:
    """Say whether MODEL can be served, and why.

    Exit code 0: yes, and at least --min percent is left where a request would go. 1: no.
    """
    from bhoga_shell import arguments  # noqa: PLC0415 -- not for --help
    from bhoga_shell.cli.choosing import known_for, why_not  # noqa: PLC0415

    with misuse():
        least = arguments.percentage("--min", least)
    known = known_for((model,), max_age, no_probe=no_probe)
    choice = next((it for it in known.explain(model) if it.chosen), None)
    opens_at = known.next_available((model,))
    yes = choice is not None and has_enough(choice, least)
    if choice is None:
        reason = why_not((model,), opens_at, known.now, is_served=known.serve((model,)))
    else:
        asked = "" if yes else f"; asked for {least:g} %"
        reason = f"{choice.provider_id}: {choice.reason}{asked}"
    if as_json:
        from bhoga_shell.cli.documents import document, dumped, iso  # noqa: PLC0415

        told = document(
            "guard",
            known.now,
            ok=yes,
            model=model,
            min=round(least / 100.0, 9),
            reason=reason,
            **_resting_on(choice),
            next_available=iso(opens_at),
        )
        click.echo(dumped(told))
    if not yes:
        raise No(reason)
    if not as_json:
        click.echo(reason)


def has_enough(choice: "Explanation", least: float) -> bool:
    """Whether at least `least` percent is left there; what is not known is enough for 0 alone."""
    return round(choice.headroom * 100.0, 7) >= least if choice.headroom >= 0 else least == 0


def _resting_on(choice: "Explanation | None") -> dict[str, object]:
    if choice is None:
        return {"provider_id": None, "headroom": None, "basis": None, "age": None}
    return {
        "provider_id": choice.provider_id,
        "headroom": choice.headroom,
        "basis": choice.basis,
        "age": None if choice.age is None else round(choice.age, 3),
    }
