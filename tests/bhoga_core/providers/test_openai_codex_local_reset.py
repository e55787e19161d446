"""Resets written for people, in local time and without a year."""

from datetime import UTC, datetime, timedelta, timezone
from math import inf, nan
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhoga_core.providers.openai_codex.local_reset import local_reset


def seconds(text: str) -> float:
    """The Unix second of an ISO instant."""
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("at", "written", "expected"),
    [
        ("2027-01-15T08:00:00+00:00", "09:12", "2027-01-15T09:12:00+00:00"),
        ("2027-01-15T08:00:00+00:00", "07:59", "2027-01-16T07:59:00+00:00"),
        ("2027-01-15T08:00:30+00:00", "08:00", "2027-01-15T08:00:00+00:00"),
        ("2026-12-31T23:00:00+00:00", "03:00 on 1 Jan", "2027-01-01T03:00:00+00:00"),
        ("2027-12-31T23:00:00+00:00", "9:05", "2028-01-01T09:05:00+00:00"),
        ("2028-02-20T00:00:00+00:00", "03:00 on 29 Feb", "2028-02-29T03:00:00+00:00"),
    ],
)
def test_it_is_the_next_such_instant(at: str, written: str, expected: str) -> None:
    """Today or tomorrow, this year or the next; the minute that runs is not over."""
    assert local_reset(written, seconds(at), UTC) == seconds(expected)


@pytest.mark.parametrize(
    "written", ["", "24:00", "09:60", "09:12 on 31 Feb", "09:12 on 5 May", "9"]
)
def test_anything_else_is_none(written: str) -> None:
    """Not a time, no such day, or further off than any window is long."""
    assert local_reset(written, seconds("2027-01-15T08:00:00+00:00"), UTC) is None


def test_no_zone_no_instant() -> None:
    """A local time needs a place."""
    assert local_reset("09:12", 0.0, None) is None


def test_an_hour_that_comes_twice_is_the_one_to_come() -> None:
    """When summer ends, 02:30 is first summer's, then winter's."""
    try:
        berlin = ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        pytest.skip("this machine has no zone database")
    first, second = (seconds(f"2027-10-31T0{hour}:30:00+00:00") for hour in (0, 1))
    assert local_reset("02:30", first - 60.0, berlin) == first
    assert local_reset("02:30", first + 120.0, berlin) == second
    assert local_reset("02:30", second + 120.0, berlin) == second + 86400.0


@given(st.floats(), st.text("0123456789: onJanDec", max_size=18), st.integers(-23, 23))
def test_it_is_total(at: float, written: str, hours: int) -> None:
    """Whatever is written and whenever, nothing raises."""
    local_reset(written, at, timezone(timedelta(hours=hours)))
    for odd in (nan, inf, -inf, 1e18):
        assert local_reset("09:12", odd, UTC) is None
