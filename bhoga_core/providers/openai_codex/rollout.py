"""What Codex left on disk after its last turns: `sessions/Y/M/D/rollout-*.jsonl`.

A line of type `token_count` may hold the limits that came with a response. They are old, of one
limit a turn, and a reserve has been written down as the plan's own `codex` (2026-09): so all lines
count that are still within their window, and of two the fuller. Facts: Codex 0.4x (2025, resets in
RFC 3339 or as seconds to go) to 0.169 (2026-11).
"""

from collections.abc import Iterator
from math import inf

from bhoga_core.notation import rfc3339
from bhoga_core.payload import (
    Members,
    UnexpectedError,
    answered,
    members,
    members_of,
    parsed,
    text,
)
from bhoga_core.providers.openai_codex import CODEX_ROLLOUT
from bhoga_core.providers.openai_codex.limits import PLAN, UNNAMED
from bhoga_core.providers.openai_codex.snapshot import read_snapshot, scope_of_snapshot
from bhoga_core.providers.openai_codex.spelling import ROLLOUT
from bhoga_core.providers.openai_codex.windows import Origin, complete, joined
from bhoga_core.reading import Answer, Declined, Reading, Reason, Zones
from bhoga_core.window import EVERY_MODEL, WindowKind

_MOST_LINES = 32
_LONGEST_LINE = 1 << 16
_TYPE = "token_count"


def read_rollout(payload: bytes, at: float, _zones: Zones) -> Answer:
    """The windows still open at `at` in the end of a session's file, each dated by its line."""
    return answered(lambda: _read(payload, at))


def _read(payload: bytes, at: float) -> Reading:
    newest_first = [_line(said, origin) for said, origin in _dated(payload, at)]
    found = joined(newest_first)
    still = tuple(
        window
        for window in reversed(found.windows)
        if window.kind is not WindowKind.EXTRA and at < window.ends_at < inf
    )
    if not still:
        detail = "the last session has left no limit that still stands"
        raise UnexpectedError(Declined(Reason.NO_SIGNAL, detail))
    return complete(Reading(still, found.plan, found.ignored))


def _dated(payload: bytes, at: float) -> Iterator[tuple[Members, Origin]]:
    """The limits in the last lines that have any, and when each was written; none from later."""
    looked_at = 0
    for line in reversed(payload.splitlines()):
        if len(line) > _LONGEST_LINE or not (b'"token_count"' in line and b'"rate_limits"' in line):
            continue
        if looked_at == _MOST_LINES:
            return
        looked_at += 1
        try:
            message = members_of(parsed(line))
        except UnexpectedError:
            continue  # the first line is cut off where reading began, the last where writing is
        event = message if message.get("type") == _TYPE else members(message, "payload")
        if event is None or event.get("type") != _TYPE:
            continue
        limits = members(event, "rate_limits")
        written = rfc3339(text(message, "timestamp") or "")
        if limits is not None and written is not None and written <= at:
            yield limits, Origin(CODEX_ROLLOUT, written)


def _line(limits: Members, origin: Origin) -> Reading:
    path = "rate_limits"
    limit_id = text(limits, ROLLOUT.limit_id, path) or PLAN
    scope = scope_of_snapshot(limits, ROLLOUT, limit_id, path)
    # Nothing else is in a line: an id of no family that has no name may be the plan's new one.
    if scope in (limit_id, UNNAMED) and not limit_id.startswith(f"{PLAN}_"):
        scope = EVERY_MODEL
    return read_snapshot(limits, ROLLOUT, scope, origin, path)
