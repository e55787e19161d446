"""What the command prints for programs: plain JSON, versioned.

Every document is an object with `schema` (1), `kind` (the command) and `at` (when it was true).
Instants are ISO 8601 in UTC, or null where unknown; `headroom`, `left` and `quota_pct` are
fractions 0.0-1.0, and -1.0 where a headroom is unknown; `age` and `took` are seconds; the percents
of a flip are whole ones. Fields may be added within a version, never change meaning. The JSON
Schema of each document lies in `schemas`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import isfinite
from typing import TYPE_CHECKING

from bhoga_core.naming import model_family
from bhoga_core.selection import RouterRecommendation

if TYPE_CHECKING:
    from bhoga_core.explanation import Explanation
    from bhoga_core.flip import Flip
    from bhoga_core.window import Window

SCHEMA = 1
"""The version of every document."""

Document = dict[str, object]


def iso(instant: float | None) -> str | None:
    """A Unix second as ISO 8601 in UTC; None where there is none, or none that has a date."""
    if instant is None or not isfinite(instant):
        return None
    try:
        return datetime.fromtimestamp(instant, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return None


def document(kind: str, now: float, **fields: object) -> Document:
    """A document of the command `kind`, true at `now` (Unix seconds)."""
    return {"schema": SCHEMA, "kind": kind, "at": iso(now), **fields}


def dumped(told: Document) -> str:
    """A document as text."""
    return json.dumps(told, indent=2, allow_nan=False)


def best_document(
    models: Sequence[str],
    answer: RouterRecommendation | None,
    next_available: float | None,
    now: float,
) -> Document:
    """`bhoga best --json`: the recommendation, or null and when the soonest provider opens."""
    return document(
        "best",
        now,
        models=[*models],
        recommendation=recommendation(answer),
        next_available=iso(next_available),
    )


def plain(value: object) -> str:
    """One field of a document as text for a shell; null is empty."""
    return "" if value is None else str(value)


def why_document(
    model: str,
    candidates: "Sequence[Explanation]",
    flips: "Mapping[str, Flip]",
    now: float,
) -> Document:
    """`bhoga why --json`: every candidate in rank order, and how far each is from being chosen."""
    return document(
        "why",
        now,
        model=model,
        family=model_family(model),
        candidates=[
            {**candidate_document(it), "flip": _flip(flips.get(it.provider_id))}
            for it in candidates
        ],
    )


def recommendation(answer: RouterRecommendation | None) -> Document | None:
    """A recommendation as it stands in every document that has one."""
    if answer is None:
        return None
    return {
        "provider_id": answer.provider_id,
        "model_id": answer.model_id,
        "quota_pct": answer.quota_pct,
        "status": answer.status,
        "hermes_model": answer.hermes_model,
        "priority": answer.priority,
        "basis": answer.basis,
        "resets_at": iso(answer.resets_at),
        "billing": answer.billing,
    }


def candidate_document(candidate: "Explanation") -> Document:
    """A candidate as it stands in every document that has some."""
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
        "unmatched": [_unmatched(window) for window in candidate.unmatched],
    }


def _unmatched(window: "Window") -> Document:
    return {"name": window.name, "scope": window.scope}


def _flip(flip: "Flip | None") -> Document | None:
    if flip is None:
        return None
    return {"below": flip.below, "above": flip.above, "at": iso(flip.at)}
