"""What looks like a limit, and stands where none is known.

The usage body moves without notice, and a limit that is left out overstates what is left. So an
object with a `utilization` or a `resets_at`, or with a `kind` and a `percent`, is a limit wherever
it stands: of a model if it clearly says so, else of all of them. Without its number it refuses all.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple, cast

from bhoga_core.payload import Members, UnexpectedError, inside, malformed, members, number, text
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

_KNOWN_PLACES = frozenset({*SLOTS, *LISTS, *MONEY})
_MARKS = ("utilization", "resets_at")
_MONEY_MARKS = ("monthly_limit", "used_credits")
_DEEPEST = 3  # objects inside each other in which a limit that was moved is looked for


class _Suspect(NamedTuple):
    """What looks like a limit: its slot or kind, its members, where it stands."""

    word: str
    fields: Members
    path: str


def unfamiliar(body: Members, path: str) -> Iterator[Limit]:
    """Whatever in the body at `path` looks like a limit in no known place.

    Raises UnexpectedError where it does, and cannot be called or counted.
    """
    for suspect in _suspects(body, path, _DEEPEST, _KNOWN_PLACES):
        yield _limit(suspect)


def refuse_elsewhere(around: Members, deepest: int) -> None:
    """Refuse a known limit in what a usage body, which is left out here, stands in.

    It is looked for in as many objects inside each other. Raises UnexpectedError. What else looks
    like a limit there is something else.
    """
    for suspect in _suspects(around, "", deepest):
        if is_known(suspect.word):
            raise malformed("a limit outside of the usage body", suspect.path)


def _suspects(
    fields: Members, path: str, deepest: int, passed_over: Collection[str] = ()
) -> Iterator[_Suspect]:
    """The suspects inside, other than what the members that are passed over are themselves."""
    for name, value in fields.items():
        for place, inner in _objects(value, inside(path, name if readable(name) else "?")):
            if name not in passed_over and _looks_like_a_limit(inner):
                yield _Suspect(_word(name, inner), inner, place)
            if deepest > 0:
                for suspect in _suspects(inner, place, deepest - 1):
                    # A day's or a week's extra usage is money too; a known limit is one anywhere.
                    if name not in MONEY or is_known(suspect.word):
                        yield suspect


def _objects(value: object, path: str) -> Iterator[tuple[str, Members]]:
    """An object itself, or those in a list, each with its path; of anything else none."""
    if type(value) is dict:
        yield path, cast("Members", value)
    elif type(value) is list:
        for index, item in enumerate(cast("list[object]", value)):
            if type(item) is dict:
                yield f"{path}[{index}]", cast("Members", item)


def _looks_like_a_limit(fields: Members) -> bool:
    return any(fields.get(mark) is not None for mark in _MARKS) or (
        "kind" in fields and fields.get("percent") is not None
    )


def _word(name: str, fields: Members) -> str:
    kind = fields.get("kind")
    return kind if type(kind) is str else LISTS.get(name) or name


def _limit(suspect: _Suspect) -> Limit:
    word, fields, path = suspect
    field = "utilization" if fields.get("percent") is None else "percent"
    percent = number(fields, field, path)
    if percent is None:
        raise malformed("a limit without its number", inside(path, field))
    if word in MONEY or any(mark in fields for mark in _MONEY_MARKS):
        return Limit(word, percent, None, path, kind=WindowKind.EXTRA)
    return Limit(word, percent, fields.get("resets_at"), path, _scope(word, fields, path))


def _scope(word: str, fields: Members, path: str) -> str:
    try:
        of_slot = slot_scope(word, path)
        if of_slot != EVERY_MODEL:
            return of_slot
        scope = members(fields, "scope", path)
        if scope is not None:
            return row_scope(scope, path) or EVERY_MODEL
        name = text(fields, "display_name", path)
        return EVERY_MODEL if name is None else token(name, path)
    except UnexpectedError:
        return EVERY_MODEL
