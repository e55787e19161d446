"""Strategies of what is known: blocks, strikes, records and whole states."""

from typing import TypeVar

from hypothesis import strategies as st

from bhoga_core.evidence import Evidence
from bhoga_core.quota import (
    ATTEMPTS_KEPT,
    STRIKES_KEPT,
    Attempt,
    Block,
    Outcome,
    ProviderQuota,
    QuotaState,
    Strike,
    state_of,
)
from bhoga_core.reading import Reason
from bhoga_core.register import BEGINNING, Register, Stamp, order_key
from bhoga_core.window import EVERY_MODEL
from bhoga_properties.ingredients import (
    ACCOUNTS,
    CANONICAL_MODELS,
    INSTANTS,
    PIDS,
    SOURCES,
    evidences,
    stamps,
)

T = TypeVar("T")

KEYS = st.one_of(st.just(EVERY_MODEL), st.just(EVERY_MODEL), CANONICAL_MODELS)
"""The model of a record: mostly all of them."""

_STAMPS = stamps()
_EVIDENCE = evidences()
_PLANS = st.text(max_size=8)


def _blocked(stamp: Stamp, block: Block) -> Register[Block]:
    return Register(stamp, block)


def _ended(stamp: Stamp, outcome: Outcome) -> Register[Outcome]:
    return Register(stamp, outcome)


def _on_plan(stamp: Stamp, plan: str) -> Register[str]:
    return Register(stamp, plan)


def _by_key(evidence: list[Evidence]) -> tuple[Evidence, ...]:
    return tuple(sorted(evidence, key=lambda known: known.key))


def _in_order(struck: list[T]) -> tuple[T, ...]:
    return tuple(sorted(struck, key=order_key))


def strikes(*, at: st.SearchStrategy[float] = INSTANTS) -> st.SearchStrategy[Strike]:
    """429s that stated nothing; of some the start of the request is known."""
    return st.builds(Strike, stamps(at=at), at, st.none() | stamps(at=at))


def attempts(*, at: st.SearchStrategy[float] = INSTANTS) -> st.SearchStrategy[Attempt]:
    """Requests of probes."""
    return st.builds(Attempt, stamps(at=at), at, st.sampled_from(SOURCES), at)


def outcomes(*, at: st.SearchStrategy[float] = INSTANTS) -> st.SearchStrategy[Outcome]:
    """Ends of probes, answered ones among them."""
    reasons = st.sampled_from(("", "", *Reason)).map(str)
    seconds = st.floats(0.0, 3600.0)
    credential = st.sampled_from(("", "5d41402abc4b"))
    return st.builds(Outcome, reasons, st.text(max_size=8), at, at, seconds, seconds, credential)


def blocks(
    *, status_codes: tuple[int, ...], at: st.SearchStrategy[float] = INSTANTS
) -> st.SearchStrategy[Register[Block]]:
    """Registers of a closed door with one of these status codes."""
    return st.builds(
        _blocked, stamps(at=at), st.builds(Block, st.sampled_from(status_codes), at, at)
    )


def provider_quotas(
    *,
    provider_ids: st.SearchStrategy[str] = PIDS,
    model: st.SearchStrategy[str] = KEYS,
    accounts: st.SearchStrategy[str] = ACCOUNTS,
    evidence: st.SearchStrategy[Evidence] = _EVIDENCE,
    at: st.SearchStrategy[float] = INSTANTS,
) -> st.SearchStrategy[ProviderQuota]:
    """Records of one login: mostly for all models and without an account.

    `at` dates everything but the evidence, which brings its own instants.
    """
    learned = stamps(at=at)
    sources = st.sampled_from(SOURCES)
    ended = st.builds(_ended, learned, outcomes(at=at))
    return st.builds(
        ProviderQuota,
        provider_ids,
        model,
        accounts,
        st.lists(evidence, max_size=4, unique_by=lambda known: known.key).map(_by_key),
        st.none() | blocks(status_codes=(429, 503, 529), at=at),
        st.lists(strikes(at=at), max_size=STRIKES_KEPT, unique=True).map(_in_order),
        st.just(BEGINNING) | learned,
        st.just(BEGINNING) | learned,
        st.none() | blocks(status_codes=(401, 402, 403), at=at),
        st.none() | st.builds(_on_plan, learned, _PLANS),
        st.dictionaries(sources, learned, max_size=2).map(lambda by: tuple(sorted(by.items()))),
        st.dictionaries(sources, ended, max_size=2).map(lambda by: tuple(sorted(by.items()))),
        st.lists(attempts(at=at), max_size=ATTEMPTS_KEPT // 4, unique=True).map(_in_order),
    )


_RECORDS = provider_quotas()


def states(
    *,
    records: st.SearchStrategy[ProviderQuota] = _RECORDS,
    max_records: int = 5,
    latest: st.SearchStrategy[Stamp] = _STAMPS,
) -> st.SearchStrategy[QuotaState]:
    """Whole states, the empty one among them; `latest` is never behind a record's own."""
    known = st.lists(records, max_size=max_records, unique_by=lambda record: record.key)
    return st.builds(state_of, known, st.just(BEGINNING) | latest)
