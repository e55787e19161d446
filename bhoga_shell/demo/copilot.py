"""GitHub's usage endpoint and the headers of Copilot's turns, as they are in late 2026.

`GET /copilot_internal/user` (undocumented; shape of 2026-09): snapshots with PERCENT left and
counts, and the date of the reset. The headers say the same as query strings.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

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
    reset = _reset(copilot, now)
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
        "remaining": math.floor(_left(copilot)),
        "quota_remaining": _left(copilot),
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


def _left(copilot: Copilot) -> float:
    return copilot.entitlement * (100.0 - copilot.premium.used) / 100.0


def _reset(copilot: Copilot, now: float) -> datetime:
    # Copilot resets at midnight, UTC: the first one that is not before the scenario's reset.
    at = datetime.fromtimestamp(round(now + copilot.premium.resets_in), UTC)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if midnight == at else midnight + timedelta(days=1)


def _milliseconds(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def turn(copilot: Copilot, now: float) -> Response:
    """What a turn is answered at the Unix second `now`: 200, or 402 when nothing is left.

    Only what succeeds carries the snapshots.
    """
    if copilot.premium.used >= 100.0 and not copilot.overage_permitted:
        error = {"message": "You have no quota left.", "code": "quota_exceeded"}
        wait = math.ceil(_reset(copilot, now).timestamp() - now)
        return json_response(402, {"error": error}, ("retry-after", str(wait)))
    left = max(0.0, _left(copilot))
    over = max(0.0, -_left(copilot))
    percent = max(0.0, 100.0 - copilot.premium.used)
    reset = quote(_reset(copilot, now).isoformat().replace("+00:00", "Z"), safe="")
    permitted = str(copilot.overage_permitted).lower()
    premium = (
        f"ent={copilot.entitlement}&ov={over:.1f}&ovPerm={permitted}"
        f"&rem={percent:.1f}&rst={reset}&totRem={left:.1f}"
    )
    chat = f"ent=-1&ov=0.0&ovPerm=false&rem=100.0&rst={reset}&totRem=-1"
    return json_response(
        200,
        {"object": "chat.completion"},
        ("x-quota-snapshot-chat", chat),
        ("x-quota-snapshot-premium_interactions", premium),
    )


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
