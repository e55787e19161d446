"""When a limit resets, as `claude` says it to people: `Sep 11, 3:10pm`, `Aug 23 at 8pm`, `11pm`.

A time on a wall in some zone, never with a year, with minutes only where there are any, without a
date where it is within a day (seen 2026-03 to 2026-11).
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

_WALL_TIME = re.compile(
    r"(?:([a-z]{3})[a-z]* ([0-9]{1,2})(?:,|,? at)? )?([0-9]{1,2})(?::([0-9]{2}))? ?([ap])m",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# How long a reset may already be over: it is written in whole minutes, and an answer may be old.
_PAST_DATE = 86400.0
_PAST_TIME = 120.0


def next_instant(text: str, at: float, zone: tzinfo) -> float | None:
    """The Unix second that `text` means, said at the Unix second `at`; None if it means none.

    Of the years, or days, that it does not name it is the first that is not over. An hour that
    occurs twice is its second occurrence: a limit is not believed to have reset before it has.
    """
    match = _WALL_TIME.fullmatch(text)
    if match is None:
        return None
    month, day, hour, minute, half = match.groups()
    if not 1 <= int(hour) <= 12 or int(minute or "0") > 59:
        return None
    past = _PAST_TIME if month is None else _PAST_DATE
    clock = time(int(hour) % 12 + (12 if half in "pP" else 0), int(minute or "0"), fold=1)
    try:
        today = datetime.fromtimestamp(at, zone).date()
        days = _days_around(today) if month is None else _dates(month.lower(), int(day), today.year)
        instants = [datetime.combine(each, clock, zone).timestamp() for each in days]
    except (OverflowError, ValueError, OSError):
        return None
    return next((instant for instant in instants if instant >= at - past), None)


def _days_around(today: date) -> Iterator[date]:
    return (today + timedelta(days=offset) for offset in (-1, 0, 1))


def _dates(month: str, day: int, year: int) -> Iterator[date]:
    if month not in _MONTHS:
        return
    for each in (year - 1, year, year + 1):
        try:
            yield date(each, _MONTHS.index(month) + 1, day)
        except ValueError:  # 29 February in most years; what is no day in any has no instant
            continue
