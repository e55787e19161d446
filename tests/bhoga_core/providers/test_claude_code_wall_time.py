"""Resets as they are said to people: without a year, sometimes without a date."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhoga_core.providers.claude_code.wall_time import next_instant

AT = 1_800_000_000.0  # 2027-01-15, 8:00 UTC


def said(text: str, year: int, month: int, day: int, hour: int, minute: int = 0) -> str | None:
    """What `text` means when it is said at that UTC instant, in ISO."""
    at = datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()
    instant = next_instant(text, at, UTC)
    return None if instant is None else datetime.fromtimestamp(instant, UTC).isoformat()[:16]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("Jan 15, 3:10pm", "2027-01-15T15:10"),
        ("Jan 15 at 3:10pm", "2027-01-15T15:10"),
        ("Jan 15, 3pm", "2027-01-15T15:00"),
        ("January 18 at 12:29am", "2027-01-18T00:29"),
        ("Jan 16, 12pm", "2027-01-16T12:00"),
        ("jan 16, 1:05 AM", "2027-01-16T01:05"),
        ("11pm", "2027-01-15T23:00"),
        ("2:09pm", "2027-01-15T14:09"),
        ("7am", "2027-01-16T07:00"),
        ("7:59am", "2027-01-15T07:59"),
    ],
)
def test_every_form_is_an_instant(text: str, instant: str) -> None:
    """Minutes and date may be missing; a time that has just passed is not tomorrow's."""
    assert said(text, 2027, 1, 15, 8) == instant


def test_a_missing_year_rolls_forward() -> None:
    """January said in December is the next year's, and yesterday is not a year away."""
    assert said("Jan 2, 9am", 2026, 12, 30, 8) == "2027-01-02T09:00"
    assert said("Dec 31, 11pm", 2027, 1, 1, 1) == "2026-12-31T23:00"
    assert said("Feb 29, 9am", 2028, 2, 25, 8) == "2028-02-29T09:00"


def test_the_zone_decides_which_day_it_is() -> None:
    """Where it is already the 16th, a time without a date is of the 16th."""
    far_east = timezone(timedelta(hours=17))
    assert next_instant("2am", AT, far_east) == AT + 3600.0


def test_an_hour_that_comes_twice_is_its_second() -> None:
    """A limit is not believed to have reset an hour before it has."""
    try:
        zone = ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        pytest.skip("no time zones on this machine")
    at = datetime(2026, 10, 24, 22, tzinfo=UTC).timestamp()
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC).timestamp()
    assert next_instant("Oct 25, 2:30am", at, zone) == second


@pytest.mark.parametrize(
    "text",
    [
        "",
        "13pm",
        "0am",
        "3:75pm",
        "Foo 3, 1pm",
        "Feb 30, 1pm",
        "Jan 0, 1pm",
        "15:10",
        "soon",
        "٣pm",
    ],
)
def test_what_is_no_instant_is_none(text: str) -> None:
    """Nothing is guessed."""
    assert next_instant(text, AT, UTC) is None


@given(
    st.text(max_size=20) | st.sampled_from(["3pm", "Jan 3, 3pm", "Dec 31 at 11:59pm"]),
    st.floats(allow_nan=True),
)
def test_it_is_total(text: str, at: float) -> None:
    """At any instant, however impossible, it answers or answers nothing."""
    instant = next_instant(text, at, UTC)
    assert instant is None or instant >= at - 86400.0
