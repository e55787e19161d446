"""`Backends`: one loopback server that stands in for the backends of all three providers."""

import json
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import NamedTuple, Self, cast

from bhoga_shell.demo import claude, codex, copilot, logins
from bhoga_shell.demo.answers import Backend, Response, json_response
from bhoga_shell.demo.loopback import LoopbackServer
from bhoga_shell.demo.scenarios import SCENARIOS, Manner, Manners, Scenario

_BACKENDS = (claude.BACKEND, codex.BACKEND, copilot.BACKEND)
_BY_PATH = {path: backend for backend in _BACKENDS for path in backend.usage_paths}

_RENEW = "/v1/oauth/token"
_RESET_CREDITS = "/backend-api/wham/rate-limit-reset-credits"
_PLUGINS = "/backend-api/ps/plugins/installed"
_MODEL_ENDPOINTS = ("/v1/messages", "/responses", "/chat/completions")

_NOT_FOUND = json_response(404, {"error": {"type": "not_found_error", "message": "no such path"}})
_NO_MODEL = json_response(403, {"error": {"type": "demo", "message": "there is no model here"}})


class Asked(NamedTuple):
    """A request that came: `provider` is whose path it is, empty for one that is nobody's."""

    method: str
    path: str
    provider: str


class Backends:
    """The three backends on one loopback port, in a context.

    `scenario` says what they answer from now on, and may be changed at any moment: its resets count
    from then. `clock` tells the Unix second. A request is kept as method and path, never with what
    it carried.
    """

    def __init__(
        self,
        scenario: Scenario = SCENARIOS["fresh"],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._asked: list[Asked] = []
        self._release = threading.Event()
        self.scenario = scenario
        self._server = LoopbackServer(self._answer)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), name="bhoga-demo", daemon=True
        )
        self._thread.start()

    @property
    def origin(self) -> str:
        """Where they listen: `http://127.0.0.1:<port>`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def scenario(self) -> Scenario:
        """What they answer, as it was set."""
        return self._set_at[0]

    @scenario.setter
    def scenario(self, scenario: Scenario) -> None:
        # From a whole second on, so that a reset is one instant however often it is asked for.
        self._set_at = (scenario, math.floor(self._clock()))

    @property
    def requests(self) -> tuple[Asked, ...]:
        """What was asked so far, in the order of arrival."""
        with self._changed:
            return tuple(self._asked)

    @property
    def counts(self) -> Mapping[str, int]:
        """How often each path was asked for; 0 for any other."""
        return Counter(asked.path for asked in self.requests)

    @property
    def model_calls(self) -> int:
        """How often a model was called. Nothing that looks for quota may do that."""
        return sum(asked.path.endswith(_MODEL_ENDPOINTS) for asked in self.requests)

    def wait_for(self, path: str, count: int = 1, timeout: float = 10.0) -> bool:
        """Whether `path` has been asked for `count` times, waiting `timeout` seconds for it.

        A request counts when it has come, so also while its answer is held back.
        """
        with self._changed:
            return self._changed.wait_for(
                lambda: sum(asked.path == path for asked in self._asked) >= count, timeout
            )

    def release(self) -> None:
        """Answer what is held back now. What is asked after this is held back again."""
        with self._changed:
            held, self._release = self._release, threading.Event()
        held.set()

    def close(self) -> None:
        """Stop listening, and let go of what is held back."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        # Not `release`: what came last may not have begun to wait.
        self._release.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        backend = _BY_PATH.get(path)
        with self._changed:
            # What is released from here on includes this request.
            released = self._release
            self._asked.append(Asked(method, path, _provider(path)))
            self._changed.notify_all()
        scenario, set_at = self._set_at
        if path.endswith(_MODEL_ENDPOINTS):
            return _NO_MODEL
        if method == "POST" and path == _RENEW:
            return _renewed(scenario.claude.manners, body)
        if method == "GET" and path in _CODEX_BESIDE:
            return _beside(codex.BACKEND, headers, _CODEX_BESIDE[path])
        if method != "GET" or backend is None:
            return _NOT_FOUND
        manners = backend.manners(scenario)
        if not manners.logged_in or not backend.accepts(headers):
            return backend.refusal
        if manners.manner is Manner.SLOW:
            released.wait()
        now = self._clock()
        return backend.respond(scenario.after(now - set_at), now)


_CODEX_BESIDE: Mapping[str, Response] = {
    _RESET_CREDITS: json_response(200, {"credits": [], "available_count": 0}),
    _PLUGINS: json_response(200, {"plugins": []}),
}


def _provider(path: str) -> str:
    if path in _CODEX_BESIDE or path.endswith("/responses"):
        return codex.BACKEND.provider
    if path in (_RENEW, "/v1/messages"):
        return claude.BACKEND.provider
    backend = _BY_PATH.get(path)
    return "" if backend is None else backend.provider


def _beside(backend: Backend, headers: Mapping[str, str], response: Response) -> Response:
    return response if backend.accepts(headers) else backend.refusal


def _renewed(manners: Manners, body: bytes) -> Response:
    """What Claude's login answers the program that renews its own."""
    try:
        asked: object = json.loads(body)
    except ValueError:
        asked = None
    wanted = {"grant_type": "refresh_token", "refresh_token": logins.CLAUDE_REFRESH}
    known = isinstance(asked, dict) and wanted.items() <= cast("dict[str, object]", asked).items()
    if not known or not manners.logged_in or manners.manner is Manner.UNAUTHORISED:
        return json_response(400, {"error": "invalid_grant"})
    renewed = {
        "token_type": "Bearer",
        "access_token": logins.CLAUDE_RENEWED,
        "refresh_token": logins.CLAUDE_REFRESH,
        "expires_in": 28800,
        "scope": " ".join(logins.CLAUDE_SCOPES),
    }
    return json_response(200, renewed)
