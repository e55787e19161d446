"""The instant that Codex writes for people: `HH:MM`, or `HH:MM on D Mon`, in local time."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from bhoga_core.headers import plausible_reset

_WRITTEN = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?: on ([0-9]{1,2}) ([A-Z][a-z]{2}))?")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE = 60.0


def local_reset(written: str, at: float, zone: tzinfo | None) -> float | None:
    """The first Unix second after `at` that `written` can mean in `zone`, None if it says none.

    There is no year in it, and without a day it is today's or tomorrow's. It is cut to the minute,
    so that the minute `at` is in counts as still to come.
    """
    match = _WRITTEN.fullmatch(written)
    if match is None or zone is None:
        return None
    hour, minute, day, month = match.groups()
    clock = time(int(hour), int(minute), tzinfo=zone)
    try:
        today = datetime.fromtimestamp(at, zone).date()
        for one in _days(today, day, month):
            for fold in (0, 1):  # an hour that comes twice when summer ends
                instant = datetime.combine(one, clock.replace(fold=fold)).timestamp()
                if at < instant + _MINUTE:
                    return plausible_reset(instant, at)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _days(today: date, day: str | None, month: str | None) -> Iterator[date]:
    if day is None:
        yield today
        yield today + timedelta(days=1)
    elif month in _MONTHS:
        for year in (today.year, today.year + 1):
            try:
                yield date(year, _MONTHS.index(month) + 1, int(day))
            except ValueError:
                continue  # 29 February of the other year
