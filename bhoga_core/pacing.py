"""How often something may change: what was wanted in between is never done."""

from math import inf
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Paced(NamedTuple, Generic[T]):
    """What stands, and since when: it may be changed once in `interval` seconds.

    `stands` is None, and `since` the beginning of time, as long as nothing was done. Times are
    seconds of any one clock.
    """

    interval: float
    stands: T | None = None
    since: float = -inf

    def due_in(self, wanted: T | None, now: float) -> float | None:
        """The seconds until `wanted` may be done: 0.0 is now.

        None when there is nothing to do: nothing is wanted, or it stands already.
        """
        if wanted is None or wanted == self.stands:
            return None
        # A clock that steps back must not lengthen the wait.
        return min(max(0.0, self.since + self.interval - now), self.interval)

    def done(self, wanted: T, now: float) -> "Paced[T]":
        """What stands once `wanted` was done at `now`."""
        return Paced(self.interval, wanted, now)
