"""What an event makes known, whatever is known already.

An effect is a handful of records to join into a state; it never looks at the state it will meet.
Every law of the fold follows from that: order does not matter because the join is commutative, a
replayed event changes nothing because the join is idempotent, and compaction is lossless because
joining effects first and the state later is the same. What would have to look at the state (does
this 429 repeat the last one? has this throttle been outlived?) is decided when a record is *read*
(`assessment`), never when it is written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from bhoga_core.events import (
    Event,
    FloorObserved,
    ProbeEnded,
    ProbeStarted,
    QuotaCleared,
    QuotaObserved,
    QuotaSet,
    StateMerged,
    Throttled,
    TurnRecorded,
)
from bhoga_core.evidence import Evidence
from bhoga_core.headers import retry_after
from bhoga_core.naming import canonical_model
from bhoga_core.provider import Provider
from bhoga_core.providers import PROVIDERS
from bhoga_core.quota import Attempt, Block, ProviderQuota, Strike
from bhoga_core.reading import Reading
from bhoga_core.register import BEGINNING, Register, Stamp
from bhoga_core.window import EVERY_MODEL, RETRY_AFTER_SILENCE, WindowKind

BUILT_IN: Mapping[str, Provider] = {provider.id: provider for provider in PROVIDERS}
"""The providers that bhoga knows, by id."""


class Effect(NamedTuple):
    """What an event makes known: records to join in, and how many unreadable parts it had."""

    records: tuple[ProviderQuota, ...]
    ignored: int = 0


def effect(event: Event, providers: Mapping[str, Provider] = BUILT_IN) -> Effect:
    """What `event` makes known. `providers`, by id, read the headers of a recorded turn."""
    match event:
        case TurnRecorded():
            return _turn(event, providers.get(event.provider_id))
        case StateMerged():
            return Effect(event.state.records())
        case QuotaObserved(stamp=stamp, source=source):
            windows = (
                w if w.source == source else replace(w, source=source) for w in event.windows
            )
            record = ProviderQuota(
                event.provider_id,
                account=event.account,
                evidence=_sorted(
                    Evidence(w.name, w.scope, asked=Register(stamp, w)) for w in windows
                ),
                plan=None if event.plan is None else Register(stamp, event.plan),
                polls=((source, stamp),),
            )
        case FloorObserved(stamp=stamp, windows=windows):
            floors = _sorted(Evidence(w.name, w.scope, floor=Register(stamp, w)) for w in windows)
            record = ProviderQuota(event.provider_id, account=event.account, evidence=floors)
        case ProbeStarted(stamp=stamp):
            attempt = Attempt(stamp, event.at, event.source, event.until)
            record = ProviderQuota(event.provider_id, account=event.account, attempts=(attempt,))
        case ProbeEnded(stamp=stamp):
            ended = (event.source, Register(stamp, event.outcome))
            record = ProviderQuota(event.provider_id, account=event.account, outcomes=(ended,))
        case Throttled():
            answer = paused(event.stamp, event.at, event.until)
            record = ProviderQuota(event.provider_id, EVERY_MODEL, event.account, (), *answer)
        case QuotaSet(stamp=stamp, windows=windows):
            said = _sorted(Evidence(w.name, w.scope, said=Register(stamp, w)) for w in windows)
            record = ProviderQuota(event.provider_id, event.model, event.account, said)
        case QuotaCleared(stamp=stamp):
            unsaid = _sorted(Evidence(name, said=Register(stamp, None)) for name in event.names)
            record = ProviderQuota(event.provider_id, event.model, event.account, unsaid)
    return Effect((record,))


def seen(reading: Reading, stamp: Stamp) -> tuple[Evidence, ...]:
    """The evidence in what a response said."""
    return _sorted(Evidence(w.name, w.scope, seen=Register(stamp, w)) for w in reading.windows)


def paused(stamp: Stamp, at: float, until: float | None, begun: Stamp | None = None) -> "Answer":
    """A stated time to wait, or, where none was stated, one more strike."""
    if until is None:
        return Answer(strikes=(Strike(stamp, at, begun),))
    return Answer(throttle=Register(stamp, Block(429, at, until)))


class Answer(NamedTuple):
    """What a status says of a provider: the fields of `ProviderQuota` of these names, in order."""

    throttle: Register[Block] | None = None
    strikes: tuple[Strike, ...] = ()
    served: Stamp = BEGINNING
    served_from: Stamp = BEGINNING
    refusal: Register[Block] | None = None


def _sorted(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    known = [*evidence]
    if any(a.key > b.key for a, b in pairwise(known)):
        known.sort(key=lambda item: item.key)
    return tuple(known)


def _turn(turn: TurnRecorded, provider: Provider | None) -> Effect:
    pid, account, stamp = turn.provider_id, turn.account, turn.stamp
    headers = dict(turn.headers)
    reading = Reading() if provider is None else provider.read_headers(headers, turn.at)
    begun = _begun(turn)
    evidence = seen(reading, begun or stamp)
    answer = _answer(turn, reading, headers, begun)
    plan = None if reading.plan is None else Register(stamp, reading.plan)
    if evidence and provider is not None and provider.limits_each_model:
        whole = ProviderQuota(pid, EVERY_MODEL, account, (), *answer, plan)
        own = ProviderQuota(pid, canonical_model(turn.model), account, evidence)
        return Effect((whole, own), reading.ignored)
    return Effect(
        (ProviderQuota(pid, EVERY_MODEL, account, evidence, *answer, plan),), reading.ignored
    )


def _begun(turn: TurnRecorded) -> Stamp | None:
    """The stamp of the request's start: the turn's own, moved back by how long the turn took.

    Moving back from the turn's stamp, instead of converting the start, keeps the order right when
    the wall clock is behind what is already known.
    """
    return None if turn.started_at is None else turn.stamp.earlier(turn.at - turn.started_at)


def _answer(
    turn: TurnRecorded, reading: Reading, headers: Mapping[str, str], begun: Stamp | None
) -> Answer:
    code, stamp, at = turn.status_code, turn.stamp, turn.at
    if 200 <= code < 300:
        return Answer(served=stamp, served_from=begun or BEGINNING)
    wait = retry_after(headers, at)
    if code in (401, 402, 403):
        until = at + RETRY_AFTER_SILENCE
        if code == 402 and wait is not None:
            until = max(until, wait)
        return Answer(refusal=Register(stamp, Block(code, at, until)))
    if code == 429:
        spent = {window.kind for window in reading.windows if window.used >= 1.0}
        # A window rejected by name says it all: its Retry-After is that window's, which need not
        # be the whole provider's. A spent rate says when it refills unless a time to wait does.
        if WindowKind.ALLOWANCE in spent or (WindowKind.RATE in spent and wait is None):
            return Answer()
        return paused(stamp, at, wait, begun)
    if code >= 500 and wait is not None:
        return Answer(throttle=Register(stamp, Block(code, at, wait)))
    return Answer()
