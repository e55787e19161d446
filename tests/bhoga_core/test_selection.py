"""Who is chosen, and why."""

import pytest

from bhoga_core import (
    POLICIES,
    FloorObserved,
    Preferences,
    ProviderStatus,
    QuotaObserved,
    QuotaSet,
    QuotaState,
    Stamp,
    TurnRecorded,
    Window,
    calibrate,
    explain,
    fold,
    mark_throttled,
    next_available,
    select_best,
)
from bhoga_core.manual import set_by_hand
from bhoga_core.policies import Metered
from bhoga_core.provider import Provider
from bhoga_core.providers import PROVIDERS
from bhoga_core.quota import ProviderQuota

NOW = 1_800_000_000.0
HOUR = 3600.0
BY_ID: dict[str, Provider] = {provider.id: provider for provider in PROVIDERS}


def having(*, resets: dict[str, float] | None = None, **left: float) -> QuotaState:
    """A state in which each provider has this fraction left; `_` in a name stands for `-`, too."""
    events = []
    for name, fraction in left.items():
        pid = {"copilot": "github-copilot", "codex": "openai-codex"}.get(name, name)
        reset = (resets or {}).get(name)
        window = Window("weekly", round(1 - fraction, 9), NOW, "poll", resets_at=reset)
        events.append(QuotaObserved(pid, NOW, Stamp(1, 1), "poll", (window,)))
    return fold(QuotaState(), events)


def chosen(
    state: QuotaState,
    policy: str = "most_remaining",
    metered: Metered = "allow",
    *,
    margin: float = 0.0,
    last: str | None = None,
) -> str | None:
    """The id of the provider chosen for a Claude model."""
    preferences = Preferences(POLICIES[policy], 0.1, metered, margin)
    choice = select_best(state, "claude-opus-4", NOW, preferences, last=last)
    return None if choice is None else choice.provider_id


def test_the_most_remaining_wins() -> None:
    """Wherever it stands in the hierarchy."""
    assert chosen(having(claude_code=0.3, anthropic_api=0.4, copilot=0.5)) == "github-copilot"


def test_whole_percents_tie_and_priority_breaks_it() -> None:
    """0.509 and 0.50 are both 50 %."""
    assert chosen(having(claude_code=0.50, copilot=0.509)) == "claude_code"
    assert chosen(having(claude_code=0.50, copilot=0.51)) == "github-copilot"
    assert chosen(having(claude_code=0.28, copilot=0.29)) == "github-copilot"


def test_known_headroom_comes_before_unknown() -> None:
    """Even a little."""
    assert chosen(having(copilot=0.01)) == "github-copilot"


def test_the_spent_are_never_chosen() -> None:
    """With nothing left anywhere there is no recommendation, but a time."""
    resets = {"claude_code": NOW + HOUR, "anthropic_api": NOW + 9 * HOUR, "copilot": NOW + 5}
    state = having(claude_code=0, anthropic_api=0, copilot=0, resets=resets)
    assert chosen(state) is None
    assert next_available(state, "claude-opus-4", NOW) == NOW + 5
    assert next_available(having(claude_code=0.5), "claude-opus-4", NOW) == NOW
    assert next_available(state, "gemini-3", NOW) is None
    only = Preferences(metered="never")
    assert next_available(state, "claude-opus-4", NOW, only, configured={"anthropic_api"}) is None


def test_priority_first_keeps_to_the_hierarchy_above_the_reserve() -> None:
    """Below the reserve the most remaining wins again."""
    assert chosen(having(claude_code=0.11, copilot=0.9), "priority_first") == "claude_code"
    assert chosen(having(claude_code=0.1, copilot=0.9), "priority_first") == "github-copilot"
    assert chosen(having(claude_code=0.05, copilot=0.1), "priority_first") == "github-copilot"


def test_soonest_reset_spends_what_is_lost_first() -> None:
    """But never below the reserve; what never resets loses nothing."""
    resets = {"claude_code": NOW + 9 * HOUR, "copilot": NOW + HOUR}
    state = having(claude_code=0.9, copilot=0.2, anthropic_api=1.0, resets=resets)
    assert chosen(state, "soonest_reset") == "github-copilot"
    state = having(claude_code=0.9, copilot=0.1, anthropic_api=1.0, resets=resets)
    assert chosen(state, "soonest_reset") == "claude_code"


@pytest.mark.parametrize(
    ("claude", "metered", "expected"),
    [
        (0.5, "allow", "anthropic_api"),
        (0.5, "last", "claude_code"),
        (0.1, "last", "anthropic_api"),
        (0.1, "never", "claude_code"),
        (0.0, "never", None),
    ],
)
def test_metered_providers_come_when_they_may(
    claude: float, metered: Metered, expected: str | None
) -> None:
    """Per-token billing is a preference, not an accident."""
    state = having(claude_code=claude, anthropic_api=0.9, copilot=0.0)
    assert chosen(state, metered=metered) == expected


def test_an_unknown_subscription_is_tried_before_money() -> None:
    """With `last`, finding out what a plan has left costs nothing."""
    assert chosen(having(anthropic_api=0.9, copilot=0), metered="last") == "claude_code"


def test_the_last_choice_stays_until_another_has_the_margin_more() -> None:
    """A lead of exactly the margin moves it; being closed moves it at once."""
    state = having(claude_code=0.5, copilot=0.6)
    assert chosen(state, margin=0.11, last="claude_code") == "claude_code"
    assert chosen(state, margin=0.1, last="claude_code") == "github-copilot"
    assert chosen(state, last="claude_code") == "github-copilot"
    assert chosen(having(claude_code=0, copilot=0.6), margin=1, last="claude_code") != "claude_code"


def test_without_a_margin_nothing_stays() -> None:
    """A policy that prefers another is followed at once, whichever of the two has more left."""
    state = having(claude_code=0.5, copilot=0.9)
    assert chosen(state, "priority_first", last="github-copilot") == "claude_code"
    assert chosen(state, "priority_first", margin=0.1, last="github-copilot") == "github-copilot"


def test_what_a_program_told_shows_that_it_is_in_use() -> None:
    """A status line comes from a program that runs here, whatever the environment shows."""
    floor = Window("weekly", 0.4, NOW, "", resets_at=NOW + HOUR)
    state = fold(QuotaState(), [FloorObserved("claude_code", NOW, Stamp(1, 1), (floor,))])
    choice = select_best(state, "claude-opus-4", NOW, configured=())
    assert choice is not None
    assert (choice.provider_id, choice.quota_pct) == ("claude_code", 0.6)


def test_only_what_has_a_login_is_chosen() -> None:
    """Unless nothing has one: then by priority, and nothing is claimed to be known."""
    state = having(claude_code=0.9, copilot=0.5)
    choice = select_best(state, "claude-opus-4", NOW, configured={"github-copilot"})
    assert choice is not None
    assert choice.provider_id == "github-copilot"
    blind = select_best(state, "claude-opus-4", NOW, configured=())
    assert blind is not None
    assert (blind.provider_id, blind.quota_pct) == ("claude_code", -1.0)
    assert blind.status is ProviderStatus.UNCONFIGURED


def test_a_setting_or_a_turn_configures() -> None:
    """Whoever is used here counts, whatever the environment shows."""
    windows = set_by_hand(BY_ID["github-copilot"], 20.0, None, NOW, None)
    setting = QuotaSet("github-copilot", NOW, Stamp(1, 1), windows)
    turn = TurnRecorded("anthropic_api", "claude-opus-4", NOW, Stamp(1, 2))
    for event, pid in ((setting, "github-copilot"), (turn, "anthropic_api")):
        choice = select_best(fold(QuotaState(), [event]), "opus", NOW, configured=())
        assert choice is not None
        assert choice.provider_id == pid


def test_a_login_on_probation_comes_last() -> None:
    """After one whose headroom is not even known."""
    refused = TurnRecorded("claude_code", "claude-opus-4", NOW - HOUR, Stamp(1, 2), status_code=401)
    state = fold(having(claude_code=0.9), [refused])
    ranked = explain(state, "claude-opus-4", NOW)
    assert [it.provider_id for it in ranked] == ["anthropic_api", "github-copilot", "claude_code"]
    assert "refused or unpaid" in ranked[-1].reason


def test_explain_gives_every_candidate_with_its_reason() -> None:
    """In rank order: facts, age, source, and a sentence."""
    resets = {"copilot": NOW + HOUR}
    state = having(claude_code=0.42, copilot=0.0, resets=resets)
    first, second, third = explain(state, "claude-opus-4", NOW + 60)
    assert (first.provider_id, first.chosen, first.headroom) == ("claude_code", True, 0.42)
    assert (first.age, first.source, first.reason) == (60.0, "poll", "42 % left, bound by weekly")
    assert (second.provider_id, second.chosen) == ("anthropic_api", False)
    assert second.reason == "nothing is known of what is left"
    assert third.reason == "exhausted (weekly) until 09:00Z"
    assert third.opens_at == NOW + HOUR


def test_a_caveat_is_why_an_open_candidate_waits() -> None:
    """Its reason ends with it; who does not wait has none."""
    waiting = Preferences(POLICIES["most_remaining"], 0.1, "last", 0.0)
    told = explain(having(claude_code=0.3, anthropic_api=0.9), "claude-opus-4", NOW, waiting)
    caveats = {it.provider_id: it.caveat for it in told}
    assert caveats["claude_code"] == ""
    assert caveats["anthropic_api"].startswith("bills per token, so it waits")
    assert all(it.reason.endswith(it.caveat) for it in told)


def test_a_limit_of_another_model_is_shown_and_blocks_nothing() -> None:
    """As is one that no model is known for."""
    limits = tuple(Window("weekly", 1.0, NOW, "poll", scope=it) for it in ("fable", "bengalfox"))
    poll = QuotaObserved("claude_code", NOW, Stamp(1, 1), "poll", limits)
    first = explain(fold(QuotaState(), [poll]), "claude-opus-4", NOW)[0]
    assert first.status is ProviderStatus.UNKNOWN
    assert {it.scope for it in first.unmatched} == {"fable", "bengalfox"}


def test_windows_set_by_hand() -> None:
    """Each counts for its own length or for `ttl`; one without a length until it is cleared."""
    burst, weekly = set_by_hand(BY_ID["claude_code"], 90.0, 60.0, NOW, None)
    assert (burst.name, burst.used, burst.expires_at) == ("burst", 0.1, NOW + 5 * HOUR)
    assert (weekly.name, weekly.used, weekly.expires_at) == ("weekly", 0.4, NOW + 168 * HOUR)
    (whole,) = set_by_hand(BY_ID["openai_api"], 25.0, None, NOW, None)
    assert (whole.name, whole.used, whole.expires_at) == ("quota", 0.75, None)
    assert set_by_hand(BY_ID["openai_api"], 25.0, None, NOW, 9.0)[0].expires_at == NOW + 9
    both = set_by_hand(BY_ID["openai-codex"], 75.0, None, NOW, None)
    assert [window.used for window in both] == [0.25, 0.25]


def test_calibrate_is_a_function_of_its_arguments() -> None:
    """It answers a record with what the headers say, later than all it knew."""
    headers = [(b"Anthropic-Ratelimit-Unified-5H-Utilization", b"0.25")]
    q = calibrate(ProviderQuota("claude_code"), headers, NOW)
    assert q.remaining_at(NOW) == 0.75
    stepped_back = calibrate(q, {"anthropic-ratelimit-unified-5h-utilization": "0.5"}, NOW - HOUR)
    assert stepped_back.remaining_at(NOW) == 0.5
    assert calibrate(q, {"content-type": "x"}, NOW) == q
    assert calibrate(q, 7, NOW) == q
    with pytest.raises(ValueError, match="known providers are anthropic_api"):
        calibrate(ProviderQuota("mine"), {}, NOW)


def test_mark_throttled_is_a_function_of_its_arguments() -> None:
    """For as long as it is told, or, told nothing, as long as bhoga guesses."""
    q = mark_throttled(ProviderQuota("claude_code"), 90, NOW)
    assert q.status_at(NOW + 89) is ProviderStatus.THROTTLED
    assert q.status_at(NOW + 90) is ProviderStatus.UNKNOWN
    guess = mark_throttled(mark_throttled(ProviderQuota("claude_code"), None, NOW), None, NOW + 70)
    assert guess.status_at(NOW + 70 + 119) is ProviderStatus.THROTTLED
    assert guess.status_at(NOW + 70 + 120) is ProviderStatus.UNKNOWN
    for wrong in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="retry_after is"):
            mark_throttled(q, wrong, NOW)
