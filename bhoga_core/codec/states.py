"""Whole states to and from plain JSON values."""

from returns.result import Failure, Success

from bhoga_core.codec.plain import (
    Json,
    NewerVersion,
    NewerVersionError,
    UnreadableError,
    checked_version,
    each,
    fields_of,
    inside,
    object_of,
    stamp,
    text,
)
from bhoga_core.codec.quotas import encode_quota, read_quota, refuse_repeated
from bhoga_core.quota import QuotaState, state_of
from bhoga_core.reading import Malformed

FORMAT = "bhoga-state"
"""What a state says it is, so that no other JSON file is taken for one."""

STATE_VERSION = 1
"""The version of the states written here. A later one is refused as such, so that it is kept."""

RECORDS_LIMIT = 65_536
"""Records in the largest state that is read."""

_STATE = frozenset({"format", "version", "latest", "quotas"})


def encode_state(state: QuotaState) -> dict[str, Json]:
    """The state as plain JSON, its records sorted by key."""
    return {
        "format": FORMAT,
        "version": STATE_VERSION,
        "latest": [*state.latest],
        "quotas": [encode_quota(record) for record in state.records()],
    }


def decode_state(value: object) -> Success[QuotaState] | Failure[Malformed | NewerVersion]:
    """The state that `encode_state` made this of. Takes any value whatever and never raises."""
    try:
        return Success(read_state(value, ""))
    except (UnreadableError, NewerVersionError) as refused:
        return Failure(refused.problem)


def read_state(value: object, path: str) -> QuotaState:
    """The state at `path`; raises UnreadableError or NewerVersionError."""
    fields = object_of(value, path)
    if text(fields, "format", path) != FORMAT:
        raise UnreadableError(f"not {FORMAT}", inside(path, "format"))
    checked_version(fields, STATE_VERSION, path)
    fields = fields_of(value, _STATE, path)
    latest = stamp(fields, "latest", path)
    records = each(fields, "quotas", path, read_quota, RECORDS_LIMIT)
    refuse_repeated([record.key for record in records], inside(path, "quotas"))
    return state_of(records, latest)
