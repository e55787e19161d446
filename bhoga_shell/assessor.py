"""Assessments that are kept while they hold."""

from typing import NamedTuple

from bhoga_core.assessment import Assessment
from bhoga_core.quota import ProviderQuota, QuotaState
from bhoga_core.selection import assess_of

REMEMBERED = 1024
"""How many assessments are kept before all are forgotten."""


class _Kept(NamedTuple):
    records: tuple[ProviderQuota, ...]
    since: float
    assessment: Assessment


class KeptAssessments:
    """An `Assessor` that assesses a provider anew only when something was learned of it.

    An assessment is a function of a provider's records, the model and the time, and it says until
    when it holds. A turn changes the records of one provider, so the others need no second look.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], _Kept] = {}

    def __call__(self, state: QuotaState, provider_id: str, model: str, now: float) -> Assessment:
        """See `bhoga_core.selection.Assessor`. Any thread may call it."""
        records = state.quotas.get(provider_id, ())
        kept = self._kept.get((provider_id, model))
        # `since` matters too: a clock that steps back makes what was assessed later untrue.
        if (
            kept is not None
            and kept.records is records
            and kept.since <= now < kept.assessment.holds_until
        ):
            return kept.assessment
        assessment = assess_of(state, provider_id, model, now)
        if len(self._kept) >= REMEMBERED:
            self._kept.clear()
        self._kept[provider_id, model] = _Kept(records, now, assessment)
        return assessment
