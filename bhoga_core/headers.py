"""A response's headers: which of them are kept, and what the values of all providers share.

Nothing here raises, whatever it is handed: what can be read is read, the rest is left out and
counted.
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NamedTuple, cast

from bhoga_core.notation import go_duration, http_date, number, rfc3339
from bhoga_core.window import Window

__all__ = [
    "Relevant",
    "count",
    "distinct",
    "fraction",
    "go_duration",
    "http_date",
    "length_name",
    "number",
    "plausible_reset",
    "relevant",
    "retry_after",
    "rfc3339",
    "used_of_counts",
]

HORIZON = 32 * 86400.0
"""Seconds from now beyond which no reset and no wait is believed: the longest window is a month."""

MOST_KEPT = 256
"""How many headers are kept; no provider sends a tenth of it."""

MOST_LOOKED_AT = 20_000
"""How many headers are looked at."""

LONGEST_VALUE = 1024
"""Characters of the longest name or value that is kept."""

_COMMON = frozenset({"date", "retry-after", "retry-after-ms"})
_MOST_COUNTED = 1e15  # beyond it floats skip whole numbers
_MOST_USED = 10.0
_LARGEST_FRACTION = 1e6  # beyond it is no overuse but another unit, or hostile
_NAMED_LENGTHS = {18000.0: "burst", 604800.0: "weekly"}
_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


class Relevant(NamedTuple):
    """The headers that matter, lower-case name and value, and how many could not be read."""

    pairs: tuple[tuple[str, str], ...]
    ignored: int


def relevant(raw: object, prefixes: tuple[str, ...]) -> Relevant:
    """The headers of `raw` whose lower-case name begins with one of `prefixes`, as they came.

    `date`, `retry-after` and `retry-after-ms` are kept too. `raw` is a mapping, an iterable of
    pairs, or has `items()`; names and values are str or bytes (latin-1), values are stripped. A
    repeated name keeps its first value. What is too long, too much or not text is left out and
    counted; None is no headers.
    """
    kept: dict[str, str] = {}
    ignored = 0
    if raw is None:
        return Relevant((), 0)
    try:
        pairs = iter(_pairs(raw))
        for pair in islice(pairs, MOST_LOOKED_AT):
            try:
                name, value = pair
                name = name.lower() if type(name) is str else _text(name).lower()
                if not (name.startswith(prefixes) or name in _COMMON) or name in kept:
                    continue
                if len(kept) >= MOST_KEPT:
                    ignored += 1
                    break
                text = value if type(value) is str else _text(value)
                if len(text) > LONGEST_VALUE or len(name) > LONGEST_VALUE:
                    ignored += 1
                    continue
                kept[name] = text.strip()
            except Exception:  # noqa: BLE001 - a foreign object may raise anything; the others are fine
                ignored += 1
        else:
            for _ in pairs:
                ignored += 1
                break
    except Exception:  # noqa: BLE001 - so may its iterator; what came before it still counts
        ignored += 1
    return Relevant(tuple(kept.items()), ignored)


def _pairs(raw: object) -> Iterable[tuple[object, object]]:
    # httpx's items() joins repeated headers into one value; its multi_items() does not.
    items: object = getattr(raw, "multi_items", None) or getattr(raw, "items", None)
    return cast("Iterable[tuple[object, object]]", items() if callable(items) else raw)


def _text(value: object) -> str:
    # The unbound methods: a subclass of str may override its own. They answer a plain str.
    if isinstance(value, str):
        return str.strip(value)
    if isinstance(value, bytes):
        return bytes.decode(value, "latin-1")
    raise TypeError("neither str nor bytes")


def retry_after(headers: Mapping[str, str], at: float) -> float | None:
    """The Unix second until which `headers` (lower-case names) say to wait, or None.

    `retry-after-ms` (which OpenAI's SDKs honour) or `retry-after`, in seconds or as an HTTP date;
    a date is measured against the `date` header where there is one, so that a wrong local clock
    does not matter. Hours are honoured. Zero is None: it is known to come with 429s that persist.
    """
    millis = number(headers.get("retry-after-ms", ""))
    if millis is not None and 0.0 < millis <= HORIZON * 1000.0:
        return at + millis / 1000.0
    text = headers.get("retry-after", "")
    wait = number(text)
    if wait is None:
        until = http_date(text)
        if until is None:
            return None
        sent = http_date(headers.get("date", ""))
        wait = until - (at if sent is None else sent)
    return at + wait if 0.0 < wait <= HORIZON else None


def plausible_reset(value: float | None, at: float) -> float | None:
    """`value` (a Unix second) if it is within 32 days of `at`, else None.

    No window is longer than a month. What lies further off is hostile or in another unit, which is
    never guessed; believed, it would close a provider for ever.
    """
    return value if value is not None and -HORIZON <= value - at <= HORIZON else None


def count(text: str) -> float | None:
    """The count that `text` is, of requests, tokens or credits; None if it is none or enormous."""
    value = number(text)
    return None if value is None or abs(value) > _MOST_COUNTED else value


def fraction(value: float) -> float | None:
    """`value` as the fraction used: 0.0 to 10.0, nine digits, never -0.0; None if enormous."""
    if not abs(value) <= _LARGEST_FRACTION:
        return None
    return round(min(_MOST_USED, max(0.0, value)), 9) + 0.0


def used_of_counts(limit: float | None, remaining: float) -> float | None:
    """The fraction used of a limit of which `remaining` is left, or None if that is not said.

    Without a limit only "nothing left" says anything; more left than the limit is nothing used.
    """
    if remaining <= 0.0:
        return 1.0
    if limit is None or limit <= 0.0:
        return None
    return 0.0 if remaining >= limit else fraction(1.0 - remaining / limit)


def length_name(length: float) -> str:
    """The name of an allowance of `length` seconds.

    `burst` is 5 hours, `weekly` 7 days, `monthly` 28 to 31; any other is called by its length in
    the largest unit it is whole in: `3d`, `2h`, `90m`.
    """
    name = _NAMED_LENGTHS.get(length)
    if name is not None:
        return name
    if 28 * 86400 <= length <= 31 * 86400:
        return "monthly"
    seconds = round(length)
    unit, size = next(pair for pair in _UNITS if seconds % pair[1] == 0)
    return f"{seconds // size}{unit}"


def distinct(windows: Iterable[Window]) -> tuple[Window, ...]:
    """`windows` sorted by name and scope; of two with the same, the fuller, then the later reset.

    So a response that says one thing twice reads the same, whatever the order of its headers.
    """
    return tuple({(one.name, one.scope): one for one in sorted(windows, key=_order)}.values())


def _order(window: Window) -> tuple[str, str, float, float, float, float]:
    return (
        window.name,
        window.scope,
        window.used,
        window.resets_at or 0.0,
        window.limit or 0.0,
        window.remaining or 0.0,
    )
