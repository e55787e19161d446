"""What is known at one moment, and the questions that are answered from it.

A question in a terminal needs no router: the state file is read once and the core is asked. Only
what is too old is looked up by a `Router` first.
"""

import os
from collections.abc import Collection, Sequence
from time import time
from typing import TYPE_CHECKING, NamedTuple

from bhoga_core.assessment import standings
from bhoga_core.naming import canonical_model, model_family
from bhoga_core.policies import DEFAULTS, Metered, Preferences
from bhoga_core.providers import PROVIDERS
from bhoga_core.quota import ProviderQuota, QuotaState, state_of
from bhoga_core.selection import RouterRecommendation, hierarchy, next_available, select_best
from bhoga_core.window import EVERY_MODEL, MANUAL
from bhoga_shell.cli.ending import misuse
from bhoga_shell.credentials import configured
from bhoga_shell.preferences import preferences_from
from bhoga_shell.store import Store, default_path

if TYPE_CHECKING:
    from bhoga_core.explanation import Explanation
    from bhoga_core.flip import Flip
    from bhoga_core.report import ProviderReport
    from bhoga_shell.router import Router

FRESH = 900.0
"""Seconds for which a reading is taken for the answer, unless the person says otherwise."""


class Known(NamedTuple):
    """What the state file says at `now` (Unix seconds), how to rank it, and which logins are here.

    `reports` are what discovery tells of each provider; empty where it was not asked.
    """

    state: QuotaState
    now: float
    preferences: Preferences
    configured: frozenset[str]
    reports: "tuple[ProviderReport, ...]" = ()

    def best(self, models: Sequence[str]) -> RouterRecommendation | None:
        """Where to go for the first of the models that can be served."""
        answers = (
            select_best(self.state, it, self.now, self.preferences, configured=self.configured)
            for it in models
        )
        return next((answer for answer in answers if answer is not None), None)

    def next_available(self, models: Sequence[str]) -> float | None:
        """The Unix second from which one of the models can be served, if it is known."""
        opens = (
            next_available(self.state, it, self.now, self.preferences, configured=self.configured)
            for it in models
        )
        return min((at for at in opens if at is not None), default=None)

    def explain(self, model: str) -> "tuple[Explanation, ...]":
        """Every candidate for the model in rank order."""
        from bhoga_core.explanation import explain  # noqa: PLC0415 -- not every command explains

        return explain(self.state, model, self.now, self.preferences, configured=self.configured)

    def flips(self, model: str) -> "dict[str, Flip]":
        """By provider, how far each candidate that is not chosen is from being it."""
        from bhoga_core.flip import flips  # noqa: PLC0415 -- not every command explains

        found = flips(self.state, model, self.now, self.preferences, configured=self.configured)
        return {flip.provider_id: flip for flip in found}

    def records(self, provider_id: str) -> dict[str, tuple[ProviderQuota, ...]]:
        """What is known of the login in use, by model: for all models (`"*"`) first, then each.

        What is kept for one model does not repeat what is known for all.
        """
        accounts = ("", self.state.account(provider_id))
        by_model: dict[str, tuple[ProviderQuota, ...]] = {}
        for record in self.state.quotas.get(provider_id, ()):
            if record.account in accounts:
                by_model[record.model] = (*by_model.get(record.model, ()), record)
        return dict(sorted(by_model.items(), key=lambda it: (it[0] != EVERY_MODEL, it[0])))

    def serve(self, models: Sequence[str]) -> bool:
        """Whether any provider at all serves the family of one of the models."""
        return any(hierarchy(PROVIDERS, model_family(it)) for it in models)

    def stale(self, models: Sequence[str], max_age: float) -> list[str]:
        """The providers of these models that have a login and were not looked at for `max_age`.

        A setting by hand that stands is as fresh as can be. A source that was asked and told
        nothing has been looked at, too: asking it again would tell nothing more.
        """
        return [
            provider.id
            for provider in PROVIDERS
            if provider.sources
            and provider.id in self.configured
            and any(
                model_family(it) in provider.priorities
                and not self._looked_at(provider.id, it, self.now - max_age)
                for it in models
            )
        ]

    def is_unexplained(self) -> bool:
        """Whether only discovery can say why nothing is known of a provider, or what lies of it."""
        return any(
            provider.sources
            and (
                provider.id not in self.state.quotas
                or all(not standings(it, self.now) for it in self.records(provider.id).values())
                or any(os.environ.get(pitfall.variable) for pitfall in provider.pitfalls)
            )
            for provider in PROVIDERS
        )

    def _looked_at(self, provider_id: str, model: str, since: float) -> bool:
        records = self.state.of(provider_id, canonical_model(model))
        told = [stands.window for stands in standings(records, self.now)]
        if any(it.source == MANUAL or it.observed_at >= since for it in told):
            return True
        outcomes = self.state.shared(provider_id).outcomes
        return any(register.value.at >= since for _, register in outcomes)


def blank(policy: str | None = None, metered: Metered | None = None) -> Known:
    """The preferences and the logins, without what the state file says.

    Raises click.UsageError for a preference that does not exist, be it in the environment.
    """
    with misuse():
        preferences = preferences_from(
            policy, metered, DEFAULTS.reserve, DEFAULTS.switch_margin, os.environ
        )
    return Known(QuotaState(), time(), preferences, configured(PROVIDERS))


def look(policy: str | None = None, metered: Metered | None = None) -> Known:
    """What the state file says now. Nothing is asked.

    Raises StateError where the file cannot be used, and what `blank` raises.
    """
    known = blank(policy, metered)
    return known._replace(state=Store(default_path(os.environ)).load(known.now))


def look_up(known: Known, provider_ids: Collection[str], *, report: bool = False) -> Known:
    """The same after the sources of these providers were asked, side by side.

    With `report`, discovery tells of each source.
    """
    if not provider_ids:
        return known._replace(reports=_reports(known.state)) if report else known
    from bhoga_shell.cli.asking import ask  # noqa: PLC0415 -- only who has to look pays for it
    from bhoga_shell.router import Router  # noqa: PLC0415

    with misuse():
        router = Router(eager=False)
    with router:
        ask(router, provider_ids)
        return of_router(router, known)


def _reports(state: QuotaState) -> "tuple[ProviderReport, ...]":
    """What discovery tells of each provider, without a router, whose threads are for asking."""
    from bhoga_shell.probes.kinds import kinds_from  # noqa: PLC0415 -- mostly all is explained
    from bhoga_shell.reports import reports, unaskable  # noqa: PLC0415

    with misuse():
        kinds = kinds_from(None, os.environ)
    return reports(state, PROVIDERS, os.environ, unaskable(PROVIDERS, os.environ, kinds))


def of_router(router: "Router", known: Known) -> Known:
    """What a router knows now, to be ranked like `known`.

    Not what the file says: where that cannot be written, what was learned is here all the same.
    """
    return known._replace(
        state=state_of(router.quotas()),
        now=time(),
        configured=configured(PROVIDERS),
        reports=router.discovery(),
    )
