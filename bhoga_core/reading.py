"""What a parser answers: the windows it read, or why what it was given cannot be read."""

from dataclasses import dataclass

from bhoga_core.window import Window


@dataclass(frozen=True, slots=True)
class Reading:
    """What one response or one poll said.

    `plan` is the provider's own word for the subscription. `ignored` counts the parts that belong
    to a known family but could not be read (a number that is none, a date of no format): they are
    left out, and everything else is used.
    """

    windows: tuple[Window, ...] = ()
    plan: str | None = None
    ignored: int = 0


@dataclass(frozen=True, slots=True)
class Malformed:
    """Why a payload says nothing: what was wrong, and where in it (a path such as `limits[0]`)."""

    reason: str
    path: str = ""
