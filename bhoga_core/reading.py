"""What a parser answers: the windows it read, or why what it was given cannot be read."""

from collections.abc import Callable
from datetime import tzinfo
from enum import StrEnum
from typing import NamedTuple

from returns.result import Failure, Success

from bhoga_core.window import Window


class Reading(NamedTuple):
    """What one response or one poll said.

    `plan` is the provider's own word for the subscription. `ignored` counts the parts that belong
    to a known family but could not be read (a number that is none, a date of no format): they are
    left out, and everything else is used.
    """

    windows: tuple[Window, ...] = ()
    plan: str | None = None
    ignored: int = 0


class Malformed(NamedTuple):
    """Why a payload says nothing: what was wrong, and where in it (a path such as `limits[0]`)."""

    reason: str
    path: str = ""


class Reason(StrEnum):
    """Why a source told nothing, in a word for machines."""

    ABSENT = "absent"
    """Its program, file or key is not on this machine."""
    NO_LOGIN = "no_login"
    """It is there, but nobody is logged in."""
    EXPIRED = "expired"
    """The login has expired; renewing it is its owner's to do."""
    SCOPE = "scope"
    """The login may not read usage (Claude's `setup-token`): only another login helps."""
    REFUSED = "refused"
    """The provider refused the login (401, 403)."""
    RATE_LIMITED = "rate_limited"
    """The source was asked too often (429). That says nothing of the quota."""
    UNAVAILABLE = "unavailable"
    """No connection, an error of the server, or a program that failed."""
    TIMED_OUT = "timed_out"
    """It did not answer in time."""
    CHANGED = "changed"
    """It answered in a form that is not known: the format has changed."""
    NO_SIGNAL = "no_signal"
    """It answered in a known form, without a number that means anything."""
    UNSUPPORTED = "unsupported"
    """The program is of a version that does not know the question."""
    OFF = "off"
    """A person or a setting has switched it off."""
    ABANDONED = "abandoned"
    """The process that asked ended before the answer came."""


class Declined(NamedTuple):
    """Why a source told nothing, and, where it said so, from when it may be asked again.

    `detail` is for people: one clause without anything secret, never a piece of the payload.
    `retry_at` is in Unix seconds.
    """

    reason: Reason
    detail: str = ""
    retry_at: float | None = None


Zones = Callable[[str], tzinfo | None]
"""Resolves an IANA zone name, None for an unknown one; `""` is the zone of this machine."""

Answer = Success[Reading] | Failure[Malformed | Declined]
"""What a probe's parser makes of a payload."""

Parser = Callable[[bytes, float, Zones], Answer]
"""Reads a payload that was true at a Unix second. Total: any bytes whatever, and it never raises.

A payload in which no known window is found is `Malformed` or `Declined`, never an empty reading.
"""


class Answered(NamedTuple):
    """An observation that was a response: its status, and what it said, as headers say it."""

    headers: tuple[tuple[str, str], ...]
    status_code: int = 200


Observation = Success[Reading | Answered] | Failure[Malformed]
"""What a parser makes of something that was observed beside a probe: a `Reading` is a floor."""

ObservationParser = Callable[[object, float], Observation]
"""Reads what a person's own program handed over (str, bytes or a mapping) at a Unix second.

Total: it never raises.
"""
