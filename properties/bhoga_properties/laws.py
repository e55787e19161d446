"""The laws of bhoga, by name: each is a function that asserts it of the values it is given.

A law takes plain values and raises AssertionError where it does not hold, so the same function
serves Hypothesis (`properties/test_laws.py`), a REPL, and a third party's own policy or events. The
numbers are those of the design.
"""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from math import inf

from returns.result import Success

from bhoga_core import (
    Event,
    Preferences,
    ProviderQuota,
    ProviderStatus,
    QuotaCleared,
    QuotaObserved,
    QuotaSet,
    QuotaState,
    Stamp,
    StateMerged,
    TurnRecorded,
    Window,
    WindowKind,
    apply,
    compact,
    decode_event,
    decode_state,
    encode_event,
    encode_state,
    fold,
    merge,
    next_available,
    rank,
    select_best,
    state_of,
)
from bhoga_core.assessment import Assessment, assess, standings
from bhoga_core.evidence import Evidence
from bhoga_core.flip import flips
from bhoga_core.merge import absorb
from bhoga_core.naming import canonical_model, scope_token
from bhoga_core.policies import DEFAULTS, OPEN
from bhoga_core.register import Register
from bhoga_core.retention import compact_state
from bhoga_core.selection import assess_of
from bhoga_core.window import EVERY_MODEL, Basis, standing


def merge_is_commutative(a: QuotaState, b: QuotaState) -> None:
    """Law 2: it does not matter which of two learned first."""
    assert merge(a, b) == merge(b, a)


def merge_is_associative(a: QuotaState, b: QuotaState, c: QuotaState) -> None:
    """Law 2: it does not matter who meets whom first."""
    assert merge(merge(a, b), c) == merge(a, merge(b, c))


def merge_is_idempotent(a: QuotaState, b: QuotaState) -> None:
    """Law 2: meeting again adds nothing, and a state that adds nothing leaves the very object."""
    both = merge(a, b)
    assert merge(both, b) is both
    assert merge(a, a) is a


def apply_moves_up(state: QuotaState, event: Event) -> None:
    """Law 2: an event only ever adds to what is known."""
    after = apply(state, event)
    assert merge(after, state) is after
    assert apply(after, event) is after


def order_never_matters(state: QuotaState, events: Sequence[Event]) -> None:
    """Law 3: the order in which events arrive changes nothing."""
    assert fold(state, events) == fold(state, list(reversed(events)))
    one_by_one = state
    for event in events:
        one_by_one = apply(one_by_one, event)
    assert one_by_one == fold(state, events)


def compaction_loses_nothing(state: QuotaState, events: Sequence[Event]) -> None:
    """Law 13: fewer events of the same effect, with no turn forgotten."""
    fewer = compact(events)
    assert len(fewer) <= max(1, len(events))
    assert fold(state, fewer) == fold(state, events)
    assert _turns(fewer) == _turns(events)


def _turns(events: Sequence[Event]) -> int:
    return sum(
        event.turns if isinstance(event, StateMerged) else isinstance(event, TurnRecorded)
        for event in events
    )


def insertion_order_never_shows(records: Sequence[ProviderQuota], model: str, now: float) -> None:
    """Law 1: a state built in another order is the same state, gives the same choice and file."""
    a, b = state_of(records), state_of(reversed(records))
    assert a == b
    assert hash(a) == hash(b)
    assert a.records() == b.records()
    assert select_best(a, model, now) == select_best(b, model, now)
    assert encode_state(a) == encode_state(b)


def state_round_trips(state: QuotaState) -> None:
    """Law 10: what is written to a file is what is read from it."""
    assert decode_state(encode_state(state)) == Success(state)


def event_round_trips(event: Event) -> None:
    """Law 10: what is written to a journal is what is read from it."""
    assert decode_event(encode_event(event)) == Success(event)


def newest_observation_wins(provider_id: str, older: Window, newer: Window) -> None:
    """Law 3: the newest reading counts whatever its numbers, because resets can come early."""
    events = [
        QuotaObserved(provider_id, window.observed_at, Stamp(order, 0), "poll", (window,))
        for order, window in ((1, older), (2, newer))
    ]
    for arrival in (events, events[::-1]):
        (record,) = fold(QuotaState(), arrival).records()
        (evidence,) = record.evidence
        assert evidence.asked is not None
        assert evidence.asked.value == replace(newer, source="poll")


def manual_setting_wins_over_polls(setting: QuotaSet, poll: QuotaObserved, now: float) -> None:
    """Law 4: what was set by hand counts over any poll until it expires, and then no more."""
    state = fold(QuotaState(), (setting, poll))
    standing_now = {window for window in setting.windows if now < window.ends_at}
    counted = _counted(state, setting.provider_id, setting.model, now)
    assert standing_now <= counted
    assert not (set(setting.windows) - standing_now) & counted


def clearing_takes_a_setting_back(setting: QuotaSet, now: float) -> None:
    """Law 4: a cleared setting counts no more, whichever of the two arrives first."""
    names = tuple(window.name for window in setting.windows)
    after = Stamp(setting.stamp.micros + 1, 0)
    cleared = QuotaCleared(setting.provider_id, now, after, names, setting.model, setting.account)
    for arrival in ((setting, cleared), (cleared, setting)):
        state = fold(QuotaState(), arrival)
        assert not _counted(state, setting.provider_id, setting.model, now)


def a_response_wins_over_an_earlier_setting(setting: QuotaSet, seen: Window, now: float) -> None:
    """Law 4: what a response says after a setting counts, as long as it says anything."""
    (said,) = setting.windows
    later = ProviderQuota(
        setting.provider_id,
        setting.model,
        evidence=(
            Evidence(
                said.name, said.scope, seen=Register(Stamp(setting.stamp.micros + 1, 0), seen)
            ),
        ),
    )
    state = absorb(fold(QuotaState(), (setting,)), (later,))
    counted = _counted(state, setting.provider_id, setting.model, now)
    assert counted == ({seen} if standing(seen, now) is not None else {said})


def a_reset_fills_an_allowance(window: Window) -> None:
    """Law 5: at its reset, and without any poll, an allowance counts as full, and says presumed."""
    assert window.kind is WindowKind.ALLOWANCE
    assert window.resets_at is not None
    state = _asked(window)
    before = assess(state.records(), window.resets_at - 1.0)
    after = assess(state.records(), window.resets_at)
    assert before.basis is not Basis.PRESUMED
    assert (after.headroom, after.basis) == (1.0, Basis.PRESUMED)
    assert after.status is ProviderStatus.AVAILABLE


def a_rate_past_its_reset_says_nothing(window: Window) -> None:
    """Law 5: a bucket that refills every minute must not look like a full plan."""
    assert window.kind is WindowKind.RATE
    known = assess(_asked(window).records(), window.ends_at)
    assert (known.headroom, known.status) == (-1.0, ProviderStatus.UNKNOWN)


def nothing_is_for_ever(state: QuotaState, model: str, now: float) -> None:
    """Law 5: a closed provider opens at a time that is known, but for a setting by hand."""
    for candidate in rank(state, model, now).candidates:
        known = candidate.known
        if known.status not in OPEN:
            assert known.opens_at is not None
            assert known.opens_at > now
            if known.opens_at < inf:
                later = assess_of(
                    state, candidate.provider.id, canonical_model(model), known.opens_at
                )
                assert later.status in OPEN or (
                    later.opens_at is not None and later.opens_at > known.opens_at
                )


def headroom_is_the_tightest(state: QuotaState, provider_id: str, model: str, now: float) -> None:
    """Law 6: headroom is the least that any applicable limit leaves; one that is spent closes."""
    key = canonical_model(model)
    known = assess_of(state, provider_id, key, now)
    limits = [
        stands.left
        for stands in standings(state.of(provider_id, key), now, scope_token(model))
        if stands.window.kind is not WindowKind.EXTRA
    ]
    assert known.headroom == (round(min(limits), 9) if limits else -1.0)
    assert not limits or min(limits) > 0 or known.status not in OPEN


def another_models_limit_never_blocks(
    state: QuotaState, limit: Window, provider_id: str, model: str, now: float
) -> None:
    """Law 6: a limit of another model, or of none that is known, changes nothing for this one."""
    assert limit.scope not in (EVERY_MODEL, scope_token(model))
    limited = apply(state, QuotaObserved(provider_id, now, Stamp(0, 1), "limits", (limit,)))
    assert select_best(limited, model, now) == select_best(state, model, now)


def extra_usage_never_counts(
    state: QuotaState, extra: Window, provider_id: str, model: str, now: float
) -> None:
    """Law 6: extra usage and overage are neither headroom nor exhaustion."""
    assert extra.kind is WindowKind.EXTRA
    with_extra = apply(state, QuotaObserved(provider_id, now, Stamp(0, 1), "extra", (extra,)))
    key = canonical_model(model)
    assert assess_of(with_extra, provider_id, key, now) == assess_of(state, provider_id, key, now)


def a_choice_is_open_and_configured(
    state: QuotaState,
    model: str,
    now: float,
    preferences: Preferences = DEFAULTS,
    configured: frozenset[str] | None = None,
) -> None:
    """Law 7: never a closed provider, nor an unconfigured one while any is configured.

    And when there is nothing to choose, it is said when the soonest opens.
    """
    ranking = rank(state, model, now, preferences, configured=configured)
    choice = select_best(state, model, now, preferences, configured=configured)
    if choice is None:
        opens_at = next_available(state, model, now, preferences, configured=configured)
        assert opens_at is None or opens_at > now
        return
    chosen = ranking.candidates[0]
    assert chosen.provider.id == choice.provider_id
    assert choice.status in (*OPEN, ProviderStatus.UNCONFIGURED)
    assert 0.0 <= choice.quota_pct <= 1.0 or choice.quota_pct == -1.0
    assert not (preferences.metered == "never" and chosen.is_metered)
    if choice.status is ProviderStatus.UNCONFIGURED:
        assert not any(candidate.configured for candidate in ranking.candidates)
        assert (choice.quota_pct, choice.basis) == (-1.0, Basis.UNKNOWN)
    else:
        assert chosen.configured


def the_default_takes_the_most(state: QuotaState, model: str, now: float) -> None:
    """Law 7: the most headroom in whole percent, then priority, then the provider's id."""
    ranking = rank(state, model, now)
    for better, worse in itertools.pairwise(ranking.candidates[: ranking.eligible]):
        if better.known.on_probation == worse.known.on_probation:
            assert (-better.percent, better.priority, better.provider.id) < (
                -worse.percent,
                worse.priority,
                worse.provider.id,
            )
        else:
            assert worse.known.on_probation


def more_headroom_never_hurts(
    state: QuotaState, model: str, now: float, preferences: Preferences = DEFAULTS
) -> None:
    """Law 8: with more left, and all else equal, the chosen one stays chosen."""
    choice = select_best(state, model, now, preferences)
    if choice is None:
        return
    (chosen, *_) = rank(state, model, now, preferences).candidates
    better = min(1.0, max(0.0, chosen.known.headroom) + 0.25)

    def assessed(state: QuotaState, provider_id: str, key: str, now: float) -> Assessment:
        known = assess_of(state, provider_id, key, now)
        return known._replace(headroom=better) if provider_id == choice.provider_id else known

    again = rank(state, model, now, preferences, assessed=assessed)
    assert again.candidates[0].provider.id == choice.provider_id


def a_flip_is_where_the_choice_changes(
    state: QuotaState, model: str, now: float, preferences: Preferences, last: str | None
) -> None:
    """How far a choice is from another: there it changes, and one percent before it does not.

    What is said to change nothing changes nothing, at none of the percents there are.
    """
    key = canonical_model(model)

    def chosen(at: float, moving: str = "", percent: int = 0) -> str | None:
        def assessed(state: QuotaState, provider_id: str, key: str, now: float) -> Assessment:
            known = assess_of(state, provider_id, key, now)
            if provider_id != moving:
                return known
            status = ProviderStatus.AVAILABLE if percent else ProviderStatus.EXHAUSTED
            return known._replace(headroom=percent / 100, status=status)

        ranking = rank(state, key, at, preferences, last=last, assessed=assessed)
        return ranking.candidates[0].provider.id if ranking.eligible else None

    ranking = rank(state, model, now, preferences, last=last)
    found = flips(state, model, now, preferences, last=last)
    choice = chosen(now)
    assert {it.provider_id for it in found} == {
        it.provider.id for it in ranking.candidates if it.provider.id != choice
    }
    has = {it.provider.id: it.percent for it in ranking.candidates}
    is_open = {it.provider.id for it in ranking.candidates[: ranking.eligible]}
    for flip in found:
        pid = flip.provider_id
        if choice is not None:
            levels = [chosen(now, choice, percent) == pid for percent in range(has[choice])]
            assert not any(levels[flip.below or 0 :])
            assert flip.below is None or levels[flip.below - 1]
        if pid in is_open:
            levels = [chosen(now, pid, percent) == pid for percent in range(101)]
            above = 100 if flip.above is None else flip.above
            assert not any(levels[max(0, has[pid] + 1) : above + 1])
            assert all(levels[above + 1 :])
        if flip.at is not None:
            assert now < flip.at
            assert chosen(flip.at) == pid


def metered_last_spends_plans_first(state: QuotaState, model: str, now: float) -> None:
    """Per-token billing is taken only when no subscription has more than the reserve."""
    preferences = Preferences(metered="last")
    ranking = rank(state, model, now, preferences)
    if ranking.eligible and ranking.candidates[0].is_metered:
        for other in ranking.candidates[: ranking.eligible]:
            if not other.is_metered and not other.known.on_probation:
                assert 0.0 <= other.known.headroom <= preferences.reserve


def a_choice_stays_on_frozen_facts(
    state: QuotaState, model: str, now: float, preferences: Preferences
) -> None:
    """No oscillation: asked again with nothing new, the answer is the same."""
    first = select_best(state, model, now, preferences)
    if first is not None:
        last = first.provider_id
        assert select_best(state, model, now, preferences, last=last) == first


def a_choice_holds_as_long_as_it_says(
    state: QuotaState, model: str, now: float, share: float
) -> None:
    """A ranking knows until when it is true: at any instant before, the choice is the same.

    `share` is how far into that time (of 40 days at most) it is asked again, 0.0-1.0.
    """
    ranking = rank(state, model, now)
    assert now < ranking.holds_until
    at = now + share * (min(ranking.holds_until, now + 40 * 86_400.0) - now)
    if at < ranking.holds_until:
        assert select_best(state, model, at) == select_best(state, model, now)


def _asked(window: Window) -> QuotaState:
    event = QuotaObserved("claude_code", window.observed_at, Stamp(1, 0), "poll", (window,))
    return fold(QuotaState(), (event,))


def _counted(state: QuotaState, provider_id: str, model: str, now: float) -> set[Window]:
    """The windows that count for a model, all of them; other sources than hands are polls."""
    records = state.of(provider_id, model)
    return {stands.window for stands in standings(records, now)}


def compaction_of_a_state_changes_no_answer(
    state: QuotaState, model: str, now: float, later: float
) -> None:
    """What is dropped as over for good would never have counted again."""
    kept = compact_state(state, now)
    assert kept.latest == state.latest
    assert compact_state(kept, now) is kept
    assert merge(state, kept) is state
    for provider_id in state.quotas:
        key = canonical_model(model)
        before = assess_of(state, provider_id, key, max(now, later))
        after = assess_of(kept, provider_id, key, max(now, later))
        if before.basis is not Basis.PRESUMED and not before.on_probation:
            assert after._replace(has_answered=True) == before._replace(has_answered=True)
