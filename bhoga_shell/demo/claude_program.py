"""A stand-in for `claude`: quota as Claude Code 2.1.330 tells it, and the same traps.

`get_usage` over stream-json and `/usage` as text ask the usage endpoint, and answer from the
snapshot in `.claude.json` for a minute without asking, and for an hour when asking fails. Anything
else that a real one would send to a model goes to the backends' model endpoint, to be counted.
"""

import json
import os
import time

from bhoga_shell.demo.asking import (
    ask,
    complain,
    decoded,
    items,
    members,
    objects_on_stdin,
    read_object,
    say,
    write_object,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

VERSION = "2.1.330"

_FLAGS = frozenset(
    {"--bare", "--no-session-persistence", "--print", "--strict-mcp-config", "--verbose", "-p"}
)
_VALUED = frozenset(
    {"--input-format", "--mcp-config", "--model", "--output-format", "--setting-sources", "--tools"}
)
_FOREIGN_LOGINS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN")
_NO_REQUEST = ("ANTHROPIC_BASE_URL", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC")
_FRESH, _SERVED = 60.0, 3600.0
_PATIENCE = 5.0
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

SUBSCRIPTION = "You are currently using your subscription to power your Claude Code usage"
SESSION_TOTALS = """\
Estimated cost:        $0.0000
Total duration (API):  0s
Total duration (wall): 0s
Total code changes:    0 lines added, 0 lines removed
Usage:                 0 input, 0 output, 0 cache read, 0 cache write"""
BREAKDOWN = """\
What's contributing to your limits usage?
Approximate, based on local sessions on this machine.

Last 24h · 12 requests · 2 sessions
  77% of your usage was at >150k context

Last 7d · 84 requests · 9 sessions
  59% of your usage came from subagent-heavy sessions"""


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
    return _response(request_id, {"subtype": "success", "response": usage})


def _response(request_id: object, said: "Mapping[str, object]") -> "dict[str, object]":
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
    return "\n".join((SUBSCRIPTION, "", *lines, "", BREAKDOWN)) if lines else SUBSCRIPTION


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


def _zone() -> str:
    # Without tzset (Windows) the variable TZ does not mean a name of the IANA's.
    return (hasattr(time, "tzset") and os.environ.get("TZ")) or "UTC"


class _Account:
    """The login, and the snapshot of what it was last told. The files are read when it is asked."""

    def __init__(self) -> None:
        folder = os.environ.get("CLAUDE_CONFIG_DIR")
        home = os.path.expanduser("~")  # noqa: PTH111 (pathlib takes as long to load as the rest)
        self._logins = os.path.join(folder or os.path.join(home, ".claude"), ".credentials.json")  # noqa: PTH118
        self._config = os.path.join(folder or home, ".claude.json")  # noqa: PTH118 (as above)

    @property
    def _login(self) -> "dict[str, Any]":
        return members(read_object(self._logins).get("claudeAiOauth"))

    @property
    def plan(self) -> str | None:
        """The plan that pays, None where a key or a token does or nobody is logged in."""
        if any(os.environ.get(name) for name in _FOREIGN_LOGINS):
            return None
        login = self._login
        if not login.get("accessToken") or "user:profile" not in login.get("scopes", ()):
            return None
        return str(login.get("subscriptionType"))

    def utilization(self) -> "Mapping[str, object] | None":
        """The usage endpoint's body, now or from the snapshot; None if there is none to have."""
        if any(os.environ.get(name) for name in _NO_REQUEST):
            return None
        config = read_object(self._config)
        account = members(config.get("oauthAccount")).get("accountUuid")
        snapshot = members(config.get("cachedUsageUtilization"))
        if snapshot.get("accountUuid") != account:
            snapshot = {}
        age = time.time() - snapshot.get("fetchedAtMs", 0) / 1000.0
        known = members(snapshot.get("utilization"))
        if age < _FRESH:
            return known
        body = self._fetched()
        if body is None:
            # The one mark of an old answer: it has no `limits`.
            old = {key: value for key, value in known.items() if key != "limits"}
            return old if age < _SERVED else None
        snapshot = {"fetchedAtMs": int(time.time() * 1000), "accountUuid": account}
        config["cachedUsageUtilization"] = {**snapshot, "utilization": body}
        write_object(self._config, config)
        return body

    def _fetched(self) -> "dict[str, Any] | None":
        try:
            expired = self._login.get("expiresAt", 0) / 1000.0 <= time.time()
            if expired:
                self._renew()
            status, body = self._usage()
            if status == 401 and not expired:
                self._renew()
                status, body = self._usage()
        except OSError:
            return None
        return members(decoded(body)) or None if status == 200 else None

    def _usage(self) -> "tuple[int, bytes]":
        headers = {
            "Authorization": f"Bearer {self._login.get('accessToken')}",
            "anthropic-beta": "oauth-2025-04-20",
            "User-Agent": f"claude-cli/{VERSION} (external, sdk-cli)",
        }
        status, _, _, body = ask("GET", "/api/oauth/usage", headers, timeout=_PATIENCE)
        return status, body

    def _renew(self) -> None:
        asked = {"grant_type": "refresh_token", "refresh_token": self._login.get("refreshToken")}
        status, _, _, body = ask("POST", "/v1/oauth/token", {}, asked, timeout=_PATIENCE)
        told = members(decoded(body))
        if status != 200:
            return
        whole = read_object(self._logins)
        whole["claudeAiOauth"] = {
            **members(whole.get("claudeAiOauth")),
            "accessToken": told.get("access_token"),
            "refreshToken": told.get("refresh_token"),
            "expiresAt": int((time.time() + told.get("expires_in", 0)) * 1000),
        }
        write_object(self._logins, whole)


def _call_model(content: object) -> int:
    """What no probe may come to: a turn."""
    message = {"role": "user", "content": content}
    asked = {"model": "claude-haiku-4-5-20251001", "max_tokens": 1, "messages": [message]}
    ask("POST", "/v1/messages", {}, asked)
    return 1


def _converse(account: _Account) -> int:
    rc = 0
    for asked in objects_on_stdin():
        if asked.get("type") == "user":
            rc = _call_model("demo")
        if asked.get("type") != "control_request":
            continue
        request = members(asked.get("request"))
        request_id = asked.get("request_id")
        answer: Mapping[str, object]
        if request.get("subtype") == "get_usage":
            # Lines of other kinds come between a question and its answer.
            say(json.dumps({"type": "system", "subtype": "status", "status": None}))
            plan = account.plan
            answer = control_response(request_id, plan, account.utilization() if plan else None)
            say(json.dumps({"type": "keep_alive"}))
        else:
            error = f"Unsupported control request subtype: {request.get('subtype')}"
            answer = _response(request_id, {"subtype": "error", "error": error})
        say(json.dumps(answer))
    return rc


def _print(prompt: str, account: _Account, output: str) -> int:
    if prompt == "/usage":
        text = SESSION_TOTALS
        if account.plan is not None:
            text = usage_text(account.utilization() or {}, _zone())
    elif prompt == "/status":
        text = "/status isn't available in this environment."
    else:
        return _call_model(prompt)
    if output != "text":
        result = {"type": "result", "subtype": "success", "is_error": False, "num_turns": 0}
        text = json.dumps({**result, "result": text, "total_cost_usd": 0})
    say(text)
    return 0


def main(arguments: "list[str]") -> int:
    """Run `claude` with these arguments, and answer its exit code."""
    options: dict[str, str] = {}
    prompts: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        name, assigned, value = argument.partition("=")
        if name == "--tools" and not assigned:  # it takes whatever follows, the prompt too
            options[name] = " ".join(rest)
        elif name in _VALUED:
            options[name] = value if assigned else next(rest, "")
        elif name in _FLAGS or name == "--version":
            options[name] = ""
        elif name.startswith("-"):
            complain(f"error: unknown option '{name}'")
            return 1
        else:
            prompts.append(argument)
    return _run(options, " ".join(prompts))


def _run(options: "Mapping[str, str]", prompt: str) -> int:
    output = options.get("--output-format", "text")
    if "--version" in options:
        say(f"{VERSION} (Claude Code)")
        return 0
    if options.keys().isdisjoint({"-p", "--print"}):
        return _call_model("quota")
    if output == "stream-json" and "--verbose" not in options:
        complain("Error: When using --print, --output-format=stream-json requires --verbose")
        return 1
    if options.get("--input-format") == "stream-json":
        return _converse(_Account())
    if not prompt:
        complain("Error: Input must be provided either through stdin or as a prompt argument")
        return 1
    return _print(prompt, _Account(), output)
