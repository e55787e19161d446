"""How numbers, instants and durations are written on the wire: text in, a float or None out.

Every function here is total and strict: ASCII digits only, nothing infinite, no guess at a unit.
Text that is not exactly in the format is None. `clock` alone goes the other way, for people.
"""

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from math import isfinite

_LONGEST_NUMBER = 64
_NUMBER_STARTS = "+-.0123456789"
_NUMBER_ENDS = ".0123456789"
_UNIX_EPOCH = date(1970, 1, 1).toordinal()
_TIME = r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)"  # second 60: both RFCs know leap seconds

# RFC 3339, section 5.6, with the blank between date and time that its note allows.
_RFC3339 = re.compile(
    rf"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}})[Tt ]{_TIME}(\.[0-9]+)?"
    r"(?:[Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)

# RFC 9110, section 5.6.7: IMF-fixdate and RFC 850 in one, then asctime.
_HTTP_DATE = re.compile(
    rf"[A-Z][a-z]{{2,8}}, ([0-9]{{2}})[ -]([A-Z][a-z]{{2}})[ -]([0-9]{{4}}|[0-9]{{2}}) {_TIME} GMT"
)
_ASCTIME = re.compile(rf"[A-Z][a-z]{{2}} ([A-Z][a-z]{{2}}) ([ 0-9][0-9]) {_TIME} ([0-9]{{4}})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Go's time.Duration.String (Go 1.x): below a second one small unit, else hours, minutes, seconds.
_SMALL_UNITS = {"ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_CLOCK = re.compile(r"(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)s)?")


def number(text: str) -> float | None:
    """The decimal number that `text` is, with an optional sign and exponent; at most 64 characters.

    `float` alone would also take `1_000`, Arabic digits, `nan`, `infinity` and blanks around.
    """
    if (
        len(text) > _LONGEST_NUMBER
        or text[:1] not in _NUMBER_STARTS
        or text[-1:] not in _NUMBER_ENDS
        or "_" in text
        or not text.isascii()
    ):
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


@lru_cache(maxsize=64)  # the windows of one response share one or two instants
def rfc3339(text: str) -> float | None:
    """The Unix second of an RFC 3339 instant: `Z` or an offset, fractions of any length."""
    match = _RFC3339.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, off_hours, off_minutes = match.groups()
    midnight = _midnight(int(year), int(month), int(day))
    if midnight is None:
        return None
    value = midnight + int(hour) * 3600 + int(minute) * 60 + int(second)
    if sign is not None:
        offset = int(off_hours) * 3600 + int(off_minutes) * 60
        value = value - offset if sign == "+" else value + offset
    return value + float(fraction) if fraction else float(value)


def http_date(text: str) -> float | None:
    """The Unix second of an HTTP date in any of its three forms (RFC 9110, section 5.6.7).

    A year of two digits is 1969-2068, as POSIX reads it. The day of the week is not checked.
    """
    match = _HTTP_DATE.fullmatch(text)
    if match is not None:
        day, month, year, hour, minute, second = match.groups()
    else:
        match = _ASCTIME.fullmatch(text)
        if match is None:
            return None
        month, day, hour, minute, second, year = match.groups()
    if month not in _MONTHS:
        return None
    full_year = int(year)
    if len(year) == 2:
        full_year += 1900 if full_year >= 69 else 2000
    midnight = _midnight(full_year, _MONTHS.index(month) + 1, int(day))
    if midnight is None:
        return None
    return float(midnight + int(hour) * 3600 + int(minute) * 60 + int(second))


def go_duration(text: str) -> float | None:
    """The seconds of a duration as Go prints it: `12ms`, `1s`, `6m0s`, `23h18m29.144s`.

    A bare integer is seconds: Azure's form of the headers that OpenAI writes in Go's.
    """
    scale = _SMALL_UNITS.get(text[-2:])
    if scale is not None:
        value = number(text[:-2])
        return None if value is None or value < 0.0 else value * scale
    if text.isdigit():
        return number(text)
    match = _CLOCK.fullmatch(text)
    if match is None or not text:
        return None
    hours, minutes, seconds = match.groups("0")
    return float(hours) * 3600.0 + float(minutes) * 60.0 + float(seconds)


def _midnight(year: int, month: int, day: int) -> int | None:
    try:
        return (date(year, month, day).toordinal() - _UNIX_EPOCH) * 86400
    except ValueError:
        return None


def clock(instant: float, now: float) -> str:
    """An instant in UTC, with its day only where that is another than today."""
    try:
        then = datetime.fromtimestamp(instant, UTC)
        today = datetime.fromtimestamp(now, UTC).date()
    except (OverflowError, ValueError, OSError):
        return "an unknown time"
    return then.strftime("%H:%MZ" if then.date() == today else "%Y-%m-%d %H:%MZ")
