"""A stand-in for `claude`: quota as Claude Code 2.1.330 tells it, and the same traps.

`get_usage` over stream-json and `/usage` as text ask the usage endpoint. What a real one would send
to a model goes to the backends' model endpoint, to be counted.
"""

import json
import os
import time

from bhoga_shell.demo.asking import ask, complain, members, objects_on_stdin, say
from bhoga_shell.demo.claude_account import VERSION, Account
from bhoga_shell.demo.claude_replies import (
    SESSION_TOTALS,
    control_response,
    response,
    usage_text,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_FLAGS = frozenset(
    {"--bare", "--no-session-persistence", "--print", "--strict-mcp-config", "--verbose", "-p"}
)
_VALUED = frozenset(
    {"--input-format", "--mcp-config", "--model", "--output-format", "--setting-sources", "--tools"}
)


def _zone() -> str:
    # Without tzset (Windows) the variable TZ does not mean a name of the IANA's.
    return (hasattr(time, "tzset") and os.environ.get("TZ")) or "UTC"


def _call_model(content: object) -> int:
    """What no probe may come to: a turn."""
    message = {"role": "user", "content": content}
    asked = {"model": "claude-haiku-4-5-20251001", "max_tokens": 1, "messages": [message]}
    ask("POST", "/v1/messages", {}, asked)
    return 1


def _converse(account: Account) -> int:
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
            answer = response(request_id, {"subtype": "error", "error": error})
        say(json.dumps(answer))
    return rc


def _print(prompt: str, account: Account, output: str) -> int:
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
        return _converse(Account())
    if not prompt:
        complain("Error: Input must be provided either through stdin or as a prompt argument")
        return 1
    return _print(prompt, Account(), output)
