"""A stand-in for `codex`: quota as codex 0.169.0 tells it, and the same traps.

`app-server` speaks JSON objects, one a line, without a `jsonrpc` member. `exec`, which takes a
question about the quota for a prompt, goes to the backends' model endpoint, to be counted.
"""

import json
import os
import sys
import time

from bhoga_shell.demo.asking import (
    ask,
    complain,
    decoded,
    members,
    objects_on_stdin,
    origin,
    read_object,
    say,
)
from bhoga_shell.demo.codex_replies import rate_limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

VERSION = "0.169.0"

_VALUED = frozenset({"--disable", "--enable", "--model", "-a", "-c", "-m", "-s"})
_USAGE = "/backend-api/wham/usage"
_RESET_CREDITS = "/backend-api/wham/rate-limit-reset-credits"
_PLUGINS = "/backend-api/ps/plugins/installed?limit=200"


class _Refusal(Exception):  # noqa: N818 (an answer of the protocol)
    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message)
        self.error = {"code": code, "message": message}


class _Server:
    """One conversation of `codex app-server`."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._client: str | None = None

    @property
    def _tokens(self) -> "dict[str, Any]":
        path = os.path.join(self._home, "auth.json")  # noqa: PTH118 (pathlib takes long to load)
        return members(read_object(path).get("tokens"))

    def _authorised(self) -> "dict[str, str]":
        tokens = self._tokens
        name = self._client or "codex"
        return {
            "authorization": f"Bearer {tokens.get('access_token')}",
            "chatgpt-account-id": str(tokens.get("account_id")),
            "user-agent": f"{name}/{VERSION} ({name}; 0)",
        }

    def answer(self, asked: "Mapping[str, Any]") -> None:
        """Answer one line, if it wants an answer."""
        if "id" not in asked:
            return
        try:
            told = {"id": asked["id"], "result": self._result(asked)}
        except _Refusal as refusal:
            told = {"id": asked["id"], "error": refusal.error}
        if asked.get("method") == "account/rateLimits/read":
            _notify("remoteControl/status/changed", {"status": "disabled", "serverName": "demo"})
        say(json.dumps(told))
        if asked.get("method") == "initialize":
            _notify("configWarning", {"summary": "demo: nothing is wrong", "details": None})

    def _result(self, asked: "Mapping[str, Any]") -> "dict[str, object]":
        method, parameters = asked.get("method"), members(asked.get("params"))
        if method == "initialize":
            return self._initialize(members(parameters.get("clientInfo")))
        if self._client is None:
            raise _Refusal(-32600, "Not initialized")
        if method == "account/rateLimits/read":
            return self._rate_limits(parameters)
        raise _Refusal(-32600, f"Invalid request: unknown variant `{method}`")

    def _initialize(self, client: "Mapping[str, Any]") -> "dict[str, object]":
        if self._client is not None:
            raise _Refusal(-32600, "Already initialized")
        self._client = client.get("name")
        if not self._client or "version" not in client:
            self._client = None
            raise _Refusal(-32600, "Invalid request: missing field `clientInfo`")
        return {
            "userAgent": f"{self._client}/{VERSION} ({self._client}; {client['version']})",
            "codexHome": os.path.realpath(self._home),
            "platformFamily": "windows" if os.name == "nt" else "unix",
            "platformOs": sys.platform,
        }

    def _rate_limits(self, parameters: "Mapping[str, object]") -> "dict[str, object]":
        path = os.path.join(self._home, "auth.json")  # noqa: PTH118 (as above)
        if not self._tokens:
            who = "chatgpt" if read_object(path).get("OPENAI_API_KEY") else "codex account"
            raise _Refusal(-32600, f"{who} authentication required to read rate limits")
        url = f"{origin()}{_USAGE}"
        failed = "failed to fetch codex rate limits: "
        try:
            status, reason, kind, body = ask("GET", _USAGE, self._authorised())
        except OSError:
            raise _Refusal(-32603, f"{failed}error sending request for url ({url})") from None
        details = f"content-type={kind}; body={body.decode(errors='replace')}"
        if status != 200:
            raise _Refusal(-32603, f"{failed}GET {url} failed: {status} {reason}; {details}")
        usage = members(decoded(body))
        if not usage:
            raise _Refusal(-32603, f"{failed}Decode error for {url}: expected value; {details}")
        result = rate_limits(usage, self._tokens.get("account_id"))
        if not parameters.get("excludeResetCreditDetails"):
            result["rateLimitResetCredits"] = self._reset_credits()
        return result

    def _reset_credits(self) -> "dict[str, object] | None":
        try:
            status, _, _, body = ask("GET", _RESET_CREDITS, self._authorised())
        except OSError:
            return None
        told = members(decoded(body)) if status == 200 else {}
        count = told.get("available_count")
        return {"availableCount": count, "credits": told.get("credits")} if told else None

    def sync_plugins(self) -> None:
        """Ask for the plugins, as codex does at each start with them."""
        if self._tokens:
            try:
                ask("GET", _PLUGINS, self._authorised())
            except OSError:
                complain("WARN plugins could not be synced")


def _notify(method: str, parameters: "Mapping[str, object]") -> None:
    emitted = int(time.time() * 1000)
    say(json.dumps({"method": method, "params": parameters, "emittedAtMs": emitted}))


def _serve(home: str, *, plugins: bool) -> int:
    complain("WARNING: demo: could not create PATH aliases, going on without them")
    complain("\x1b[31mERROR\x1b[0m demo: this is noise, and no failure")
    server = _Server(home)
    if plugins:
        server.sync_plugins()
    for asked in objects_on_stdin():
        server.answer(asked)
    return 0


def main(arguments: "list[str]") -> int:
    """Run `codex` with these arguments, and answer its exit code."""
    disabled: list[str] = []
    words: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        name, assigned, value = argument.partition("=")
        if name in _VALUED:
            value = value if assigned else next(rest, "")
            disabled += [value] if name == "--disable" else []
        elif argument == "--version":
            say(f"codex-cli {VERSION}")
            return 0
        elif argument.startswith("-") and not words:
            complain(
                f"error: unexpected argument '{argument}' found\n\n"
                "Usage: codex [OPTIONS] [PROMPT]\n       codex [OPTIONS] <COMMAND> [ARGS]\n\n"
                "For more information, try '--help'."
            )
            return 2
        else:
            words.append(argument)
    home = os.environ.get("CODEX_HOME") or os.path.join(os.path.expanduser("~"), ".codex")  # noqa: PTH111, PTH118 (as above)
    if words[:1] == ["app-server"]:
        return _serve(home, plugins="plugins" not in disabled)
    if words[:1] == ["exec"]:
        return _execute(" ".join(words[1:]))
    if words == ["login", "status"]:
        return _login_status(home)
    complain("Error: stdin is not a terminal")
    return 1


def _execute(prompt: str) -> int:
    """What no probe may come to: a turn."""
    turn = {"input": [{"type": "message", "role": "user", "content": prompt}]}
    ask("POST", "/backend-api/codex/responses", {}, turn)
    return 1


def _login_status(home: str) -> int:
    path = os.path.join(home, "auth.json")  # noqa: PTH118 (as above)
    found = bool(read_object(path))
    complain("Logged in using ChatGPT" if found else "Not logged in")
    return 0 if found else 1
