"""What `codex --non-interactive /status` prints, in every form it has had."""

import json
from collections.abc import Callable
from datetime import UTC, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from returns.result import Success

from bhoga_core.providers.openai_codex import STATUS_PROBE
from bhoga_core.providers.openai_codex.status_text import read_status
from bhoga_core.reading import Declined, Malformed, Reading, Reason
from bhoga_core.window import Window, WindowKind

AT = 1_800_000_000.0
"""08:00 UTC on Friday, 15 January 2027."""

HOUR, DAY = 3600.0, 86400.0
SOURCE = "codex /status"
SPARK = "gpt-5.3-codex-spark"
PAYLOADS = Path(__file__).parent / "payloads" / "openai_codex"


def utc(_name: str) -> tzinfo:
    """Every zone is UTC."""
    return UTC


def payload(case: str) -> bytes:
    """The fixture of a case."""
    return (PAYLOADS / f"status.{case}").read_bytes()


def read(
    stdout: bytes, zones: Callable[[str], tzinfo | None] = utc
) -> Reading | Malformed | Declined:
    """What the parser makes of it, unwrapped."""
    answer = read_status(stdout, AT, zones)
    return answer.unwrap() if isinstance(answer, Success) else answer.failure()


def window(name: str, used: float, **facts: Any) -> Window:
    """A window of this source, read now."""
    return Window(name, pytest.approx(used), AT, SOURCE, **facts)


def burst(used: float, resets_in: float, **facts: Any) -> Window:
    """A window of five hours."""
    return window("burst", used, length=18000.0, resets_at=AT + resets_in, **facts)


def weekly(used: float, resets_in: float, **facts: Any) -> Window:
    """A window of seven days."""
    return window("weekly", used, length=604800.0, resets_at=AT + resets_in, **facts)


def clock(days: int, hours: int, minutes: int) -> float:
    """Seconds from now (08:00) to a time of day some days on."""
    return days * DAY + (hours - 8) * HOUR + minutes * 60.0


@pytest.mark.parametrize(
    ("case", "windows"),
    [
        (
            "plus.txt",
            [
                burst(0.37, clock(0, 9, 12)),
                window("credits", 0.0, kind=WindowKind.EXTRA, remaining=41.0),
                weekly(0.61, clock(4, 8, 1)),
            ],
        ),
        (
            "spark.txt",
            [
                burst(0.03, clock(0, 12, 57), scope=SPARK),
                weekly(0.28, clock(4, 10, 32)),
                weekly(0.12, clock(6, 14, 57), scope=SPARK),
            ],
        ),
        (
            "wrapped.txt",
            [
                burst(0.09, clock(1, 7, 27), scope=SPARK),
                weekly(0.34, clock(3, 18, 24)),
                weekly(0.06, clock(0, 16, 27), scope="gpt-reserve"),
            ],
        ),
        (
            "bare.txt",
            [
                weekly(1.0, clock(0, 12, 18)),
                weekly(0.05, clock(5, 15, 31), scope="luna reserve"),
            ],
        ),
        ("monthly-used.txt", [window("monthly", 0.12, resets_at=AT + clock(23, 7, 8))]),
        (
            "unlimited.txt",
            [window("credits", 0.0, kind=WindowKind.EXTRA), weekly(0.95, clock(4, 8, 1))],
        ),
        (
            "new-kinds.txt",
            [
                window("1d", 0.2, length=DAY, resets_at=AT + clock(1, 7, 0)),
                window("annual", 0.3),
                window("fortnight", 0.4),
            ],
        ),
        (
            "app-server.json",
            [burst(0.42, 4321.0), weekly(0.18, 345_678.0)],
        ),
        ("usage-body.json", [weekly(0.31, 345_678.0)]),
        (
            "usage-body-full.json",
            [
                burst(0.99, 600.0),
                window("credits", 0.0, kind=WindowKind.EXTRA, remaining=3.5),
                window("spend", 0.75, resets_at=AT + DAY, limit=200.0, remaining=50.0),
                window("usage", 1.0),
                window("usage", 1.0, scope="gpt-6-luna"),
                weekly(0.45, 345_678.0),
                weekly(0.1, 345_678.0, scope="gpt-6-luna"),
            ],
        ),
    ],
)
def test_every_form_is_read(case: str, windows: list[Window]) -> None:
    """Left and used, framed and bare, wrapped and headed, JSON and text."""
    answer = read(payload(case))
    assert isinstance(answer, Reading)
    assert list(answer.windows) == windows
    assert answer.ignored == 0


@pytest.mark.parametrize(
    ("stdout", "reason"),
    [
        (payload("no-flag.txt"), Reason.UNSUPPORTED),
        (b"", Reason.UNSUPPORTED),
        (b" \n", Reason.UNSUPPORTED),
        (payload("stale.txt"), Reason.UNAVAILABLE),
        (payload("stale-cut.txt"), Reason.UNAVAILABLE),
        (payload("refresh.txt"), Reason.UNAVAILABLE),
    ],
)
def test_why_there_is_no_answer(stdout: bytes, reason: Reason) -> None:
    """A build that knows no such flag, and numbers that Codex itself calls old."""
    answer = read(stdout)
    assert isinstance(answer, Declined)
    assert answer.reason is reason


@pytest.mark.parametrize(
    ("stdout", "path"),
    [
        (payload("only-spark.txt"), ""),
        (payload("own-below-heading.txt"), ""),
        (payload("own-between-headings.txt"), ""),
        (payload("no-number.txt"), "5h limit"),
        (b"Weekly limit: [] 120% left", "Weekly limit"),
        (b"Weekly limit: [] 20% spare", "Weekly limit"),
        (b"Weekly limit: [] 20% left\nFortnight limit: [] 20% spare", "Fortnight limit"),
        (b"Weekly limit: [] 20% left\nMonthly: [] 10% left", "line 2"),
        (b"a file says: Weekly limit: [] 20% left", "line 1"),
        (b"Context window: 30% left", ""),
        (b"{", ""),
        (b"{}", "rate_limit"),
        (b'{"result": 1}', "result"),
        (b'{"rate_limit": {"primary_window": {}}}', "rate_limit.primary_window.used_percent"),
        (b'{"rate_limit": {"primary": {"used_percent": "x"}}}', "rate_limit.primary.used_percent"),
        (b'{"rate_limit": null, "more": [{"used_percent": 5}]}', "more[0]"),
        (b'{"result": {"rate_limit": null}, "primary": {"used_percent": 5}}', "primary"),
    ],
)
def test_what_might_overstate_is_malformed(stdout: bytes, path: str) -> None:
    """No row of the plan's own, one twice, or one without its number."""
    answer = read(stdout)
    assert isinstance(answer, Malformed)
    assert answer.path == path


@pytest.mark.parametrize(
    ("zone", "written", "hours"),
    [
        (timezone(timedelta(hours=2)), "11:00", 1.0),
        (timezone(timedelta(hours=2)), "09:59", 23.0 + 59.0 / 60.0),
        (timezone(timedelta(hours=-9)), "00:30 on 15 Jan", 1.5),
    ],
)
def test_a_reset_is_the_next_in_the_machines_zone(zone: tzinfo, written: str, hours: float) -> None:
    """No zone is written, so it is this machine's, and what has passed is the next day's."""
    asked: list[str] = []

    def zones(name: str) -> tzinfo:
        asked.append(name)
        return zone

    answer = read(f"Weekly limit: [] 20% left (resets {written})".encode(), zones)
    assert answer == Reading((weekly(0.8, hours * HOUR),))
    assert asked == [""]


@pytest.mark.parametrize("written", ["25:00", "soon", "10:00 on 31 Feb", "10:00 on 1 Nov", ""])
def test_a_reset_that_is_none_is_counted(written: str) -> None:
    """The use stands, without a reset."""
    answer = read(f"Weekly limit: [] 20% left (resets {written})".encode())
    assert answer == Reading((window("weekly", 0.8, length=604800.0),), ignored=int(written != ""))


def test_without_a_zone_there_is_no_reset() -> None:
    """A machine that does not know its zone cannot place a local time."""
    answer = read(payload("plus.txt"), lambda _name: None)
    assert isinstance(answer, Reading)
    assert [one.resets_at for one in answer.windows] == [None, None, None]
    assert answer.ignored == 2


@pytest.mark.parametrize("between", ["Other: x", "", "│  │", "Token limit: 272K"])
def test_what_follows_something_else_is_the_plans_own(between: str) -> None:
    """A heading holds for the rows right below it."""
    text = f"Spark limit:\n5h limit: 90% left\n{between}\n5h limit: 10% left\n"
    answer = read(text.encode())
    assert isinstance(answer, Reading)
    assert [(one.scope, one.used) for one in answer.windows] == [
        ("*", pytest.approx(0.9)),
        ("spark", pytest.approx(0.1)),
    ]


@pytest.mark.parametrize(
    "said",
    [
        {"allowed": False},
        {"limit_reached": True},
        {"type": "rate_limit_reached"},
        {"type": "something_new"},
    ],
)
def test_a_closed_limit_is_closed_however_little_is_used(said: dict[str, Any]) -> None:
    """The usage endpoint says it in three places, each of which is enough."""
    slots = {"primary_window": {"used_percent": 4}, "secondary_window": None}
    reached = said if "type" in said else None
    body = {"rate_limit": slots | said, "rate_limit_reached_type": reached}
    answer = read(json.dumps(body).encode())
    assert isinstance(answer, Reading)
    assert answer.windows == (window("primary", 0.04), window("usage", 1.0))


def test_colours_are_no_part_of_the_text() -> None:
    """A program that thinks it writes to a terminal colours its words."""
    answer = read(b"\x1b[1mWeekly limit:\x1b[0m [] \x1b[32m20% left\x1b[0m")
    assert answer == Reading((window("weekly", 0.8, length=604800.0),))


def test_the_command_is_the_documented_one() -> None:
    """Never `codex exec`, which asks a model; and no login from the environment."""
    assert STATUS_PROBE.argv == ("codex", "--non-interactive", "/status")
    assert "CODEX_ACCESS_TOKEN" in STATUS_PROBE.strip_env


@given(
    st.binary(max_size=200)
    | st.text("│ 5hWeekly limit:[]█%()0123456789\nresets", max_size=200).map(str.encode)
)
def test_it_is_total(stdout: bytes) -> None:
    """Whatever is printed, nothing raises."""
    read(stdout)


@given(st.data())
@settings(deadline=None)
def test_it_is_total_on_damaged_text(data: st.DataObject) -> None:
    """A panel with characters replaced or lost is read or refused, and never out of range."""
    cases = ["plus.txt", "spark.txt", "wrapped.txt", "usage-body-full.json"]
    text = payload(data.draw(st.sampled_from(cases))).decode()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        text = text[:start] + data.draw(st.text(max_size=3)) + text[start + 3 :]
    answer = read(text.encode("utf-8", "surrogatepass"))
    if isinstance(answer, Reading):
        assert all(0.0 <= one.used <= 10.0 for one in answer.windows)
