"""A turn on its way from the caller to the fold."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NamedTuple, cast

from bhoga_core.events import TurnRecorded
from bhoga_core.headers import relevant
from bhoga_core.provider import Provider
from bhoga_core.register import Stamp

MOST_HEADERS = 20_000
"""How many headers of a response are looked at."""


class Turn(NamedTuple):
    """A turn as the caller handed it over: its headers have not been read yet.

    It is appended by callers that must not wait, so it is as cheap as can be.
    """

    provider_id: str
    model: str
    at: float
    micros: int
    counter: int
    input_tokens: int
    output_tokens: int
    status_code: int
    headers: object
    started_at: float | None


def snapshot(headers: object) -> object:
    """The headers as they are now, whatever they are: the caller may go on to change its own.

    What raises while it is copied counts as no headers.
    """
    if type(headers) is dict:
        return cast("dict[object, object]", headers).copy()
    if headers is None:
        return None
    try:
        # In `items()` httpx joins repeated headers into one value; here it keeps them apart.
        items = getattr(headers, "multi_items", None) or getattr(headers, "items", None)
        pairs = items() if callable(items) else headers
        return tuple(islice(cast("Iterable[object]", pairs), MOST_HEADERS))
    except Exception:  # noqa: BLE001 -- they come from outside, and routing must not stop for them
        return None


def as_event(turn: Turn, providers: Mapping[str, Provider]) -> tuple[TurnRecorded, int]:
    """The event that a turn is, and how many of its headers could not be read."""
    kept = relevant(turn.headers, providers[turn.provider_id].header_prefixes)
    event = TurnRecorded(
        turn.provider_id,
        turn.model,
        turn.at,
        Stamp(turn.micros, turn.counter),
        turn.input_tokens,
        turn.output_tokens,
        turn.status_code,
        kept.pairs,
        turn.started_at,
    )
    return event, kept.ignored
