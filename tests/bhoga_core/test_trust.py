"""What is believed of a state that comes from outside."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bhoga_core.evidence import Evidence
from bhoga_core.quota import Attempt, Block, Outcome, ProviderQuota, QuotaState, Strike, state_of
from bhoga_core.register import BEGINNING, Register, Stamp
from bhoga_core.trust import TOLERANCE, trusted
from bhoga_core.window import HEADERS, MANUAL, Window
from bhoga_properties.strategies import INSTANTS, NOW, states

PAST = Stamp(int(NOW * 1e6), 0)
EDGE = Stamp(int((NOW + TOLERANCE) * 1e6), 0)
FUTURE = Stamp(EDGE.micros, 1)


def record(stamp: Stamp, pid: str = "claude_code") -> ProviderQuota:
    """A record of which every fact bears this stamp: fourteen of them."""
    told = Register(stamp, Window("weekly", 0.5, NOW, HEADERS))
    said = Register[Window | None](stamp, Window("weekly", 0.5, NOW, MANUAL))
    return ProviderQuota(
        pid,
        evidence=(Evidence("weekly", "*", said, told, told, told),),
        throttle=Register(stamp, Block(429, NOW, NOW + 9.0)),
        strikes=(Strike(stamp, NOW, None), Strike(stamp, NOW, stamp)),
        served=stamp,
        served_from=stamp,
        refusal=Register(stamp, Block(401, NOW, NOW + 9.0)),
        plan=Register(stamp, "max"),
        polls=(("cli", stamp),),
        outcomes=(("cli", Register(stamp, Outcome("timed_out", "", NOW, NOW, 60.0))),),
        attempts=(Attempt(stamp, NOW, "cli", NOW + 35.0),),
    )


def test_a_state_of_the_past_is_believed_as_it_is() -> None:
    """Up to a day ahead is a clock's error; the very same state comes back."""
    state = state_of([record(PAST)], EDGE)
    believed, dropped = trusted(state, NOW)
    assert believed is state
    assert dropped == 0


def test_every_fact_of_the_future_is_left_out_and_counted() -> None:
    """A record of which nothing is left goes, and `latest` falls back to what is left."""
    state = state_of([record(PAST), record(FUTURE, "openai-codex")])
    assert trusted(state, NOW) == (state_of([record(PAST)]), 14)


def test_an_empty_state_with_a_stamp_of_the_future_begins_again() -> None:
    """Otherwise no clock could ever get ahead of it."""
    assert trusted(QuotaState(latest=FUTURE), NOW) == (QuotaState(latest=BEGINNING), 0)


def test_a_strike_of_a_request_from_the_future_is_left_out() -> None:
    """The start of the request is a stamp like any other."""
    strike = Strike(PAST, NOW, FUTURE)
    state = state_of([ProviderQuota("openai_api", strikes=(strike,), served=PAST)], FUTURE)
    assert trusted(state, NOW) == (state_of([ProviderQuota("openai_api", served=PAST)]), 1)


@settings(deadline=None, max_examples=100)
@given(states(), INSTANTS | st.just(NOW))
def test_what_is_left_is_in_time_and_believed_again(state: QuotaState, now: float) -> None:
    """Nothing that stays is ahead by more than a day, and asking twice changes nothing."""
    believed, dropped = trusted(state, now)
    horizon = Stamp(max(0, int((now + TOLERANCE) * 1e6)) + 1, 0)
    assert believed.latest <= horizon
    assert trusted(believed, now) == (believed, 0)
    assert dropped > 0 or believed.records() == state.records()
