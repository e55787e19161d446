"""Fractions, lengths of time and instants, as people read them.

The blanks in a length of time and in an instant are no-break spaces: no line may end there. What
folds lines (`folding`) makes plain ones of them, and so does `loose` for what is one line.
"""

from datetime import datetime

from bhoga_shell.cli.printing import TIE

DAY = 86_400.0

NO_LOGIN = "no login or key found"
"""Said of a provider that is not configured."""


def percent(fraction: float) -> int:
    """A fraction in whole percent, floored, as candidates are compared."""
    return int(round(fraction * 100, 6))


def span(seconds: float) -> str:
    """A length of time in its two largest units: `12 s`, `2 h 5 min`, `3 d 4 h`."""
    return _span(seconds).replace(" ", TIE)


def moment(instant: float, now: float) -> str:
    """An instant as the clock on the wall has it, with its day where that is another than today."""
    return _moment(instant, now).replace(" ", TIE)


def until(instant: float, now: float) -> str:
    """An instant to come, by how long that is and by the clock: `in 2 h 5 min, at 14:32`."""
    return f"in{TIE}{span(instant - now)}, {moment(instant, now)}"


def ago(seconds: float) -> str:
    """How long something is past: `just now`, `12 s ago`."""
    return f"{span(seconds)}{TIE}ago" if seconds >= 1 else f"just{TIE}now"


def loose(text: str) -> str:
    """The text with plain blanks alone."""
    return text.replace(TIE, " ")


def _span(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 1:
        return f"{max(0, int(seconds))} s"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} d {hours % 24} h" if hours % 24 else f"{hours // 24} d"


def _moment(instant: float, now: float) -> str:
    try:
        then = datetime.fromtimestamp(instant)
        today = datetime.fromtimestamp(now).date()
    except (OverflowError, ValueError, OSError):
        return "at an unknown time"
    if then.date() == today:
        return f"at {then:%H:%M}"
    return f"on {then:%a %H:%M}" if 0 < instant - now < 6 * DAY else f"on {then:%Y-%m-%d %H:%M}"
