"""The attempts and outcomes of probes to and from plain JSON values."""

from bhoga_core.codec.plain import (
    Fields,
    Json,
    fields_of,
    inside,
    number,
    stamp,
    text,
    text_or,
)
from bhoga_core.quota import Attempt, Outcome

_OUTCOME = frozenset({"reason", "detail", "at", "retry_at", "wait", "took", "credential"})
_ATTEMPT = frozenset({"stamp", "at", "source", "until"})


def encode_outcome(outcome: Outcome) -> Json:
    """The outcome as plain JSON."""
    plain: dict[str, Json] = {
        "at": outcome.at,
        "retry_at": outcome.retry_at,
        "wait": outcome.wait,
        "took": outcome.took,
    }
    texts = {
        "reason": outcome.reason,
        "detail": outcome.detail,
        "credential": outcome.credential,
    }
    return plain | {name: said for name, said in texts.items() if said}


def read_outcome(fields: Fields, name: str, path: str) -> Outcome:
    """The outcome in a field that must be there."""
    path = inside(path, name)
    inner = fields_of(fields.get(name), _OUTCOME, path)
    return Outcome(
        text_or(inner, "reason", path, ""),
        text_or(inner, "detail", path, ""),
        number(inner, "at", path),
        number(inner, "retry_at", path),
        number(inner, "wait", path),
        number(inner, "took", path),
        text_or(inner, "credential", path, ""),
    )


def encode_attempt(attempt: Attempt) -> Json:
    """The attempt as plain JSON."""
    return {
        "stamp": [*attempt.stamp],
        "at": attempt.at,
        "source": attempt.source,
        "until": attempt.until,
    }


def read_attempt(value: object, path: str) -> Attempt:
    """The attempt at `path`."""
    fields = fields_of(value, _ATTEMPT, path)
    return Attempt(
        stamp(fields, "stamp", path),
        number(fields, "at", path),
        text(fields, "source", path),
        number(fields, "until", path),
    )
