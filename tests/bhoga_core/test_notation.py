"""Numbers, instants and durations as they are written on the wire."""

from datetime import UTC, datetime, timedelta, timezone
from math import isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bhoga_core.notation import go_duration, http_date, number, rfc3339

PARSERS = (number, rfc3339, http_date, go_duration)
INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31))
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7.0), ("-0.25", -0.25), ("+3", 3.0), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0)],
)
def test_a_number_is_decimal_with_sign_point_and_exponent(text: str, value: float) -> None:
    """Every decimal spelling of a number is read."""
    assert number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 7",
        "7 ",
        "1_0",
        "0x1f",
        "nan",
        "inf",
        "-infinity",
        "٣",
        "1٣1",
        "1,5",
        "1e999",
        "--1",
        "9" * 65,
        "1\x002",
        "+",
        ".",
        "e5",
        "7%",
    ],
)
def test_what_is_no_plain_number_is_none(text: str) -> None:
    """Nothing is a number that another language's parser would refuse."""
    assert number(text) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(deadline=None)
def test_every_finite_float_reads_back(value: float) -> None:
    """A number that was printed is read as what it was."""
    assert number(repr(value)) == value


@given(INSTANTS, st.integers(-23 * 60 - 59, 23 * 60 + 59), st.booleans())
@settings(deadline=None)
def test_an_rfc3339_instant_is_what_datetime_says(naive: datetime, offset: int, zulu: bool) -> None:
    """Offsets, `Z` and fractions agree with the standard library."""
    zone = UTC if zulu else timezone(timedelta(minutes=offset))
    moment = naive.replace(tzinfo=zone)
    text = moment.isoformat().replace("+00:00", "Z") if zulu else moment.isoformat()
    assert rfc3339(text) == pytest.approx(moment.timestamp(), abs=1e-5)


def test_an_rfc3339_fraction_may_have_any_length() -> None:
    """One digit and thirty are both fractions of a second."""
    whole = rfc3339("2027-01-15T08:00:00Z")
    assert whole == 1_800_000_000.0
    assert rfc3339("2027-01-15T08:00:00.5Z") == whole + 0.5
    assert rfc3339("2027-01-15t08:00:00." + "25" + "0" * 28 + "z") == whole + 0.25


def test_a_leap_second_is_the_second_after() -> None:
    """Second 60, which both formats allow, is read."""
    assert rfc3339("2016-12-31T23:59:60Z") == rfc3339("2017-01-01T00:00:00Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2027-01-15",
        "2027-01-15T08:00:00",
        "2027-1-15T08:00:00Z",
        "2027-02-30T08:00:00Z",
        "2027-01-15T24:00:00Z",
        "2027-01-15T08:60:00Z",
        "2027-01-15T08:00:00+0100",
        "2027-01-15T08:00:00,5Z",
        "0000-01-15T08:00:00Z",
        "20270115T080000Z",
        "1800000000",
        "٢027-01-15T08:00:00Z",
        "2027-01-15T08:00:00Z\n",
        "2027-01-15T08:00:00+24:00",
    ],
)
def test_what_is_no_rfc3339_instant_is_none(text: str) -> None:
    """A date alone, an instant without a zone and an impossible day are no instants."""
    assert rfc3339(text) is None


@given(INSTANTS)
@settings(deadline=None)
def test_the_three_forms_of_an_http_date_agree(naive: datetime) -> None:
    """IMF-fixdate, RFC 850 and asctime of one instant are one Unix second."""
    moment = naive.replace(microsecond=0, tzinfo=UTC)
    day, month = DAYS[moment.weekday()], MONTHS[moment.month - 1]
    clock = f"{moment:%H:%M:%S}"
    imf = f"{day}, {moment.day:02} {month} {moment.year} {clock} GMT"
    rfc850 = f"{day}day, {moment.day:02}-{month}-{moment.year % 100:02} {clock} GMT"
    asctime = f"{day} {month} {moment.day:2} {clock} {moment.year}"
    assert http_date(imf) == http_date(asctime) == moment.timestamp()
    assert http_date(rfc850) == moment.timestamp() or moment.year < 1969


@pytest.mark.parametrize(
    "text",
    [
        "",
        "120",
        "Fri, 15 Jan 2027 08:00:00",
        "Fri, 15 Foo 2027 08:00:00 GMT",
        "Fri, 31 Feb 2027 08:00:00 GMT",
        "Fri, 15 Jan 2027 24:00:00 GMT",
        "2027-01-15T08:00:00Z",
        "Fri, 15 Jan 2027 08:00:00 +0000",
        "Fri Foo 15 08:00:00 2027",
        "Fri Jan  0 08:00:00 2027",
    ],
)
def test_what_is_no_http_date_is_none(text: str) -> None:
    """Another zone, another format and an impossible day are no HTTP dates."""
    assert http_date(text) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("250ms", 0.25),
        ("2s", 2.0),
        ("7m0s", 420.0),
        ("3m8.25s", 188.25),
        ("1h", 3600.0),
        ("2h5m9.5s", 7509.5),
        ("0s", 0.0),
        ("1.5µs", 1.5e-06),
        ("90", 90.0),
        ("0", 0.0),
    ],
)
def test_a_go_duration_is_read_in_seconds(text: str, seconds: float) -> None:
    """Every form that Go prints, and Azure's bare seconds."""
    assert go_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "s",
        "ms",
        "-1",
        "-2s",
        "-5ms",
        "1.5",
        "5s3m",
        "1d",
        "2 s",
        "٣s",
        "٣",
        "1s ",
        "1_0s",
        "9" * 80,
        "9" * 80 + "s",
    ],
)
def test_what_is_no_go_duration_is_none(text: str) -> None:
    """A sign, a unit that Go has not, and units out of order are no durations."""
    assert go_duration(text) is None


@given(st.one_of(st.text(), st.text("0123456789:-.TZhms+ GMTJanFri,", max_size=40)))
@settings(deadline=None)
def test_every_parser_is_total_and_finite(text: str) -> None:
    """Whatever the text, the answer is a finite float or None."""
    for parse in PARSERS:
        value = parse(text)
        assert value is None or isfinite(value)
