"""Reading events, kind by kind, from plain JSON values."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import cast

from bhoga_core.codec.outcomes import read_outcome
from bhoga_core.codec.plain import (
    TEXT_LIMIT,
    Fields,
    UnreadableError,
    checked_version,
    each,
    fields_of,
    number,
    number_or_none,
    object_of,
    stamp,
    text,
    text_or,
    whole_or,
)
from bhoga_core.codec.states import read_state
from bhoga_core.codec.windows import read_window
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
from bhoga_core.register import Stamp
from bhoga_core.window import EVERY_MODEL, Window


def read_event(value: object, version: int) -> Event:
    """The event of any version up to `version`; raises UnreadableError or NewerVersionError."""
    fields = object_of(value, "")
    checked_version(fields, version, "")
    kind = _READERS.get(text(fields, "event", ""))
    if kind is None:
        raise UnreadableError("unknown event", "event")
    known, read = kind
    return read(fields_of(value, known, ""))


def _head(fields: Fields) -> tuple[str, float, Stamp]:
    return text(fields, "provider_id", ""), number(fields, "at", ""), stamp(fields, "stamp", "")


def _windows(fields: Fields) -> tuple[Window, ...]:
    return tuple(each(fields, "windows", "", read_window))


def _account(fields: Fields) -> str:
    return text_or(fields, "account", "", "")


def _model(fields: Fields) -> str:
    return text_or(fields, "model", "", EVERY_MODEL)


def _turn_recorded(fields: Fields) -> Event:
    provider_id, at, learned = _head(fields)
    return TurnRecorded(
        provider_id,
        _model(fields),
        at,
        learned,
        whole_or(fields, "input_tokens", "", 0),
        whole_or(fields, "output_tokens", "", 0),
        whole_or(fields, "status_code", "", 200),
        tuple(each(fields, "headers", "", _header)) if "headers" in fields else (),
        number_or_none(fields, "started_at", ""),
        _account(fields),
    )


def _header(value: object, path: str) -> tuple[str, str]:
    if type(value) is list:
        pair = cast("list[object]", value)
        if len(pair) == 2:
            name, content = pair
            if type(name) is str and type(content) is str and len(name + content) <= TEXT_LIMIT:
                return (name, content)
    raise UnreadableError("not a header, or too long", path)


def _quota_observed(fields: Fields) -> Event:
    source = text(fields, "source", "")
    plan = text(fields, "plan", "") if "plan" in fields else None
    return QuotaObserved(*_head(fields), source, _windows(fields), plan, _account(fields))


def _floor_observed(fields: Fields) -> Event:
    return FloorObserved(*_head(fields), _windows(fields), _account(fields))


def _probe_started(fields: Fields) -> Event:
    source, until = text(fields, "source", ""), number(fields, "until", "")
    return ProbeStarted(*_head(fields), source, until, _account(fields))


def _probe_ended(fields: Fields) -> Event:
    source, outcome = text(fields, "source", ""), read_outcome(fields, "outcome", "")
    return ProbeEnded(*_head(fields), source, outcome, _account(fields))


def _throttled(fields: Fields) -> Event:
    return Throttled(*_head(fields), number_or_none(fields, "until", ""), _account(fields))


def _quota_set(fields: Fields) -> Event:
    return QuotaSet(*_head(fields), _windows(fields), _model(fields), _account(fields))


def _quota_cleared(fields: Fields) -> Event:
    names = tuple(each(fields, "names", "", _name))
    return QuotaCleared(*_head(fields), names, _model(fields), _account(fields))


def _name(value: object, path: str) -> str:
    return text({path: value}, path, "")


def _state_merged(fields: Fields) -> Event:
    return StateMerged(
        number(fields, "at", ""),
        stamp(fields, "stamp", ""),
        read_state(fields.get("state"), "state"),
        whole_or(fields, "turns", "", 0),
    )


_ANY = frozenset({"event", "version", "at", "stamp"})
_ONE = _ANY | {"provider_id", "account"}
_TURN = {"model", "input_tokens", "output_tokens", "status_code", "headers", "started_at"}

_READERS: Mapping[str, tuple[frozenset[str], Callable[[Fields], Event]]] = MappingProxyType(
    {
        "TurnRecorded": (_ONE | _TURN, _turn_recorded),
        "QuotaObserved": (_ONE | {"source", "windows", "plan"}, _quota_observed),
        "FloorObserved": (_ONE | {"windows"}, _floor_observed),
        "ProbeStarted": (_ONE | {"source", "until"}, _probe_started),
        "ProbeEnded": (_ONE | {"source", "outcome"}, _probe_ended),
        "Throttled": (_ONE | {"until"}, _throttled),
        "QuotaSet": (_ONE | {"windows", "model"}, _quota_set),
        "QuotaCleared": (_ONE | {"names", "model"}, _quota_cleared),
        "StateMerged": (_ANY | {"state", "turns"}, _state_merged),
    }
)
