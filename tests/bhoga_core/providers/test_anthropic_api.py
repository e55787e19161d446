"""The Anthropic API's headers."""

import pytest

from bhoga_core.providers.anthropic_api.headers import read_headers
from bhoga_core.window import EVERY_MODEL, Window, WindowKind

AT = 1_800_000_000.0  # 2027-01-15T08:00:00Z
RATE = "anthropic-ratelimit"


def test_each_limit_is_a_rate_with_its_counts_and_reset() -> None:
    """Counts become the fraction used, the RFC 3339 reset a Unix second; sorted by name."""
    reading = read_headers(
        {
            f"{RATE}-requests-limit": "50",
            f"{RATE}-requests-remaining": "40",
            f"{RATE}-requests-reset": "2027-01-15T08:00:12Z",
            f"{RATE}-input-tokens-limit": "30000",
            f"{RATE}-input-tokens-remaining": "6000",
            f"{RATE}-input-tokens-reset": "2027-01-15T09:00:30.5+01:00",
            "date": "Fri, 15 Jan 2027 08:00:00 GMT",
        },
        AT,
    )
    assert reading.windows == (
        Window(
            "input_tokens",
            0.8,
            AT,
            "headers",
            WindowKind.RATE,
            EVERY_MODEL,
            60.0,
            AT + 30.5,
            limit=30000.0,
            remaining=6000.0,
        ),
        Window(
            "requests",
            0.2,
            AT,
            "headers",
            WindowKind.RATE,
            EVERY_MODEL,
            60.0,
            AT + 12.0,
            limit=50.0,
            remaining=40.0,
        ),
    )
    assert reading.ignored == 0


def test_all_six_limits_are_read_and_the_priority_tier_is_extra() -> None:
    """Capacity bought for the priority tier neither gates nor gives headroom."""
    kinds = ("ratelimit-input", "ratelimit-output", "priority-input", "priority-output")
    headers = {f"anthropic-{kind}-tokens-remaining": "0" for kind in kinds}
    headers |= {f"{RATE}-requests-remaining": "0", f"{RATE}-tokens-remaining": "0"}
    windows = read_headers(headers, AT).windows
    assert [(window.name, window.kind.value) for window in windows] == [
        ("input_tokens", "rate"),
        ("output_tokens", "rate"),
        ("priority_input_tokens", "extra"),
        ("priority_output_tokens", "extra"),
        ("requests", "rate"),
        ("tokens", "rate"),
    ]


@pytest.mark.parametrize(
    ("limit", "remaining", "used"),
    [("50", "0", 1.0), ("0", "0", 1.0), ("", "0", 1.0), ("50", "60", 0.0), ("50", "-5", 1.0)],
)
def test_the_edges_of_the_counts(limit: str, remaining: str, used: float) -> None:
    """Nothing left is spent even without a limit; more left than the limit is untouched."""
    headers = {f"{RATE}-requests-limit": limit, f"{RATE}-requests-remaining": remaining}
    (window,) = read_headers(headers, AT).windows
    assert window.used == used


@pytest.mark.parametrize(
    ("headers", "ignored"),
    [
        ({}, 0),
        ({"limit": "50"}, 0),
        ({"limit": "50", "remaining": ""}, 0),
        ({"limit": "0", "remaining": "7"}, 0),
        ({"remaining": "7"}, 0),
        ({"limit": "50", "remaining": "many"}, 1),
        ({"limit": "fifty", "remaining": "7"}, 1),
        ({"limit": "1e300", "remaining": "7", "reset": "soon"}, 2),
    ],
)
def test_what_the_counts_do_not_say_stays_unknown(headers: dict[str, str], ignored: int) -> None:
    """Without both counts there is no window, and what cannot be read is counted."""
    reading = read_headers({f"{RATE}-tokens-{key}": text for key, text in headers.items()}, AT)
    assert (reading.windows, reading.ignored) == ((), ignored)


@pytest.mark.parametrize("reset", ["soon", "2028-01-15T08:00:00Z", "1800000012"])
def test_a_reset_that_cannot_be_is_left_out(reset: str) -> None:
    """A bad reset costs the reset, not the window."""
    headers = {"limit": "50", "remaining": "25", "reset": reset}
    reading = read_headers({f"{RATE}-requests-{key}": text for key, text in headers.items()}, AT)
    (window,) = reading.windows
    assert (window.used, window.resets_at, reading.ignored) == (0.5, None, 1)
