"""Reading plain JSON values field by field: every reader answers a checked value or refuses.

Refusing is raising `UnreadableError`, which never leaves this package, so that the readers above
stay straight lines. A refusal names the place, never the value that stood there: a file that is
not ours may hold anybody's secrets.
"""

from collections.abc import Callable
from math import isfinite
from typing import NamedTuple, TypeAlias, TypeVar, cast

from bhoga_core.reading import Malformed
from bhoga_core.register import BEGINNING, Stamp

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
"""A plain JSON value."""

Fields: TypeAlias = dict[str, object]
"""An object whose field names have been checked, but not yet what they hold."""

TEXT_LIMIT = 4_096
"""Characters in the longest text that is read."""

ITEMS_LIMIT = 4_096
"""Items in the longest list, or fields in the largest map, that is read inside one record."""

NUMBER_LIMIT = 2**63
"""Whole numbers must be less than this, and more than its negative."""

T = TypeVar("T")


class NewerVersion(NamedTuple):
    """What was given is of a version that this release does not know, so it must be left alone."""

    version: int


class UnreadableError(Exception):
    """A value is not of the form it should have; `problem` says what is wrong, and where."""

    def __init__(self, reason: str, path: str) -> None:
        super().__init__(reason, path)
        self.problem = Malformed(reason, path)


class NewerVersionError(Exception):
    """A value says that it is of a later version; `problem` says which."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.problem = NewerVersion(version)


def inside(path: str, name: str) -> str:
    """The path of the field `name` of what is at `path`."""
    return f"{path}.{name}" if path else name


def object_of(value: object, path: str) -> Fields:
    """`value`, if it is an object whose field names are texts."""
    # Exact types here and below: a subclass may do anything when it is hashed, compared or copied.
    if type(value) is not dict:
        raise UnreadableError("not an object", path)
    for name in cast("dict[object, object]", value):
        if type(name) is not str:
            raise UnreadableError("a field's name is no text", path)
    return cast("Fields", value)


def fields_of(value: object, known: frozenset[str], path: str) -> Fields:
    """`value`, if it is an object that has no other fields than the `known` ones."""
    fields = object_of(value, path)
    if not known.issuperset(fields):
        raise UnreadableError(f"unknown field {min(set(fields) - known)[:40]!r}", path)
    return fields


def checked_version(fields: Fields, known: int, path: str) -> None:
    """Let the versions up to `known` pass; raises NewerVersionError for one that comes after.

    To be called before `fields_of`: what a later version added must not make it look malformed.
    """
    version = whole(fields, "version", path)
    if version < 1:
        raise UnreadableError("not a version", inside(path, "version"))
    if version > known:
        raise NewerVersionError(version)


def required(fields: Fields, name: str, path: str) -> object:
    """What the field holds; refused if there is none."""
    if name not in fields:
        raise UnreadableError("missing", inside(path, name))
    return fields[name]


def text(fields: Fields, name: str, path: str) -> str:
    """The text in a field that must be there."""
    value = fields.get(name)
    if type(value) is not str:
        raise UnreadableError("not a text", inside(path, name))
    if len(value) > TEXT_LIMIT:
        raise UnreadableError(f"longer than {TEXT_LIMIT} characters", inside(path, name))
    return value


def text_or(fields: Fields, name: str, path: str, default: str) -> str:
    """The text in a field that may be left out."""
    return text(fields, name, path) if name in fields else default


def number(fields: Fields, name: str, path: str) -> float:
    """The finite number in a field that must be there."""
    value = fields.get(name)
    if type(value) is float and isfinite(value):
        return value
    return float(whole(fields, name, path))


def number_or_none(fields: Fields, name: str, path: str) -> float | None:
    """The finite number in a field that may be left out."""
    return number(fields, name, path) if name in fields else None


def whole(fields: Fields, name: str, path: str) -> int:
    """The whole number in a field that must be there."""
    value = fields.get(name)
    if type(value) is int and -NUMBER_LIMIT < value < NUMBER_LIMIT:
        return value
    raise UnreadableError("not a number, or out of bounds", inside(path, name))


def whole_or(fields: Fields, name: str, path: str, default: int) -> int:
    """The whole number in a field that may be left out."""
    return whole(fields, name, path) if name in fields else default


def stamp(fields: Fields, name: str, path: str) -> Stamp:
    """The stamp, `[micros, counter]`, in a field that must be there."""
    value = fields.get(name)
    match cast("list[object]", value) if type(value) is list else None:
        case [int() as micros, int() as counter] if (
            type(micros) is type(counter) is int
            and 0 <= micros < NUMBER_LIMIT
            and 0 <= counter < NUMBER_LIMIT
        ):
            return Stamp(micros, counter)
        case _:
            raise UnreadableError("not a stamp", inside(path, name))


def stamp_or_beginning(fields: Fields, name: str, path: str) -> Stamp:
    """The stamp in a field that may be left out."""
    return stamp(fields, name, path) if name in fields else BEGINNING


def each(
    fields: Fields,
    name: str,
    path: str,
    read: Callable[[object, str], T],
    limit: int = ITEMS_LIMIT,
) -> list[T]:
    """What `read` makes of every item of the list in a field that must be there."""
    value = fields.get(name)
    path = inside(path, name)
    if type(value) is not list:
        raise UnreadableError("not a list", path)
    listed = cast("list[object]", value)
    if len(listed) > limit:
        raise UnreadableError(f"more than {limit} items", path)
    return [read(item, f"{path}[{index}]") for index, item in enumerate(listed)]


def by_source(
    fields: Fields, name: str, path: str, read: Callable[[Fields, str, str], T]
) -> tuple[tuple[str, T], ...]:
    """What `read` makes of every field of a map that may be left out, sorted by its name."""
    if name not in fields:
        return ()
    path = inside(path, name)
    named = object_of(fields[name], path)
    if len(named) > ITEMS_LIMIT or any(len(source) > TEXT_LIMIT for source in named):
        raise UnreadableError("too many fields, or too long a name", path)
    return tuple((source, read(named, source, path)) for source in sorted(named))
