"""What to do with what is known: rank the providers of a model's family and choose the first.

What no policy may override is decided here: a closed provider is never chosen, one on probation
comes last, per-token billing stays where the person put it, and ties are broken by priority, then
by provider id, so that the choice is a function of what is known and of nothing else.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import NamedTuple

from bhoga_core.assessment import UNKNOWN_HEADROOM, Assessment, assess
from bhoga_core.gates import ProviderStatus
from bhoga_core.hermes_names import HERMES_PROVIDERS, recommended_name
from bhoga_core.naming import canonical_model, model_family
from bhoga_core.policies import DEFAULTS, Candidate, Preferences
from bhoga_core.provider import Billing, Provider
from bhoga_core.providers import PROVIDERS
from bhoga_core.quota import QuotaState
from bhoga_core.window import Basis


@dataclass(frozen=True, slots=True)
class RouterRecommendation:
    """Where the next request should go.

    `quota_pct` is the headroom as a fraction 0.0-1.0, or -1.0 if unknown. `hermes_model` is
    `model_id` as Hermes spells it for this provider, its vendor taken off first. `basis` says what
    the headroom rests on, `resets_at` (Unix seconds) when the window that binds it resets,
    `billing` how it is paid for.
    """

    provider_id: str
    model_id: str
    quota_pct: float
    status: ProviderStatus
    hermes_model: str
    priority: int
    basis: Basis
    resets_at: float | None
    billing: Billing


Assessor = Callable[[QuotaState, str, str, float], Assessment]
"""Assesses a provider, by its id, in a state, for a canonical model name at a Unix second."""


class Ranking(NamedTuple):
    """The candidates of a family, best first, of which the first `eligible` can be chosen.

    It stays true until the Unix second `holds_until` if nothing new is learned.
    """

    candidates: tuple[Candidate, ...]
    eligible: int
    holds_until: float


def select_best(
    state: QuotaState,
    model: str,
    now: float,
    preferences: Preferences = DEFAULTS,
    *,
    configured: Collection[str] | None = None,
    last: str | None = None,
    providers: Sequence[Provider] = PROVIDERS,
) -> RouterRecommendation | None:
    """Where the next request for `model` should go, or None if nothing can take it.

    `now` is in Unix seconds; the other arguments are those of `rank`.
    """
    ranking = rank(
        state, model, now, preferences, configured=configured, last=last, providers=providers
    )
    return recommend(ranking, model)


def recommend(ranking: Ranking, model: str) -> RouterRecommendation | None:
    """The recommendation that a ranking for `model` amounts to."""
    if not ranking.eligible:
        return None
    provider, priority, known, is_configured = ranking.candidates[0]
    target = HERMES_PROVIDERS.get(provider.id)
    return RouterRecommendation(
        provider.id,
        model,
        known.headroom,
        known.status if is_configured else ProviderStatus.UNCONFIGURED,
        model if target is None else recommended_name(model, target),
        priority,
        known.basis,
        None if known.window is None else known.window.resets_at,
        provider.billing,
    )


def assess_of(state: QuotaState, provider_id: str, model: str, now: float) -> Assessment:
    """What `state` says of a provider for `model` (a canonical name) at `now` (Unix seconds)."""
    return assess(state.of(provider_id, model), now, model)


def rank(
    state: QuotaState,
    model: str,
    now: float,
    preferences: Preferences = DEFAULTS,
    *,
    configured: Collection[str] | None = None,
    last: str | None = None,
    providers: Sequence[Provider] = PROVIDERS,
    assessed: Assessor = assess_of,
) -> Ranking:
    """Rank the providers that serve `model`'s family at `now` (Unix seconds).

    `configured` are the ids for which this process has a login; None means that nobody looked, and
    all count as configured. What was set by hand or has answered a turn counts in any case. While
    any is configured the others are out; while none is, bhoga is blind and ranks by priority.
    `last` is the id chosen last for this model. `assessed` is for who keeps assessments, which
    hold until their `holds_until`. A family without hierarchy ranks nobody.
    """
    key = canonical_model(model)
    candidates: list[Candidate] = []
    holds_until = inf
    blind = True
    for provider, priority in hierarchy(tuple(providers), model_family(model)):
        known = assessed(state, provider.id, key, now)
        if known.holds_until < holds_until:
            holds_until = known.holds_until
        is_configured = known.has_answered or configured is None or provider.id in configured
        blind = blind and not is_configured
        candidates.append(Candidate(provider, priority, known, is_configured))
    eligible: list[Candidate] = []
    rest: list[Candidate] = []
    for candidate in candidates:
        ruled_out = preferences.metered == "never" and candidate.is_metered
        can_take_it = candidate.is_open and (blind or candidate.configured) and not ruled_out
        (eligible if can_take_it else rest).append(_unseen(candidate) if blind else candidate)
    ordered = _ordered(eligible, preferences, last)
    return Ranking((*ordered, *sorted(rest, key=_when_open)), len(ordered), holds_until)


def next_available(
    state: QuotaState,
    model: str,
    now: float,
    preferences: Preferences = DEFAULTS,
    *,
    configured: Collection[str] | None = None,
    providers: Sequence[Provider] = PROVIDERS,
) -> float | None:
    """The Unix second from which a request for `model` can be served, if nothing new is learned.

    That is `now` when one can be served already, else when the soonest candidate opens. None when
    no such time is known, or the family has no hierarchy.
    """
    ranking = rank(state, model, now, preferences, configured=configured, providers=providers)
    if ranking.eligible:
        return now
    return min(
        (
            candidate.known.opens_at
            for candidate in ranking.candidates
            if candidate.configured
            and not (preferences.metered == "never" and candidate.is_metered)
            and candidate.known.opens_at not in (None, inf)
        ),
        default=None,
    )


@lru_cache(maxsize=64)
def hierarchy(providers: tuple[Provider, ...], family: str) -> tuple[tuple[Provider, int], ...]:
    """The providers that serve a model family, with their priorities, highest (1) first."""
    serving = [(p, p.priorities[family]) for p in providers if family in p.priorities]
    return tuple(sorted(serving, key=lambda pair: (pair[1], pair[0].id)))


def _unseen(candidate: Candidate) -> Candidate:
    """The candidate without what was known of a login that is not here any more."""
    known = candidate.known._replace(
        headroom=UNKNOWN_HEADROOM, window=None, basis=Basis.UNKNOWN, lapses_at=None
    )
    return candidate._replace(known=known)


def _ordered(
    eligible: list[Candidate], preferences: Preferences, last: str | None
) -> list[Candidate]:
    hold_metered = preferences.metered == "last" and any(
        not c.is_metered and _may_exceed(c, preferences.reserve) for c in eligible
    )
    keyed: list[tuple[tuple[bool, bool, int], float, int, str, Candidate]] = []
    for candidate in eligible:
        placed_class, place = preferences.policy(candidate, preferences.reserve)
        group = (
            candidate.known.on_probation,
            hold_metered and candidate.is_metered,
            placed_class,
        )
        keyed.append((group, place, candidate.priority, candidate.provider.id, candidate))
    keyed.sort(key=lambda item: item[:4])
    ordered = [item[4] for item in keyed]
    for group, _, _, provider_id, candidate in keyed[1:]:
        if provider_id == last and group == keyed[0][0]:
            lead = max(0.0, ordered[0].known.headroom - candidate.known.headroom)
            if round(lead, 9) < preferences.switch_margin:
                ordered.remove(candidate)
                ordered.insert(0, candidate)
    return ordered


def _may_exceed(candidate: Candidate, reserve: float) -> bool:
    # An unknown subscription may have more than the reserve, and finding out costs nothing; taking
    # the metered one for certain does.
    return candidate.known.headroom == UNKNOWN_HEADROOM or candidate.known.headroom > reserve


def _when_open(candidate: Candidate) -> tuple[bool, bool, float, int, str]:
    opens_at = candidate.known.opens_at
    return (
        not candidate.configured,
        opens_at is None,
        0.0 if opens_at is None else opens_at,
        candidate.priority,
        candidate.provider.id,
    )
