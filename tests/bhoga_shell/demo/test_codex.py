"""ChatGPT's usage, in the shape of today's endpoint."""

from collections.abc import Callable
from typing import Any

from bhoga_shell.demo.codex import usage_body
from bhoga_shell.demo.scenarios import SCENARIOS, Codex, ModelLimit, session, week

NOW = 1_800_000_000.0
Sample = Callable[[str], dict[str, Any]]


def body(codex: Codex) -> dict[str, Any]:
    """The usage body, to look inside."""
    return dict(usage_body(codex, NOW))


def test_windows_are_told_apart_by_their_seconds() -> None:
    """Used is whole percent, a reset is Unix seconds and seconds from now."""
    limit = body(Codex(session(33.9, 601.5), week(81.0, 7200.0)))["rate_limit"]
    assert limit["primary_window"] == {
        "used_percent": 33,
        "limit_window_seconds": 18000,
        "reset_after_seconds": 601,
        "reset_at": NOW + 602,
    }
    assert limit["secondary_window"]["limit_window_seconds"] == 604800
    assert (limit["allowed"], limit["limit_reached"]) == (True, False)


def test_without_a_session_the_week_is_primary() -> None:
    """And the second slot is empty."""
    limit = body(SCENARIOS["weekly-only"].codex)["rate_limit"]
    assert limit["primary_window"]["limit_window_seconds"] == 604800
    assert limit["secondary_window"] is None


def test_a_limit_that_is_reached_refuses() -> None:
    """With the word for it."""
    told = body(SCENARIOS["exhausted"].codex)
    assert told["rate_limit"]["allowed"] is False
    assert told["rate_limit_reached_type"] == {"type": "rate_limit_reached"}


def test_a_models_limit_that_is_reached_refuses_that_model_alone() -> None:
    """The plan itself is allowed."""
    told = body(SCENARIOS["scoped-exhausted"].codex)
    assert told["rate_limit"]["allowed"] is True
    assert told["rate_limit_reached_type"] is None
    (limit,) = told["additional_rate_limits"]
    assert (limit["limit_name"], limit["metered_feature"]) == (
        "GPT-5.3-Codex-Spark",
        "codex_bengalfox",
    )
    assert limit["rate_limit"]["allowed"] is False


def test_credits_are_a_text() -> None:
    """Zero is none."""
    assert body(Codex(None, week(1.0), balance="7.25"))["credits"]["balance"] == "7.25"
    assert body(Codex(None, week(1.0), balance="7.25"))["credits"]["has_credits"] is True
    assert body(Codex(None, week(1.0), balance="0.00"))["credits"]["has_credits"] is False
    assert body(Codex(None, week(1.0)))["credits"]["has_credits"] is False


def test_the_members_are_those_of_the_real_endpoint(sample: Sample) -> None:
    """At every level, no more and no fewer."""
    real = sample("codex_wham_usage.2026-09-24.pro_weekly_only.json")
    told = body(SCENARIOS["weekly-only"].codex)
    assert told.keys() == real.keys()
    for name in ("credits", "rate_limit", "rate_limit_reset_credits", "spend_control"):
        assert told[name].keys() == real[name].keys()
    window = told["rate_limit"]["primary_window"]
    assert window.keys() == real["rate_limit"]["primary_window"].keys()
    assert told["additional_rate_limits"] is None


def test_the_members_of_a_models_limit_are_those_of_the_real_endpoint(sample: Sample) -> None:
    """As a plan with such a limit has them."""
    real = sample("codex_wham_usage.2026-09-08.business_null_rate_limit.fragment.json")
    told = body(Codex(None, None, (ModelLimit("A", session(1.0), "codex_a"),)))
    (row,), (known,) = told["additional_rate_limits"], real["additional_rate_limits"]
    assert row.keys() == known.keys()
    assert row["rate_limit"].keys() == known["rate_limit"].keys()
    (model,), (known_model,) = told["model_usage"].values(), real["model_usage"].values()
    assert model.keys() == known_model.keys()
