"""What Claude Code 2.1.330 says of the usage endpoint's body: a control response, and a text."""

import time

from bhoga_shell.demo.asking import items, members

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

SUBSCRIPTION = "You are currently using your subscription to power your Claude Code usage"
SESSION_TOTALS = """\
Estimated cost:        $0.0000
Total duration (API):  0s
Total duration (wall): 0s
Total code changes:    0 lines added, 0 lines removed
Usage:                 0 input, 0 output, 0 cache read, 0 cache write"""
_BREAKDOWN = """\
What's contributing to your limits usage?
Approximate, based on local sessions on this machine.

Last 24h · 12 requests · 2 sessions
  77% of your usage was at >150k context

Last 7d · 84 requests · 9 sessions
  59% of your usage came from subagent-heavy sessions"""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def control_response(
    request_id: object, plan: str | None, utilization: "Mapping[str, object] | None"
) -> "dict[str, object]":
    """The line that answers `get_usage`.

    `plan` is None without a subscription; `utilization` is the usage endpoint's body.
    """
    models: dict[str, object] = {}
    usage: dict[str, object] = {
        "session": {
            "total_cost_usd": 0,
            "total_api_duration_ms": 0,
            "total_duration_ms": 0,
            "total_lines_added": 0,
            "total_lines_removed": 0,
            "model_usage": models,
        },
        "subscription_type": plan,
        "rate_limits_available": plan is not None,
        "rate_limits": None if plan is None else utilization,
        "behaviors": None,
    }
    return response(request_id, {"subtype": "success", "response": usage})


def response(request_id: object, said: "Mapping[str, object]") -> "dict[str, object]":
    """The line that answers a control request with what is `said`."""
    return {"type": "control_response", "response": {"request_id": request_id, **said}}


def usage_text(utilization: "Mapping[str, object]", zone: str) -> str:
    """What `/usage` prints of the usage endpoint's body. Percent is floored.

    A reset is written in the process's own zone, which is called `zone`; where that is `UTC`, in
    UTC.
    """
    rows = [
        (label, members(utilization.get(key)).get("utilization"), utilization.get(key))
        for label, key in (
            ("Current session", "five_hour"),
            ("Current week (all models)", "seven_day"),
            ("Current week (Sonnet only)", "seven_day_sonnet"),
        )
    ]
    for limit in map(members, items(utilization.get("limits"))):
        name = members(members(limit.get("scope")).get("model")).get("display_name")
        if name:
            # A model that has not been used is shown without its reset.
            used = limit.get("percent")
            rows.append((f"Current week ({name})", used, limit if used else None))
    lines = [
        f"{label}: {int(used)}% used{_reset(members(row).get('resets_at'), zone)}"
        for label, used, row in rows
        if isinstance(used, int | float)
    ]
    return "\n".join((SUBSCRIPTION, "", *lines, "", _BREAKDOWN)) if lines else SUBSCRIPTION


def _reset(instant: object, zone: str) -> str:
    if not isinstance(instant, str):
        return ""
    from datetime import datetime  # noqa: PLC0415 (only the text needs it)

    seconds = datetime.fromisoformat(instant).timestamp()
    at = time.gmtime(seconds) if zone == "UTC" else time.localtime(seconds)
    minutes = f":{at.tm_min:02}" if at.tm_min else ""
    half = "pm" if at.tm_hour >= 12 else "am"
    hour = at.tm_hour % 12 or 12
    day = f"{_MONTHS[at.tm_mon - 1]} {at.tm_mday}"
    return f" · resets {day}, {hour}{minutes}{half} ({zone})"
