"""How often something may change, in virtual time."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bhoga_core.pacing import Paced

MINUTE = 60.0

times = st.lists(
    st.tuples(st.floats(0.0, 90.0), st.sampled_from([None, "a", "b", "c"])), max_size=60
)
"""Seconds that pass, and what is wanted then."""


def test_the_first_is_done_at_once() -> None:
    """Nothing was done, so nothing is to be waited for."""
    assert Paced[str](MINUTE).due_in("a", 0.0) == 0.0


def test_what_stands_is_not_done_again() -> None:
    """Nothing wanted, or the same wanted, is nothing to do, however late it is."""
    paced = Paced[str](MINUTE).done("a", 0.0)
    assert paced.due_in("a", 1e6) is None
    assert paced.due_in(None, 1e6) is None


def test_a_change_waits_for_the_rest_of_the_interval() -> None:
    """From the last change a minute has to pass; then it may happen at once."""
    paced = Paced[str](MINUTE).done("a", 100.0)
    assert paced.due_in("b", 115.0) == 45.0
    assert paced.due_in("b", 160.0) == 0.0
    assert paced.due_in("b", 9000.0) == 0.0


def test_what_was_wanted_in_between_is_never_done() -> None:
    """Away and back within the interval is nothing to do."""
    paced = Paced[str](MINUTE).done("a", 0.0)
    assert paced.due_in("b", 20.0) == 40.0
    assert paced.due_in("a", 40.0) is None


def test_a_clock_that_steps_back_does_not_lengthen_the_wait() -> None:
    """It is the interval at most."""
    assert Paced[str](MINUTE).done("a", 1e9).due_in("b", 5.0) == MINUTE


@given(times)
def test_two_changes_are_never_closer_than_the_interval(
    happenings: list[tuple[float, str | None]],
) -> None:
    """Who asks at any times whatever, and changes when told that it is due, keeps the pace."""
    paced, now, changed = Paced[str](MINUTE), 0.0, list[float]()
    for passed, wanted in happenings:
        now += passed
        if wanted is not None and paced.due_in(wanted, now) == 0.0:
            paced = paced.done(wanted, now)
            changed.append(now)
    # To a microsecond: the times are sums of floats.
    gaps = [later - earlier for earlier, later in pairwise(changed)]
    assert all(gap >= MINUTE - 1e-6 for gap in gaps)


@given(times)
def test_what_stays_wanted_is_done_within_the_interval(
    happenings: list[tuple[float, str | None]],
) -> None:
    """Whatever came before, who waits as long as told may then do what is still wanted."""
    paced, now = Paced[str](MINUTE), 0.0
    for passed, wanted in happenings:
        now += passed
        if wanted is not None and paced.due_in(wanted, now) == 0.0:
            paced = paced.done(wanted, now)
    due = paced.due_in("z", now)
    assert due is not None
    assert 0.0 <= due <= MINUTE
    assert paced.due_in("z", now + due + 1e-6) == 0.0
