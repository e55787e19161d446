"""One allowance of one provider: what a source said of it, and what that still says later."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import NamedTuple

STALE_AFTER = 900.0
"""Seconds after which a reading is called stale (15 minutes)."""

RETRY_AFTER_SILENCE = 900.0
"""Seconds after which what has no stated end is tried again: nothing is for ever (law 5)."""

RATE_LENGTH = 60.0
"""Seconds a rate is trusted for when its headers name no reset: buckets refill by minutes."""

SAME_RESET = 120.0
"""Seconds within which two sources mean the same reset: one rounds to minutes, another does not."""

EVERY_MODEL = "*"
"""The scope of a limit, or the model key of a record, that covers all models."""

WHOLE = "quota"
"""The one window of a provider that names none: a manual setting for the provider as a whole."""

MANUAL = "manual"
"""The `source` of a window set by hand."""

HEADERS = "headers"
"""The `source` of a window read from a response's headers or status."""


class WindowKind(StrEnum):
    """What a window is, which decides how it counts."""

    ALLOWANCE = "allowance"
    """A plan's quota. Past its reset it counts as full again."""
    RATE = "rate"
    """A per-minute bucket of an API. Past its reset it says nothing."""
    EXTRA = "extra"
    """Extra usage, overage, credits: shown, but neither headroom nor exhaustion."""


class Basis(StrEnum):
    """What a headroom rests on."""

    MEASURED = "measured"
    STALE = "stale"
    PRESUMED = "presumed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Window:
    """What one source said of one allowance, at one moment. A missing fact is None, never zero.

    `used` is the fraction used: 0.0 untouched, 1.0 spent, more where a provider says so.
    `observed_at`, `resets_at` and `expires_at` are Unix seconds, `length` is seconds; `limit` and
    `remaining` are the provider's own counts. `scope` is the token (`naming.scope_token`) of the
    model the limit is for, `"*"` for all. `source` names who said it. Only a window set by hand has
    an `expires_at`, the instant it stops counting; None there means it stands until cleared.
    """

    name: str
    used: float
    observed_at: float
    source: str
    kind: WindowKind = WindowKind.ALLOWANCE
    scope: str = EVERY_MODEL
    length: float | None = None
    resets_at: float | None = None
    limit: float | None = None
    remaining: float | None = None
    expires_at: float | None = None

    @property
    def ends_at(self) -> float:
        """The Unix second from which this no longer says what it says; infinity if none is known.

        A spent window that names no reset ends after `RETRY_AFTER_SILENCE`, however long it is:
        it may have reset a minute after it was read.
        """
        if self.source == MANUAL:
            return inf if self.expires_at is None else self.expires_at
        if self.resets_at is not None:
            return self.resets_at
        if self.kind is WindowKind.RATE:
            return self.observed_at + (self.length or RATE_LENGTH)
        if self.used >= 1.0:
            return self.observed_at + RETRY_AFTER_SILENCE
        return inf if self.length is None else self.observed_at + self.length


class Standing(NamedTuple):
    """What a window says at an instant: the fraction left, what that rests on, until when."""

    window: Window
    left: float
    basis: Basis
    holds_until: float


def standing(window: Window, now: float) -> Standing | None:
    """What `window` says at `now` (Unix seconds), or None when it no longer says anything.

    An allowance whose reset has passed is presumed full; a rate whose reset has passed, a manual
    setting that has expired and a spent window that never named its reset say nothing.
    """
    end = window.ends_at
    if now < end:
        used = window.used
        left = 0.0 if used >= 1.0 else 1.0 - used if used > 0.0 else 1.0
        stale_at = window.observed_at + STALE_AFTER
        if now >= stale_at:
            return Standing(window, left, Basis.STALE, end)
        return Standing(window, left, Basis.MEASURED, min(stale_at, end))
    if window.kind is WindowKind.RATE or window.source == MANUAL:
        return None
    if window.resets_at is None and window.used >= 1.0:
        return None
    return Standing(window, 1.0, Basis.PRESUMED, inf)
