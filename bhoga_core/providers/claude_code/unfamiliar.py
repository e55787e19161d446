"""What looks like a limit, and stands where none is known.

The usage body moves without notice, and a limit that is left out overstates what is left. So an
object with a numeric `utilization`, or a row of a list that looks like one of `limits[]`, is a
limit wherever it stands: of a model if it clearly says so, else of all of them.
"""

from collections.abc import Iterable, Iterator
from typing import cast

from bhoga_core.payload import Members, UnexpectedError, inside, members, number, text
from bhoga_core.providers.claude_code.limit import (
    LISTS,
    MONEY,
    SLOTS,
    Limit,
    is_known,
    readable,
    row_scope,
    slot_scope,
    token,
)
from bhoga_core.window import EVERY_MODEL, WindowKind

_ROW_MARKS = ("kind", "display_name", "resets_at")
_MONEY_MARKS = ("monthly_limit", "used_credits")
_DEEPEST = 3  # objects inside each other in which a limit that was moved is looked for


def unfamiliar(body: Members, path: str, depth: int = 0) -> Iterator[Limit]:
    """Whatever in the body at `path` looks like a limit in no known place.

    Raises UnexpectedError where it does, and cannot be called or counted.
    """
    for name, value in body.items():
        place = inside(path, name if readable(name) else "?")
        known_place = depth == 0 and (name in SLOTS or name in LISTS or name in MONEY)
        if type(value) is dict:
            fields = cast("Members", value)
            if not known_place and _is_number(fields.get("utilization")):
                yield _suspect(name, fields, "utilization", place)
            inner = [(place, fields)]
        elif type(value) is list:
            inner = _objects(cast("list[object]", value), place)
            if not known_place:
                yield from _suspect_rows(name, inner)
        else:
            continue
        if depth < _DEEPEST:
            for inner_place, fields in inner:
                for limit in unfamiliar(fields, inner_place, depth + 1):
                    # A day's or a week's extra usage is money too; a known limit is one anywhere.
                    if name not in MONEY or is_known(limit.word):
                        yield limit


def _objects(values: list[object], path: str) -> list[tuple[str, Members]]:
    return [
        (f"{path}[{index}]", cast("Members", value))
        for index, value in enumerate(values)
        if type(value) is dict
    ]


def _suspect_rows(name: str, rows: Iterable[tuple[str, Members]]) -> Iterator[Limit]:
    for place, row in rows:
        field = "percent" if _is_number(row.get("percent")) else "utilization"
        if _is_number(row.get(field)) and any(mark in row for mark in _ROW_MARKS):
            yield _suspect(name, row, field, place)


def _suspect(name: str, fields: Members, field: str, path: str) -> Limit:
    kind = fields.get("kind")
    word = kind if type(kind) is str else LISTS.get(name) or name
    percent = number(fields, field, path) or 0.0
    if word in MONEY or any(mark in fields for mark in _MONEY_MARKS):
        return Limit(word, percent, None, path, kind=WindowKind.EXTRA)
    return Limit(word, percent, fields.get("resets_at"), path, _scope(word, fields, path))


def _scope(word: str, fields: Members, path: str) -> str:
    try:
        scope = members(fields, "scope", path)
        if scope is not None:
            return row_scope(scope, path) or EVERY_MODEL
        name = text(fields, "display_name", path)
        return slot_scope(word, path) if name is None else token(name, path)
    except UnexpectedError:
        return EVERY_MODEL


def _is_number(value: object) -> bool:
    return type(value) is int or type(value) is float
