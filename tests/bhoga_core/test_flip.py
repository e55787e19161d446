"""How far a choice is from being another."""

import pytest

from bhoga_core import (
    POLICIES,
    Preferences,
    QuotaObserved,
    QuotaState,
    Stamp,
    Throttled,
    Window,
    fold,
)
from bhoga_core.flip import Flip, flips
from bhoga_core.policies import Metered
from bhoga_core.selection import select_best

NOW = 1_800_000_000.0
HOUR = 3600.0
CLAUDE, COPILOT, KEY = "claude_code", "github-copilot", "anthropic_api"


def having(left: dict[str, float], resets: dict[str, float] | None = None) -> QuotaState:
    """A state in which each provider has this fraction left, and resets at that second."""
    events = []
    for pid, fraction in left.items():
        reset = (resets or {}).get(pid)
        window = Window("weekly", round(1 - fraction, 9), NOW, "poll", resets_at=reset)
        events.append(QuotaObserved(pid, NOW, Stamp(1, 1), "poll", (window,)))
    return fold(QuotaState(), events)


def found(
    state: QuotaState,
    policy: str = "most_remaining",
    metered: Metered = "allow",
    margin: float = 0.0,
    last: str | None = None,
) -> dict[str, Flip]:
    """The flips of a Claude model, by provider."""
    preferences = Preferences(POLICIES[policy], 0.1, metered, margin)
    told = flips(state, "claude-opus-4", NOW, preferences, last=last)
    return {flip.provider_id: flip for flip in told}


def test_the_choice_falls_to_the_second() -> None:
    """At 40 % the second, whose priority is lower, is ahead; at 41 % it is not."""
    told = found(having({CLAUDE: 0.62, COPILOT: 0.41, KEY: 0.2}))
    assert told[COPILOT] == Flip(COPILOT, 41, 62, None)
    assert told[KEY] == Flip(KEY, None, 62, None)


def test_a_tie_goes_to_the_higher_priority() -> None:
    """So who has it takes over at the same percent, and not one below."""
    told = found(having({COPILOT: 0.62, CLAUDE: 0.41}))
    assert told[CLAUDE][1:3] == (42, 61)


def test_whole_percents_are_compared() -> None:
    """What is left is floored first, as a choice does."""
    told = found(having({CLAUDE: 0.629, COPILOT: 0.412}))
    assert told[COPILOT][1:3] == (41, 62)


def test_what_is_unknown_comes_after_what_is_known() -> None:
    """Only when nothing is left; and it would have to have more."""
    told = found(having({CLAUDE: 0.3}))
    assert told[KEY] == Flip(KEY, 1, 30, None)
    assert told[COPILOT] == Flip(COPILOT, None, 30, None)


def test_by_priority_the_reserve_decides() -> None:
    """The first falls at the reserve, and no headroom brings the second before it."""
    told = found(having({CLAUDE: 0.3, COPILOT: 0.9}), "priority_first")
    assert told[COPILOT][1:3] == (11, None)


def test_the_margin_holds_the_last_choice() -> None:
    """It has to fall that much further."""
    told = found(having({CLAUDE: 0.62, COPILOT: 0.41}), margin=0.1, last=CLAUDE)
    assert told[COPILOT][1:3] == (32, 71)


@pytest.mark.parametrize(("metered", "flip"), [("last", (11, None)), ("never", (None, None))])
def test_per_token_billing(metered: Metered, flip: tuple[int | None, int | None]) -> None:
    """Last, it waits until the subscription has no more than the reserve; never is never."""
    events = having({CLAUDE: 0.3, KEY: 0.9})
    state = fold(events, [Throttled(COPILOT, NOW, Stamp(2, 0), NOW + HOUR)])
    assert found(state, metered=metered)[KEY][1:3] == flip


def test_what_is_closed_opens() -> None:
    """From its reset on it is chosen, full as it is then."""
    told = found(having({CLAUDE: 0.0, COPILOT: 0.5}, {CLAUDE: NOW + 2 * HOUR}))
    assert told[CLAUDE] == Flip(CLAUDE, None, None, NOW + 2 * HOUR)


def test_what_opens_but_is_not_chosen_then() -> None:
    """Opening alone is no reason to be told of."""
    state = having({CLAUDE: 0.0, COPILOT: 1.0}, {CLAUDE: NOW + 2 * HOUR})
    told = found(state, "priority_first")
    assert told[CLAUDE].at == NOW + 2 * HOUR
    told = found(having({COPILOT: 0.0, CLAUDE: 1.0}, {COPILOT: NOW + HOUR}))
    assert told[COPILOT].at is None


def test_there_is_no_choice() -> None:
    """Then it is told when each will be the choice, and nothing of percents."""
    resets = {CLAUDE: NOW + 2 * HOUR, COPILOT: NOW + HOUR, KEY: NOW + 3 * HOUR}
    state = having({CLAUDE: 0.0, COPILOT: 0.0, KEY: 0.0}, resets)
    assert select_best(state, "claude-opus-4", NOW) is None
    told = found(state)
    assert told[COPILOT] == Flip(COPILOT, None, None, NOW + HOUR)
    assert told[CLAUDE] == Flip(CLAUDE, None, None, NOW + 2 * HOUR)
    assert told[KEY].at is None


def test_nobody_has_a_login() -> None:
    """The order is that of priority, and no number would change it."""
    told = flips(QuotaState(), "claude-opus-4", NOW, configured=())
    assert all(flip[1:] == (None, None, None) for flip in told)


def test_a_family_that_nobody_serves() -> None:
    """It has no candidates, so nothing is far from anything."""
    assert flips(QuotaState(), "llama-4", NOW) == ()
