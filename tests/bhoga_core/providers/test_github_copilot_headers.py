"""GitHub Copilot's headers."""

import pytest

from bhoga_core.providers.github_copilot.headers import read_headers
from bhoga_core.window import Window, WindowKind

AT = 1_800_000_000.0  # 2027-01-15T08:00:00Z
MONTH_END = 1_801_440_000.0  # 2027-02-01T00:00:00Z
PREMIUM = "x-quota-snapshot-premium_interactions"


def test_a_snapshot_is_percent_left_with_counts_and_reset() -> None:
    """`rem` is percent, `totRem` the count, `rst` an encoded ISO instant."""
    text = "ent=400&ov=0.0&ovPerm=false&rem=62.5&rst=2027-02-01T00%3A00%3A00Z&totRem=250.0"
    reading = read_headers({PREMIUM: text}, AT)
    assert reading.windows == (
        Window(
            "premium",
            0.375,
            AT,
            "headers",
            WindowKind.ALLOWANCE,
            resets_at=MONTH_END,
            limit=400.0,
            remaining=250.0,
        ),
    )
    assert reading.ignored == 0


def test_every_header_has_its_window() -> None:
    """Session and week have lengths; an editor's completions gate nothing."""
    text = "ent=10&rem=50"
    names = ("chat", "completions", "premium_interactions", "premium_models")
    headers = {f"x-quota-snapshot-{name}": text for name in names}
    headers |= {f"x-usage-ratelimit-{name}": text for name in ("session", "weekly")}
    windows = read_headers(headers, AT).windows
    assert [(window.name, window.kind.value, window.length) for window in windows] == [
        ("burst", "allowance", 18000.0),
        ("chat", "allowance", None),
        ("completions", "extra", None),
        ("premium", "allowance", None),
        ("weekly", "allowance", 604800.0),
    ]


def test_a_session_needs_no_entitlement() -> None:
    """Its `ent=0` means nothing: percent and reset do."""
    text = "ent=0&ov=0.0&ovPerm=false&rem=12.5&rst=2027-01-15T10%3A30%3A00Z"
    (window,) = read_headers({"x-usage-ratelimit-session": text}, AT).windows
    assert (window.used, window.resets_at, window.limit) == (0.875, AT + 9000.0, None)


@pytest.mark.parametrize(
    ("text", "used", "limit", "remaining"),
    [
        ("ent=-1&rem=100.0&totRem=-1", 0.0, None, None),
        ("ent=-1&rem=0&totRem=0", 0.0, None, 0.0),
        ("ent=200&rem=-10.0&totRem=-20", 1.1, 200.0, None),
        ("ent=200&ov=50&ovPerm=true&rem=0.0", 1.25, 200.0, None),
        ("ent=200&ov=50&ovPerm=true&rem=3.0", 1.25, 200.0, None),
        ("ent=1&ov=5000&rem=0", 10.0, 1.0, None),
        ("ent=200&totRem=50", 0.75, 200.0, 50.0),
        ("rem=80", 0.2, None, None),
        ("ov=2&rem=80", 1.0, None, None),
        ("ent=200&rem=110", 0.0, 200.0, None),
    ],
)
def test_unlimited_overage_and_parts(
    text: str, used: float, limit: float | None, remaining: float | None
) -> None:
    """Unlimited is untouched, what is used beyond the entitlement is over one."""
    (window,) = read_headers({PREMIUM: text}, AT).windows
    assert (window.used, window.limit, window.remaining) == (used, limit, remaining)


@pytest.mark.parametrize(
    ("text", "ignored"),
    [
        ("", 0),
        ("ent=0&rem=0.0&totRem=0", 0),
        ("ent=200", 0),
        ("totRem=5", 0),
        ("ent=200&rem=most", 1),
        ("ent=lots&rem=50", 1),
        ("ent=0&rem=50&rst=soon", 1),
        ("&&==&rem", 0),
        ("%ff%00=%zz", 0),
    ],
)
def test_what_says_nothing_is_no_window(text: str, ignored: int) -> None:
    """Not offered is not exhausted, and what cannot be read is counted."""
    reading = read_headers({PREMIUM: text}, AT)
    assert (reading.windows, reading.ignored) == ((), ignored)


@pytest.mark.parametrize(
    ("rst", "resets_at", "ignored"),
    [
        ("2027-02-01T00:00:00Z", MONTH_END, 0),
        ("2027-02-01T01:00:00+01:00", MONTH_END, 0),
        ("2027-02-01T01%3A00%3A00%2B01%3A00", MONTH_END, 0),
        ("2027-02-01", None, 1),
        ("0001-01-01T00:00:00Z", None, 1),
        ("", None, 0),
    ],
)
def test_a_reset_may_be_encoded_or_not(rst: str, resets_at: float | None, ignored: int) -> None:
    """A placeholder or a date of another form costs the reset alone."""
    reading = read_headers({PREMIUM: f"ent=5&rem=50&rst={rst}"}, AT)
    (window,) = reading.windows
    assert (window.resets_at, reading.ignored) == (resets_at, ignored)


def test_premium_interactions_win_over_premium_models() -> None:
    """Of two names for one allowance the newer wins, unless it says nothing."""
    models = {"x-quota-snapshot-premium_models": "ent=10&rem=90"}
    (both,) = read_headers(models | {PREMIUM: "ent=10&rem=40"}, AT).windows
    (silent,) = read_headers(models | {PREMIUM: "ent=0&rem=0"}, AT).windows
    assert (both.used, silent.used) == (0.6, 0.1)


def test_the_reason_of_a_429_is_no_window() -> None:
    """How long to wait stands in `retry-after`."""
    headers = {"x-ratelimit-exceeded": "some-7-day-key:user", "retry-after": "90"}
    assert read_headers(headers, AT).windows == ()
