"""What each event makes known, seen through what is then said of the provider."""

from typing import Any

import pytest

from bhoga_core import (
    Event,
    FloorObserved,
    ProbeEnded,
    ProbeStarted,
    ProviderStatus,
    QuotaObserved,
    QuotaSet,
    QuotaState,
    Stamp,
    StateMerged,
    Throttled,
    TurnRecorded,
    Window,
    WindowKind,
    fold,
)
from bhoga_core.assessment import Assessment
from bhoga_core.effects import effect
from bhoga_core.quota import Attempt, Outcome
from bhoga_core.register import Register
from bhoga_core.selection import assess_of
from bhoga_core.window import MANUAL, Basis

NOW = 1_800_000_000.0
HOUR = 3600.0
OPUS = "claude-opus-4"


def turn(after: float = 0.0, pid: str = "claude_code", **facts: Any) -> TurnRecorded:
    """A turn that was answered so many seconds after `NOW`."""
    at = NOW + after
    model = facts.pop("model", OPUS)
    return TurnRecorded(pid, model, at, Stamp(int(at * 1e6), 0), 1, 1, **facts)


def known(
    *events: Event, after: float = 0.0, pid: str = "claude_code", model: str = OPUS
) -> Assessment:
    """What is said of a provider so many seconds after `NOW`."""
    return assess_of(fold(QuotaState(), events), pid, model, NOW + after)


def unified(window: str, used: str, reset: float, status: str = "allowed") -> tuple[Any, ...]:
    """The headers of one window of a Claude subscription."""
    name = f"anthropic-ratelimit-unified-{window}"
    return (
        (f"{name}-utilization", used),
        (f"{name}-reset", str(int(NOW + reset))),
        (f"{name}-status", status),
    )


def test_a_429_that_names_a_window_exhausts_until_its_reset() -> None:
    """Its `Retry-After` is that window's, and needs no throttle of its own."""
    headers = (*unified("5h", "0.97", HOUR, "rejected"), ("retry-after", "99999"))
    rejected = turn(status_code=429, headers=headers)
    assert known(rejected).status is ProviderStatus.EXHAUSTED
    assert known(rejected).opens_at == NOW + HOUR
    opened = known(rejected, after=HOUR)
    assert (opened.status, opened.headroom) == (ProviderStatus.AVAILABLE, 1.0)
    assert opened.basis is Basis.PRESUMED


def test_a_429_for_one_models_limit_closes_that_model_alone() -> None:
    """The account is still open for every other model."""
    headers = (*unified("7d", "0.5", 9 * HOUR), *unified("7d_oi", "1.0", 9 * HOUR, "rejected"))
    rejected = turn(status_code=429, headers=headers, model="claude-fable-5")
    assert known(rejected, model="claude-fable-5").status is ProviderStatus.EXHAUSTED
    assert known(rejected).headroom == 0.5
    assert known(rejected).status is ProviderStatus.AVAILABLE


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("30", 30.0), ("51811", 51811.0), ("Fri, 15 Jan 2027 09:00:00 GMT", HOUR)],
)
def test_a_429_with_a_time_to_wait_throttles_until_then(value: str, seconds: float) -> None:
    """Seconds or an HTTP date, and hours are honoured."""
    waiting = turn(status_code=429, headers=(("retry-after", value),))
    assert known(waiting, after=seconds - 1).status is ProviderStatus.THROTTLED
    assert known(waiting).opens_at == NOW + seconds
    assert known(waiting, after=seconds).status is ProviderStatus.UNKNOWN


def test_an_unexplained_429_pauses_longer_each_time() -> None:
    """60 seconds, doubling while it repeats, up to five minutes; a success starts over."""
    struck: list[Event] = []
    for number, pause in enumerate((60.0, 120.0, 240.0, 300.0, 300.0)):
        struck.append(turn(number, status_code=429))
        assert known(*struck, after=number).opens_at == NOW + number + pause
    served = turn(10)
    assert known(*struck, served, after=10).status is ProviderStatus.UNKNOWN
    again = turn(11, status_code=429)
    assert known(*struck, served, again, after=11).opens_at == NOW + 11 + 60


def test_429s_of_requests_that_ran_side_by_side_are_one() -> None:
    """A request that began before the last 429 arrived tells nothing new."""
    struck = [turn(i, status_code=429, started_at=NOW - 1 + i / 10) for i in range(4)]
    assert known(*struck, after=3).opens_at == NOW + 60


def test_a_success_does_not_end_a_stated_wait() -> None:
    """It may be the answer to a request from before."""
    waiting = turn(status_code=429, headers=(("retry-after", "600"),))
    assert known(waiting, turn(5), after=6).status is ProviderStatus.THROTTLED
    before = turn(5, started_at=NOW - 2)
    assert known(waiting, before, after=6).status is ProviderStatus.THROTTLED
    later = turn(5, started_at=NOW + 2)
    assert known(waiting, later, after=6).status is ProviderStatus.UNKNOWN


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (401, ProviderStatus.REFUSED),
        (403, ProviderStatus.REFUSED),
        (402, ProviderStatus.EXHAUSTED),
    ],
)
def test_a_refused_or_unpaid_login_is_tried_again(code: int, status: ProviderStatus) -> None:
    """It is closed for 15 minutes, then on probation until a success."""
    refused = turn(status_code=code)
    assert known(refused, after=899).status is status
    tried = known(refused, after=900)
    assert (tried.status, tried.on_probation) == (ProviderStatus.UNKNOWN, True)
    assert not known(refused, turn(901), after=902).on_probation


def test_an_unpaid_login_waits_as_long_as_it_says() -> None:
    """A `Retry-After` of a 402 counts where it is longer."""
    unpaid = turn(status_code=402, headers=(("retry-after", "7200"),))
    assert known(unpaid).opens_at == NOW + 7200
    assert known(turn(status_code=402, headers=(("retry-after", "5"),))).opens_at == NOW + 900


@pytest.mark.parametrize("code", [500, 503, 529])
def test_an_overloaded_server_throttles_only_if_it_says_how_long(code: int) -> None:
    """5xx without a `Retry-After` changes nothing."""
    assert known(turn(status_code=code)).status is ProviderStatus.UNKNOWN
    waiting = turn(status_code=code, headers=(("retry-after", "20"),))
    assert known(waiting, after=19).status is ProviderStatus.THROTTLED


@pytest.mark.parametrize("code", [400, 404, 422])
def test_another_error_changes_nothing(code: int) -> None:
    """It is the request's fault."""
    (record,) = effect(turn(status_code=code)).records
    assert record.latest == (0, 0)


def test_what_an_api_says_is_kept_for_the_model_of_the_request() -> None:
    """Limits of keys are per model; what throttles the provider throttles all of it."""
    spent = turn(
        pid="anthropic_api",
        status_code=429,
        model="claude-opus-4-20250514",
        headers=(
            ("anthropic-ratelimit-requests-limit", "50"),
            ("anthropic-ratelimit-requests-remaining", "0"),
            ("anthropic-ratelimit-requests-reset", "2027-01-15T08:00:30Z"),
        ),
    )
    assert known(spent, pid="anthropic_api").opens_at == NOW + 30
    assert known(spent, pid="anthropic_api", model="claude-sonnet-4").headroom == -1.0
    assert known(spent, pid="anthropic_api", after=30).headroom == -1.0
    waiting = turn(pid="anthropic_api", status_code=429, headers=(("retry-after", "9"),))
    for model in (OPUS, "claude-sonnet-4"):
        found = known(waiting, pid="anthropic_api", model=model)
        assert found.status is ProviderStatus.THROTTLED


def test_tokens_never_change_a_window() -> None:
    """However many were used."""
    few = TurnRecorded("claude_code", OPUS, NOW, Stamp(1, 1), 1, 1)
    many = TurnRecorded("claude_code", OPUS, NOW, Stamp(1, 1), 10**9, 10**9)
    assert effect(few) == effect(many)


def test_a_response_is_dated_by_the_start_of_its_request() -> None:
    """A poll that was asked in between knows more than a slow response."""
    poll = QuotaObserved(
        "claude_code", NOW, Stamp(int(NOW * 1e6), 5), "poll", (Window("burst", 0.6, NOW, "poll"),)
    )
    headers = unified("5h", "0.2", HOUR)
    assert known(turn(60, headers=headers, started_at=NOW - 1), poll, after=60).headroom == 0.4
    assert known(turn(60, headers=headers, started_at=NOW + 1), poll, after=60).headroom == 0.8


def test_a_poll_withdraws_what_it_no_longer_mentions() -> None:
    """A poll is a complete statement of its source, and of no other source."""

    def poll(after: float, source: str, *names: str) -> QuotaObserved:
        windows = tuple(Window(name, 0.9, NOW, source) for name in names)
        stamp = Stamp(int((NOW + after) * 1e6), 0)
        return QuotaObserved("claude_code", NOW + after, stamp, source, windows)

    assert known(poll(0, "a", "burst", "weekly"), poll(1, "a"), after=2).headroom == -1.0
    assert known(poll(0, "a", "burst"), poll(1, "b"), after=2).headroom == pytest.approx(0.1)


def test_a_floor_raises_but_never_lowers() -> None:
    """An undated source says that at least so much is used."""
    stamp = Stamp(int(NOW * 1e6), 0)

    def floor(used: float) -> FloorObserved:
        window = Window("burst", used, NOW, "statusline", resets_at=NOW + HOUR)
        return FloorObserved("claude_code", NOW, Stamp(stamp.micros + 1, 0), (window,))

    seen = turn(headers=unified("5h", "0.5", HOUR))
    assert known(seen, floor(0.8)).headroom == pytest.approx(0.2)
    assert known(seen, floor(0.1)).headroom == 0.5
    assert known(floor(0.3)).headroom == 0.7


def test_a_failed_probe_says_nothing_of_the_quota() -> None:
    """How it ended is kept, by source."""
    outcome = Outcome("rate_limited", "", NOW, NOW + 300, 300.0)
    failed = ProbeEnded("claude_code", NOW, Stamp(1, 1), "usage", outcome)
    (record,) = effect(failed).records
    assert record.outcomes == (("usage", Register(Stamp(1, 1), outcome)),)
    assert known(failed).status is ProviderStatus.UNKNOWN


def test_a_probe_under_way_is_known_to_everybody() -> None:
    """Who asks next sees until when it need not."""
    started = ProbeStarted("claude_code", NOW, Stamp(1, 1), "usage", NOW + 15)
    (record,) = effect(started).records
    assert record.attempts == (Attempt(Stamp(1, 1), NOW, "usage", NOW + 15),)
    assert known(started).status is ProviderStatus.UNKNOWN


def test_a_throttle_that_was_told_counts_like_one_that_was_seen() -> None:
    """With a time to wait or without."""
    stamp = Stamp(int(NOW * 1e6), 0)
    assert known(Throttled("claude_code", NOW, stamp, NOW + 7)).opens_at == NOW + 7
    assert known(Throttled("claude_code", NOW, stamp)).opens_at == NOW + 60


def test_a_merged_state_is_all_its_records() -> None:
    """What came from elsewhere counts like what was learned here."""
    state = fold(QuotaState(), [turn(headers=unified("5h", "0.5", HOUR))])
    merged = StateMerged(NOW, Stamp(1, 1), state)
    assert fold(QuotaState(), [merged]) == state


def test_headers_of_an_unknown_provider_are_not_read() -> None:
    """A journal may hold providers that are not here; their status still counts."""
    found = effect(turn(pid="mine", headers=unified("5h", "0.5", HOUR)))
    (record,) = found.records
    assert (record.evidence, record.served.micros) == ((), int(NOW * 1e6))


def test_a_clock_that_stepped_back_locks_nobody_out() -> None:
    """What was dated by a clock a day ahead does not close a provider until that day."""
    tomorrow = 24 * HOUR
    for event in (
        turn(tomorrow, status_code=429),
        turn(tomorrow, status_code=401),
        turn(tomorrow, status_code=429, headers=(("retry-after", "60"),)),
    ):
        assert known(event).status is ProviderStatus.UNKNOWN


def test_a_setting_for_the_whole_gives_way_to_a_rate_while_that_stands() -> None:
    """Headers after it win over it; when they say nothing any more it counts again."""
    window = Window("quota", 0.5, NOW, MANUAL)
    setting = QuotaSet("openai_api", NOW, Stamp(int(NOW * 1e6), 0), (window,))
    rates = turn(
        1,
        pid="openai_api",
        model="gpt-5.4",
        headers=(
            ("x-ratelimit-limit-requests", "10"),
            ("x-ratelimit-remaining-requests", "9"),
            ("x-ratelimit-reset-requests", "20s"),
        ),
    )
    for after, headroom in ((2.0, 0.9), (20.9, 0.9), (21.0, 0.5)):
        found = known(setting, rates, after=after, pid="openai_api", model="gpt-5.4")
        assert found.headroom == headroom
    assert known(setting, rates, after=2.0, pid="openai_api", model="o3").headroom == 0.5


def test_a_spent_window_that_names_no_reset_is_tried_again() -> None:
    """After 15 minutes nothing is known of it any more: nothing is for ever."""
    poll = QuotaObserved(
        "github-copilot",
        NOW,
        Stamp(1, 1),
        "poll",
        (Window("premium", 1.0, NOW, "poll", length=30 * 24 * HOUR),),
    )
    assert known(poll, pid="github-copilot", after=899).status is ProviderStatus.EXHAUSTED
    assert known(poll, pid="github-copilot", after=900).status is ProviderStatus.UNKNOWN


def test_extra_usage_neither_opens_nor_closes() -> None:
    """A spent overage leaves the plan as it is."""
    windows = (
        Window("weekly", 0.4, NOW, "poll"),
        Window("overage", 1.0, NOW, "poll", WindowKind.EXTRA),
    )
    poll = QuotaObserved("claude_code", NOW, Stamp(1, 1), "poll", windows)
    assert known(poll).headroom == 0.6


def test_the_tightest_window_is_the_headroom() -> None:
    """However much another has left, and whichever comes first."""
    headers = (*unified("5h", "0.9", HOUR), *unified("7d", "0.2", 9 * HOUR))
    found = known(turn(headers=headers))
    assert found.headroom == pytest.approx(0.1)
    assert found.window is not None
    assert found.window.name == "burst"
