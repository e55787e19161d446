"""A scenario is a value over which time passes."""

import pytest

from bhoga_shell.demo.scenarios import SCENARIOS, Manner, session, week


def test_every_scenario_that_is_promised_has_a_name() -> None:
    """The names that the command and the tests go by."""
    assert set(SCENARIOS) == {
        "fresh",
        "low",
        "exhausted",
        "scoped-exhausted",
        "weekly-only",
        "unauthorised",
        "forbidden",
        "rate-limited",
        "rate-limited-zero",
        "rate-limited-1600",
        "slow",
        "garbage",
        "huge",
        "redirect",
        "logged-out",
    }


def test_a_reset_comes_nearer() -> None:
    """Nothing else about the window changes on the way."""
    assert session(40.0, 600.0).after(250.0) == session(40.0, 350.0)


@pytest.mark.parametrize(("passed", "resets_in"), [(600.0, 18000.0), (700.0, 17900.0)])
def test_a_reset_empties_the_window_and_begins_the_next(passed: float, resets_in: float) -> None:
    """At the instant of the reset and after it."""
    assert session(100.0, 600.0).after(passed) == session(0.0, resets_in)


def test_a_window_that_was_left_for_long_resets_again_and_again() -> None:
    """The resets stay in step with the first."""
    assert week(50.0, 60.0).after(60.0 + 3 * 604800.0 + 5.0) == week(0.0, 604795.0)


def test_time_passes_for_all_windows_of_a_scenario() -> None:
    """After three days the sessions, the models' weeks and Claude's week have reset."""
    later = SCENARIOS["exhausted"].after(3.0 * 86400.0)
    assert later.claude.session is not None
    assert later.claude.week is not None
    assert later.codex.week is not None
    assert later.claude.session.used == 0.0
    assert later.claude.week.used == 0.0
    assert later.claude.models[0].window.used == 0.0
    assert later.codex.week.used == SCENARIOS["exhausted"].codex.windows[1].used
    assert later.codex.week.resets_in == 86400.0
    assert later.copilot.premium.resets_in == 8.0 * 86400.0


def test_a_window_that_is_missing_does_not_appear_with_time() -> None:
    """A plan without sessions stays one."""
    later = SCENARIOS["weekly-only"].after(86400.0)
    assert later.claude.session is None
    assert later.codex.session is None


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_time_changes_no_manner(name: str) -> None:
    """How a backend answers is what the scenario says until another is set."""
    scenario, later = SCENARIOS[name], SCENARIOS[name].after(1e6)
    for before, after in (
        (scenario.claude, later.claude),
        (scenario.codex, later.codex),
        (scenario.copilot, later.copilot),
    ):
        assert before.manners == after.manners
        assert before.plan == after.plan


def test_the_manner_of_a_scenario_is_the_same_for_all_three() -> None:
    """One name, one behaviour."""
    rate_limited = SCENARIOS["rate-limited-1600"]
    for plan in (rate_limited.claude, rate_limited.codex, rate_limited.copilot):
        assert plan.manners.manner is Manner.RATE_LIMITED
        assert plan.manners.retry_after == "1600"
