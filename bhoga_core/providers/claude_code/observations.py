"""What Claude Code hands to programs of its user's: its status line and its rate-limit events.

The JSON on a status line's stdin (since 2.1.80): `rate_limits.<slot>` with `used_percentage`, 0 to
100, and `resets_at`, Unix seconds; it repeats old numbers and is not dated. A `rate_limit_event`
line of stream-json (seen 2026-03 to 2026-11) says what a response's headers said: `utilization` is
the FRACTION used, `resetsAt` Unix seconds, `unifiedWindows` all windows (since 2.1.269).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

from returns.result import Failure, Success

from bhoga_core.headers import distinct, plausible_reset
from bhoga_core.payload import (
    Members,
    UnexpectedError,
    inside,
    malformed,
    members,
    members_of,
    number,
    parsed,
    text,
)
from bhoga_core.providers.claude_code import HEADER_PREFIX
from bhoga_core.providers.claude_code.limit import Limit, limit_window, readable, slot_scope
from bhoga_core.reading import Answered, Malformed, Observation, Reading
from bhoga_core.window import Window

SOURCE = "statusline"
"""The name of the windows of a status line."""

_INFO = "rate_limit_info"
_LIMITS = "rate_limits"
_WINDOWS = "unifiedWindows"
# The events spell a window as claims do, the headers shorter.
_LABELS = {"five_hour": "5h", "seven_day": "7d", "seven_day_overage_included": "7d_oi"}


def read_observation(observed: object, at: float) -> Observation:
    """What a status line's input or a `rate_limit_event` said at the Unix second `at`. Total."""
    try:
        fields = _fields(observed)
        kind = fields.get("type")
        if _INFO in fields or (type(kind) is str and kind == "rate_limit_event"):
            return Success(_event(fields))
        return Success(_status_line(fields, at))
    except UnexpectedError as unexpected:
        problem = unexpected.problem
    return Failure(problem if type(problem) is Malformed else Malformed("tells nothing"))


def _fields(observed: object) -> Members:
    # The unbound methods: a subclass may override its own. They answer a plain str or bytes.
    if isinstance(observed, str):
        return members_of(parsed(str.strip(observed)))
    if isinstance(observed, bytes):
        return members_of(parsed(bytes.strip(observed)))
    if not isinstance(observed, Mapping):
        raise malformed("neither text, bytes nor a mapping")
    try:
        return dict(cast("Members", observed))
    except Exception:  # noqa: BLE001 - a foreign mapping may raise anything
        raise malformed("a mapping that cannot be read") from None


def _status_line(fields: Members, at: float) -> Reading:
    limits = members(fields, _LIMITS)
    if limits is None:
        raise malformed(
            "no rate_limits: a status line has them from the first answer of a session with a plan",
            _LIMITS,
        )
    said = [each for name, slot in _objects(limits, _LIMITS) for each in _slot(name, slot, at)]
    if not said:
        raise malformed("no window", _LIMITS)
    windows = distinct(window for window, _ in said)
    return Reading(windows, ignored=sum(unread for _, unread in said))


def _objects(fields: Members, path: str) -> Iterator[tuple[str, Members]]:
    """The members that are objects and have a readable name; known ones have to be."""
    for name, value in fields.items():
        if type(name) is not str or value is None:
            continue
        if name in _LABELS or (_is_object(value) and readable(name)):
            yield name, members_of(value, inside(path, name))


def _is_object(value: object) -> bool:
    return type(value) is dict


def _slot(name: str, slot: Members, at: float) -> Iterator[tuple[Window, bool]]:
    place = inside(_LIMITS, name)
    percent = number(slot, "used_percentage", place)
    if percent is not None:
        stated = number(slot, "resets_at", place)
        resets_at = plausible_reset(stated, at)
        window = limit_window(
            Limit(name, percent, None, place, slot_scope(name, place)), SOURCE, at
        )
        yield replace(window, resets_at=resets_at), resets_at is None and stated is not None


def _event(fields: Members) -> Answered:
    info = members(fields, _INFO)
    status = None if info is None else _word(info, "status", _INFO)
    if info is None or status is None:
        raise malformed("no status", inside(_INFO, "status"))
    said = {
        "status": status,
        "reset": _number(info, "resetsAt", _INFO),
        "utilization": _number(info, "utilization", _INFO),
        "representative-claim": _word(info, "rateLimitType", _INFO),
        "overage-status": _word(info, "overageStatus", _INFO),
        "overage-reset": _number(info, "overageResetsAt", _INFO),
    }
    path = inside(_INFO, _WINDOWS)
    windows = members(info, _WINDOWS, _INFO)
    for name, window in () if windows is None else _objects(windows, path):
        label = _LABELS.get(name) or name.replace("seven_day_", "7d_", 1)
        place = inside(path, name)
        said[f"{label}-utilization"] = _number(window, "utilization", place)
        said[f"{label}-reset"] = _number(window, "resetsAt", place)
        said[f"{label}-status"] = _word(window, "status", place)
    headers = tuple(
        (HEADER_PREFIX + name, value) for name, value in said.items() if value is not None
    )
    return Answered(headers, 429 if status.lower() == "rejected" else 200)


def _word(fields: Members, name: str, path: str) -> str | None:
    word = text(fields, name, path)
    if word is not None and not readable(word):
        raise malformed("no readable word", inside(path, name))
    return word


def _number(fields: Members, name: str, path: str) -> str | None:
    value = number(fields, name, path)
    return None if value is None else f"{value:.15g}"
