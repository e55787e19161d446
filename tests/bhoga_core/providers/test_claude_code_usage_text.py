"""The text of `claude -p /usage`: its lines, its resets, and what it prints instead."""

from datetime import UTC, timedelta, timezone, tzinfo
from pathlib import Path

import pytest
from returns.result import Failure, Success

from bhoga_core.providers.claude_code.usage_text import read_usage_text
from bhoga_core.reading import Answer, Declined, Malformed, Reading, Reason
from bhoga_core.window import EVERY_MODEL, Window, WindowKind

PAYLOADS = Path(__file__).parent / "payloads" / "claude_code"
AT = 1_800_000_000.0  # 2027-01-15, 8:00 UTC
HOUR, DAY = 3600.0, 86400.0
ZONES: dict[str, tzinfo] = {
    "": UTC,
    "UTC": UTC,
    "America/Chicago": timezone(timedelta(hours=-6)),
    "Asia/Tokyo": timezone(timedelta(hours=9)),
}
SESSION = "Current session: 34% used · resets "


def read(text: str) -> Answer:
    """What a text is read as."""
    return read_usage_text(text.encode(), AT, ZONES.get)


def payload(name: str) -> bytes:
    """What a run printed."""
    return (PAYLOADS / f"usage-text.{name}").read_bytes()


def stated(answer: Answer) -> list[tuple[str, str, float, float | None]]:
    """Name, scope, fraction used and reset of every window, of which all could be read."""
    assert isinstance(answer, Success), answer
    assert answer.unwrap().ignored == 0
    return [(one.name, one.scope, one.used, one.resets_at) for one in answer.unwrap().windows]


COMMA = [
    ("burst", EVERY_MODEL, 0.34, AT + 2 * HOUR + 1200.0),
    ("weekly", EVERY_MODEL, 0.125, AT + 3 * DAY),
    ("weekly", "fable", 0.27, AT + 3 * DAY),
]


@pytest.mark.parametrize(
    ("name", "windows"),
    [
        ("comma.txt", COMMA),
        ("envelope.json", COMMA),
        (
            "at.txt",
            [
                ("burst", EVERY_MODEL, 0.61, AT + 2 * HOUR + 600.0),
                ("weekly", EVERY_MODEL, 0.45, AT + 3 * DAY),
            ],
        ),
        (
            "idle.txt",
            [
                ("burst", EVERY_MODEL, 0.03, AT + 2 * HOUR),
                ("weekly", EVERY_MODEL, 0.0, AT + 3 * DAY),
                ("weekly", "sonnet", 0.0, None),
            ],
        ),
        (
            "overages.txt",
            [
                ("burst", EVERY_MODEL, 1.0, AT + 2 * HOUR),
                ("current_month", EVERY_MODEL, 0.8, AT + 16 * DAY),
                ("extra_usage", EVERY_MODEL, 0.4, None),
                ("weekly", EVERY_MODEL, 0.55, AT + 3 * DAY),
            ],
        ),
        (
            "panel.txt",
            [
                ("burst", EVERY_MODEL, 0.34, AT + 2 * HOUR + 600.0),
                ("weekly", EVERY_MODEL, 0.18, AT + 3 * DAY),
            ],
        ),
    ],
)
def test_each_form_is_read_to_its_windows(name: str, windows: object) -> None:
    """Percent, both forms of a reset, no year, the zone in brackets; nothing below the windows."""
    answer = read_usage_text(payload(name), AT, ZONES.get)
    assert stated(answer) == windows


def test_a_window_has_its_length_and_its_source() -> None:
    """Lengths are not written out: they are known by the label, or not known."""
    answer = read_usage_text(payload("overages.txt"), AT, ZONES.get)
    assert isinstance(answer, Success)
    burst, month, extra, weekly = answer.unwrap().windows
    assert (burst.length, month.length, weekly.length) == (5 * HOUR, None, 7 * DAY)
    assert extra.kind is WindowKind.EXTRA
    assert {one.source for one in answer.unwrap().windows} == {"claude /usage"}
    assert answer.unwrap().plan is None


@pytest.mark.parametrize(
    ("label", "scope"),
    [
        ("", EVERY_MODEL),
        (" (all models)", EVERY_MODEL),
        (" (All Models)", EVERY_MODEL),
        (" (Fable)", "fable"),
        (" (Fable 5.1)", "fable"),
        (" (Sonnet only)", "sonnet"),
        (" (Opus)", "opus"),
        (" (Mythos)", "mythos"),
    ],
)
def test_the_brackets_name_the_model(label: str, scope: str) -> None:
    """Its token is the one that its models have."""
    assert stated(read(f"Current week{label}: 5% used")) == [("weekly", scope, 0.05, None)]


@pytest.mark.parametrize("rest", ["Jan 15, 4am (Mars/Olympus)", "soon (UTC)", "Feb 30, 1am (UTC)"])
def test_a_reset_that_cannot_be_read_costs_only_itself(rest: str) -> None:
    """An unknown zone, or no instant: counted, and the window stays."""
    window = Window("burst", 0.34, AT, "claude /usage", length=5 * HOUR)
    assert read(SESSION + rest) == Success(Reading((window,), ignored=1))


def test_without_brackets_the_zone_is_the_machines() -> None:
    """The resolver is asked for the zone of no name."""
    assert stated(read(f"{SESSION}9am")) == [("burst", EVERY_MODEL, 0.34, AT + HOUR)]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("logged-out", Reason.EXPIRED),
        ("not-logged-in", Reason.NO_LOGIN),
        ("subscription-only", Reason.UNAVAILABLE),
        ("cost-only", Reason.NO_LOGIN),
        ("estimated-cost-only", Reason.NO_LOGIN),
        ("api-key", Reason.NO_LOGIN),
        ("unknown-option", Reason.UNSUPPORTED),
        ("not-available", Reason.UNSUPPORTED),
        ("empty", Reason.UNAVAILABLE),
    ],
)
def test_what_it_prints_instead_says_why(name: str, reason: Reason) -> None:
    """The exit code is 0 in all of these, so the words have to tell."""
    answer = read_usage_text(payload(f"{name}.txt"), AT, ZONES.get)
    assert isinstance(answer, Failure)
    declined = answer.failure()
    assert isinstance(declined, Declined)
    assert declined.reason is reason


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Hello", ""),
        ('{"result": null}', "result"),
        ('{"result": 5}', "result"),
        ("Current week: 5% used\nCurrent session: 66% left", "line 2"),
        ("Current week: 5% used\nCurrent session: unknown", "line 2"),
        ("Current week: 5% used\nAt 40% used you are warned", "line 2"),
        ("Current week (Fable)(new): 5% used", "line 1"),
        ("Current moon: 5% used", ""),
        ("Current session: 5% used\nCurrent week (Fable): 9% used", ""),
        ("Current week: 5% used\nCurrent\u0007moon: 5% used", "line 2"),
        ("98% of your usage was at >150k context", ""),
    ],
)
def test_a_text_of_another_form_is_malformed(text: str, path: str) -> None:
    """A line that looks like a window and is none refuses all: left out, it would be believed."""
    answer = read(text)
    assert isinstance(answer, Failure)
    problem = answer.failure()
    assert isinstance(problem, Malformed)
    assert problem.path == path
