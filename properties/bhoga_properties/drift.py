"""Drift: what may become of a format that somebody else changes without saying so.

`drifts` makes, of one payload that a source really answers with, every variant in which one thing
has changed: a field renamed, dropped, nulled, moved, of another type, beside one that is not known,
or of a value that was never seen. It knows JSON, lines of JSON, and text. What a variant says of
itself is enough to read a failure by.

The law that they are for: of a payload that has drifted, a parser reads the right numbers or says
why it cannot; it never raises, and never reads more left than there is.
"""

import json
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Path: TypeAlias = tuple[str | int, ...]

UNKNOWN = "bhoga_unknown"
"""What nobody has seen yet, as a name and as a value."""

_NEW_MEMBERS: tuple[Json, ...] = (1, "new", None, [UNKNOWN], {UNKNOWN: {"percent": 1}})
_NEW_ITEMS: tuple[Json, ...] = ({UNKNOWN: 1}, {"kind": UNKNOWN, "percent": 1})
_WORDS = re.compile(r"[A-Za-z]+(?:[_-][A-Za-z]+)*")


class Kind(StrEnum):
    """What has changed."""

    RENAMED = "renamed"
    DROPPED = "dropped"
    NULLED = "nulled"
    MOVED = "moved"
    RETYPED = "of another type"
    SIBLING = "beside what is not known"
    VALUE = "of a value that is not known"


class Drifted(NamedTuple):
    """A payload in which one thing has changed: what, where in it, and in which way."""

    kind: Kind
    path: str
    detail: str
    payload: bytes

    def __str__(self) -> str:
        """What was done, as it reads in a failure."""
        return f"{self.path} {self.kind}{self.detail and f' ({self.detail})'}"


class Change(NamedTuple):
    """A JSON value in which one thing has changed: what, where in it, and in which way."""

    kind: Kind
    path: str
    detail: str
    value: Json


def drifts(payload: bytes) -> Iterator[Drifted]:
    """Every variant of `payload`, which is JSON, lines of JSON, or text in UTF-8; in a fixed order.

    Of lines of JSON all change alike: a program writes all of them in its new form. Raises
    UnicodeDecodeError for bytes that are no text.
    """
    text = payload.decode()
    whole = _container(text)
    lines = [text] if whole is not None else text.splitlines(keepends=True)
    records = [_container(line) for line in lines]
    if all(record is None for record in records):
        yield from text_drifts(text)
        return
    changes = [
        {(kind, path, detail): value for kind, path, detail, value in json_drifts(record)}
        for record in records
    ]
    for kind, path, detail in dict.fromkeys(what for changed in changes for what in changed):
        now = [
            f"{json.dumps(changed[kind, path, detail])}\n"
            if (kind, path, detail) in changed
            else line
            for line, changed in zip(lines, changes, strict=True)
        ]
        yield Drifted(kind, path, detail, "".join(now).encode())


def json_drifts(value: Json) -> Iterator[Change]:
    """Every variant of a JSON value in which one member, or what stands beside it, has changed.

    Of a list the items are changed and never left out: there may always be more or fewer.
    """
    for path, inner, holder in _places(value):
        yield from _within(value, path, inner)
        if path:
            yield from _instead(value, path, inner)
        if isinstance(holder, dict):
            yield from _elsewhere(value, path, inner, holder)


def _within(root: Json, path: Path, value: Json) -> Iterator[Change]:
    """What is not known beside what a container holds."""
    place = _written(path)
    if isinstance(value, dict):
        for new in _NEW_MEMBERS:
            beside = _set(root, path, {UNKNOWN: new, **value})
            yield Change(Kind.SIBLING, place, json.dumps(new), beside)
    elif isinstance(value, list):
        for new in _NEW_ITEMS:
            yield Change(Kind.SIBLING, place, json.dumps(new), _set(root, path, [*value, new]))


def _instead(root: Json, path: Path, value: Json) -> Iterator[Change]:
    """Another value at the same place."""
    place = _written(path)
    if value is not None:
        yield Change(Kind.NULLED, place, "", _set(root, path, None))
    for other in _other_types(value):
        yield Change(Kind.RETYPED, place, type(other).__name__, _set(root, path, other))
    if isinstance(value, str) and _WORDS.fullmatch(value):
        yield Change(Kind.VALUE, place, "", _set(root, path, UNKNOWN))


def _elsewhere(root: Json, path: Path, value: Json, fields: dict[str, Json]) -> Iterator[Change]:
    """The same value at another place, or at none; `fields` are those it stands among."""
    parent, key, place = path[:-1], str(path[-1]), _written(path)
    others = {name: other for name, other in fields.items() if name != key}
    without = _set(root, parent, others)
    yield Change(Kind.DROPPED, place, "", without)
    for new in sorted({f"{key}_v2", _respelled(key)} - {key}):
        renamed: Json = {new if name == key else name: other for name, other in fields.items()}
        yield Change(Kind.RENAMED, place, new, _set(root, parent, renamed))
    inside: Json = {**others, UNKNOWN: {key: value}}
    yield Change(Kind.MOVED, place, "into an object of its own", _set(root, parent, inside))
    for target, holder, _ in _places(without):
        if target != parent and isinstance(holder, dict) and key not in holder:
            moved = _set(without, target, {key: value, **holder})
            yield Change(Kind.MOVED, place, f"into {_written(target)}", moved)


def _other_types(value: Json) -> tuple[Json, ...]:
    match value:
        case None:
            return ()
        case bool():
            return (str(value).lower(), int(value), [value], {UNKNOWN: value})
        case int() | float():
            return (str(value), True, [value], {UNKNOWN: value})
        case str():
            return (7, False, [value], {UNKNOWN: value})
        case list():
            return ("new", 7, {UNKNOWN: value})
        case dict():
            return ("new", 7, [value])


def _container(text: str) -> Json:
    """The object or list that a text is, None if it is neither."""
    try:
        value: Json = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict | list) else None


def _places(value: Json, path: Path = (), holder: Json = None) -> Iterator[tuple[Path, Json, Json]]:
    """Every place in a JSON value: the path to it, what stands there, and what that stands in."""
    yield path, value, holder
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, (*path, name), value)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _places(inner, (*path, index), value)


def _set(value: Json, path: Path, new: Json) -> Json:
    """`value` with `new` at `path`; nothing of `value` itself changes."""
    if not path:
        return new
    key, *rest = path
    if isinstance(value, dict) and isinstance(key, str):
        return {**value, key: _set(value[key], tuple(rest), new)}
    if isinstance(value, list) and isinstance(key, int):
        return [*value[:key], _set(value[key], tuple(rest), new), *value[key + 1 :]]
    raise KeyError(_written(path))


def _respelled(name: str) -> str:
    """`percentLeft` for `percent_left`, and the reverse."""
    if "_" in name:
        first, *others = name.split("_")
        return first + "".join(part.capitalize() for part in others)
    return re.sub(r"(?<=[a-z0-9])[A-Z]", lambda capital: f"_{capital[0].lower()}", name)


def _written(path: Path) -> str:
    written = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return written.removeprefix(".") or "the whole"


def text_drifts(text: str) -> Iterator[Drifted]:
    """Every variant of a text in which one line, word or number of it has changed."""
    lines = text.splitlines(keepends=True)
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        before, after, place = lines[:index], lines[index + 1 :], f"line {index + 1}"
        for kind, detail, now in _line_drifts(line):
            yield Drifted(kind, place, detail, "".join([*before, now, *after]).encode())
        if after and after[0].strip():
            swapped = "".join([*before, after[0], line, *after[1:]])
            yield Drifted(Kind.MOVED, place, "below the next", swapped.encode())


def _line_drifts(line: str) -> Iterator[tuple[Kind, str, str]]:
    yield Kind.DROPPED, line.strip()[:40], ""
    yield Kind.SIBLING, "a line more", f"{line}Something new: 12 things\n"
    for found in re.finditer(r"[^\W\d_]{3,}|[0-9]+", line):
        before, after, was = line[: found.start()], line[found.end() :], found[0]
        if was.isdigit():
            yield Kind.NULLED, was, f"{before}--{after}"
            yield Kind.RETYPED, was, f"{before}several{after}"
        else:
            yield Kind.RENAMED, was, f"{before}something{after}"
