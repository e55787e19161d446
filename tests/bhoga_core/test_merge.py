"""Which of several logins counts, and how what is known of one is put together."""

from bhoga_core.effects import effect
from bhoga_core.events import Event, ProbeStarted, QuotaObserved, QuotaSet
from bhoga_core.merge import in_use
from bhoga_core.quota import QuotaState
from bhoga_core.reducers import fold
from bhoga_core.register import Stamp
from bhoga_core.selection import assess_of
from bhoga_core.window import MANUAL, Window

NOW = 1_800_000_000.0


def polled(used: float, account: str, second: int) -> QuotaObserved:
    """A poll of a login's weekly window, `second` seconds after the others began."""
    window = Window("weekly", used, NOW, "usage", length=604_800.0)
    return QuotaObserved(
        "claude_code", NOW, Stamp(int((NOW + second) * 1e6), 0), "usage", (window,), None, account
    )


def headroom(*events: Event) -> float:
    """What is left for Opus after these events."""
    return assess_of(fold(QuotaState(), events), "claude_code", "claude-opus-4", NOW).headroom


def test_two_logins_never_mix() -> None:
    """The one learned of last counts, whichever has more left, and whatever came first."""
    first, second = polled(0.9, "1f9a", 1), polled(0.2, "77c0", 2)
    assert headroom(first, second) == headroom(second, first) == 0.8
    assert headroom(second, polled(0.9, "1f9a", 3)) == 0.1


def test_what_came_without_an_account_counts_for_every_login() -> None:
    """A person who sets a quota means the login in use."""
    window = Window("weekly", 0.5, NOW, MANUAL, expires_at=NOW + 60)
    setting = QuotaSet("claude_code", NOW, Stamp(int((NOW + 9) * 1e6), 0), (window,))
    assert headroom(polled(0.9, "1f9a", 1), setting) == 0.5


def test_the_login_in_use_is_shown_as_one_record() -> None:
    """With what came without an account, and without the other login."""
    started = ProbeStarted("claude_code", NOW, Stamp(1, 1), "usage", NOW + 15)
    state = fold(QuotaState(), (polled(0.9, "1f9a", 1), polled(0.2, "77c0", 2), started))
    (record,) = in_use(state)
    assert record.account == "77c0"
    assert record.attempts == effect(started).records[0].attempts
    assert record.remaining_at(NOW) == 0.8
