"""Claude's usage, in the shape of today's endpoint."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bhoga_shell.demo.claude import usage_body
from bhoga_shell.demo.scenarios import (
    SCENARIOS,
    Claude,
    ExtraUsage,
    ModelLimit,
    session,
    week,
)

NOW = 1_800_000_000.0
FRESH = SCENARIOS["fresh"].claude
Sample = Callable[[str], dict[str, Any]]


def body(claude: Claude) -> dict[str, Any]:
    """The usage body, to look inside."""
    return dict(usage_body(claude, NOW))


def instant(text: str) -> float:
    """The Unix second of an ISO instant."""
    return datetime.fromisoformat(text).timestamp()


def test_windows_are_used_in_percent_and_reset_in_iso() -> None:
    """With the offset written out."""
    told = body(Claude(session(33.5, 600.0), week(81.0, 7200.0)))
    assert told["five_hour"]["utilization"] == 33.5
    assert instant(told["five_hour"]["resets_at"]) == NOW + 600.0
    assert told["seven_day"]["utilization"] == 81.0
    assert instant(told["seven_day"]["resets_at"]) == NOW + 7200.0
    assert told["five_hour"]["resets_at"].endswith(".000000+00:00")


def test_a_models_week_is_in_the_limits_alone() -> None:
    """Its own key is there, and null."""
    told = body(Claude(session(33.5), week(81.0), (ModelLimit("Opus", week(99.9)),)))
    assert told["seven_day_opus"] is None
    scoped = told["limits"][2]
    assert (scoped["kind"], scoped["group"], scoped["percent"]) == ("weekly_scoped", "weekly", 99)
    assert scoped["scope"]["model"] == {"id": None, "display_name": "Opus"}


def test_the_limit_that_binds_is_marked() -> None:
    """With how bad it is."""
    limits = body(SCENARIOS["scoped-exhausted"].claude)["limits"]
    assert [(row["is_active"], row["severity"]) for row in limits] == [
        (False, "normal"),
        (False, "normal"),
        (True, "critical"),
    ]
    assert body(Claude(session(80.0), week(79.0)))["limits"][0]["severity"] == "warning"


def test_a_session_that_has_not_begun_has_no_reset() -> None:
    """A week that is untouched has one."""
    told = body(Claude(session(0.0), week(0.0)))
    assert told["five_hour"]["utilization"] == 0.0
    assert told["five_hour"]["resets_at"] is None
    assert told["limits"][0]["resets_at"] is None
    assert told["seven_day"]["resets_at"] is not None
    assert not any(row["is_active"] for row in told["limits"])


def test_a_plan_without_sessions_has_the_slot_and_nothing_in_it() -> None:
    """And no row among the limits."""
    told = body(SCENARIOS["weekly-only"].claude)
    assert told["five_hour"] is None
    assert [row["kind"] for row in told["limits"]] == ["weekly_all", "weekly_scoped"]


def test_extra_usage_is_in_cents() -> None:
    """Its percentage is there while it is switched off, too."""
    told = body(replace(FRESH, extra=ExtraUsage(5000, 1250)))
    assert told["extra_usage"]["monthly_limit"] == 5000
    assert told["extra_usage"]["used_credits"] == 1250.0
    assert told["extra_usage"]["utilization"] == 25.0
    assert told["extra_usage"]["is_enabled"] is False
    assert told["spend"]["limit"] == {"amount_minor": 5000, "currency": "USD", "exponent": 2}
    assert told["spend"]["percent"] == 25


def test_extra_usage_without_a_limit_has_no_percentage() -> None:
    """A cap that is null is no cap."""
    told = body(FRESH)
    assert told["extra_usage"]["utilization"] is None
    assert told["spend"]["limit"] is None


@pytest.mark.parametrize("extra", [ExtraUsage(), ExtraUsage(4000, 10, enabled=True)])
def test_the_members_are_those_of_the_real_endpoint(extra: ExtraUsage, sample: Sample) -> None:
    """At every level, no more and no fewer."""
    real = sample("claude_oauth_usage.2026-08-04.max.json")
    told = body(replace(FRESH, extra=extra))
    assert told.keys() == real.keys()
    for name in ("five_hour", "seven_day", "extra_usage", "spend"):
        assert told[name].keys() == real[name].keys()
    assert told["spend"]["used"].keys() == real["spend"]["used"].keys()
    assert told["spend"]["cap"].keys() == real["spend"]["cap"].keys()
    for row, known in zip(told["limits"], real["limits"], strict=True):
        assert row.keys() == known.keys()
        assert (row["kind"], row["group"]) == (known["kind"], known["group"])
    assert told["limits"][2]["scope"].keys() == real["limits"][2]["scope"].keys()
    assert told["limits"][2]["scope"]["model"].keys() == {"id", "display_name"}
    assert {name for name in told if told[name] is None} == {
        name for name in real if real[name] is None
    }
