"""What is said to be used where nobody reads it.

Codex's answers move without notice, and a window that is left out overstates what is left. So
whatever in an answer has a percentage used is either read or refuses the answer.
"""

from collections.abc import Collection, Iterator
from typing import cast

from bhoga_core.payload import Members, inside, malformed
from bhoga_core.providers.openai_codex.limits import word
from bhoga_core.providers.openai_codex.spelling import APP_SERVER, USAGE_BODY

_USED = (APP_SERVER.used_percent, USAGE_BODY.used_percent)


def refuse_unread(whole: Members, path: str, read: Collection[str] = ()) -> None:
    """Refuse a percentage used in what is at `path`, but for the members of what is at `read`.

    Raises UnexpectedError.
    """
    below = [(path, whole)]
    while below:
        place, fields = below.pop()
        for inner_place, inner in _objects(fields, place):
            if place not in read and any(inner.get(used) is not None for used in _USED):
                raise malformed("a limit in a place that is not known", inner_place)
            below.append((inner_place, inner))


def _objects(fields: Members, path: str) -> Iterator[tuple[str, Members]]:
    """The members that are objects, and the objects in those that are lists, with their paths."""
    for name, value in fields.items():
        place = inside(path, word(name) or "?")
        if type(value) is dict:
            yield place, cast("Members", value)
        elif type(value) is list:
            for index, item in enumerate(cast("list[object]", value)):
                if type(item) is dict:
                    yield f"{place}[{index}]", cast("Members", item)
