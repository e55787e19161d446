"""The headers of Anthropic's subscription."""

import pytest

from bhoga_core.naming import scope_token
from bhoga_core.providers.claude_code.headers import read_headers
from bhoga_core.window import EVERY_MODEL, Window, WindowKind

AT = 1_800_000_000.0
HOUR, DAY = 3600.0, 86400.0
SOON, LATER = AT + 2 * HOUR, AT + 3 * DAY
FABLE = scope_token("claude-fable-5")


def unified(**fields: str) -> dict[str, str]:
    """The headers of these fields; `_` stands for `-`, `__` for `_`, a leading `w` for nothing."""
    names = [key.removeprefix("w").replace("__", "§").replace("_", "-") for key in fields]
    prefix = "anthropic-ratelimit-unified-"
    return {
        prefix + name.replace("§", "_"): text
        for name, text in zip(names, fields.values(), strict=True)
    }


def found(headers: dict[str, str]) -> list[tuple[str, str, float, float | None]]:
    """Name, scope, fraction used and reset of every window in `headers`."""
    windows = read_headers(headers, AT).windows
    return [(window.name, window.scope, window.used, window.resets_at) for window in windows]


def test_the_windows_are_read_with_their_lengths_and_resets() -> None:
    """5h is `burst`, 7d is `weekly`, and utilization is a fraction already."""
    reading = read_headers(
        unified(
            status="allowed",
            w7d_status="allowed_warning",
            w7d_reset=str(int(LATER)),
            w7d_utilization="0.83",
            w7d_surpassed_threshold="0.75",
            w5h_status="allowed",
            w5h_reset=str(int(SOON)),
            w5h_utilization="0.2",
            representative_claim="seven_day",
            reset=str(int(LATER)),
            fallback_percentage="0.5",
        ),
        AT,
    )
    assert reading.windows == (
        Window("burst", 0.2, AT, "headers", length=5 * HOUR, resets_at=SOON),
        Window("weekly", 0.83, AT, "headers", length=7 * DAY, resets_at=LATER),
    )
    assert (reading.plan, reading.ignored) == (None, 0)


@pytest.mark.parametrize(
    ("label", "name", "model"),
    [
        ("7d__oi", "weekly", "claude-fable-5"),
        ("7d_oi", "weekly", "claude-fable-5"),
        ("7d__opus", "weekly", "claude-opus-4-1"),
        ("7d__sonnet", "weekly", "claude-sonnet-4"),
        ("7d__mythos", "weekly", "claude-mythos-6"),
        ("5h__opus", "burst", "claude-opus-4-1"),
        ("30d__oi", "monthly", "claude-fable-5"),
    ],
)
def test_a_suffix_scopes_a_window_to_its_model(label: str, name: str, model: str) -> None:
    """The scope is the token of the model, with an underscore or, behind a proxy, a hyphen."""
    headers = unified(**{f"w{label}_utilization": "0.4"})
    assert found(headers) == [(name, scope_token(model), 0.4, None)]


@pytest.mark.parametrize(
    ("label", "name", "length"),
    [
        ("30d", "monthly", 30 * DAY),
        ("1h", "1h", HOUR),
        ("90m", "90m", 5400.0),
        ("3d", "3d", 3 * DAY),
        ("168h", "weekly", 7 * DAY),
    ],
)
def test_a_window_yet_unknown_is_called_by_its_length(label: str, name: str, length: float) -> None:
    """A new window needs no new code."""
    (window,) = read_headers(unified(**{f"w{label}_utilization": "0.4"}), AT).windows
    assert (window.name, window.length, window.scope) == (name, length, EVERY_MODEL)


@pytest.mark.parametrize(
    ("text", "used"), [("1.05", 1.05), ("-0.0", 0.0), ("-0.2", 0.0), ("63", 10.0), ("0", 0.0)]
)
def test_utilization_may_exceed_one_and_is_never_negative(text: str, used: float) -> None:
    """Overuse is kept, negatives are nothing used, and no unit is guessed."""
    ((_, _, read, _),) = found(unified(w5h_utilization=text))
    assert repr(read) == repr(used)


def test_a_rejected_window_is_spent_whatever_its_number() -> None:
    """`rejected` says more than a utilization, and needs none."""
    assert found(unified(w7d_status="rejected", w5h_status="rejected", w5h_utilization="0.7")) == [
        ("burst", EVERY_MODEL, 1.0, None),
        ("weekly", EVERY_MODEL, 1.0, None),
    ]
    ((_, _, used, _),) = found(unified(w5h_status="rejected", w5h_utilization="1.2"))
    assert used == 1.2


def test_a_rejection_of_one_models_window_leaves_the_others() -> None:
    """Where a window is rejected by name, the overall status adds nothing."""
    headers = unified(
        status="rejected",
        w5h_status="allowed",
        w5h_utilization="0.0",
        w7d__oi_status="rejected",
        w7d__oi_utilization="1.0",
        w7d__oi_reset=str(int(LATER)),
        representative_claim="five_hour",
        reset=str(int(SOON)),
    )
    assert found(headers) == [
        ("burst", EVERY_MODEL, 0.0, SOON),
        ("weekly", FABLE, 1.0, LATER),
    ]


@pytest.mark.parametrize(
    ("claim", "name", "scope"),
    [
        ("five_hour", "burst", EVERY_MODEL),
        ("seven_day", "weekly", EVERY_MODEL),
        ("seven_day_overage_included", "weekly", FABLE),
        ("seven_day_opus", "weekly", "opus"),
    ],
)
def test_an_overall_rejection_is_of_the_claims_window(claim: str, name: str, scope: str) -> None:
    """The representative claim names what was rejected, the unnamed reset is its own."""
    headers = unified(status="rejected", representative_claim=claim, reset=str(int(SOON)))
    assert found(headers) == [(name, scope, 1.0, SOON)]


@pytest.mark.parametrize("claim", ["overage", "thirty_day", "", "five_hour_*"])
def test_a_claim_that_names_no_window_rejects_none(claim: str) -> None:
    """Only what is said is kept: here the numbers of the windows."""
    headers = unified(status="rejected", representative_claim=claim, w5h_utilization="0.3")
    assert found(headers) == [("burst", EVERY_MODEL, 0.3, None)]


def test_an_unnamed_utilization_belongs_to_the_claims_window() -> None:
    """Unless that window has one of its own."""
    overall = unified(utilization="0.05", representative_claim="five_hour", reset=str(int(SOON)))
    assert found(overall) == [("burst", EVERY_MODEL, 0.05, SOON)]
    own = unified(w5h_utilization="0.06", w5h_reset=str(int(SOON + 60)))
    assert found(overall | own) == [("burst", EVERY_MODEL, 0.06, SOON + 60)]


def test_a_claim_and_a_reset_alone_say_nothing_of_use() -> None:
    """The oldest form of the headers has no numbers, and a warning is no block."""
    for status in ("allowed", "allowed_warning"):
        headers = unified(status=status, representative_claim="five_hour", reset=str(int(SOON)))
        assert found(headers) == []
    assert found(unified(w5h_status="allowed_warning", w5h_reset=str(int(SOON)))) == []


def test_overage_is_one_extra_window() -> None:
    """Extra usage is shown, and its rejection spends nothing."""
    headers = unified(
        overage_status="rejected",
        overage_utilization="1.05",
        overage_reset=str(int(LATER)),
        overage_disabled_reason="any",
        status="allowed",
    )
    assert read_headers(headers, AT).windows == (
        Window("overage", 1.05, AT, "headers", WindowKind.EXTRA, resets_at=LATER),
    )
    assert found(unified(overage_status="rejected", status="rejected")) == []


@pytest.mark.parametrize(
    ("headers", "windows", "ignored"),
    [
        (unified(w5h_utilization="half"), 0, 1),
        (unified(w5h_utilization="1e9"), 0, 1),
        (unified(w5h_utilization="0.5", w5h_reset="soon"), 1, 1),
        (unified(w5h_utilization="0.5", w5h_reset=str(int(SOON * 1000))), 1, 1),
        (unified(w0h_utilization="0.5", w9999d_utilization="0.5", moon_utilization="0.5"), 0, 3),
        (unified(w5h_utilization="", w5h_reset=""), 0, 0),
        (unified(utilization="half", reset="soon"), 0, 2),
    ],
)
def test_what_cannot_be_read_is_counted(
    headers: dict[str, str], windows: int, ignored: int
) -> None:
    """A bad number costs itself, and a window of no known length itself alone."""
    reading = read_headers(headers, AT)
    assert (len(reading.windows), reading.ignored) == (windows, ignored)


def test_two_labels_of_one_window_are_one() -> None:
    """The fuller of the two stands, whatever the order of the headers."""
    one, other = unified(w7d_utilization="0.4"), unified(w168h_utilization="0.6")
    assert found(one | other) == found(other | one) == [("weekly", EVERY_MODEL, 0.6, None)]
