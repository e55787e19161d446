"""Times during which a provider is closed by what it said, whatever its windows have left."""

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from bhoga_core.register import BEGINNING, Stamp

if TYPE_CHECKING:
    from bhoga_core.quota import Block, ProviderQuota, Strike

FIRST_PAUSE = 60.0
"""Seconds a 429 without a `Retry-After` and without a named window pauses a provider."""

LONGEST_PAUSE = 300.0
"""Seconds to which such a pause grows by doubling while it repeats."""

CLOCK_SLACK = 300.0
"""Seconds by which two clocks may differ before one of them is taken to have stepped."""


class ProviderStatus(StrEnum):
    """Whether a provider can take the next request, and if not, why."""

    AVAILABLE = "available"
    EXHAUSTED = "exhausted"
    THROTTLED = "throttled"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    UNCONFIGURED = "unconfigured"


class Gate(NamedTuple):
    """A time during which a provider is closed, in Unix seconds, with the status that it gives.

    `retried` says that what closed it may stand beyond the time: it is tried again, last in rank.
    """

    start: float
    until: float
    status: ProviderStatus
    retried: bool = False


def gates(records: "tuple[ProviderQuota, ...]") -> Iterator[Gate]:
    """Everything of these records that closes a provider at some time, over or still to come."""
    for record in records:
        throttle, refusal = record.throttle, record.refusal
        if throttle is not None and throttle.stamp > record.served_from:
            yield _gate(throttle.value, ProviderStatus.THROTTLED)
        if refusal is not None and refusal.stamp > record.served:
            unpaid = refusal.value.status_code == 402
            status = ProviderStatus.EXHAUSTED if unpaid else ProviderStatus.REFUSED
            yield _gate(refusal.value, status, retried=True)
        if record.strikes:
            yield from _guessed(record.strikes, record.served)


def _gate(block: "Block", status: ProviderStatus, *, retried: bool = False) -> Gate:
    # A block dated well ahead of `now` was dated by a clock that has stepped back since. Without a
    # start it would keep the provider closed for as long as the clock had been wrong.
    return Gate(block.at - CLOCK_SLACK, block.until, status, retried)


def _guessed(strikes: "tuple[Strike, ...]", served: Stamp) -> Iterator[Gate]:
    """The pause after unexplained 429s: doubling with each that is news.

    A 429 of a request that began before the one counted last is no news: it is the same event,
    told to a request that ran beside it.
    """
    count, last = 0, BEGINNING
    gate: Gate | None = None
    for strike in strikes:
        if strike.stamp <= served or (strike.begun is not None and strike.begun < last):
            continue
        pause = min(FIRST_PAUSE * 2**count, LONGEST_PAUSE)
        count, last = count + 1, strike.stamp
        gate = Gate(strike.at - CLOCK_SLACK, strike.at + pause, ProviderStatus.THROTTLED)
    if gate is not None:
        yield gate
