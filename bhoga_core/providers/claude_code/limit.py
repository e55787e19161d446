"""A limit as Anthropic's usage body writes it, and the window that it is.

A limit is called by the slot it stands in (`five_hour`, `seven_day_opus`) or by its kind
(`session`, `weekly_scoped`); both say how long it is. Anything else is called what it is called
there, and is of no known length.
"""

from types import MappingProxyType
from typing import NamedTuple

from bhoga_core.headers import fraction, length_name, plausible_reset, rfc3339
from bhoga_core.naming import scope_token
from bhoga_core.payload import Members, malformed, members, text
from bhoga_core.window import EVERY_MODEL, Window, WindowKind

WEEK = 604800.0
"""The length in seconds of a week's window."""

SLOTS = ("five_hour", "seven_day", "seven_day_opus", "seven_day_sonnet")
"""The slots that are known."""

LISTS = MappingProxyType({"limits": "", "model_scoped": "weekly_scoped"})
"""The lists of limits that are known, and of which kind their rows are if they do not say."""

WEEKS = ("seven_day", "weekly_all")
"""What the week of all models is called: every plan with limits has it, whatever else it has."""

MONEY = ("extra_usage", "spend")
"""The members that speak of extra usage: no limit of the plan, whatever numbers are in them."""

_MODEL_SLOT = "seven_day_"
_LENGTHS = {
    "five_hour": 18000.0,
    "session": 18000.0,
    "seven_day": WEEK,
    "weekly_all": WEEK,
    "weekly_scoped": WEEK,
}
_LONGEST_NAME = 64


class Limit(NamedTuple):
    """One limit: the word for it, the PERCENT used, its reset as it is written, where it stands."""

    word: str
    percent: float
    resets_at: object
    path: str
    scope: str = EVERY_MODEL
    kind: WindowKind = WindowKind.ALLOWANCE


def is_known(word: str) -> bool:
    """Whether a limit of this slot or kind is known; a week's is, whichever model it is for."""
    return word in _LENGTHS or word.startswith(_MODEL_SLOT)


def limit_window(limit: Limit, source: str, at: float) -> Window:
    """The window that `source` stated at the Unix second `at`. Raises UnexpectedError."""
    used = fraction(limit.percent / 100.0)
    if used is None:
        raise malformed("no percentage", limit.path)
    length = WEEK if limit.word.startswith(_MODEL_SLOT) else _LENGTHS.get(limit.word)
    name = limit.word if length is None else length_name(length)
    if not readable(name):
        raise malformed("no readable name", limit.path)
    stated = limit.resets_at
    resets_at = plausible_reset(rfc3339(stated), at) if type(stated) is str else None
    return Window(name, used, at, source, limit.kind, limit.scope, length, resets_at)


def slot_scope(slot: str, path: str) -> str:
    """The token of the model that a slot is for. Raises UnexpectedError."""
    return token(slot, path) if slot.startswith(_MODEL_SLOT) else EVERY_MODEL


def row_scope(scope: Members, path: str) -> str | None:
    """The token of what a row of `limits[]` is for, None if it does not say.

    A surface (an app, no model) has a token that is no model's, so that it limits none. Raises
    UnexpectedError.
    """
    model = members(scope, "model", path)
    if model is not None:
        place = f"{path}.model"
        name = text(model, "display_name", place) or text(model, "id", place)
        return None if name is None else token(name, place)
    surface = scope.get("surface")
    if surface is None:
        return None
    return token(f"surface_{surface}" if type(surface) is str else "surface", path)


def token(name: str, path: str) -> str:
    """The token of a model's name that stands at `path`. Raises UnexpectedError."""
    found = scope_token(name)
    if not readable(found):
        raise malformed("no readable name", path)
    return found


def readable(name: str) -> bool:
    """Whether `name`, which came from outside, can stand in a file and on a screen."""
    return 0 < len(name) <= _LONGEST_NAME and name.isprintable() and name == name.strip()
