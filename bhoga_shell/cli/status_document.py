"""`bhoga status --json`: all that is known, for programs."""

from bhoga_core.assessment import assess, standings
from bhoga_core.quota import ProviderQuota
from bhoga_core.window import EVERY_MODEL, Standing
from bhoga_shell.cli.documents import (
    Document,
    candidate_document,
    document,
    iso,
    recommendation,
)
from bhoga_shell.cli.reports import report_document
from bhoga_shell.cli.view import View


def status_document(shown: View) -> Document:
    """`bhoga status --json`: all windows, what the sources told, and each family's candidates."""
    known = shown.known
    return document(
        "status",
        known.now,
        quotas=[
            _quota(provider_id, model, records, known.now)
            for provider_id in sorted(known.state.quotas)
            for model, records in known.records(provider_id).items()
        ],
        providers=[report_document(report) for report in known.reports],
        families={
            family: {
                "recommendation": recommendation(shown.best[family]),
                "candidates": [candidate_document(candidate) for candidate in candidates],
            }
            for family, candidates in shown.candidates.items()
        },
    )


def _quota(
    provider_id: str, model: str, records: tuple[ProviderQuota, ...], now: float
) -> Document:
    known = assess(records, now, None if model == EVERY_MODEL else model)
    plans = [record.plan.value for record in records if record.plan is not None]
    return {
        "provider_id": provider_id,
        "model": model,
        "status": known.status,
        "headroom": known.headroom,
        "plan": plans[0] if plans else None,
        "windows": [_window(stands, now) for stands in standings(records, now)],
    }


def _window(stands: Standing, now: float) -> Document:
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
