"""Response hooks for httpx clients, so that an SDK calibrates a router by itself.

They serve `httpx` and its successor `httpx2`, which the Anthropic SDK uses since version 1 and the
OpenAI SDK since version 3 (August 2026). Neither is imported: a hook is called with a response and
reads a few attributes that both have. It never reads the response's body, so streams stay as they
are, and nothing it meets ever raises into the caller.
"""

import json
from collections.abc import Awaitable, Callable
from time import perf_counter, time
from typing import Any, cast

from bhoga_core.window import EVERY_MODEL
from bhoga_shell.log import log

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes up to which a request's body is read for the model's name."""

LONGEST_REQUEST = 86_400.0
"""Seconds a request can have taken for its start to be believed (a day)."""

Record = Callable[..., None]
"""`Router.record_turn`."""


def response_hook(record: Record, pid: str) -> Callable[[Any], None]:
    """A hook for `httpx.Client(event_hooks={"response": [hook]})` that records as `pid`."""

    def hook(response: Any) -> None:
        _record(record, pid, response)

    return hook


def async_response_hook(record: Record, pid: str) -> Callable[[Any], Awaitable[None]]:
    """The same for `httpx.AsyncClient`. It does not wait for anything either."""

    async def hook(response: Any) -> None:
        _record(record, pid, response)

    return hook


def _record(record: Record, pid: str, response: Any) -> None:
    try:
        request = response.request
        if request.method != "POST" or request.url.path.endswith("/count_tokens"):
            # Listing models or counting tokens is no turn: it may succeed while turns are refused.
            return
        record(
            pid,
            _model(request),
            headers=response.headers,
            status_code=response.status_code,
            started_at=_started_at(response),
        )
    except Exception:  # noqa: BLE001 -- what it was is logged
        log().debug("a response could not be recorded", exc_info=True)


def _model(request: Any) -> str:
    """The model that the request's JSON body names, or `"*"` where it names none."""
    try:
        body = request.content
    except Exception:  # noqa: BLE001 -- httpx.RequestNotRead: the body was streamed up
        return EVERY_MODEL
    if len(body) > LARGEST_BODY:
        return EVERY_MODEL
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return EVERY_MODEL
    model = cast("dict[str, object]", sent).get("model") if isinstance(sent, dict) else None
    return model if isinstance(model, str) and model else EVERY_MODEL


def _started_at(response: Any) -> float | None:
    """The Unix second at which the request was sent, or None where that cannot be told.

    Both libraries note it, on `time.perf_counter`, in the stream they hand out, for `elapsed`,
    which they publish only once the stream is closed. Without it the response's evidence is dated
    by its arrival.
    """
    began = getattr(response.stream, "_start", None)
    if not isinstance(began, float):
        return None
    took = perf_counter() - began
    return time() - took if 0 <= took <= LONGEST_REQUEST else None
