"""The OpenAI API's headers, and Azure's."""

import pytest

from bhoga_core.providers.openai_api.headers import read_headers
from bhoga_core.window import Window, WindowKind

AT = 1_800_000_000.0


def headers_of(what: str, limit: str, remaining: str, reset: str) -> dict[str, str]:
    """The three headers of one bucket."""
    return {
        f"x-ratelimit-limit-{what}": limit,
        f"x-ratelimit-remaining-{what}": remaining,
        f"x-ratelimit-reset-{what}": reset,
    }


def test_each_bucket_is_a_rate_with_its_counts_and_reset() -> None:
    """Counts become the fraction used, the Go duration an instant; sorted by name."""
    headers = headers_of("tokens", "40000", "10000", "2m5.5s") | headers_of(
        "requests", "200", "199", "300ms"
    )
    reading = read_headers(headers, AT)
    assert reading.windows == (
        Window(
            "requests",
            0.005,
            AT,
            "headers",
            WindowKind.RATE,
            resets_at=AT + 0.3,
            limit=200.0,
            remaining=199.0,
        ),
        Window(
            "tokens",
            0.75,
            AT,
            "headers",
            WindowKind.RATE,
            resets_at=AT + 125.5,
            limit=40000.0,
            remaining=10000.0,
        ),
    )
    assert reading.ignored == 0


@pytest.mark.parametrize("what", ["project-tokens", "project-requests", "tokens_usage_based", "x"])
def test_siblings_that_may_come_are_read_like_the_known_ones(what: str) -> None:
    """A bucket nobody told bhoga of is one all the same, under its own name."""
    (window,) = read_headers(headers_of(what, "100", "0", "7s"), AT).windows
    assert (window.name, window.used) == (what.replace("-", "_"), 1.0)


def test_azures_whole_seconds_are_a_reset() -> None:
    """Azure writes the wait as a bare integer."""
    (window,) = read_headers(headers_of("tokens", "100", "25", "45"), AT).windows
    assert (window.used, window.resets_at) == (0.75, AT + 45.0)


def test_azures_sentinels_say_nothing() -> None:
    """-1, -1, 0 is "unknown", which is neither a window nor unreadable."""
    reading = read_headers(headers_of("tokens", "-1", "-1", "0"), AT)
    assert (reading.windows, reading.ignored) == ((), 0)
    (window,) = read_headers(headers_of("tokens", "-1", "0", "9"), AT).windows
    assert (window.used, window.limit) == (1.0, None)


def test_a_bucket_without_a_reset_names_none() -> None:
    """What is not said stays unknown."""
    headers = headers_of("tokens", "100", "25", "0")
    del headers["x-ratelimit-reset-tokens"]
    (window,) = read_headers(headers, AT).windows
    assert (window.resets_at, window.length) == (None, None)


@pytest.mark.parametrize(
    ("limit", "remaining", "reset", "found", "ignored"),
    [
        ("100", "some", "1s", 0, 1),
        ("some", "25", "1s", 0, 1),
        ("some", "0", "1s", 1, 1),
        ("100", "25", "soon", 1, 1),
        ("100", "25", "1000h", 1, 1),
        ("0", "25", "1s", 0, 0),
        ("100", "", "1s", 0, 0),
    ],
)
def test_what_cannot_be_read_is_counted(
    limit: str, remaining: str, reset: str, found: int, ignored: int
) -> None:
    """A bad count costs the window, a bad reset only itself."""
    reading = read_headers(headers_of("tokens", limit, remaining, reset), AT)
    assert (len(reading.windows), reading.ignored) == (found, ignored)


def test_two_spellings_of_one_bucket_are_one_window() -> None:
    """The fuller of the two stands, whatever the order of the headers."""
    one, other = headers_of("a-b", "100", "25", "1s"), headers_of("a_b", "100", "50", "1s")
    assert read_headers(one | other, AT) == read_headers(other | one, AT)
    (window,) = read_headers(one | other, AT).windows
    assert (window.name, window.used) == ("a_b", 0.75)


def test_other_headers_of_the_prefix_are_no_buckets() -> None:
    """OpenRouter's unsuffixed names and Copilot's reason are not read here."""
    headers = {
        "x-ratelimit-remaining": "5",
        "x-ratelimit-exceeded": "weekly",
        "x-ratelimit-remaining-": "5",
        "x-ratelimit-remaining-Ü": "5",
    }
    assert read_headers(headers, AT).windows == ()
