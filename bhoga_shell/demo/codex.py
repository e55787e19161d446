"""ChatGPT's usage endpoint, as it is in late 2026.

`GET /backend-api/wham/usage` (undocumented; shape of 2026-09): windows in the slots `primary` and
`secondary`, told apart by their seconds, used in whole PERCENT, resets in Unix seconds.
"""

import math
from collections.abc import Mapping

from bhoga_shell.demo import logins
from bhoga_shell.demo.answers import (
    Backend,
    JsonObject,
    Response,
    in_manner,
    json_response,
    padding,
)
from bhoga_shell.demo.scenarios import Allowance, Codex, Manner, Manners, Scenario


def usage_body(codex: Codex, now: float) -> JsonObject:
    """What `GET /backend-api/wham/usage` says of `codex` at the Unix second `now`."""
    padded = padding(codex.manners)
    return {
        "user_id": "demo-user",
        "account_id": logins.ACCOUNT,
        "email": "demo@example.invalid",
        "plan_type": codex.plan,
        "rate_limit": _rate_limit(codex.windows, now),
        "code_review_rate_limit": None,
        "additional_rate_limits": [
            {
                "limit_name": f"{limit.model}{padded}",
                "metered_feature": limit.limit_id,
                "normal_model_slug": None,
                "rate_limit": _rate_limit((limit.window,), now),
            }
            for limit in codex.models
        ]
        or None,
        "credits": {
            "has_credits": codex.has_credits,
            "unlimited": False,
            "overage_limit_reached": False,
            "balance": codex.balance or "0",
            "approx_local_messages": [0, 0],
            "approx_cloud_messages": [0, 0],
        },
        "spend_control": {"reached": False, "individual_limit": None},
        "rate_limit_reached_type": {"type": "rate_limit_reached"} if _reached(codex) else None,
        "rate_limit_reset_credits": {"available_count": 0, "applicable_available_count": 0},
        "model_usage": {
            "gpt-5.6-sol": {
                "available": not _reached(codex),
                "available_at": None,
                "credits_would_enable": False,
            }
        },
        "promo": None,
    }


def _reached(codex: Codex) -> bool:
    return any(window.used >= 100.0 for window in codex.windows)


def _rate_limit(windows: tuple[Allowance, ...], now: float) -> JsonObject:
    reached = any(window.used >= 100.0 for window in windows)
    slots = (*(_window(window, now) for window in windows), None, None)
    return {
        "allowed": not reached,
        "limit_reached": reached,
        "primary_window": slots[0],
        "secondary_window": slots[1],
    }


def _window(window: Allowance, now: float) -> JsonObject:
    return {
        "used_percent": math.floor(window.used),
        "limit_window_seconds": round(window.length),
        "reset_after_seconds": math.floor(window.resets_in),
        "reset_at": round(now + window.resets_in),
    }


_FORBIDDEN: tuple[int, JsonObject] = (403, {"detail": "Forbidden"})
_REFUSALS: Mapping[Manner, tuple[int, JsonObject]] = {
    Manner.UNAUTHORISED: (401, {"detail": "Unauthorized"}),
    Manner.SCOPE: _FORBIDDEN,
    Manner.FORBIDDEN: _FORBIDDEN,
    Manner.RATE_LIMITED: (429, {"detail": "Too many requests"}),
}


def _accepts(headers: Mapping[str, str]) -> bool:
    return headers.get("authorization") == f"Bearer {logins.CODEX}"


def _manners(scenario: Scenario) -> Manners:
    return scenario.codex.manners


def _respond(scenario: Scenario, now: float) -> Response:
    return in_manner(_manners(scenario), usage_body(scenario.codex, now), _REFUSALS)


BACKEND = Backend(
    "openai-codex",
    frozenset({"/backend-api/wham/usage", "/api/codex/usage"}),
    _accepts,
    _respond,
    json_response(*_REFUSALS[Manner.UNAUTHORISED]),
    _manners,
)
"""The stand-in for `chatgpt.com`, as far as the usage of a plan goes."""
