"""What the demo tells: steps that have happened, with what there is to see of each."""

from time import time
from typing import NamedTuple

from bhoga_core.assessment import standings
from bhoga_core.window import EVERY_MODEL, Standing, WindowKind
from bhoga_shell.hermes import HermesChange
from bhoga_shell.router import Router


class StrayedError(Exception):
    """It did not go on as it is told. The message says what did not happen."""


class Found(NamedTuple):
    """A source of a provider and what came of asking it, in a clause."""

    provider_id: str
    source: str
    text: str
    has_answered: bool


class Left(NamedTuple):
    """What is left of a window, as a fraction, and who said so."""

    provider_id: str
    window: str
    left: float
    source: str


class Sent(NamedTuple):
    """A turn that was answered by a provider, and what was known to be left after it."""

    provider_id: str
    status_code: int
    left: tuple[Left, ...]


class Choice(NamedTuple):
    """Where the next request for a model goes, and the fraction left there, -1.0 if unknown.

    `provider_id` is None where nothing can take it.
    """

    model: str
    provider_id: str | None
    left: float


Shown = Found | Left | Sent | Choice | HermesChange
"""What there is to see."""


class Step(NamedTuple):
    """One step: what happened, what to notice, and what there is to see of it."""

    title: str
    happened: str
    notice: str
    shown: tuple[Shown, ...]


def left_now(router: Router) -> tuple[Left, ...]:
    """What is left of each window of each login, sorted by provider."""
    now = time()
    return tuple(
        Left(record.provider_id, _named(stands), stands.left, stands.window.source)
        for record in router.quotas()
        for stands in standings((record,), now)
        if stands.window.kind is not WindowKind.EXTRA
    )


def _named(stands: Standing) -> str:
    window = stands.window
    return window.name if window.scope == EVERY_MODEL else f"{window.name} {window.scope}"


def chosen(router: Router, model: str) -> Choice:
    """Where the next request for a model goes now."""
    answer = router.best_for(model)
    if answer is None:
        return Choice(model, None, -1.0)
    return Choice(model, answer.provider_id, answer.quota_pct)


def must(come_to_pass: bool, what: str) -> None:
    """Raise StrayedError unless what is told has come to pass."""
    if not come_to_pass:
        raise StrayedError(what)
