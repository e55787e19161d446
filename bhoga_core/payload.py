"""Reading a provider's JSON: every reader answers a checked value, nothing, or refuses.

An answer comes from outside and changes without notice. What is unknown is passed over; null is
the same as absent; but a known field of another type refuses the whole payload, because a window
that is quietly left out would overstate what is left. Refusing is raising `UnexpectedError`, which
`answered` turns into the parser's `Failure`, so that the readers stay straight lines. A refusal
names the place, never the value that stood there.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from typing import TypeAlias, cast

from returns.result import Failure, Success

from bhoga_core.reading import Answer, Declined, Malformed, Reading

Members: TypeAlias = Mapping[str, object]
"""A JSON object of which nothing has been looked at yet."""

NUMBER_LIMIT = 1e15
"""Numbers are below this: beyond it floats skip whole numbers."""


class UnexpectedError(Exception):
    """A payload tells nothing; `problem` says why, and never leaves with a piece of it."""

    def __init__(self, problem: Malformed | Declined) -> None:
        super().__init__(problem)
        self.problem = problem


def answered(read: Callable[[], Reading]) -> Answer:
    """What `read` reads, or why it refused."""
    try:
        return Success(read())
    except UnexpectedError as unexpected:
        return Failure(unexpected.problem)


def malformed(reason: str, path: str = "") -> UnexpectedError:
    """The refusal of what stands at `path`."""
    return UnexpectedError(Malformed(reason, path))


def inside(path: str, name: str) -> str:
    """The path of the member `name` of what is at `path`."""
    return f"{path}.{name}" if path else name


def parsed(payload: bytes | str) -> object:
    """The JSON value that a payload is. Raises UnexpectedError."""
    try:
        value: object = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise malformed(f"no JSON ({type(error).__name__})") from None
    return value


def members_of(value: object, path: str = "") -> Members:
    """`value`, if it is an object. Raises UnexpectedError."""
    if type(value) is not dict:
        raise malformed("not an object", path)
    return cast("Members", value)


def members(fields: Members, name: str, path: str = "") -> Members | None:
    """The object in a member, None if it is absent. Raises UnexpectedError."""
    value = fields.get(name)
    return None if value is None else members_of(value, inside(path, name))


def number(fields: Members, name: str, path: str = "") -> float | None:
    """The finite number in a member, None if it is absent. Raises UnexpectedError."""
    value = fields.get(name)
    if value is None:
        return None
    if type(value) is int and abs(value) < NUMBER_LIMIT:
        return float(value)
    if type(value) is float and isfinite(value) and abs(value) < NUMBER_LIMIT:
        return value
    raise malformed("not a number, or enormous", inside(path, name))


def text(fields: Members, name: str, path: str = "", limit: int = 256) -> str | None:
    """The text in a member, None if it is absent. Raises UnexpectedError."""
    value = fields.get(name)
    if value is None:
        return None
    if type(value) is not str or len(value) > limit:
        raise malformed(f"not a text of at most {limit} characters", inside(path, name))
    return value


def flag(fields: Members, name: str, path: str = "") -> bool | None:
    """The truth value in a member, None if it is absent. Raises UnexpectedError."""
    value = fields.get(name)
    if value is None or type(value) is bool:
        return value
    raise malformed("not true or false", inside(path, name))


def items(
    fields: Members, name: str, path: str = "", limit: int = 256
) -> Iterator[tuple[str, Members]]:
    """The objects of the list in a member, with the path of each; none if it is absent.

    Raises UnexpectedError.
    """
    value = fields.get(name)
    if value is None:
        return
    if type(value) is not list or len(cast("list[object]", value)) > limit:
        raise malformed(f"not a list of at most {limit} items", inside(path, name))
    for index, item in enumerate(cast("list[object]", value)):
        place = f"{inside(path, name)}[{index}]"
        yield place, members_of(item, place)
