"""What the command prints for programs: plain JSON, versioned.

Every document has a `schema` (`bhoga.status/1`, `bhoga.best/1`). Instants are ISO 8601 in UTC, or
null where unknown; `headroom`, `left` and `quota_pct` are fractions 0.0-1.0, and -1.0 where a
headroom is unknown; ages are seconds. Fields may be added within a version, never change meaning.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite

from bhoga_core.assessment import standings
from bhoga_core.explanation import Explanation
from bhoga_core.quota import ProviderQuota
from bhoga_core.selection import RouterRecommendation
from bhoga_core.window import Standing


def iso(instant: float | None) -> str | None:
    """A Unix second as ISO 8601 in UTC; None where there is none, or none that has a date."""
    if instant is None or not isfinite(instant):
        return None
    try:
        return datetime.fromtimestamp(instant, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return None


def status_document(
    quotas: tuple[ProviderQuota, ...],
    families: Mapping[str, tuple[Explanation, ...]],
    best: Mapping[str, RouterRecommendation | None],
    now: float,
) -> dict[str, object]:
    """`bhoga status --json`: every record with its windows, and each family's candidates."""
    return {
        "schema": "bhoga.status/1",
        "at": iso(now),
        "quotas": [_quota(record, now) for record in quotas],
        "families": {
            family: {
                "recommendation": _recommendation(best[family]),
                "candidates": [_candidate(candidate) for candidate in candidates],
            }
            for family, candidates in families.items()
        },
    }


def best_document(
    recommendation: RouterRecommendation | None, next_available: float | None
) -> dict[str, object]:
    """`bhoga best --json`: the recommendation, or null and when the soonest provider opens."""
    return {
        "schema": "bhoga.best/1",
        "recommendation": _recommendation(recommendation),
        "next_available": iso(next_available),
    }


def dumped(document: dict[str, object]) -> str:
    """The document as text."""
    return json.dumps(document, indent=2, sort_keys=True, allow_nan=False)


def _quota(record: ProviderQuota, now: float) -> dict[str, object]:
    return {
        "provider_id": record.provider_id,
        "model": record.model,
        "status": record.status_at(now),
        "headroom": record.remaining_at(now),
        "plan": None if record.plan is None else record.plan.value,
        "windows": [_window(stands, now) for stands in standings((record,), now)],
    }


def _window(stands: Standing, now: float) -> dict[str, object]:
    window = stands.window
    return {
        "name": window.name,
        "scope": window.scope,
        "kind": window.kind,
        "left": round(stands.left, 9),
        "basis": stands.basis,
        "resets_at": iso(window.resets_at),
        "source": window.source,
        "age": max(0.0, round(now - window.observed_at, 3)),
    }


def _recommendation(recommendation: RouterRecommendation | None) -> dict[str, object] | None:
    if recommendation is None:
        return None
    return {
        "provider_id": recommendation.provider_id,
        "model_id": recommendation.model_id,
        "quota_pct": recommendation.quota_pct,
        "status": recommendation.status,
        "hermes_model": recommendation.hermes_model,
        "priority": recommendation.priority,
        "basis": recommendation.basis,
        "resets_at": iso(recommendation.resets_at),
        "billing": recommendation.billing,
    }


def _candidate(candidate: Explanation) -> dict[str, object]:
    return {
        "provider_id": candidate.provider_id,
        "priority": candidate.priority,
        "chosen": candidate.chosen,
        "headroom": candidate.headroom,
        "status": candidate.status,
        "reason": candidate.reason,
        "window": None if candidate.window is None else candidate.window.name,
        "basis": candidate.basis,
        "age": None if candidate.age is None else round(candidate.age, 3),
        "source": candidate.source,
        "resets_at": iso(candidate.resets_at),
        "opens_at": iso(candidate.opens_at),
        "billing": candidate.billing,
    }
