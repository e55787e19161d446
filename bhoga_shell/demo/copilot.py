"""GitHub's usage endpoint, as it is in late 2026.

`GET /copilot_internal/user` (undocumented; shape of 2026-09): snapshots with PERCENT left and
counts, and the date of the reset.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bhoga_shell.demo import logins
from bhoga_shell.demo.answers import (
    Backend,
    JsonObject,
    Response,
    in_manner,
    json_response,
    padding,
)
from bhoga_shell.demo.scenarios import Copilot, Manner, Manners, Scenario

_UNLIMITED = ("chat", "completions")


def user_body(copilot: Copilot, now: float) -> JsonObject:
    """What `GET /copilot_internal/user` says of `copilot` at the Unix second `now`."""
    reset = reset_at(copilot, now)
    asked_at = _milliseconds(datetime.fromtimestamp(now, UTC))
    unlimited = {
        "entitlement": 0,
        "remaining": 0,
        "quota_remaining": 0.0,
        "percent_remaining": 100.0,
        "unlimited": True,
        "has_quota": True,
    }
    premium = {
        "entitlement": copilot.entitlement,
        "remaining": math.floor(copilot.left),
        "quota_remaining": copilot.left,
        "percent_remaining": 100.0 - copilot.premium.used,
        "unlimited": False,
        "has_quota": copilot.entitlement > 0,
    }
    rest = {"overage_count": 0, "token_based_billing": True, "timestamp_utc": asked_at}
    return {
        "login": "demo",
        "access_type_sku": "plus_monthly_subscriber_quota",
        "analytics_tracking_id": f"demo{padding(copilot.manners)}",
        "assigned_date": None,
        "can_signup_for_limited": False,
        "chat_enabled": True,
        "copilot_plan": copilot.plan,
        "organization_login_list": [],
        "organization_list": [],
        "endpoints": {"api": "https://api.example.invalid"},
        "token_based_billing": True,
        "quota_reset_date": reset.date().isoformat(),
        "quota_reset_date_utc": _milliseconds(reset),
        "quota_snapshots": {
            name: {
                "quota_id": name,
                **numbers,
                "overage_permitted": permitted,
                "quota_reset_at": 0,
                **rest,
            }
            for name, numbers, permitted in (
                *((name, unlimited, False) for name in _UNLIMITED),
                ("premium_interactions", premium, copilot.overage_permitted),
            )
        },
    }


def reset_at(copilot: Copilot, now: float) -> datetime:
    """When the premium requests reset: the first midnight (UTC) not before the scenario's reset."""
    at = datetime.fromtimestamp(round(now + copilot.premium.resets_in), UTC)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if midnight == at else midnight + timedelta(days=1)


def _milliseconds(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


_FORBIDDEN: tuple[int, JsonObject] = (
    403,
    {"message": "Resource not accessible by personal access token", "status": "403"},
)
_REFUSALS: Mapping[Manner, tuple[int, JsonObject]] = {
    Manner.UNAUTHORISED: (401, {"message": "Bad credentials", "status": "401"}),
    Manner.SCOPE: _FORBIDDEN,
    Manner.FORBIDDEN: _FORBIDDEN,
    Manner.RATE_LIMITED: (429, {"message": "API rate limit exceeded for user ID 1."}),
}


def _accepts(headers: Mapping[str, str]) -> bool:
    return headers.get("authorization") in (f"token {logins.COPILOT}", f"Bearer {logins.COPILOT}")


def _manners(scenario: Scenario) -> Manners:
    return scenario.copilot.manners


def _respond(scenario: Scenario, now: float) -> Response:
    return in_manner(_manners(scenario), user_body(scenario.copilot, now), _REFUSALS)


BACKEND = Backend(
    "github-copilot",
    frozenset({"/copilot_internal/user"}),
    _accepts,
    _respond,
    json_response(*_REFUSALS[Manner.UNAUTHORISED]),
    _manners,
)
"""The stand-in for `api.github.com`, as far as the usage of Copilot goes."""
