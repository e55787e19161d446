"""Time zones by name."""

import time
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhoga_shell.probes.zones import MACHINE_ZONE, zone

needs_tzset = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be set here")


@pytest.fixture
def in_new_york(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """A machine whose local time is that of New York."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "America/New_York")
        time.tzset()
        yield
    time.tzset()


def test_a_name_is_a_zone() -> None:
    """An IANA name, and UTC."""
    assert zone("America/New_York") == ZoneInfo("America/New_York")
    assert zone("UTC") is not None


@pytest.mark.parametrize(
    "name",
    [
        "Nowhere/Land",
        "America",
        "../../etc/passwd",
        "/etc/localtime",
        "a\0b",
        "\ud800",
        "x" * 10_000,
        "UTC ",
        ".",
        "zone.tab",
        "tzdata",
        "__init__",
    ],
)
def test_what_is_no_zone_is_none(name: str) -> None:
    """Folders, other files, and what is no name at all."""
    assert zone(name) is None


@given(st.text(max_size=40))
def test_no_name_raises(name: str) -> None:
    """Any text is a zone or none."""
    found = zone(name)
    if found is not None:
        assert datetime(2026, 1, 1, tzinfo=found).utcoffset() is not None


@needs_tzset
@pytest.mark.usefixtures("in_new_york")
def test_no_name_is_the_zone_of_the_machine() -> None:
    """With its summer time, whatever the time of the year is now."""
    assert zone("") is MACHINE_ZONE
    for month, hours in ((1, -5), (7, -4)):
        local = datetime(2026, month, 1, 12, tzinfo=MACHINE_ZONE)
        assert local.utcoffset() == timedelta(hours=hours)
        assert local.astimezone(UTC).hour == 12 - hours
        back = local.astimezone(UTC).astimezone(MACHINE_ZONE)
        assert (back.hour, back.tzinfo, back.timestamp()) == (12, MACHINE_ZONE, local.timestamp())


@pytest.mark.parametrize("year", [1, 9999])
def test_a_year_that_the_machine_does_not_know_is_utc(year: int) -> None:
    """It never raises."""
    at = datetime(year, 12 if year > 1 else 1, 31 if year > 1 else 1, 12, tzinfo=MACHINE_ZONE)
    assert at.utcoffset() is not None
    assert at.dst() is None
    assert MACHINE_ZONE.fromutc(datetime.max.replace(tzinfo=MACHINE_ZONE)).year == 9999
    assert MACHINE_ZONE.fromutc(datetime.min.replace(tzinfo=MACHINE_ZONE)).year == 1
    assert MACHINE_ZONE.utcoffset(None) is None
    assert MACHINE_ZONE.tzname(None) == "local"
