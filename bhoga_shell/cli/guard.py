"""`bhoga guard`: yes or no, for hooks and CI."""

import click

from bhoga_core.explanation import Explanation
from bhoga_shell import arguments
from bhoga_shell.cli.choosing import unavailable
from bhoga_shell.cli.documents import dumped, iso
from bhoga_shell.cli.ending import No, misuse
from bhoga_shell.cli.opening import opened
from bhoga_shell.cli.parameters import MODEL


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
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object as well.")
def command(model: str, least: float, *, as_json: bool) -> None:
    """Say whether MODEL can be served, and why.

    Exit code 0: yes, and at least --min percent is left where it would go. 1: no.
    """
    with opened() as router:
        with misuse():
            least = arguments.percentage("--min", least)
            candidates = router.explain(model)
        opens_at = router.next_available(model)
        nothing = unavailable(router, model)
    choice = next((candidate for candidate in candidates if candidate.chosen), None)
    yes = choice is not None and has_enough(choice, least)
    reason = nothing if choice is None else f"{choice.provider_id}: {choice.reason}"
    if choice is not None and not yes:
        reason += f"; asked for {least:g} %"
    if as_json:
        click.echo(dumped(guard_document(model, least, choice, reason, opens_at, yes=yes)))
    if not yes:
        raise No(reason)
    if not as_json:
        click.echo(reason)


def has_enough(choice: Explanation, least: float) -> bool:
    """Whether at least `least` percent is left there; what is not known is enough for 0 alone."""
    return round(choice.headroom * 100.0, 7) >= least if choice.headroom >= 0 else least == 0


def guard_document(
    model: str,
    least: float,
    choice: Explanation | None,
    reason: str,
    opens_at: float | None,
    *,
    yes: bool,
) -> dict[str, object]:
    """`bhoga guard --json`: the answer, where the request would go, and what that rests on."""
    return {
        "schema": 1,
        "kind": "guard",
        "ok": yes,
        "model": model,
        "min": round(least / 100.0, 9),
        "reason": reason,
        "provider_id": None if choice is None else choice.provider_id,
        "headroom": None if choice is None else choice.headroom,
        "basis": None if choice is None else choice.basis,
        "age": None if choice is None or choice.age is None else round(choice.age, 3),
        "next_available": iso(opens_at),
    }
