"""The windows that a JSON of Codex states, whatever its spelling.

Of one limit: the windows of time (in the slots `primary` and `secondary`, of which an unused one
is null or all zero), credits, and what a workspace lets one person spend. Used is PERCENT 0-100;
resets are Unix seconds. A slot says nothing of the window in it: windows are told by their length,
and one that has moved to another slot is still found. Facts: Codex 0.141 to 0.169, 2026-04 to
2026-11.
"""

from collections.abc import Iterable
from typing import NamedTuple

from bhoga_core.headers import count, distinct, fraction, length_name, plausible_reset
from bhoga_core.payload import (
    Members,
    UnexpectedError,
    flag,
    inside,
    malformed,
    members,
    members_of,
    number,
    text,
)
from bhoga_core.providers.openai_codex.limits import word
from bhoga_core.providers.openai_codex.spelling import Spelling
from bhoga_core.reading import Declined, Reading, Reason
from bhoga_core.window import Window, WindowKind

LONGEST = 366 * 86400.0
"""Seconds of the longest window that is believed."""

_WEEK = 604800.0
_ROUNDING = 60.0  # builds of 2025 wrote 299 and 10079 minutes


class Origin(NamedTuple):
    """Who said it, and at which Unix second it was true."""

    source: str
    at: float


def slots(fields: Members, spelling: Spelling, scope: str, origin: Origin, path: str) -> Reading:
    """The windows of a limit. Raises UnexpectedError.

    Both slots are always written. Where the second is not, beside a window shorter than a week, a
    longer one has been lost on the way.
    """
    found = {name: members(fields, name, path) for name in spelling.slots}
    moved = {
        name: members_of(value, path)
        for name, value in fields.items()
        if name not in found and name != spelling.individual_limit and _is_window(value, spelling)
    }
    readings = [
        _window(slot, spelling, name, scope, origin, inside(path, word(name)))
        for name, slot in (found | moved).items()
        if slot is not None
    ]
    lengths = [window.length or 0.0 for reading in readings for window in reading.windows]
    first, second = spelling.slots
    if first not in fields and not moved:
        raise malformed("absent", inside(path, first))
    if second not in fields and 0.0 < max(lengths, default=0.0) < _WEEK:
        raise malformed("absent", inside(path, second))
    return joined(readings)


def _is_window(value: object, spelling: Spelling) -> bool:
    return type(value) is dict and spelling.used_percent in value


def _window(
    fields: Members, spelling: Spelling, slot: str, scope: str, origin: Origin, path: str
) -> Reading:
    percent = number(fields, spelling.used_percent, path)
    used = used_of_percent(percent, inside(path, spelling.used_percent))
    length = _length(fields, spelling, path)
    resets_at, ignored = _reset(fields, spelling, origin, path)
    # Codex itself drops such a slot: it is how "there is no second window" is written.
    if length is None and used == 0.0 and resets_at is None:
        return Reading(ignored=ignored)
    name = length_name(length) if length else word(slot.removesuffix("_window")) or "window"
    window = Window(
        name, used, origin.at, origin.source, scope=scope, length=length, resets_at=resets_at
    )
    return Reading((window,), ignored=ignored)


def used_of_percent(percent: float | None, path: str) -> float:
    """The fraction that `percent` used is. Raises UnexpectedError if it is no percentage."""
    used = None if percent is None or percent < 0.0 else fraction(percent / 100.0)
    if used is None:
        raise malformed("absent" if percent is None else "not a percentage", path)
    return used


def _length(fields: Members, spelling: Spelling, path: str) -> float | None:
    """Seconds; zero and null are unknown. A minute short of an hour is that hour, rounded down."""
    value = number(fields, spelling.length, path)
    if not value:
        return None
    seconds = value * spelling.unit
    if not 60.0 <= seconds <= LONGEST:
        raise malformed("not a length", inside(path, spelling.length))
    return seconds + _ROUNDING if (seconds + _ROUNDING) % 3600.0 == 0.0 else seconds


def _reset(
    fields: Members, spelling: Spelling, origin: Origin, path: str
) -> tuple[float | None, int]:
    """The Unix second of the reset, and how many could not be believed."""
    resets_at = spelling.reset(fields, spelling.resets_at, path)
    after = number(fields, spelling.resets_after, path)
    if not resets_at and after and after > 0.0:
        resets_at = origin.at + after
    if not resets_at:
        return None, 0
    plausible = plausible_reset(resets_at, origin.at)
    return plausible, int(plausible is None)


def credits_left(fields: Members | None, spelling: Spelling, origin: Origin, path: str) -> Reading:
    """The credits, if there are any. They are extra: neither headroom nor exhaustion."""
    if fields is None or not flag(fields, spelling.has_credits, path):
        return Reading()
    unlimited = flag(fields, "unlimited", path)
    balance, ignored = _amount(fields, "balance", path)
    if balance is None and not unlimited:
        return Reading(ignored=ignored)
    used = 0.0 if unlimited or (balance is not None and balance > 0.0) else 1.0
    window = Window("credits", used, origin.at, origin.source, WindowKind.EXTRA, remaining=balance)
    return Reading((window,), ignored=ignored)


def spending(
    reached: bool | None, limit: Members | None, spelling: Spelling, origin: Origin, path: str
) -> Reading:
    """What a workspace lets one person spend: the window `spend`, used up where it says so."""
    if limit is None:
        spent = (Window("spend", 1.0, origin.at, origin.source),) if reached else ()
        return Reading(spent)
    left = number(limit, spelling.remaining_percent, path)
    percent = None if left is None else 100.0 - left
    used = used_of_percent(percent, inside(path, spelling.remaining_percent))
    resets_at, ignored = _reset(limit, spelling, origin, path)
    most, bad_limit = _amount(limit, "limit", path)
    gone, bad_used = _amount(limit, "used", path)
    window = Window(
        "spend",
        max(used, 1.0) if reached else used,
        origin.at,
        origin.source,
        resets_at=resets_at,
        limit=most,
        remaining=None if most is None or gone is None else most - gone,
    )
    return Reading((window,), ignored=ignored + bad_limit + bad_used)


def _amount(fields: Members, name: str, path: str) -> tuple[float | None, int]:
    """A count that is written as text, or as a number; and how many could not be read."""
    if type(fields.get(name)) is not str:
        return number(fields, name, path), 0
    written = text(fields, name, path) or ""
    amount = count(written)
    return amount, int(amount is None and written != "")


def closed(reached: bool, scope: str, found: Reading, origin: Origin) -> Reading:
    """The window `usage`, used up, where a limit is reached and no window of it shows that.

    It names no reset, so that it is tried again soon.
    """
    shown = any(
        window.used >= 1.0 and window.scope == scope and window.kind is WindowKind.ALLOWANCE
        for window in found.windows
    )
    if shown or not reached:
        return Reading()
    return Reading((Window("usage", 1.0, origin.at, origin.source, scope=scope),))


def joined(readings: Iterable[Reading]) -> Reading:
    """All that several readings say; the plan is the first that one of them names."""
    readings = [*readings]
    return Reading(
        tuple(window for reading in readings for window in reading.windows),
        next((reading.plan for reading in readings if reading.plan is not None), None),
        sum(reading.ignored for reading in readings),
    )


def plan_of(fields: Members, name: str, path: str) -> str | None:
    """The plan's name; `unknown` is what Codex writes for one that it does not know."""
    plan = word(text(fields, name, path) or "")
    return None if plan in ("", "unknown") else plan


def complete(reading: Reading) -> Reading:
    """`reading`, each window once and of two the fuller. Raises UnexpectedError if it has none."""
    found = distinct(reading.windows)
    if not found:
        detail = "Codex states no limit for this login (a workspace that pays by use has none)"
        raise UnexpectedError(Declined(Reason.NO_SIGNAL, detail))
    return Reading(found, reading.plan, reading.ignored)
