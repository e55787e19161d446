"""What the model endpoints answer: the demo's turns, which are never sent.

Headers as they are in late 2026 (undocumented): those of `/v1/messages` say the FRACTION used,
those of `/responses` whole PERCENT and minutes, Copilot's the PERCENT left. Resets are Unix
seconds, but for Copilot's, which are ISO.
"""

import math
from urllib.parse import quote

from bhoga_shell.demo.answers import Response, json_response
from bhoga_shell.demo.copilot import reset_at
from bhoga_shell.demo.scenarios import Allowance, Claude, Codex, Copilot, ModelLimit

_WARNED = 75.0
_CLAIMS = {"5h": "five_hour", "7d": "seven_day", "7d_oi": "seven_day_overage_included"}
_CLAUDE_MESSAGE = {"type": "message", "role": "assistant", "content": "demo"}
_CLAUDE_REFUSAL = {
    "type": "error",
    "error": {
        "type": "rate_limit_error",
        "message": "This request would exceed your account's rate limit. Please try again later.",
    },
    "request_id": "req_demo",
}


def claude_turn(claude: Claude, now: float, model: str = "") -> Response:
    """What `/v1/messages` answers a turn of `model` at the Unix second `now`.

    It is a 200, or a 429 while an allowance that holds for the model is used up. The header of a
    model's own week is there for turns of that model alone.
    """
    windows = {
        name: window
        for name, window in (
            ("5h", claude.session),
            ("7d", claude.week),
            ("7d_oi", _week_of(model, claude.models)),
        )
        if window is not None
    }
    headers: dict[str, str] = {}
    for name, window in windows.items():
        headers[f"{name}-status"] = _status(window)
        headers[f"{name}-reset"] = _seconds(now + window.resets_in)
        headers[f"{name}-utilization"] = str(round(window.used / 100.0, 4))
    tightest = max(windows, key=lambda name: windows[name].used, default="")
    refused = [window for window in windows.values() if window.used >= 100.0]
    if tightest:
        # The unnamed reset is that of what refuses, the latest of several.
        reset = max((window.resets_in for window in refused), default=windows[tightest].resets_in)
        headers["status"] = "rejected" if refused else _status(windows[tightest])
        headers["representative-claim"] = _CLAIMS[tightest]
        headers["reset"] = _seconds(now + reset)
        headers["fallback-percentage"] = "0.5"
        headers["overage-status"] = "allowed" if claude.extra.enabled else "rejected"
    unified = [(f"anthropic-ratelimit-unified-{name}", text) for name, text in headers.items()]
    if not refused:
        return json_response(200, _CLAUDE_MESSAGE, *unified)
    wait = max(window.resets_in for window in refused)
    return json_response(429, _CLAUDE_REFUSAL, *unified, ("retry-after", str(math.ceil(wait))))


def _week_of(model: str, limits: tuple[ModelLimit, ...]) -> Allowance | None:
    for limit in limits:
        if limit.model.lower() in model.lower():
            return limit.window
    return None


def _status(window: Allowance) -> str:
    if window.used >= 100.0:
        return "rejected"
    return "allowed_warning" if window.used >= _WARNED else "allowed"


def _seconds(at: float) -> str:
    return str(round(at))


def codex_turn(codex: Codex, now: float) -> Response:
    """What `/responses` answers a turn at the Unix second `now`: 200, or 429 when used up."""
    windows = codex.windows
    headers = {
        "active-limit": "codex",
        "plan-type": codex.plan,
        "primary-over-secondary-limit-percent": "0",
        "credits-has-credits": str(codex.has_credits),
        "credits-unlimited": "False",
        "credits-balance": codex.balance or "0",
    }
    for slot, window in zip(("primary", "secondary"), (*windows, None, None), strict=False):
        headers.update(_slot(slot, window, now))
    for limit in codex.models:
        family = limit.limit_id.removeprefix("codex_")
        headers[f"{family}-limit-name"] = limit.model
        headers.update(_slot(f"{family}-primary", limit.window, now))
    said = tuple((f"x-codex-{name}", text) for name, text in headers.items())
    refused = [window.resets_in for window in windows if window.used >= 100.0]
    if not refused:
        return json_response(200, {"object": "response", "status": "completed"}, *said)
    wait = math.floor(max(refused))
    error = {
        "type": "usage_limit_reached",
        "message": "The usage limit has been reached",
        "plan_type": codex.plan,
        "resets_at": round(now + max(refused)),
        "resets_in_seconds": wait,
        "eligible_promo": None,
    }
    return json_response(429, {"error": error}, *said)


def _slot(slot: str, window: Allowance | None, now: float) -> dict[str, str]:
    # An absent window is written as one that is nothing.
    used, minutes, after, at = ("0", "0", "0", "")
    if window is not None:
        used, minutes = str(math.floor(window.used)), str(round(window.length / 60.0))
        after, at = str(math.floor(window.resets_in)), str(round(now + window.resets_in))
    return {
        f"{slot}-used-percent": used,
        f"{slot}-window-minutes": minutes,
        f"{slot}-reset-after-seconds": after,
        f"{slot}-reset-at": at,
    }


def copilot_turn(copilot: Copilot, now: float) -> Response:
    """What a turn is answered at the Unix second `now`: 200, or 402 when nothing is left.

    Only what succeeds carries the snapshots.
    """
    if copilot.premium.used >= 100.0 and not copilot.overage_permitted:
        error = {"message": "You have no quota left.", "code": "quota_exceeded"}
        wait = math.ceil(reset_at(copilot, now).timestamp() - now)
        return json_response(402, {"error": error}, ("retry-after", str(wait)))
    left = max(0.0, copilot.left)
    over = max(0.0, -copilot.left)
    percent = max(0.0, 100.0 - copilot.premium.used)
    reset = quote(reset_at(copilot, now).isoformat().replace("+00:00", "Z"), safe="")
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
