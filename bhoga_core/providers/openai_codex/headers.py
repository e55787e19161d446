"""Codex's headers.

Those of `/responses` (seen 2026-03 to 2026-09): `x-codex-{primary,secondary}-*` for the plan,
and `x-codex-<name>-{primary,secondary}-*` for limits beside it, mostly of one model. Used is
PERCENT, resets are Unix seconds. A slot says nothing of the window in it (from July to September
2026 `primary` held the week): windows are told apart by their minutes.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from bhoga_core.headers import count, distinct, fraction, length_name, number, plausible_reset
from bhoga_core.providers.openai_codex import HEADER_PREFIX
from bhoga_core.providers.openai_codex.limits import scope_of, word
from bhoga_core.reading import Reading
from bhoga_core.window import EVERY_MODEL, HEADERS, Window, WindowKind

_SLOTS = ("primary", "secondary")
_FIELDS = frozenset({"used-percent", "window-minutes", "reset-at", "reset-after-seconds"})
_LONGEST_MINUTES = 366 * 1440.0


class _Place(NamedTuple):
    family: str
    slot: str
    field: str


def read_headers(headers: Mapping[str, str], at: float) -> Reading:
    """The windows, credits and plan that `headers` (lower-case names) state at Unix second `at`."""
    slots: dict[tuple[str, str], dict[str, str]] = {}
    for header, value in headers.items():
        place = _place(header)
        if place is not None and value:
            slots.setdefault(place[:2], {})[place.field] = value
    windows: list[Window] = []
    ignored = 0
    for (family, slot), fields in slots.items():
        window, unread = _window(fields, slot, _scope(family, headers), at)
        ignored += unread
        if window is not None:
            windows.append(window)
    window, unread = _credits(headers, at)
    if window is not None:
        windows.append(window)
    plan = word(headers.get("x-codex-plan-type", ""))
    return Reading(distinct(windows), plan or None, ignored + unread)


@lru_cache(maxsize=256)
def _place(header: str) -> _Place | None:
    """Which field of which slot of which family a header is; None for any other header."""
    if not header.startswith(HEADER_PREFIX) or not word(header):
        return None
    rest = header.removeprefix(HEADER_PREFIX)
    for slot in _SLOTS:
        family, found, field = rest.rpartition(f"{slot}-")
        if found and field in _FIELDS and family[-1:] in ("", "-"):
            return _Place(family[:-1], slot, field)
    return None


def _window(
    fields: Mapping[str, str], slot: str, scope: str, at: float
) -> tuple[Window | None, int]:
    numbers = {field: number(text) for field, text in fields.items()}
    ignored = [*numbers.values()].count(None)
    percent = numbers.get("used-percent")
    used = None if percent is None else fraction(percent / 100.0)
    minutes = numbers.get("window-minutes") or 0.0
    resets_at = numbers.get("reset-at")
    after = numbers.get("reset-after-seconds") or 0.0
    if not 0.0 <= minutes <= _LONGEST_MINUTES:
        minutes, ignored = 0.0, ignored + 1
    if resets_at is not None and plausible_reset(resets_at, at) is None:
        resets_at, ignored = None, ignored + 1
    if resets_at is None and after > 0.0:
        resets_at = plausible_reset(at + after, at)
        ignored += resets_at is None
    if used is None:
        return None, ignored + (percent is not None)
    # Codex itself drops such a slot: it is how "there is no second window" is written.
    if minutes == 0.0 and used == 0.0 and resets_at is None:
        return None, ignored
    length = minutes * 60.0 if minutes else None
    name = slot if length is None else length_name(length)
    window = Window(name, used, at, HEADERS, scope=scope, length=length, resets_at=resets_at)
    return window, ignored


def _scope(family: str, headers: Mapping[str, str]) -> str:
    """The model that a family of headers limits, else its limit id, which is no model's name."""
    if not family:
        return EVERY_MODEL
    limit_id = f"codex_{family.replace('-', '_')}"
    return scope_of(limit_id, headers.get(f"{HEADER_PREFIX}{family}-limit-name"))


def _credits(headers: Mapping[str, str], at: float) -> tuple[Window | None, int]:
    # Booleans are Python's, "True" and "False"; the balance is empty when there is none.
    if headers.get("x-codex-credits-has-credits", "").lower() != "true":
        return None, 0
    text = headers.get("x-codex-credits-balance", "")
    balance = count(text)
    ignored = int(balance is None and text != "")
    unlimited = headers.get("x-codex-credits-unlimited", "").lower() == "true"
    if balance is None and not unlimited:
        return None, ignored
    used = 0.0 if unlimited or (balance is not None and balance > 0.0) else 1.0
    return Window("credits", used, at, HEADERS, WindowKind.EXTRA, remaining=balance), ignored
