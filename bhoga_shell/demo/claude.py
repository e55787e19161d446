"""Claude's usage endpoint, as it is in late 2026.

`GET /api/oauth/usage` (undocumented; shape of Claude Code 2.1.221, 2026-08): windows with
`utilization` in PERCENT and ISO resets; `limits[]`, the only place of a per-model week.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime

from bhoga_shell.demo import logins
from bhoga_shell.demo.answers import (
    Backend,
    JsonObject,
    Response,
    in_manner,
    json_response,
    padding,
)
from bhoga_shell.demo.scenarios import (
    Allowance,
    Claude,
    ExtraUsage,
    Manner,
    Manners,
    Scenario,
)

_EMPTY_SLOTS = (
    "seven_day_oauth_apps",
    "seven_day_opus",
    "seven_day_sonnet",
    "seven_day_cowork",
    "seven_day_omelette",
    "tangelo",
    "iguana_necktie",
    "omelette_promotional",
    "nimbus_quill",
    "cinder_cove",
    "amber_ladder",
)
_BETA = "oauth-2025-04-20"
_WARNED, _CRITICAL = 75.0, 100.0


def usage_body(claude: Claude, now: float) -> JsonObject:
    """What `GET /api/oauth/usage` says of `claude` at the Unix second `now`."""
    return {
        "five_hour": _window(claude.session, now),
        "seven_day": _window(claude.week, now),
        **dict.fromkeys(_EMPTY_SLOTS),
        "extra_usage": _extra_usage(claude.extra),
        "limits": _limits(claude, now),
        "spend": _spend(claude.extra, padding(claude.manners)),
        "member_dashboard_available": False,
    }


def _window(window: Allowance | None, now: float) -> JsonObject | None:
    if window is None:
        return None
    return {
        "utilization": window.used,
        "resets_at": _resets_at(window, now),
        "limit_dollars": None,
        "used_dollars": None,
        "remaining_dollars": None,
    }


def _resets_at(window: Allowance, now: float) -> str | None:
    if _unbegun(window):
        return None
    return datetime.fromtimestamp(round(now + window.resets_in, 3), UTC).isoformat(
        timespec="microseconds"
    )


def _unbegun(window: Allowance) -> bool:
    # Five hours begin with the first turn in them; a week is always running.
    return window.used == 0.0 and window.length < 86400.0


def _limits(claude: Claude, now: float) -> list[JsonObject]:
    rows = [("session", "session", window, "") for window in (claude.session,) if window]
    rows += [("weekly_all", "weekly", window, "") for window in (claude.week,) if window]
    rows += [("weekly_scoped", "weekly", limit.window, limit.model) for limit in claude.models]
    binding = max((window.used for _, _, window, _ in rows), default=0.0)
    return [
        {
            "kind": kind,
            "group": group,
            "percent": math.floor(window.used),
            "severity": _severity(window.used),
            "resets_at": _resets_at(window, now),
            "scope": {"model": {"id": None, "display_name": model}, "surface": None}
            if model
            else None,
            "is_active": window.used == binding > 0.0,
        }
        for kind, group, window, model in rows
    ]


def _severity(used: float) -> str:
    return "critical" if used >= _CRITICAL else "warning" if used >= _WARNED else "normal"


def _extra_usage(extra: ExtraUsage) -> JsonObject:
    return {
        "is_enabled": extra.enabled,
        "monthly_limit": extra.limit,
        "used_credits": float(extra.used),
        "utilization": _extra_percent(extra),
        "currency": "USD",
        "decimal_places": 2,
        "disabled_reason": None if extra.enabled else "out_of_credits",
        "user_disabled": False,
        "spend_limit_reached": extra.limit is not None and extra.used >= extra.limit > 0,
        "credits_ever_enabled": extra.enabled,
        "daily": None,
        "weekly": None,
    }


def _extra_percent(extra: ExtraUsage) -> float | None:
    return 100.0 * extra.used / extra.limit if extra.limit else None


def _spend(extra: ExtraUsage, padded: str) -> JsonObject:
    limit = None if extra.limit is None else _money(extra.limit)
    percent = _extra_percent(extra) or 0.0
    return {
        "used": _money(extra.used),
        "limit": limit,
        "percent": math.floor(percent),
        "severity": _severity(percent),
        "enabled": extra.enabled,
        "disabled_reason": None if extra.enabled else "out_of_credits",
        "cap": {"money": limit, "credits": None},
        "balance": None,
        "auto_reload": None,
        "disclaimer": f"Usage credits are for what goes beyond the plan.{padded}",
        "can_purchase_credits": False,
        "can_toggle": False,
    }


def _money(cents: int) -> JsonObject:
    return {"amount_minor": cents, "currency": "USD", "exponent": 2}


def _error(kind: str, message: str) -> JsonObject:
    return {
        "type": "error",
        "error": {
            "type": kind,
            "message": message,
            "details": {"error_visibility": "user_facing"},
        },
        "request_id": "req_demo",
    }


_REFUSALS: Mapping[Manner, tuple[int, JsonObject]] = {
    Manner.UNAUTHORISED: (401, _error("authentication_error", "Invalid bearer token")),
    Manner.SCOPE: (
        403,
        _error("permission_error", "OAuth token does not meet scope requirement user:profile"),
    ),
    Manner.FORBIDDEN: (403, _error("forbidden", "Request not allowed")),
    # The one error without an outer type.
    Manner.RATE_LIMITED: (
        429,
        {
            "error": {
                "message": "Rate limited. Please try again later.",
                "type": "rate_limit_error",
            }
        },
    ),
}


def _accepts(headers: Mapping[str, str]) -> bool:
    return _BETA in headers.get("anthropic-beta", "") and headers.get("authorization") in (
        f"Bearer {logins.CLAUDE}",
        f"Bearer {logins.CLAUDE_RENEWED}",
    )


def _manners(scenario: Scenario) -> Manners:
    return scenario.claude.manners


def _respond(scenario: Scenario, now: float) -> Response:
    return in_manner(_manners(scenario), usage_body(scenario.claude, now), _REFUSALS)


BACKEND = Backend(
    "claude_code",
    frozenset({"/api/oauth/usage"}),
    _accepts,
    _respond,
    json_response(*_REFUSALS[Manner.UNAUTHORISED]),
    _manners,
)
"""The stand-in for `api.anthropic.com`, as far as the usage of a plan goes."""
