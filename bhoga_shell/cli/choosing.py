"""The choice that a command works with, or the one line that says why there is none."""

from collections.abc import Sequence

from bhoga_core.selection import RouterRecommendation
from bhoga_shell.cli.known import Known, look, look_up
from bhoga_shell.cli.words import NO_LOGIN, loose, percent, until


def known_for(models: Sequence[str], max_age: float, *, no_probe: bool) -> Known:
    """What is known, after the providers of these models were asked whose reading is older.

    `max_age` is in seconds; with `no_probe` nobody is asked.
    """
    known = look()
    return known if no_probe else look_up(known, known.stale(models, max_age))


def why_not(
    models: Sequence[str], opens_at: float | None, now: float, *, is_served: bool = True
) -> str:
    """That nothing can take a request for the models now, and from when on something can, if known.

    Both are Unix seconds. Without a provider for them at all (`is_served`) there is no when.
    """
    named = ", ".join(models)
    if not is_served:
        return f"no provider serves {named}: bhoga routes Claude and GPT models"
    when = ""
    if opens_at is not None and opens_at > now:
        when = f"; the next opens {loose(until(opens_at, now))}"
    return f"nothing can serve {named} now{when} (bhoga why {models[0]} says more)"


def left(answer: RouterRecommendation) -> str:
    """How much is left, for people."""
    if answer.status == "unconfigured":
        return f"{NO_LOGIN}: the first by priority"
    if answer.quota_pct < 0:
        return "nothing is known of what is left"
    return f"{percent(answer.quota_pct)} % left, {answer.basis}"
