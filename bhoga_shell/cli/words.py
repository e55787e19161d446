"""Fractions, lengths of time and instants, as people read them."""

from datetime import datetime

DAY = 86_400.0


def percent(fraction: float) -> int:
    """A fraction in whole percent, floored, as candidates are compared."""
    return int(round(fraction * 100, 6))


def span(seconds: float) -> str:
    """A length of time in its two largest units: `12 s`, `2 h 5 min`, `3 d 4 h`."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return f"{max(0, int(seconds))} s"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} d {hours % 24} h" if hours % 24 else f"{hours // 24} d"


def moment(instant: float, now: float) -> str:
    """An instant as the clock on the wall has it, with its day where that is another than today."""
    try:
        then = datetime.fromtimestamp(instant)
        today = datetime.fromtimestamp(now).date()
    except (OverflowError, ValueError, OSError):
        return "at an unknown time"
    if then.date() == today:
        return f"at {then:%H:%M}"
    return f"on {then:%a %H:%M}" if 0 < instant - now < 6 * DAY else f"on {then:%Y-%m-%d %H:%M}"
