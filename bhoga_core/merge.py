"""How two knowledges become one: the join of states.

Commutative, associative, idempotent, and it never loses the later of two facts, so processes,
machines and replays agree whatever the order in which things arrive. Every part is a register, a
greatest stamp, or a set of which the newest few are kept; there is nothing here to get wrong twice.
"""

from collections.abc import Callable, Iterable
from operator import is_
from typing import TypeVar

from bhoga_core.evidence import Evidence, join_evidence
from bhoga_core.quota import STRIKES_KEPT, Fault, ProviderQuota, QuotaState, Strike
from bhoga_core.register import BEGINNING, Register, Stamp, later, order_key

V = TypeVar("V")


def merge(a: QuotaState, b: QuotaState) -> QuotaState:
    """What `a` and `b` together know; `a` itself when `b` adds nothing."""
    if a is b:
        return a
    return absorb(a, (record for group in b.quotas.values() for record in group), b.latest)


def absorb(
    state: QuotaState, records: Iterable[ProviderQuota], latest: Stamp = BEGINNING
) -> QuotaState:
    """`state` with these records joined in; `state` itself when they add nothing.

    `latest` is the latest stamp that came with them, which the state's own is raised to.
    """
    groups: dict[str, dict[tuple[str, str, str], ProviderQuota]] = {}
    changed: set[str] = set()
    for record in records:
        pid = record.provider_id
        group = groups.get(pid)
        if group is None:
            group = groups[pid] = {known.key: known for known in state.quotas.get(pid, ())}
        known = group.get(record.key)
        joined = record if known is None else join(known, record)
        if joined is not known:
            group[record.key] = joined
            changed.add(pid)
    if not changed:
        return state if latest <= state.latest else QuotaState(state.quotas, latest)
    quotas = state.quotas.evolver()
    for pid in changed:
        quotas[pid] = tuple(sorted(groups[pid].values(), key=lambda record: record.key))
    return QuotaState(quotas.persistent(), max(state.latest, latest))


def join(a: ProviderQuota, b: ProviderQuota) -> ProviderQuota:
    """What two records of one key together know; `a` itself when `b` adds nothing."""
    parts = (
        _joined_evidence(a.evidence, b.evidence),
        later(a.throttle, b.throttle),
        _joined_strikes(a.strikes, b.strikes),
        max(a.served, b.served),
        max(a.served_from, b.served_from),
        later(a.refusal, b.refusal),
        later(a.plan, b.plan),
        _by_source(a.polls, b.polls, max),
        _by_source(a.faults, b.faults, _later_fault),
    )
    # In the order of the fields, so that "nothing new" can be told without comparing any deeper.
    mine = (a.evidence, a.throttle, a.strikes, a.served, a.served_from, a.refusal, a.plan)
    if all(map(is_, parts, (*mine, a.polls, a.faults))):
        return a
    return ProviderQuota(a.provider_id, a.model, a.account, *parts)


def _joined_evidence(a: tuple[Evidence, ...], b: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    if not b or a is b:
        return a
    if not a:
        return b
    known = {evidence.key: evidence for evidence in a}
    changed = False
    for evidence in b:
        mine = known.get(evidence.key)
        joined = evidence if mine is None else join_evidence(mine, evidence)
        if joined is not mine:
            known[evidence.key] = joined
            changed = True
    return tuple(known[key] for key in sorted(known)) if changed else a


def _joined_strikes(a: tuple[Strike, ...], b: tuple[Strike, ...]) -> tuple[Strike, ...]:
    if not b or a == b:
        return a
    # A union of which the newest few are kept is a join: what is cut off once stays cut off.
    joined = tuple(sorted({*a, *b}, key=order_key)[-STRIKES_KEPT:])
    return a if joined == a else joined


def _by_source(
    a: tuple[tuple[str, V], ...], b: tuple[tuple[str, V], ...], pick: Callable[[V, V], V]
) -> tuple[tuple[str, V], ...]:
    if not b or a == b:
        return a
    known = dict(a)
    for source, value in b:
        known[source] = pick(known[source], value) if source in known else value
    joined = tuple(sorted(known.items(), key=lambda item: item[0]))
    return a if joined == a else joined


def _later_fault(a: Register[Fault], b: Register[Fault]) -> Register[Fault]:
    return b if later(a, b) is b else a
