"""Copilot's usage, in the shape of today's endpoint."""

from collections.abc import Callable
from typing import Any

import pytest

from bhoga_shell.demo.copilot import user_body
from bhoga_shell.demo.scenarios import SCENARIOS, Copilot, month

MIDNIGHT = 1_799_971_200.0
NOW = MIDNIGHT + 3600.0
Sample = Callable[[str], dict[str, Any]]


def premium(copilot: Copilot) -> dict[str, Any]:
    """The snapshot of the premium requests."""
    return snapshots(copilot)["premium_interactions"]


def snapshots(copilot: Copilot) -> dict[str, dict[str, Any]]:
    """The snapshots of all kinds of requests."""
    body: dict[str, Any] = dict(user_body(copilot, NOW))
    found: dict[str, dict[str, Any]] = body["quota_snapshots"]
    return found


def test_what_is_left_is_in_percent_and_in_requests() -> None:
    """The count both whole and exact."""
    told = premium(Copilot(month(37.7), entitlement=250))
    assert told["percent_remaining"] == pytest.approx(62.3)
    assert told["quota_remaining"] == pytest.approx(155.75)
    assert (told["remaining"], told["entitlement"], told["unlimited"]) == (155, 250, False)


def test_what_goes_beyond_the_entitlement_is_negative() -> None:
    """In all three numbers."""
    told = premium(Copilot(month(101.0), entitlement=250, overage_permitted=True))
    assert told["percent_remaining"] == pytest.approx(-1.0)
    assert (told["remaining"], told["quota_remaining"]) == (-3, -2.5)
    assert told["overage_permitted"] is True


def test_what_is_not_offered_is_no_exhaustion() -> None:
    """Its entitlement is zero."""
    told = premium(Copilot(month(100.0), entitlement=0))
    assert (told["entitlement"], told["percent_remaining"], told["has_quota"]) == (0, 0.0, False)


def test_chat_and_completions_are_unlimited() -> None:
    """Which is written with nothing remaining of nothing."""
    for name in ("chat", "completions"):
        told = snapshots(SCENARIOS["exhausted"].copilot)[name]
        assert (told["unlimited"], told["entitlement"], told["remaining"]) == (True, 0, 0)
        assert told["percent_remaining"] == 100.0


@pytest.mark.parametrize(
    ("resets_in", "date"),
    [
        (82800.0, "2027-01-16"),
        (82801.0, "2027-01-17"),
        (60.0, "2027-01-16"),
    ],
)
def test_the_reset_is_a_midnight_that_is_not_before_the_scenarios(
    resets_in: float, date: str
) -> None:
    """As a date, and as an instant in UTC."""
    told = user_body(Copilot(month(1.0, resets_in)), NOW)
    assert told["quota_reset_date"] == date
    assert told["quota_reset_date_utc"] == f"{date}T00:00:00.000Z"


def test_the_members_are_those_of_the_real_endpoint(sample: Sample) -> None:
    """Every member of the real ones is here, at both levels."""
    told: dict[str, Any] = dict(user_body(SCENARIOS["fresh"].copilot, NOW))
    names = (
        "copilot_internal_user.2025-12-19.business.fragment.json",
        "copilot_internal_user.2026-06.token_billing_student.json",
        "copilot_internal_user.2026-06.business_credits.json",
        "copilot_internal_user.2026-08.individual_free_has_quota.json",
        "copilot_internal_user.2026-09.individual_free.json",
    )
    reals = [sample(name) for name in names]
    assert told.keys() - {"endpoints"} == set().union(*reals)
    kinds: dict[str, set[str]] = {}
    for real in reals:
        for kind, snapshot in real["quota_snapshots"].items():
            kinds.setdefault(kind, set()).update(snapshot)
    assert told["quota_snapshots"].keys() == kinds.keys()
    for snapshot in told["quota_snapshots"].values():
        assert snapshot.keys() == set().union(*kinds.values())
