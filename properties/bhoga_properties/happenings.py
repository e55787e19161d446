"""Strategies of what happens: events of every kind."""

from hypothesis import strategies as st

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
from bhoga_core.quota import QuotaState
from bhoga_core.register import Stamp
from bhoga_core.window import MANUAL, Window
from bhoga_properties.ingredients import (
    ACCOUNTS,
    ASKED,
    CANONICAL_MODELS,
    INSTANTS,
    NAMES,
    PIDS,
    SOURCES,
    stamps,
    windows,
)
from bhoga_properties.knowledge import KEYS, outcomes, states

EVERY_KIND: tuple[type[Event], ...] = (
    TurnRecorded,
    QuotaObserved,
    FloorObserved,
    ProbeStarted,
    ProbeEnded,
    Throttled,
    QuotaSet,
    QuotaCleared,
    StateMerged,
)

_HEADER_NAMES = (
    "anthropic-ratelimit-requests-limit",
    "anthropic-ratelimit-requests-remaining",
    "anthropic-ratelimit-unified-5h-reset",
    "anthropic-ratelimit-unified-5h-utilization",
    "retry-after",
    "x-codex-primary-used-percent",
    "x-ratelimit-remaining-tokens",
    "x-ratelimit-reset-tokens",
)
_HEADER_VALUES = ("0", "100", "0.93", "1e999", "nan", "rejected", "2027-01-15T13:00:00Z", "60")


HEADERS_RECEIVED: st.SearchStrategy[tuple[tuple[str, str], ...]] = st.lists(
    st.tuples(
        st.sampled_from(_HEADER_NAMES), st.sampled_from(_HEADER_VALUES) | st.text(max_size=12)
    ),
    max_size=4,
).map(tuple)
"""Rate-limit headers that need not make sense together, repeated ones among them."""

_STATUS_CODES = st.sampled_from((200, 200, 429, 401, 402, 403, 500, 503, 529, 999))
_TOKENS = st.integers(0, 10**7)
_STAMPS = stamps()
_STATES = states(max_records=2)


def events(
    *,
    provider_ids: st.SearchStrategy[str] = PIDS,
    at: st.SearchStrategy[float] = INSTANTS,
    stamp: st.SearchStrategy[Stamp] = _STAMPS,
    kinds: tuple[type[Event], ...] = EVERY_KIND,
    state: st.SearchStrategy[QuotaState] = _STATES,
) -> st.SearchStrategy[Event]:
    """Any event of these `kinds`; the windows in one are all of one source, as in a real answer."""
    head = (provider_ids, at, stamp)
    turn = (_TOKENS, _TOKENS, _STATUS_CODES, HEADERS_RECEIVED, st.none() | at, ACCOUNTS)
    names = st.lists(NAMES, max_size=3, unique=True).map(tuple)
    plan = st.none() | st.text(max_size=8)
    polled = [
        st.builds(QuotaObserved, *head, st.just(source), _told(source, at), plan, ACCOUNTS)
        for source in SOURCES
    ]
    of_a_kind: dict[type[Event], st.SearchStrategy[Event]] = {
        TurnRecorded: st.builds(TurnRecorded, provider_ids, CANONICAL_MODELS, at, stamp, *turn),
        QuotaObserved: st.one_of(polled),
        FloorObserved: st.builds(FloorObserved, *head, _told("statusline", at), ACCOUNTS),
        ProbeStarted: st.builds(ProbeStarted, *head, ASKED, at, ACCOUNTS),
        ProbeEnded: st.builds(ProbeEnded, *head, ASKED, outcomes(at=at), ACCOUNTS),
        Throttled: st.builds(Throttled, *head, st.none() | at, ACCOUNTS),
        QuotaSet: st.builds(QuotaSet, *head, _told(MANUAL, at), KEYS, ACCOUNTS),
        QuotaCleared: st.builds(QuotaCleared, *head, names, KEYS, ACCOUNTS),
        StateMerged: st.builds(StateMerged, at, stamp, state, st.integers(0, 9)),
    }
    return st.one_of([of_a_kind[kind] for kind in kinds])


def _told(source: str, at: st.SearchStrategy[float]) -> st.SearchStrategy[tuple[Window, ...]]:
    one = windows(sources=st.just(source), at=at)
    return st.lists(one, max_size=3, unique_by=lambda told: (told.name, told.scope)).map(tuple)
