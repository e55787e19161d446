"""When to look again: the poll budget, the pace of each source, and its back-off.

The usage endpoints answer 429 to eager clients, so all processes of a person share one budget. It
is not kept anywhere: it is read off what is known. Every request of a probe is an attempt in the
state, every end an outcome, and from these follows who may ask what, and when (`soonest`). A
provider's sources are tried in order; one that answered keeps the later ones from being asked, one
that rests is passed over.

What this process has (a program, a login) is an argument. So is the time.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import NamedTuple

from bhoga_core.gates import CLOCK_SLACK
from bhoga_core.probe import Kind
from bhoga_core.quota import Attempt, Outcome, QuotaState
from bhoga_core.reading import Declined, Reading, Reason
from bhoga_core.register import Stamp

HOURLY_BUDGET = 20
"""Requests an hour and provider, of all its sources and all processes together."""

HOUR = 3_600.0

PACE: Mapping[Kind, float] = {Kind.HTTP: 180.0, Kind.CLI: 900.0, Kind.FILES: 60.0}
"""Seconds between two questions to one source, by the kind of its probe, at the least."""

SLOWEST = 600.0
"""Seconds to which the pace of a source slows while what it says does not move."""

GROWTH = 1.5
"""The factor by which a pace slows and a rest grows."""

JITTER = 0.2
"""The largest part of a wait that is added to it, so that machines do not ask in step."""

RATE_LIMITED_REST = 300.0
"""Seconds that a source rests after a 429, at the least: `Retry-After: 0` comes with 429s that
persist (Claude's usage endpoint, 2026)."""

LONGEST_REST = 1_800.0
"""Seconds to which a rest grows while its reason stands."""

RETRY_AFTER_PADDING = 60.0
"""Seconds added to a stated Retry-After: blocks are known to outlast it a little."""

REFUSED_REST = 86_400.0
"""Seconds that a refused login rests unless it changes: nothing is for ever."""

GRACE = 8.0
"""Seconds beyond a probe's own deadline for which it counts as under way: a program is given 3 to
end, and its answer has to be written down."""

BACK_OFF = frozenset({Reason.RATE_LIMITED, Reason.REFUSED, Reason.SCOPE})
"""Why a source rests even when a person asks for it: the provider has said no."""


class Askable(NamedTuple):
    """A source that this process could ask: its kind, deadline in seconds, and login.

    `credential` is a salted hash of what it would be asked with, `""` if that is not known.
    """

    name: str
    kind: Kind
    timeout: float
    credential: str = ""


class Due(NamedTuple):
    """A source, and the Unix second from which it may be asked."""

    provider_id: str
    source: Askable
    at: float


def under_way(state: QuotaState, provider_id: str, now: float) -> float | None:
    """The Unix second until which a probe of this provider may still be under way, if one is."""
    outcomes, attempts = _history(state, provider_id, now)
    until = _idle_from(outcomes, attempts)
    return until if until > now else None


def due_probes(
    state: QuotaState,
    now: float,
    askable: Mapping[str, Sequence[Askable]],
    *,
    explicit: bool = False,
) -> tuple[Due, ...]:
    """The source to ask of each provider that is due at `now` (Unix seconds), sorted by provider.

    `askable` are the sources of each provider that could be asked here, in order. `explicit` is a
    person's own question: it skips the pace, never a back-off or the hourly budget.
    """
    found = (
        soonest(state, provider_id, now, sources, explicit=explicit)
        for provider_id, sources in sorted(askable.items())
    )
    return tuple(due for due in found if due is not None and due.at <= now)


def soonest(
    state: QuotaState,
    provider_id: str,
    now: float,
    sources: Sequence[Askable],
    *,
    explicit: bool = False,
) -> Due | None:
    """The source of this provider that may be asked first, and from when; None without sources."""
    outcomes, attempts = _history(state, provider_id, now)
    # Whoever asks now may soon have an answer: even a file, which comes after it, has to wait. But
    # a file is nobody's endpoint, and costs no budget.
    idle_from, budget_from = _idle_from(outcomes, attempts), _budget_from(attempts)
    best: Due | None = None
    for source in sources:
        outcome = outcomes.get(source.name)
        if outcome is not None and outcome.credential != source.credential:
            outcome = None  # what another login was told says nothing to this one
        at = _from(source, outcome, attempts, explicit=explicit)
        at = max(at, idle_from)
        if source.kind is not Kind.FILES:
            at = max(at, budget_from)
        if best is None or at < best.at:
            best = Due(provider_id, source, at)
        if at <= now or (outcome is not None and not outcome.reason and not explicit):
            break
    return best


def conclude(
    answer: Reading | Declined,
    source: Askable,
    before: Outcome | None,
    *,
    moved: bool,
    asked_at: float,
    ended_at: float,
    stamp: Stamp,
) -> Outcome:
    """How a probe ended, and from when its source may be asked again.

    `before` is how its last one ended, `moved` whether the answer says something new. `asked_at`
    and `ended_at` are Unix seconds; `stamp`, of the end, is what the jitter is drawn from.
    """
    if isinstance(answer, Reading):
        reason, detail = "", ""
        wait = _pace(source, before, moved=moved)
    else:
        reason, detail = answer.reason.value, answer.detail
        wait = _rest(answer, source, before, ended_at)
    jittered = wait * (1.0 + JITTER * _chance(stamp))
    retry_at = ended_at + jittered
    if isinstance(answer, Reading):
        # A window that resets sooner makes a poll due then, but never faster than the pace.
        resets = [it.resets_at for it in answer.windows if it.resets_at and it.resets_at > ended_at]
        soonest_reset = min(resets, default=inf) + 1.0
        retry_at = max(ended_at + PACE[source.kind], min(retry_at, soonest_reset))
    took = max(0.0, ended_at - asked_at)
    return Outcome(reason, detail, ended_at, retry_at, wait, took, source.credential)


def _pace(source: Askable, before: Outcome | None, *, moved: bool) -> float:
    fastest = PACE[source.kind]
    if moved or before is None or before.reason:
        return fastest
    return max(fastest, min(before.wait * GROWTH, SLOWEST))


def _rest(answer: Declined, source: Askable, before: Outcome | None, now: float) -> float:
    fastest = PACE[source.kind]
    repeated = before is not None and before.reason == answer.reason
    grown = before.wait * GROWTH if before is not None and repeated else 0.0
    if answer.reason is Reason.RATE_LIMITED:
        stated = 0.0 if answer.retry_at is None else answer.retry_at - now + RETRY_AFTER_PADDING
        return max(stated, min(max(RATE_LIMITED_REST, grown), LONGEST_REST))
    if answer.reason in BACK_OFF:
        # Of a login that cannot be told from another, nobody knows whether it is still the same.
        return REFUSED_REST if source.credential else LONGEST_REST
    if answer.reason is Reason.ABANDONED:
        return 0.0  # it may have been asked, which its attempt says
    return max(fastest, min(grown, LONGEST_REST))


def _history(
    state: QuotaState, provider_id: str, now: float
) -> tuple[Mapping[str, Outcome], Sequence[Attempt]]:
    """How each source's last probe ended, and the requests of this provider.

    What a clock that has stepped back since dated ahead of `now` is passed over: it would close a
    source for as long as that clock was wrong.
    """
    record, horizon = state.shared(provider_id), now + CLOCK_SLACK
    return (
        {name: it.value for name, it in record.outcomes if it.value.at <= horizon},
        [attempt for attempt in record.attempts if attempt.at <= horizon],
    )


def _idle_from(outcomes: Mapping[str, Outcome], attempts: Sequence[Attempt]) -> float:
    """The Unix second from which no probe of this provider is under way."""
    busy = -inf
    for attempt in attempts:
        outcome = outcomes.get(attempt.source)
        if outcome is None or outcome.at < attempt.at:
            busy = max(busy, attempt.until)
    return busy


def _budget_from(attempts: Sequence[Attempt]) -> float:
    """The Unix second from which the hourly budget has room."""
    if len(attempts) < HOURLY_BUDGET:
        return -inf
    return sorted(attempt.at for attempt in attempts)[-HOURLY_BUDGET] + HOUR


def _from(
    source: Askable, outcome: Outcome | None, attempts: Sequence[Attempt], *, explicit: bool
) -> float:
    """The Unix second from which a source may be asked, by what is known of it alone."""
    if explicit:
        backs_off = outcome is not None and outcome.reason in BACK_OFF
        return outcome.retry_at if outcome is not None and backs_off else -inf
    asked = [attempt.at for attempt in attempts if attempt.source == source.name]
    paced = max(asked, default=-inf) + PACE[source.kind]
    return paced if outcome is None else max(paced, outcome.retry_at)


def _chance(stamp: Stamp) -> float:
    """A fraction that differs from stamp to stamp, and is the same for one wherever it is drawn."""
    return ((stamp.micros + stamp.counter) * 2_654_435_761 % 2**32) / 2**32
