"""How two knowledges become one: the join of states.

Commutative, associative, idempotent, and it never loses the later of two facts, so processes,
machines and replays agree whatever the order in which things arrive. Every part is a register, a
greatest stamp, or a set of which the newest few are kept; there is nothing here to get wrong twice.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from operator import is_
from typing import TypeVar

from bhoga_core.evidence import Evidence, join_evidence
from bhoga_core.quota import (
    ATTEMPTS_KEPT,
    STRIKES_KEPT,
    Outcome,
    ProviderQuota,
    QuotaState,
)
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
    arrived: dict[str, dict[tuple[str, str, str], list[ProviderQuota]]] = {}
    for record in records:
        arrived.setdefault(record.provider_id, {}).setdefault(record.key, []).append(record)
    changed: dict[str, tuple[ProviderQuota, ...]] = {}
    for provider_id, by_key in arrived.items():
        before = state.quotas.get(provider_id, ())
        group = {record.key: record for record in before}
        for key, several in by_key.items():
            group[key] = join(group[key], *several) if key in group else join(*several)
        # A provider has new records, or one of its own was replaced, or nothing has changed.
        if len(group) != len(before) or any(group[it.key] is not it for it in before):
            changed[provider_id] = tuple(group[key] for key in sorted(group))
    if not changed:
        return state if latest <= state.latest else QuotaState(state.quotas, latest)
    quotas = state.quotas.evolver()
    for provider_id, after in changed.items():
        quotas[provider_id] = after
    return QuotaState(quotas.persistent(), max(state.latest, latest))


def join(first: ProviderQuota, *others: ProviderQuota) -> ProviderQuota:
    """What records of one key together know; `first` itself when the others add nothing.

    It takes any number at once because folding a burst of turns is joining many records of one
    provider, and making each record on the way would cost most of the time.
    """
    evidence = _joined_evidence(first.evidence, others)
    throttle, refusal, plan = first.throttle, first.refusal, first.plan
    served, served_from = first.served, first.served_from
    strikes, polls = first.strikes, first.polls
    outcomes, attempts = first.outcomes, first.attempts
    for other in others:
        served = max(served, other.served)
        served_from = max(served_from, other.served_from)
        if other.throttle:
            throttle = later(throttle, other.throttle)
        if other.strikes:
            strikes = _newest(strikes, other.strikes, STRIKES_KEPT)
        if other.refusal:
            refusal = later(refusal, other.refusal)
        if other.plan:
            plan = later(plan, other.plan)
        if other.polls:
            polls = _by_source(polls, other.polls, max)
        if other.outcomes:
            outcomes = _by_source(outcomes, other.outcomes, _later_outcome)
        if other.attempts:
            attempts = _newest(attempts, other.attempts, ATTEMPTS_KEPT)
    # In the order of the fields, so that "nothing new" can be told without comparing any deeper.
    gates = (throttle, strikes, served, served_from, refusal, plan, polls, outcomes, attempts)
    mine = (first.throttle, first.strikes, first.served, first.served_from, first.refusal)
    told = (first.plan, first.polls, first.outcomes, first.attempts)
    if evidence is first.evidence and all(map(is_, gates, (*mine, *told))):
        return first
    return ProviderQuota(first.provider_id, first.model, first.account, evidence, *gates)


def in_use(state: QuotaState) -> tuple[ProviderQuota, ...]:
    """What is known of the login in use, one record a provider and model, sorted by `key`.

    What came without an account is joined into it; what is known of other logins is left out.
    """
    views: dict[tuple[str, str], ProviderQuota] = {}
    for record in state.records():
        account = state.account(record.provider_id)
        if record.account in ("", account):
            mine = record if record.account == account else replace(record, account=account)
            key = (record.provider_id, record.model)
            views[key] = join(views[key], mine) if key in views else mine
    return tuple(views[key] for key in sorted(views))


def _joined_evidence(
    first: tuple[Evidence, ...], others: Iterable[ProviderQuota]
) -> tuple[Evidence, ...]:
    known = {evidence.key: evidence for evidence in first}
    changed = False
    for other in others:
        for evidence in other.evidence:
            key = evidence.key
            mine = known.get(key)
            joined = evidence if mine is None else join_evidence(mine, evidence)
            if joined is not mine:
                known[key] = joined
                changed = True
    return tuple(known[key] for key in sorted(known)) if changed else first


def _newest(a: tuple[V, ...], b: tuple[V, ...], kept: int) -> tuple[V, ...]:
    # A union of which the newest few are kept is a join: what is cut off once stays cut off.
    joined = tuple(sorted({*a, *b}, key=order_key)[-kept:])
    return a if joined == a else joined


def _by_source(
    a: tuple[tuple[str, V], ...], b: tuple[tuple[str, V], ...], pick: Callable[[V, V], V]
) -> tuple[tuple[str, V], ...]:
    known = dict(a)
    for source, value in b:
        known[source] = pick(known[source], value) if source in known else value
    joined = tuple(sorted(known.items(), key=lambda item: item[0]))
    return a if joined == a else joined


def _later_outcome(a: Register[Outcome], b: Register[Outcome]) -> Register[Outcome]:
    return b if later(a, b) is b else a
