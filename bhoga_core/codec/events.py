"""Events to and from plain JSON values."""

from returns.result import Failure, Success

from bhoga_core.codec.event_readers import read_event
from bhoga_core.codec.outcomes import encode_outcome
from bhoga_core.codec.plain import Json, NewerVersion, NewerVersionError, UnreadableError
from bhoga_core.codec.states import encode_state
from bhoga_core.codec.windows import encode_window
from bhoga_core.events import (
    Event,
    FloorObserved,
    ProbeEnded,
    ProbeStarted,
    QuotaCleared,
    QuotaObserved,
    QuotaSet,
    StateMerged,
    Throttled,
    TurnRecorded,
)
from bhoga_core.reading import Malformed
from bhoga_core.window import EVERY_MODEL, Window

EVENT_VERSION = 1
"""The version of the events written here. A later one is refused as such, so that it is kept."""

_DEFAULTS: dict[str, Json] = {
    "account": "",
    "headers": [],
    "input_tokens": 0,
    "model": EVERY_MODEL,
    "output_tokens": 0,
    "plan": None,
    "started_at": None,
    "status_code": 200,
    "turns": 0,
    "until": None,
}


def encode_event(event: Event) -> dict[str, Json]:
    """The event as plain JSON."""
    plain: dict[str, Json] = {"event": type(event).__name__, "version": EVENT_VERSION}
    if not isinstance(event, StateMerged):
        plain["provider_id"] = event.provider_id
        plain["account"] = event.account
    plain["at"] = event.at
    plain["stamp"] = [*event.stamp]
    plain |= _fields(event)
    for name, default in _DEFAULTS.items():
        if name in plain and plain[name] == default:
            del plain[name]
    return plain


def decode_event(value: object) -> Success[Event] | Failure[Malformed | NewerVersion]:
    """The event that `encode_event` made this of. Takes any value whatever and never raises."""
    try:
        return Success(read_event(value, EVENT_VERSION))
    except (UnreadableError, NewerVersionError) as refused:
        return Failure(refused.problem)


def _fields(event: Event) -> dict[str, Json]:
    match event:
        case TurnRecorded():
            return {
                "model": event.model,
                "input_tokens": event.input_tokens,
                "output_tokens": event.output_tokens,
                "status_code": event.status_code,
                "headers": [[name, value] for name, value in event.headers],
                "started_at": event.started_at,
            }
        case QuotaObserved():
            told = _windows(event.windows)
            return {"source": event.source, "windows": told, "plan": event.plan}
        case FloorObserved():
            return {"windows": _windows(event.windows)}
        case ProbeStarted():
            return {"source": event.source, "until": event.until}
        case ProbeEnded():
            return {"source": event.source, "outcome": encode_outcome(event.outcome)}
        case Throttled():
            return {"until": event.until}
        case QuotaSet():
            return {"model": event.model, "windows": _windows(event.windows)}
        case QuotaCleared():
            return {"model": event.model, "names": [*event.names]}
        case StateMerged():
            return {"state": encode_state(event.state), "turns": event.turns}


def _windows(windows: tuple[Window, ...]) -> Json:
    return [encode_window(window) for window in windows]
