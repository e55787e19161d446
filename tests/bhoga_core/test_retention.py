"""What of a state is worth keeping, and for how long."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bhoga_core.assessment import assess, standings
from bhoga_core.evidence import Evidence
from bhoga_core.quota import Block, ProviderQuota, QuotaState, Strike, state_of
from bhoga_core.register import BEGINNING, Register, Stamp
from bhoga_core.retention import (
    CLOSED_KEPT,
    REFUSAL_KEPT,
    RESET_KEPT,
    SILENT_KEPT,
    compact_state,
)
from bhoga_core.window import EVERY_MODEL, HEADERS, MANUAL, Basis, Window, WindowKind
from bhoga_properties.strategies import INSTANTS, NOW, evidences, provider_quotas, states

MODEL = "claude-fable-5"
RATE = Window("requests", 0.9, NOW, HEADERS, WindowKind.RATE, resets_at=NOW)
WEEK = Window("weekly", 0.9, NOW - 9.0, HEADERS, resets_at=NOW)
SET = Window("weekly", 0.5, NOW - 9.0, MANUAL, expires_at=NOW)


def stamp(at: float) -> Stamp:
    """The stamp of an instant."""
    return Stamp(int(at * 1e6), 0)


def seen(window: Window, at: float = NOW) -> Evidence:
    """Evidence of a window that a response told of."""
    return Evidence(window.name, window.scope, seen=Register(stamp(at), window))


def said(window: Window | None, name: str = "weekly", at: float = NOW) -> Evidence:
    """Evidence of a window that was set by hand, or taken back."""
    return Evidence(name, said=Register(stamp(at), window))


def state(*records: ProviderQuota) -> QuotaState:
    """A state of these records."""
    return state_of(records)


ALONE = {
    "a rate that has ended": (ProviderQuota("a", MODEL, evidence=(seen(RATE),)), SILENT_KEPT),
    "an allowance long reset": (ProviderQuota("a", MODEL, evidence=(seen(WEEK),)), RESET_KEPT),
    "an expired setting": (ProviderQuota("a", MODEL, evidence=(said(SET),)), CLOSED_KEPT),
    "a setting taken back": (ProviderQuota("a", MODEL, evidence=(said(None),)), RESET_KEPT),
    "a throttle that has ended": (
        ProviderQuota("a", MODEL, throttle=Register(stamp(NOW), Block(429, NOW - 9.0, NOW))),
        CLOSED_KEPT,
    ),
    "strikes long past": (
        ProviderQuota("a", MODEL, strikes=(Strike(stamp(NOW), NOW, None),)),
        CLOSED_KEPT,
    ),
    "a refusal never taken back": (
        ProviderQuota("a", MODEL, refusal=Register(stamp(NOW), Block(401, NOW - 9.0, NOW))),
        REFUSAL_KEPT,
    ),
}


@pytest.mark.parametrize(("record", "kept_for"), ALONE.values(), ids=ALONE)
def test_each_fact_is_kept_for_its_time_and_goes_with_its_record(
    record: ProviderQuota, kept_for: float
) -> None:
    """A second before its time is up all of it is there, a second after nothing but `latest`."""
    known = state(record)
    assert compact_state(known, NOW + kept_for - 1.0) is known
    assert compact_state(known, NOW + kept_for + 1.0) == QuotaState(latest=known.latest)


def test_a_success_is_remembered_for_all_models() -> None:
    """It is what shows that the provider is in use here."""
    known = state(ProviderQuota("a", evidence=(seen(RATE),), served=stamp(NOW)))
    later = compact_state(known, NOW + SILENT_KEPT)
    assert later == state(ProviderQuota("a", served=stamp(NOW)))


def test_what_hides_a_live_register_stays() -> None:
    """A rate told last and ended hides what a poll said before it, which must not come back."""
    asked = Register(stamp(NOW - 5.0), replace(RATE, resets_at=NOW + 30 * 86_400.0))
    evidence = replace(seen(RATE), asked=asked)
    known = state(ProviderQuota("a", evidence=(evidence,)))
    assert compact_state(known, NOW + 86_400.0) is known


def test_what_hides_a_live_register_of_the_other_record_stays() -> None:
    """What is known for a model hides what is known for all of them."""
    general = seen(replace(RATE, resets_at=NOW + 30 * 86_400.0), NOW - 5.0)
    known = state(
        ProviderQuota("a", evidence=(general,)), ProviderQuota("a", MODEL, evidence=(seen(RATE),))
    )
    assert compact_state(known, NOW + 86_400.0) is known


def test_what_holds_a_setting_down_stays() -> None:
    """A window seen after an unlimited setting wins over it for as long as it is presumed full."""
    setting = said(replace(SET, expires_at=None), at=NOW - 5.0)
    known = state(ProviderQuota("a", evidence=(replace(setting, seen=seen(WEEK).seen),)))
    assert compact_state(known, NOW + 2 * RESET_KEPT) is known


def test_an_empty_state_is_worth_keeping() -> None:
    """Nothing to do is nothing done."""
    empty = QuotaState(latest=Stamp(5, 0))
    assert compact_state(empty, NOW) is empty


NARROW = evidences(names=st.sampled_from(("quota", "weekly")), scope=st.just(EVERY_MODEL))
RECORDS = provider_quotas(
    provider_ids=st.just("claude_code"),
    model=st.sampled_from((EVERY_MODEL, EVERY_MODEL, MODEL)),
    accounts=st.just(""),
    evidence=NARROW,
)


@settings(deadline=None, max_examples=60)
@given(states(records=RECORDS), INSTANTS, INSTANTS)
def test_no_later_answer_changes(known: QuotaState, now: float, later: float) -> None:
    """Every assessment from `now` on stays as it is, but for what the docstring excepts."""
    kept = compact_state(known, now)
    assert kept.latest == known.latest
    assert compact_state(kept, now) is kept
    later = max(now, later)
    for model in (MODEL, EVERY_MODEL):
        records = known.of("claude_code", model)
        assume(
            not any(
                it.basis is Basis.PRESUMED and it.window.ends_at + RESET_KEPT <= now
                for it in standings(records, later)
            )
        )
        was = assess(records, later, model)
        still = assess(kept.of("claude_code", model), later, model)
        if any(it.refusal and it.refusal.value.until + REFUSAL_KEPT <= now for it in records):
            was = was._replace(on_probation=still.on_probation)
        assert still == was._replace(has_answered=still.has_answered)


def test_nothing_of_this_depends_on_the_beginning() -> None:
    """A record without any fact is none, whatever the time."""
    known = QuotaState(state(ProviderQuota("a")).quotas, BEGINNING)
    assert compact_state(known, 0.0) == QuotaState()
