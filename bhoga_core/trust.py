"""What is believed of a state that comes from outside: nothing that was learned in the future."""

from math import floor
from typing import TypeVar

from bhoga_core.evidence import Evidence
from bhoga_core.quota import ProviderQuota, QuotaState, state_of
from bhoga_core.register import BEGINNING, Register, Stamp

TOLERANCE = 86_400.0
"""Seconds by which a stamp may be ahead of the clock (a day)."""

T = TypeVar("T")


def trusted(state: QuotaState, now: float) -> tuple[QuotaState, int]:
    """The state without what is stamped more than `TOLERANCE` ahead of `now` (Unix seconds).

    The other half of the answer is how many facts were left out. The later stamp wins, so a fact
    from the future would be believed against everything learned until the clock gets there.
    """
    horizon = Stamp(floor((now + TOLERANCE) * 1e6), 0)
    if state.latest <= horizon:
        return state, 0
    records = [_until(record, horizon) for record in state.records()]
    dropped = sum(map(_facts, state.records())) - sum(map(_facts, records))
    return state_of(record for record in records if record.latest > BEGINNING), dropped


def _until(record: ProviderQuota, horizon: Stamp) -> ProviderQuota:
    evidence = tuple(
        Evidence(
            known.name,
            known.scope,
            _in_time(known.said, horizon),
            _in_time(known.seen, horizon),
            _in_time(known.asked, horizon),
            _in_time(known.floor, horizon),
        )
        for known in record.evidence
    )
    return ProviderQuota(
        record.provider_id,
        record.model,
        record.account,
        tuple(known for known in evidence if any(known.stamps())),
        _in_time(record.throttle, horizon),
        tuple(
            strike
            for strike in record.strikes
            if strike.stamp <= horizon and (strike.begun or BEGINNING) <= horizon
        ),
        record.served if record.served <= horizon else BEGINNING,
        record.served_from if record.served_from <= horizon else BEGINNING,
        _in_time(record.refusal, horizon),
        _in_time(record.plan, horizon),
        tuple((source, stamp) for source, stamp in record.polls if stamp <= horizon),
        tuple((source, ended) for source, ended in record.outcomes if ended.stamp <= horizon),
        tuple(attempt for attempt in record.attempts if attempt.stamp <= horizon),
    )


def _in_time(register: Register[T] | None, horizon: Stamp) -> Register[T] | None:
    return register if register is not None and register.stamp <= horizon else None


def _facts(record: ProviderQuota) -> int:
    registers = (record.throttle, record.refusal, record.plan)
    return (
        sum(register is not None for register in registers)
        + sum(stamp > BEGINNING for stamp in (record.served, record.served_from))
        + len(record.strikes)
        + len(record.polls)
        + len(record.outcomes)
        + len(record.attempts)
        + sum(len([*known.stamps()]) for known in record.evidence)
    )
