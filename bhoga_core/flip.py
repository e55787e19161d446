"""How far a choice is from being another: in percent that move, and in time that passes.

Nothing of how a choice is made is repeated here. The choice is asked again, with one number moved
or at a later instant, and the place where the answer changes is searched for.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from functools import partial
from math import inf
from typing import NamedTuple

from bhoga_core.assessment import Assessment
from bhoga_core.gates import ProviderStatus
from bhoga_core.policies import DEFAULTS, Candidate, Preferences
from bhoga_core.provider import Provider
from bhoga_core.providers import PROVIDERS
from bhoga_core.quota import QuotaState
from bhoga_core.selection import Assessor, Ranking, assess_of, rank

LATER_RANKINGS = 64
"""How many rankings ahead are looked at for what time alone will change."""


class Flip(NamedTuple):
    """What would make a candidate the choice, all else as it is; None where nothing of a kind does.

    It is chosen once the one that is chosen now has less than `below` percent left; or once it has
    more than `above` percent left itself; or from `at` (Unix seconds) on, if nothing new is
    learned. Percent are whole ones, as candidates are compared.
    """

    provider_id: str
    below: int | None
    above: int | None
    at: float | None


def flips(
    state: QuotaState,
    model: str,
    now: float,
    preferences: Preferences = DEFAULTS,
    *,
    configured: Collection[str] | None = None,
    last: str | None = None,
    providers: Sequence[Provider] = PROVIDERS,
) -> tuple[Flip, ...]:
    """How far each candidate that is not chosen is from being it, in rank order.

    The arguments are those of `rank`. The search takes for granted that more headroom never hurts
    (law 8); for a policy of one's own that breaks this, the answers may be wrong.
    """
    ranked = partial(
        rank,
        state,
        model,
        preferences=preferences,
        configured=configured,
        last=last,
        providers=providers,
    )
    ranking = ranked(now=now)

    def chosen_with(provider_id: str, percent: int) -> str | None:
        return _chosen(ranked(now=now, assessed=_moved(provider_id, percent)))

    below, successor = _fall(ranking, chosen_with)
    instants = _instants(ranking, ranked)
    chosen = _chosen(ranking)
    return tuple(
        Flip(
            candidate.provider.id,
            below if candidate.provider.id == successor else None,
            _rise(candidate, chosen_with) if place < ranking.eligible else None,
            instants.get(candidate.provider.id),
        )
        for place, candidate in enumerate(ranking.candidates)
        if candidate.provider.id != chosen
    )


def _fall(
    ranking: Ranking, chosen_with: Callable[[str, int], str | None]
) -> tuple[int | None, str | None]:
    """Below which percent of its own the choice is no longer chosen, and who is instead."""
    if ranking.eligible:
        chosen = ranking.candidates[0]
        name = chosen.provider.id
        lower = range(chosen.percent)
        below = bisect_left(lower, True, key=lambda percent: chosen_with(name, percent) == name)
        if below:
            return below, chosen_with(name, below - 1)
    return None, None


def _rise(candidate: Candidate, chosen_with: Callable[[str, int], str | None]) -> int | None:
    name = candidate.provider.id
    higher = range(max(0, candidate.percent) + 1, 101)
    place = bisect_left(higher, True, key=lambda percent: chosen_with(name, percent) == name)
    return higher[place] - 1 if place < len(higher) else None


def _instants(ranking: Ranking, ranked: Callable[..., Ranking]) -> dict[str, float]:
    """By provider, the first instant at which it will be chosen if nothing new is learned."""
    instants: dict[str, float] = {}
    for _ in range(LATER_RANKINGS):
        at = ranking.holds_until
        if at == inf:
            break
        ranking = ranked(now=at)
        chosen = _chosen(ranking)
        if chosen is not None:
            instants.setdefault(chosen, at)
    return instants


def _chosen(ranking: Ranking) -> str | None:
    return ranking.candidates[0].provider.id if ranking.eligible else None


def _moved(moving: str, percent: int) -> Assessor:
    """An assessor for which the provider `moving` has this much left, and nothing else is new."""

    def assessed(state: QuotaState, provider_id: str, model: str, now: float) -> Assessment:
        known = assess_of(state, provider_id, model, now)
        if provider_id != moving:
            return known
        status = ProviderStatus.AVAILABLE if percent else ProviderStatus.EXHAUSTED
        return known._replace(headroom=percent / 100, status=status)

    return assessed
