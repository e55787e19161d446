"""How knowledge changes: `apply` joins an event's effect into a state, and nothing else does."""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite

from bhoga_core.effects import BUILT_IN, effect, paused, seen
from bhoga_core.events import Event, StateMerged, TurnRecorded
from bhoga_core.headers import relevant
from bhoga_core.merge import absorb, join
from bhoga_core.provider import Provider
from bhoga_core.quota import ProviderQuota, QuotaState
from bhoga_core.register import BEGINNING, Stamp


def apply(
    state: QuotaState, event: Event, providers: Mapping[str, Provider] = BUILT_IN
) -> QuotaState:
    """The state after `event`. `providers`, by id, read the headers of a recorded turn."""
    return fold(state, (event,), providers)


def fold(
    state: QuotaState, events: Iterable[Event], providers: Mapping[str, Provider] = BUILT_IN
) -> QuotaState:
    """The state after all these events, in whatever order they come."""
    latest = BEGINNING
    records: list[ProviderQuota] = []
    for event in events:
        latest = max(latest, event.stamp)
        if isinstance(event, StateMerged):
            latest = max(latest, event.state.latest)
        records += effect(event, providers).records
    return absorb(state, records, latest)


def compact(
    events: Sequence[Event], providers: Mapping[str, Provider] = BUILT_IN
) -> tuple[Event, ...]:
    """Fewer events of the same effect: none for none, and else one (law 13)."""
    return (compacted(events, providers),) if events else ()


def compacted(events: Sequence[Event], providers: Mapping[str, Provider] = BUILT_IN) -> StateMerged:
    """One event that carries what all these events make known, and how many turns they were."""
    state = fold(QuotaState(), events, providers)
    turns = sum(
        event.turns if isinstance(event, StateMerged) else isinstance(event, TurnRecorded)
        for event in events
    )
    return StateMerged(max((event.at for event in events), default=0.0), state.latest, state, turns)


def calibrate(
    q: ProviderQuota, headers: object, now: float, providers: Mapping[str, Provider] = BUILT_IN
) -> ProviderQuota:
    """`q` with what a response's headers say, received at `now` (Unix seconds).

    `headers` is a mapping, a list of pairs or an `httpx.Headers`; names in any case, str or bytes.
    What cannot be read is left out; what is not said stays as it is. Raises ValueError for a
    provider that is not among `providers`, because nothing else knows how to read its headers.
    """
    provider = providers.get(q.provider_id)
    if provider is None:
        known = ", ".join(sorted(providers))
        raise ValueError(f"q.provider_id is {q.provider_id!r}; known providers are {known}")
    kept = dict(relevant(headers, provider.header_prefixes).pairs)
    evidence = seen(provider.read_headers(kept, now), _after(q, now))
    return join(q, ProviderQuota(q.provider_id, q.model, q.account, evidence))


def mark_throttled(q: ProviderQuota, retry_after: float | None, now: float) -> ProviderQuota:
    """`q` throttled at `now` (Unix seconds) for `retry_after` seconds.

    With None the provider did not say: 60 seconds, doubling to 5 minutes while it repeats. Raises
    ValueError for a negative or non-finite number.
    """
    if retry_after is not None and not (isfinite(retry_after) and retry_after >= 0):
        raise ValueError(f"retry_after is {retry_after!r}; it takes seconds from 0, or None")
    until = None if retry_after is None else now + retry_after
    answer = paused(_after(q, now), now, until)
    return join(q, ProviderQuota(q.provider_id, q.model, q.account, (), *answer))


def _after(q: ProviderQuota, now: float) -> Stamp:
    """The first stamp after all that `q` knows, at `now` or later."""
    latest = q.latest
    micros = int(now * 1e6)
    return Stamp(micros, 0) if micros > latest.micros else Stamp(latest.micros, latest.counter + 1)
