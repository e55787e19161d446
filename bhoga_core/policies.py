"""How candidates are placed: the routing policies, and what else a person may prefer.

A policy is a pure function that places one candidate: `(class, place within the class)`, smaller
is better. What no policy may override is not left to it (see `selection`).
"""

from collections.abc import Callable, Mapping
from math import floor, inf
from typing import Literal, NamedTuple

from bhoga_core.assessment import Assessment
from bhoga_core.gates import ProviderStatus
from bhoga_core.provider import Billing, Provider

OPEN = (ProviderStatus.AVAILABLE, ProviderStatus.UNKNOWN)
"""The statuses with which a provider can be chosen."""


class Candidate(NamedTuple):
    """A provider of the family that was asked for, assessed at one moment."""

    provider: Provider
    priority: int
    known: Assessment
    configured: bool

    @property
    def percent(self) -> int:
        """The headroom in whole percent, floored, which is how candidates are compared."""
        # Rounded first: 0.29 * 100 is 28.999999999999996.
        return floor(round(self.known.headroom * 100, 6))

    @property
    def is_open(self) -> bool:
        """Whether nothing known keeps it from being asked."""
        return self.known.status in OPEN

    @property
    def is_metered(self) -> bool:
        """Whether it bills per token."""
        return self.provider.billing is Billing.METERED


Policy = Callable[[Candidate, float], tuple[int, float]]
"""Places a candidate, given the reserve (a fraction): its class, then its place in it.

Candidates of a lower class come before all of a higher one, and the margin that keeps the last
choice in place (`Preferences.switch_margin`) never holds it across classes.
"""


def most_remaining(candidate: Candidate, reserve: float) -> tuple[int, float]:  # noqa: ARG001 -- the signature every policy has
    """The most headroom first; known before unknown. The default."""
    if candidate.known.headroom < 0:
        return (1, 0.0)
    return (0, -candidate.percent)


def priority_first(candidate: Candidate, reserve: float) -> tuple[int, float]:
    """The highest priority that has more than `reserve`; below it, the most headroom."""
    return _above_reserve(candidate, reserve, candidate.priority)


def soonest_reset(candidate: Candidate, reserve: float) -> tuple[int, float]:
    """Spend what is lost first, never below `reserve`; below it, the most headroom.

    What is lost is what is left of the longest allowance when it resets: the shorter ones only
    pace it. A provider of which no reset is known loses nothing.
    """
    lapses_at = candidate.known.lapses_at
    return _above_reserve(candidate, reserve, inf if lapses_at is None else lapses_at)


def _above_reserve(candidate: Candidate, reserve: float, place: float) -> tuple[int, float]:
    if candidate.known.headroom > reserve:
        return (0, place)
    below_class, below_place = most_remaining(candidate, reserve)
    return (below_class + 1, below_place)


POLICIES: Mapping[str, Policy] = {
    "most_remaining": most_remaining,
    "priority_first": priority_first,
    "soonest_reset": soonest_reset,
}
"""The policies that have a name."""

Metered = Literal["allow", "last", "never"]
"""What may happen to providers that bill per token."""


class Preferences(NamedTuple):
    """How a person wants to be routed.

    `reserve` and `switch_margin` are fractions. `metered` says whether providers that bill per
    token are candidates like any other (`allow`), only when no subscription has more than
    `reserve` (`last`), or not at all (`never`). The provider chosen last for a model stays until
    another has `switch_margin` more: moving throws the prompt cache away.
    """

    policy: Policy = most_remaining
    reserve: float = 0.1
    metered: Metered = "allow"
    switch_margin: float = 0.0


DEFAULTS = Preferences()
"""The default: the most remaining, whoever has it."""
