"""The limits that Codex's last turns have left on disk."""

import json
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from returns.result import Success

from bhoga_core.providers.openai_codex.rollout import read_rollout
from bhoga_core.reading import Declined, Malformed, Reading, Reason
from bhoga_core.window import Window

AT = 1_800_000_000.0
SOON, LATER = AT + 4321.0, AT + 345_678.0
PAYLOADS = Path(__file__).parent / "payloads" / "openai_codex"


def zones(_name: str) -> tzinfo:
    """Every zone is UTC."""
    return UTC


def payload(case: str) -> bytes:
    """The fixture of a case."""
    return (PAYLOADS / f"rollout.{case}.jsonl").read_bytes()


def read(end_of_file: bytes) -> Reading | Malformed | Declined:
    """What the parser makes of it, unwrapped."""
    answer = read_rollout(end_of_file, AT, zones)
    return answer.unwrap() if isinstance(answer, Success) else answer.failure()


def window(name: str, used: float, ago: float, **facts: Any) -> Window:
    """A window of a line that was written so many seconds ago (and a quarter of one less)."""
    return Window(name, used, AT - ago + 0.25, "codex rollout", **facts)


def burst(used: float, ago: float, resets_at: float = SOON, **facts: Any) -> Window:
    """A window of five hours."""
    return window("burst", used, ago, length=18000.0, resets_at=resets_at, **facts)


def weekly(used: float, ago: float, resets_at: float = LATER, **facts: Any) -> Window:
    """A window of seven days."""
    return window("weekly", used, ago, length=604800.0, resets_at=resets_at, **facts)


@pytest.mark.parametrize(
    ("case", "plan", "windows"),
    [
        ("plus", "plus", [burst(0.315, 300), weekly(0.0925, 300)]),
        ("burst-over", "pro", [weekly(0.4, 20000)]),
        (
            "spark-last",
            "plus",
            [
                burst(0.5, 600),
                burst(0.07, 60, SOON + 7.0, scope="gpt-5.3-codex-spark"),
                weekly(0.6, 600),
                weekly(0.02, 60, LATER + 7.0, scope="gpt-5.3-codex-spark"),
            ],
        ),
        ("reserve-as-plan", "plus", [weekly(1.0, 600)]),
        ("new-id", "plus", [weekly(0.05, 60)]),
        (
            "2025-seconds",
            None,
            [burst(0.12, 60, AT + 2940.25), weekly(0.4, 60, AT + 299_940.25)],
        ),
        ("2025-instants", None, [burst(0.12, 60, AT + 7200.0), weekly(0.4, 60, AT + 352_800.0)]),
        (
            "spend",
            "plus",
            [window("spend", 0.9, 60, resets_at=LATER, limit=90.0, remaining=9.0)],
        ),
        ("reached", "plus", [window("usage", 1.0, 60), weekly(0.95, 60)]),
        ("reached-long-ago", "plus", [weekly(0.95, 3600)]),
    ],
)
def test_what_still_stands_is_read(case: str, plan: str | None, windows: list[Window]) -> None:
    """Each window is dated by its line, and left out once its reset has passed."""
    assert read(payload(case)) == Reading(tuple(windows), plan)


@pytest.mark.parametrize("case", ["all-over", "future", "no-limits", "undated"])
def test_a_line_that_says_nothing_now_is_no_signal(case: str) -> None:
    """Over, from the future, without limits, or without a date."""
    answer = read(payload(case))
    assert isinstance(answer, Declined)
    assert answer.reason is Reason.NO_SIGNAL


@pytest.mark.parametrize("end_of_file", [b"", b"\n\n", b"\xff\xfe", payload("plus")[:40]])
def test_an_end_without_a_whole_line_is_no_signal(end_of_file: bytes) -> None:
    """The first line may be cut, and may be the only one."""
    answer = read(end_of_file)
    assert isinstance(answer, Declined)
    assert answer.reason is Reason.NO_SIGNAL


def line(limits: object, **members: object) -> bytes:
    """A line written now."""
    event = {"type": "token_count", "rate_limits": limits}
    return json.dumps({"timestamp": "2027-01-15T08:00:00Z", "payload": event} | members).encode()


WEEK = {"used_percent": 50.0, "window_minutes": 10080, "resets_at": LATER}


@pytest.mark.parametrize(
    ("limits", "path"),
    [
        ([], "rate_limits"),
        ({}, "rate_limits.primary"),
        ({"primary": 7}, "rate_limits.primary"),
        ({"primary": {"window_minutes": 300}}, "rate_limits.primary.used_percent"),
        ({"primary": WEEK | {"used_percent": None}}, "rate_limits.primary.used_percent"),
        ({"primary": WEEK | {"resets_at": "soon"}}, "rate_limits.primary.resets_at"),
        ({"primary": WEEK, "limit_id": 3}, "rate_limits.limit_id"),
    ],
)
def test_a_changed_line_is_malformed(limits: object, path: str) -> None:
    """A known member of another kind refuses the whole, with its place."""
    answer = read(line(limits))
    assert isinstance(answer, Malformed)
    assert answer.path == path


@pytest.mark.parametrize(
    ("limits", "scope"),
    [
        ({}, "*"),
        ({"limit_id": None}, "*"),
        ({"limit_id": "premium"}, "*"),
        ({"limit_id": "something"}, "*"),
        ({"limit_id": "codex_something"}, "codex_something"),
        ({"limit_id": "something", "limit_name": "GPT-6-Nova"}, "gpt-6-nova"),
        ({"limit_id": "codex", "normal_model_slug": "gpt-6-luna"}, "gpt-6-luna"),
    ],
)
def test_what_may_be_the_plans_own_covers_all_models(limits: dict[str, Any], scope: str) -> None:
    """A line holds one limit, so only a family's id or a name tells that it is another's."""
    answer = read(line({"primary": WEEK} | limits))
    assert isinstance(answer, Reading)
    assert [one.scope for one in answer.windows] == [scope]


def test_of_equal_lines_the_last_dates_the_window() -> None:
    """What was said again later was still true then."""
    again = line({"primary": WEEK}, timestamp="2027-01-15T07:50:00Z"), line({"primary": WEEK})
    answer = read(b"\n".join(again))
    assert isinstance(answer, Reading)
    assert [one.observed_at for one in answer.windows] == [AT]


@pytest.mark.parametrize(
    "limits",
    [
        {"primary": {"used_percent": 50.0}},
        {"primary": None, "credits": {"has_credits": True, "balance": "5"}},
        {"primary": None, "credits": {"has_credits": True, "balance": "0"}},
    ],
)
def test_what_has_no_end_says_nothing(limits: dict[str, Any]) -> None:
    """Nobody knows how long a use without length and reset, or a balance, was true."""
    answer = read(line(limits))
    assert isinstance(answer, Declined)
    assert answer.reason is Reason.NO_SIGNAL


def test_only_the_last_lines_are_looked_at() -> None:
    """A long session says the same hundreds of times."""
    fuller, now = line({"primary": WEEK | {"used_percent": 90.0}}), line({"primary": WEEK})
    near, far = b"\n".join([fuller] + [now] * 31), b"\n".join([fuller] + [now] * 32)
    uses = [
        [one.used for one in answer.windows] if isinstance(answer, Reading) else []
        for answer in (read(near), read(far))
    ]
    assert uses == [[0.9], [0.5]]


@given(st.binary(max_size=200))
def test_it_is_total_on_bytes(end_of_file: bytes) -> None:
    """Whatever a file holds, nothing raises."""
    assert isinstance(read(end_of_file), Declined)


@given(st.data())
@settings(deadline=None)
def test_it_is_total_on_damaged_lines(data: st.DataObject) -> None:
    """A file with bytes replaced or lost is read or refused, and never out of range."""
    cases = ["plus", "spark-last", "2025-instants", "spend"]
    end = bytearray(payload(data.draw(st.sampled_from(cases))))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(end)))
        end[start : start + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=3))
    answer = read(bytes(end))
    if isinstance(answer, Reading):
        assert all(0.0 <= one.used <= 10.0 for one in answer.windows)
        assert all(one.observed_at <= AT < one.ends_at for one in answer.windows)
