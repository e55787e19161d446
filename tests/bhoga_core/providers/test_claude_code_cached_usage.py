"""The usage that `claude` keeps in its settings: a floor, while it is open and of this login."""

import json
from pathlib import Path

import pytest
from returns.result import Failure, Success

from bhoga_core.providers.claude_code.cached_usage import read_cached
from bhoga_core.reading import Answer, Declined, Malformed, Reading, Reason
from bhoga_core.window import Window

PAYLOADS = Path(__file__).parent / "payloads" / "claude_code"
AT = 1_800_000_000.0
FETCHED, LATER = AT - 1800.0, AT + 3 * 86400.0 + 0.5
WEEK = 604800.0


def read(payload: bytes, at: float = AT) -> Answer:
    """What a settings file is read as."""
    return read_cached(payload, at, lambda _: None)


def payload(name: str) -> bytes:
    """A settings file."""
    return (PAYLOADS / f"claude-json.{name}.json").read_bytes()


def test_open_windows_are_read_as_of_when_they_were_fetched() -> None:
    """What has ended since is left out, and the rest is dated by the file."""
    source = ".claude.json"
    general = Window("weekly", 0.2, FETCHED, source, length=WEEK, resets_at=LATER)
    fable = Window("weekly", 0.66, FETCHED, source, scope="fable", length=WEEK, resets_at=LATER)
    assert read(payload("open")) == Success(Reading((general, fable)))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no-usage", Reason.ABSENT),
        ("logged-out", Reason.NO_LOGIN),
        ("other-account", Reason.NO_SIGNAL),
        ("ended", Reason.NO_SIGNAL),
    ],
)
def test_what_says_nothing_of_now_is_declined(name: str, reason: Reason) -> None:
    """In a clause without the id of any login."""
    answer = read(payload(name))
    assert isinstance(answer, Failure)
    declined = answer.failure()
    assert isinstance(declined, Declined)
    assert declined.reason is reason
    assert "0000" not in declined.detail


def test_when_all_has_ended_nothing_is_told() -> None:
    """A window whose reset has come says nothing of the next."""
    answer = read(payload("open"), at=LATER)
    assert answer == Failure(Declined(Reason.NO_SIGNAL, "what it keeps has ended since"))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"fetchedAtMs": None}, "cachedUsageUtilization"),
        ({"utilization": None}, "cachedUsageUtilization"),
        ({"fetchedAtMs": "now"}, "cachedUsageUtilization.fetchedAtMs"),
        ({"fetchedAtMs": AT * 1e4}, "cachedUsageUtilization.fetchedAtMs"),
        ({"utilization": {}}, "cachedUsageUtilization.utilization"),
        ({"accountUuid": 5}, "cachedUsageUtilization.accountUuid"),
        (
            {"utilization": {"seven_day": {"utilization": 5, "resets_at": None}}},
            "cachedUsageUtilization.utilization",
        ),
        ({"seven_day_opus": {"utilization": 5}}, "cachedUsageUtilization.seven_day_opus"),
        (
            {"limits": [{"kind": "weekly_scoped", "percent": 5}]},
            "cachedUsageUtilization.limits[0]",
        ),
    ],
)
def test_another_form_is_malformed(change: dict[str, object], path: str) -> None:
    """It says where, as everywhere."""
    settings = json.loads(payload("open"))
    settings["cachedUsageUtilization"].update(change)
    answer = read(json.dumps(settings).encode())
    assert isinstance(answer, Failure)
    problem = answer.failure()
    assert isinstance(problem, Malformed)
    assert problem.path == path


def test_what_has_not_begun_needs_no_reset() -> None:
    """Nothing is used of it, so that nothing is lost with it."""
    settings = json.loads(payload("open"))
    settings["cachedUsageUtilization"]["utilization"]["five_hour"] = {
        "utilization": 0,
        "resets_at": None,
    }
    assert read(json.dumps(settings).encode()) == read(payload("open"))


def test_other_things_in_the_file_are_no_limits() -> None:
    """Only what is called as a limit of the plan is one that has been moved."""
    settings = json.loads(payload("open")) | {
        "features": {"limits": [{"kind": "uploads", "percent": 5}], "banner": {"resets_at": "soon"}}
    }
    assert read(json.dumps(settings).encode()) == read(payload("open"))


def test_a_clock_that_is_behind_does_not_date_it_in_the_future() -> None:
    """What was fetched a moment from now is as of now."""
    answer = read(payload("open"), at=FETCHED - 60.0)
    assert isinstance(answer, Success)
    assert {window.observed_at for window in answer.unwrap().windows} == {FETCHED - 60.0}
