"""The headers of GitHub Copilot's successful answers (seen 2026-04 to 2026-08).

`x-quota-snapshot-*` for what the plan includes and, on individual plans, `x-usage-ratelimit-*` for
its session and week. Each value is a query string: `ent` the entitlement (-1 unlimited, 0 not
offered), `rem` the PERCENT left, `totRem` the count left, `ov` the count used beyond the
entitlement, `rst` the ISO instant of the reset.
"""

from collections.abc import Mapping
from urllib.parse import unquote

from bhoga_core.headers import count, fraction, plausible_reset, rfc3339
from bhoga_core.providers.github_copilot import SNAPSHOT_HEADER, USAGE_HEADER
from bhoga_core.reading import Reading
from bhoga_core.window import HEADERS, Window, WindowKind

_MEMBERS = ("ent", "rem", "totRem", "ov")

# Sorted by window name, so that what is read is; of two headers for one window the first that
# says something wins. An editor's completions never gate a chat request.
_HEADERS = (
    (f"{USAGE_HEADER}session", "burst", WindowKind.ALLOWANCE, 18000.0),
    (f"{SNAPSHOT_HEADER}chat", "chat", WindowKind.ALLOWANCE, None),
    (f"{SNAPSHOT_HEADER}completions", "completions", WindowKind.EXTRA, None),
    (f"{SNAPSHOT_HEADER}premium_interactions", "premium", WindowKind.ALLOWANCE, None),
    (f"{SNAPSHOT_HEADER}premium_models", "premium", WindowKind.ALLOWANCE, None),
    (f"{USAGE_HEADER}weekly", "weekly", WindowKind.ALLOWANCE, 604800.0),
)


def read_headers(headers: Mapping[str, str], at: float) -> Reading:
    """The allowances that `headers` (lower-case names) state at the Unix second `at`.

    What a 429 names in `x-ratelimit-exceeded` is no window: its wait is in `retry-after`.
    """
    windows: dict[str, Window] = {}
    ignored = 0
    for header, name, kind, length in _HEADERS:
        text = headers.get(header)
        if not text:
            continue
        members = _members(text)
        numbers = {key: count(members[key]) for key in _MEMBERS if members.get(key)}
        rst = members.get("rst", "")
        resets_at = plausible_reset(rfc3339(rst), at)
        ignored += [*numbers.values()].count(None) + (resets_at is None and rst != "")
        if None in (numbers.get("ent", 0.0), numbers.get("rem", 0.0)):
            continue
        # A session or a week has no entitlement: its 0 means nothing there.
        entitlement = numbers.get("ent") if length is None else None
        remaining = numbers.get("totRem")
        used = _used(entitlement, numbers.get("rem"), remaining, numbers.get("ov") or 0.0)
        if used is None or name in windows:
            continue
        windows[name] = Window(
            name,
            used,
            at,
            HEADERS,
            kind,
            length=length,
            resets_at=resets_at,
            limit=None if entitlement is None or entitlement < 0.0 else entitlement,
            remaining=None if remaining is None or remaining < 0.0 else remaining,
        )
    return Reading(tuple(windows.values()), ignored=ignored)


def _members(text: str) -> dict[str, str]:
    # Not parse_qsl: it reads the "+" of an offset that was not encoded as a blank.
    members: dict[str, str] = {}
    for part in text.split("&"):
        key, _, value = part.partition("=")
        members.setdefault(key, unquote(value) if "%" in value else value)
    return members


def _used(
    entitlement: float | None, percent_left: float | None, left: float | None, over: float
) -> float | None:
    if entitlement is not None and entitlement <= 0.0:
        return 0.0 if entitlement < 0.0 else None
    if percent_left is not None:
        used = 1.0 - percent_left / 100.0
    elif left is not None and entitlement is not None:
        used = 1.0 - left / entitlement
    else:
        return None
    if over > 0.0:
        used = max(used, 1.0 if entitlement is None else 1.0 + over / entitlement)
    return fraction(used)
