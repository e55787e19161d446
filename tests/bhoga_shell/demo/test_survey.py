"""What is told of the scenarios is what happens in them."""

import pytest

from bhoga_shell.demo.scenarios import SCENARIOS
from bhoga_shell.demo.steps import Choice, Found, Left, StrayedError
from bhoga_shell.demo.survey import MODELS, TOLD, survey


def test_every_scenario_with_a_name_is_told() -> None:
    """In the order in which they are listed."""
    assert [*TOLD] == [*SCENARIOS]


def test_a_scenario_shows_sources_windows_and_choices() -> None:
    """Those of the providers together, then where each model goes."""
    look, choose = survey("scoped-exhausted")
    providers = [it.provider_id for it in look.shown if isinstance(it, Found | Left)]
    assert providers == sorted(providers)
    assert Left("claude_code", "weekly fable", 0.0, "oauth usage") in look.shown
    assert [it.model for it in choose.shown if isinstance(it, Choice)] == [*MODELS]


def test_another_choice_than_is_told_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what did not happen."""
    told = TOLD["low"]._replace(choices=(None, *TOLD["low"].choices[1:]))
    monkeypatch.setattr("bhoga_shell.demo.survey.TOLD", {"low": told})
    with pytest.raises(StrayedError, match="claude-opus-4 went nowhere"):
        list(survey("low"))


def test_a_shorter_rest_than_is_told_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that was asked too often must be left alone for as long as it is said."""
    told = TOLD["rate-limited-zero"]._replace(rests=86_400.0)
    monkeypatch.setattr("bhoga_shell.demo.survey.TOLD", {"rate-limited-zero": told})
    with pytest.raises(StrayedError, match="rests for 86400 s"):
        list(survey("rate-limited-zero"))
