"""What codex 0.169.0 says of the usage endpoint's body: minutes for seconds, and camel case."""

from bhoga_shell.demo.asking import items, members

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# What the program has a word for; any other plan is "unknown" to it.
_PLANS = ("free", "go", "plus", "pro", "prolite", "team", "business", "enterprise", "edu", "guest")


def rate_limits(usage: "Mapping[str, object]", account: object) -> "dict[str, object]":
    """What `account/rateLimits/read` tells of the usage endpoint's body: minutes and camel case."""
    plan = usage.get("plan_type")
    plan = plan if plan in _PLANS else "unknown"
    reached = members(usage.get("rate_limit_reached_type")).get("type")
    own = {
        **_snapshot("codex", None, usage.get("rate_limit"), plan),
        "credits": _credits(members(usage.get("credits"))),
        "spendControlReached": members(usage.get("spend_control")).get("reached"),
        "rateLimitReachedType": reached,
    }
    limits = {"codex": own}
    for limit in map(members, items(usage.get("additional_rate_limits"))):
        limit_id = str(limit.get("metered_feature"))
        name = limit.get("limit_name")
        limits[limit_id] = {
            **_snapshot(limit_id, name, limit.get("rate_limit"), plan),
            "normalModelSlug": limit.get("normal_model_slug"),
        }
    return {
        "ordinaryUsageAllowed": members(usage.get("rate_limit")).get("allowed"),
        "rateLimits": own,
        "rateLimitsByLimitId": limits,
        "rateLimitResetCredits": None,
        "accountId": account,
        "rateLimitUpsell": None,
    }


def _snapshot(limit_id: str, name: object, rate_limit: object, plan: object) -> "dict[str, object]":
    windows = members(rate_limit)
    return {
        "limitId": limit_id,
        "limitName": name,
        "normalModelSlug": None,
        "primary": _window(members(windows.get("primary_window"))),
        "secondary": _window(members(windows.get("secondary_window"))),
        "credits": None,
        "individualLimit": None,
        "spendControlReached": None,
        "planType": plan,
        "rateLimitReachedType": None,
    }


def _window(window: "Mapping[str, Any]") -> "dict[str, object] | None":
    if not window:
        return None
    return {
        "usedPercent": window.get("used_percent"),
        "windowDurationMins": window.get("limit_window_seconds", 0) // 60,
        "resetsAt": window.get("reset_at"),
    }


def _credits(told: "Mapping[str, object]") -> "dict[str, object] | None":
    if not told:
        return None
    return {
        "hasCredits": told.get("has_credits"),
        "unlimited": told.get("unlimited"),
        "balance": told.get("balance"),
    }
