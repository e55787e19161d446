"""Each law of the design, on everything the strategies can think of."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from bhoga_core import (
    Event,
    Preferences,
    QuotaObserved,
    QuotaSet,
    QuotaState,
    Stamp,
    Window,
    WindowKind,
    fold,
)
from bhoga_core.naming import scope_token
from bhoga_core.policies import POLICIES
from bhoga_core.quota import ProviderQuota
from bhoga_core.window import EVERY_MODEL, MANUAL
from bhoga_properties import laws
from bhoga_properties.strategies import (
    INSTANTS,
    MODELS,
    PROVIDER_IDS,
    events,
    provider_quotas,
    stamps,
    states,
    windows,
)

PREFERENCES = st.builds(
    Preferences,
    st.sampled_from(sorted(POLICIES.items())).map(lambda named: named[1]),
    st.sampled_from((0.0, 0.1, 0.5)),
    st.sampled_from(("allow", "last", "never")),
    st.sampled_from((0.0, 0.05, 0.3)),
)
ASKED_MODELS = st.sampled_from(MODELS)
PIDS = st.sampled_from(PROVIDER_IDS)
SET_BY_HAND = windows(sources=st.just(MANUAL), scope=st.just(EVERY_MODEL))
SETTINGS = st.builds(
    QuotaSet,
    PIDS,
    INSTANTS,
    stamps(),
    SET_BY_HAND.map(lambda window: (window,)),
    st.just(EVERY_MODEL) | ASKED_MODELS,
)
SEVERAL_KNOWN = st.lists(
    st.builds(
        QuotaObserved,
        PIDS,
        INSTANTS,
        stamps(),
        st.just("cli"),
        st.tuples(windows(scope=st.just(EVERY_MODEL), kinds=st.just(WindowKind.ALLOWANCE))),
    ),
    min_size=2,
    max_size=6,
).map(lambda polls: fold(QuotaState(), polls))
MANY = st.lists(events(), max_size=6)


@given(states(), states())
def test_merge_is_commutative(a: QuotaState, b: QuotaState) -> None:
    """Law 2, first part."""
    laws.merge_is_commutative(a, b)


@given(states(), states(), states())
def test_merge_is_associative(a: QuotaState, b: QuotaState, c: QuotaState) -> None:
    """Law 2, second part."""
    laws.merge_is_associative(a, b, c)


@given(states(), states())
def test_merge_is_idempotent(a: QuotaState, b: QuotaState) -> None:
    """Law 2, third part."""
    laws.merge_is_idempotent(a, b)


@given(states(), events())
def test_apply_moves_up(state: QuotaState, event: Event) -> None:
    """Law 2, last part."""
    laws.apply_moves_up(state, event)


@given(states(), MANY)
def test_order_never_matters(state: QuotaState, happened: list[Event]) -> None:
    """Law 3."""
    laws.order_never_matters(state, happened)


@given(states(), MANY)
def test_compaction_loses_nothing(state: QuotaState, happened: list[Event]) -> None:
    """Law 13."""
    laws.compaction_loses_nothing(state, happened)


@given(
    st.lists(provider_quotas(), max_size=6, unique_by=lambda record: record.key),
    ASKED_MODELS,
    INSTANTS,
)
def test_insertion_order_never_shows(records: list[ProviderQuota], model: str, now: float) -> None:
    """Law 1."""
    laws.insertion_order_never_shows(records, model, now)


@given(states())
def test_state_round_trips(state: QuotaState) -> None:
    """Law 10, for the state file."""
    laws.state_round_trips(state)


@given(events())
def test_event_round_trips(event: Event) -> None:
    """Law 10, for the journal."""
    laws.event_round_trips(event)


@given(PIDS, windows(names=st.just("weekly"), scope=st.just(EVERY_MODEL)), st.data())
def test_newest_observation_wins(pid: str, older: Window, data: st.DataObject) -> None:
    """Law 3, on readings."""
    newer = data.draw(windows(names=st.just("weekly"), scope=st.just(EVERY_MODEL)))
    laws.newest_observation_wins(pid, older, newer)


@given(SETTINGS, windows(scope=st.just(EVERY_MODEL)), stamps(), INSTANTS)
def test_manual_setting_wins_over_polls(
    setting: QuotaSet, polled: Window, stamp: tuple[int, int], now: float
) -> None:
    """Law 4, on polls."""
    polled = replace(polled, name=setting.windows[0].name)
    poll = QuotaObserved(setting.provider_id, now, type(setting.stamp)(*stamp), "cli", (polled,))
    laws.manual_setting_wins_over_polls(setting, poll, now)


@given(SETTINGS, INSTANTS)
def test_clearing_takes_a_setting_back(setting: QuotaSet, now: float) -> None:
    """Law 4, on clearing."""
    laws.clearing_takes_a_setting_back(setting, now)


@given(SETTINGS, windows(scope=st.just(EVERY_MODEL)), INSTANTS)
def test_a_response_wins_over_an_earlier_setting(
    setting: QuotaSet, seen: Window, now: float
) -> None:
    """Law 4, on responses."""
    (said,) = setting.windows
    assume(now < said.ends_at and seen.kind is not WindowKind.EXTRA)
    laws.a_response_wins_over_an_earlier_setting(setting, replace(seen, name=said.name), now)


@given(windows(kinds=st.just(WindowKind.ALLOWANCE), scope=st.just(EVERY_MODEL)))
def test_a_reset_fills_an_allowance(window: Window) -> None:
    """Law 5, on allowances."""
    assume(window.resets_at is not None)
    laws.a_reset_fills_an_allowance(window)


@given(windows(kinds=st.just(WindowKind.RATE), scope=st.just(EVERY_MODEL)))
def test_a_rate_past_its_reset_says_nothing(window: Window) -> None:
    """Law 5, on rates."""
    laws.a_rate_past_its_reset_says_nothing(window)


@given(states(), ASKED_MODELS, INSTANTS)
def test_nothing_is_for_ever(state: QuotaState, model: str, now: float) -> None:
    """Law 5, on everything that closes."""
    laws.nothing_is_for_ever(state, model, now)


@given(
    st.lists(
        windows(scope=st.just(EVERY_MODEL)), min_size=2, max_size=4, unique_by=lambda w: w.name
    ),
    PIDS,
    ASKED_MODELS,
    INSTANTS,
)
def test_headroom_is_the_tightest(polled: list[Window], pid: str, model: str, now: float) -> None:
    """Law 6, on headroom."""
    poll = QuotaObserved(pid, now, Stamp(1, 0), "cli", tuple(polled))
    laws.headroom_is_the_tightest(fold(QuotaState(), [poll]), pid, model, now)


@given(states(), windows(), PIDS, ASKED_MODELS, INSTANTS)
def test_another_models_limit_never_blocks(
    state: QuotaState, limit: Window, pid: str, model: str, now: float
) -> None:
    """Law 6, on scopes."""
    assume(limit.scope not in (EVERY_MODEL, scope_token(model)))
    laws.another_models_limit_never_blocks(state, limit, pid, model, now)


@given(
    states(),
    windows(kinds=st.just(WindowKind.EXTRA), names=st.just("overage")),
    PIDS,
    ASKED_MODELS,
    INSTANTS,
)
def test_extra_usage_never_counts(
    state: QuotaState, extra: Window, pid: str, model: str, now: float
) -> None:
    """Law 6, on extra usage."""
    laws.extra_usage_never_counts(state, extra, pid, model, now)


@given(states(), ASKED_MODELS, INSTANTS, PREFERENCES, st.none() | st.frozensets(PIDS))
def test_a_choice_is_open_and_configured(
    state: QuotaState,
    model: str,
    now: float,
    preferences: Preferences,
    configured: frozenset[str] | None,
) -> None:
    """Law 7, on who may be chosen."""
    laws.a_choice_is_open_and_configured(state, model, now, preferences, configured)


@given(states(), ASKED_MODELS, INSTANTS)
def test_the_default_takes_the_most(state: QuotaState, model: str, now: float) -> None:
    """Law 7, on who is."""
    laws.the_default_takes_the_most(state, model, now)


@given(states(), ASKED_MODELS, INSTANTS, PREFERENCES)
def test_more_headroom_never_hurts(
    state: QuotaState, model: str, now: float, preferences: Preferences
) -> None:
    """Law 8."""
    laws.more_headroom_never_hurts(state, model, now, preferences)


@given(states() | SEVERAL_KNOWN, ASKED_MODELS, INSTANTS, PREFERENCES, st.none() | PIDS)
def test_a_flip_is_where_the_choice_changes(
    state: QuotaState, model: str, now: float, preferences: Preferences, last: str | None
) -> None:
    """Law 8, on how far it is to another choice."""
    laws.a_flip_is_where_the_choice_changes(state, model, now, preferences, last)


@given(states(), ASKED_MODELS, INSTANTS)
def test_metered_last_spends_plans_first(state: QuotaState, model: str, now: float) -> None:
    """The meaning of metered="last"."""
    laws.metered_last_spends_plans_first(state, model, now)


@given(states(), ASKED_MODELS, INSTANTS, PREFERENCES)
def test_a_choice_stays_on_frozen_facts(
    state: QuotaState, model: str, now: float, preferences: Preferences
) -> None:
    """No oscillation."""
    laws.a_choice_stays_on_frozen_facts(state, model, now, preferences)


@given(states(), ASKED_MODELS, INSTANTS, st.floats(0.0, 1.0))
def test_a_choice_holds_as_long_as_it_says(
    state: QuotaState, model: str, now: float, share: float
) -> None:
    """What lets an answer be kept while nothing new is learned."""
    laws.a_choice_holds_as_long_as_it_says(state, model, now, share)


@given(states(), ASKED_MODELS, INSTANTS, INSTANTS)
def test_compaction_of_a_state_changes_no_answer(
    state: QuotaState, model: str, now: float, later: float
) -> None:
    """What the state file forgets."""
    laws.compaction_of_a_state_changes_no_answer(state, model, now, later)
