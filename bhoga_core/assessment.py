"""What the records of one provider say of one model at one moment: headroom, status, until when."""

from collections.abc import Iterable, Sequence
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from bhoga_core.evidence import Evidence, counting, over
from bhoga_core.gates import ProviderStatus, gates
from bhoga_core.naming import scope_token
from bhoga_core.register import BEGINNING, Stamp
from bhoga_core.window import EVERY_MODEL, WHOLE, Basis, Standing, Window, WindowKind, standing

if TYPE_CHECKING:
    from bhoga_core.quota import ProviderQuota

UNKNOWN_HEADROOM = -1.0
"""The headroom of a provider of which nothing known counts."""


class Assessment(NamedTuple):
    """What is known of one provider for one model at one moment.

    `headroom` is a fraction 0.0-1.0, or -1.0 when unknown; `window` the one that binds it, if any.
    `lapses_at` is the Unix second at which the longest allowance that applies resets, and with it
    whatever is left of it is lost; None where that is not known. `opens_at` is the Unix second at
    which the last of what blocks it now has ended (None when nothing does), `holds_until` the one
    until which this assessment stays true if nothing new is learned. `on_probation` marks a refused
    or unpaid login whose time has passed without a success since: it is tried again, after
    everything else. `has_answered` says that a response of it was seen, that a program of it has
    told or left numbers, or that its quota was set by hand: it is in use here, whatever the
    environment shows.
    """

    headroom: float
    status: ProviderStatus
    window: Window | None
    basis: Basis
    lapses_at: float | None
    opens_at: float | None
    holds_until: float
    on_probation: bool
    has_answered: bool


def assess(
    records: "tuple[ProviderQuota, ...]", now: float, model: str | None = None
) -> Assessment:
    """Assess a provider from its record for all models and, if there is one, the model's own.

    `now` is in Unix seconds. Without a model, windows that are scoped to one do not count.
    """
    token = EVERY_MODEL if model is None else scope_token(model)
    tightest: Standing | None = None
    longest: Window | None = None
    status: ProviderStatus | None = None
    opens_at, holds_until = -inf, inf
    for stands in standings(records, now, token):
        window = stands.window
        if window.kind is WindowKind.EXTRA:
            continue
        if stands.holds_until < holds_until:
            holds_until = stands.holds_until
        if tightest is None or _tighter(stands, tightest):
            tightest = stands
        if stands.left <= 0.0:
            status = ProviderStatus.EXHAUSTED
            opens_at = max(opens_at, window.ends_at)
        if window.resets_at is not None and now < window.resets_at and _longer(window, longest):
            longest = window
    on_probation = False
    for gate in gates(records):
        if gate.start <= now < gate.until:
            status = _graver(status, gate.status)
            opens_at = max(opens_at, gate.until)
        on_probation |= gate.retried and now >= gate.until
        holds_until = min([holds_until, *(edge for edge in gate[:2] if edge > now)])
    has_answered = any(map(_has_answered, records))
    lapses_at = None if longest is None else longest.resets_at
    closed_until = None if status is None else opens_at
    if tightest is None:
        return Assessment(
            UNKNOWN_HEADROOM,
            status or ProviderStatus.UNKNOWN,
            None,
            Basis.UNKNOWN,
            lapses_at,
            closed_until,
            holds_until,
            on_probation,
            has_answered,
        )
    return Assessment(
        # To nine digits, so that 7 % set by hand reads back 0.07 and not 0.06999999999999995.
        round(tightest.left, 9),
        status or ProviderStatus.AVAILABLE,
        tightest.window,
        tightest.basis,
        lapses_at,
        closed_until,
        holds_until,
        on_probation,
        has_answered,
    )


def standings(
    records: "tuple[ProviderQuota, ...]", now: float, token: str | None = None
) -> list[Standing]:
    """What each window of these records still says at `now` (Unix seconds).

    With a token, only the windows that apply to that token's model; without one, all of them.
    """
    evidence, polls = _combined(records, now)
    if token is not None:
        evidence = [known for known in evidence if known.scope in (EVERY_MODEL, token)]
    seen_last = BEGINNING
    for known in evidence:
        if known.name == WHOLE:
            seen_last = _seen_last(evidence, now)
    found: list[Standing] = []
    for known in evidence:
        stands = counting(known, now, polls, seen_last)
        if stands is not None:
            found.append(stands)
    return found


def _seen_last(evidence: Iterable[Evidence], now: float) -> Stamp:
    """The latest stamp at which a response told anything that still stands."""
    return max(
        (
            known.seen.stamp
            for known in evidence
            if known.seen is not None
            and known.seen.value.kind is not WindowKind.EXTRA
            and standing(known.seen.value, now) is not None
        ),
        default=BEGINNING,
    )


def _has_answered(record: "ProviderQuota") -> bool:
    if record.served > BEGINNING or record.throttle or record.strikes or record.refusal:
        return True
    return any(
        known.seen is not None
        or known.floor is not None
        or (known.said is not None and known.said.value is not None)
        for known in record.evidence
    )


def _combined(
    records: "tuple[ProviderQuota, ...]", now: float
) -> tuple[Sequence[Evidence], tuple[tuple[str, Stamp], ...]]:
    if not records:
        return (), ()
    if len(records) == 1:
        return records[0].evidence, records[0].polls
    by_key: dict[tuple[str, str], Evidence] = {}
    for record in sorted(records, key=lambda record: record.key):
        for known in record.evidence:
            general = by_key.get(known.key)
            by_key[known.key] = known if general is None else over(known, general, now)
    return [*by_key.values()], tuple(poll for record in records for poll in record.polls)


def _tighter(a: Standing, b: Standing) -> bool:
    if a.left != b.left:
        return a.left < b.left
    # Of two equally tight windows the one that reopens later binds; the name settles the rest.
    return (-a.window.ends_at, a.window.name) < (-b.window.ends_at, b.window.name)


def _longer(a: Window, b: Window | None) -> bool:
    if a.kind is not WindowKind.ALLOWANCE:
        return False
    return b is None or (a.length or 0.0, a.name) > (b.length or 0.0, b.name)


_GRAVITY = (ProviderStatus.THROTTLED, ProviderStatus.EXHAUSTED, ProviderStatus.REFUSED)


def _graver(a: ProviderStatus | None, b: ProviderStatus) -> ProviderStatus:
    return b if a is None else max(a, b, key=_GRAVITY.index)
