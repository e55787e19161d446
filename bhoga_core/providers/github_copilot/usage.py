"""What is left of a Copilot login: the answer of `GET /copilot_internal/user`.

Its `quota_snapshots` hold one object for each quota, in the form seen from 2025-12 to 2026-09:
`percent_remaining` (0-100 LEFT, below 0 where more was used than is included), `entitlement` with
`remaining` (a whole number, rounded down) or `quota_remaining` (exact), `overage_count`,
`unlimited`, `has_quota` and `quota_reset_at` (Unix seconds, 0 for none). Of the older form of the
free plan there are `monthly_quotas` and `limited_user_quotas`, what there is and what is left of
it, as numbers or as text. The resets are one for all: `quota_reset_date_utc` (an ISO instant),
`quota_reset_date` and `limited_user_reset_date` (a day that begins at midnight UTC).

What is read into it:

- `unlimited` (or an entitlement of -1) is nothing used: 100 percent left, and counts that are
  placeholders.
- An entitlement of 0 is no window. With 0 percent left the quota is not offered (the free plan's
  premium requests), with 100 percent nobody counts it (a business seat that pays for tokens).
- Percent and counts both speak of what is left, and where they differ the tighter is believed.
- What was used beyond the entitlement makes `used` more than 1, whether or not GitHub goes on
  serving at a price (`overage_permitted`): what the plan includes IS spent, and extra usage is
  neither headroom nor a reason to call spent what is not. A seat without any entitlement that has
  overage has spent what it has.
- A snapshot of an unknown name may gate any request, so it is read as one that does. What has none
  of a snapshot's fields is none. A percentage that stands anywhere but in a snapshot is refused:
  nobody knows what it limits.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple, cast

from bhoga_core.headers import count, distinct, fraction, plausible_reset, rfc3339
from bhoga_core.payload import (
    Members,
    UnexpectedError,
    answered,
    flag,
    inside,
    malformed,
    members,
    members_of,
    number,
    parsed,
    text,
)
from bhoga_core.providers.github_copilot import COPILOT_USAGE
from bhoga_core.reading import Answer, Declined, Reading, Reason, Zones
from bhoga_core.window import Window, WindowKind

_SNAPSHOTS = "quota_snapshots"
_GIVEN, _LEFT = "monthly_quotas", "limited_user_quotas"
_PERCENT = "percent_remaining"
_RESETS = ("quota_reset_date_utc", "quota_reset_date", "limited_user_reset_date")
_FIELDS = {
    *(_PERCENT, "entitlement", "remaining", "quota_remaining", "unlimited", "has_quota"),
    *("overage_count", "overage_permitted", "quota_id", "quota_reset_at", "timestamp_utc"),
}

# The names are those that the headers' windows have. An editor's completions never gate a chat.
_WINDOWS = {
    "chat": ("chat", WindowKind.ALLOWANCE),
    "completions": ("completions", WindowKind.EXTRA),
    "premium_interactions": ("premium", WindowKind.ALLOWANCE),
    "premium_models": ("premium", WindowKind.ALLOWANCE),
}
_IDENTIFIER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,63}")


class _Quota(NamedTuple):
    """One quota: its id, the fraction used (None: not offered, or not counted), its own reset."""

    id: str
    used: float | None
    limit: float | None = None
    remaining: float | None = None
    resets_at: float | None = None


def read_user(payload: bytes, at: float, _zones: Zones) -> Answer:
    """The quotas in a body of `GET /copilot_internal/user` that was true at the Unix second `at`.

    `Malformed` where no quota is found, or a known field is of another type; `Declined` where
    there are quotas, and none of them is offered or counted.
    """
    return answered(lambda: _reading(members_of(parsed(payload)), at))


def _reading(user: Members, at: float) -> Reading:
    snapshots = members(user, _SNAPSHOTS) or {}
    _refuse_strays(user, snapshots)
    read = [*_snapshots(snapshots)]
    quotas = [*read, *_legacy(user)]
    if not quotas:
        raise malformed("no quota in it", _SNAPSHOTS)
    plan = text(user, "copilot_plan")
    ignored = sum(value is not None for value in snapshots.values()) - len(read)
    shared: float | None = None
    for name in _RESETS:
        date = text(user, name)
        reset = None if date is None else _ahead(_instant(date), at)
        ignored += date is not None and reset is None
        shared = reset if shared is None else shared
    windows: list[Window] = []
    for quota in quotas:
        own = _ahead(quota.resets_at, at)
        ignored += own is None and quota.resets_at not in (None, 0.0)
        if quota.used is not None:
            windows.append(_window(quota, shared if own is None else own, at))
    if not windows:
        raise UnexpectedError(Declined(Reason.NO_SIGNAL, "it counts none of this login's quotas"))
    return Reading(distinct(windows), plan, ignored)


def _window(quota: _Quota, resets_at: float | None, at: float) -> Window:
    name, kind = _WINDOWS.get(quota.id, (quota.id, WindowKind.ALLOWANCE))
    return Window(
        name,
        quota.used or 0.0,
        at,
        COPILOT_USAGE,
        kind,
        resets_at=resets_at,
        limit=quota.limit,
        remaining=quota.remaining,
    )


def _snapshots(snapshots: Members) -> Iterator[_Quota]:
    for name, value in snapshots.items():
        if value is None or (name not in _WINDOWS and not _looks_like_a_quota(value)):
            continue
        if not _IDENTIFIER.fullmatch(name):
            raise malformed("a quota of an unreadable name", _SNAPSHOTS)
        path = inside(_SNAPSHOTS, name)
        yield _snapshot(name, members_of(value, path), path)


def _looks_like_a_quota(value: object) -> bool:
    return type(value) is dict and not _FIELDS.isdisjoint(cast("Members", value))


def _snapshot(name: str, fields: Members, path: str) -> _Quota:
    percent = number(fields, _PERCENT, path)
    entitlement = number(fields, "entitlement", path)
    rounded_down, exact = number(fields, "remaining", path), number(fields, "quota_remaining", path)
    left = rounded_down if exact is None else exact
    over = number(fields, "overage_count", path) or 0.0
    offered = flag(fields, "has_quota", path)
    quota = _Quota(name, 0.0, resets_at=number(fields, "quota_reset_at", path))
    if flag(fields, "unlimited", path) or (entitlement is not None and entitlement < 0.0):
        if percent is not None and percent != 100.0:
            raise malformed("unlimited, and not all of it left", inside(path, _PERCENT))
        return quota
    if percent is None:
        raise malformed("neither unlimited nor a number", inside(path, _PERCENT))
    if (entitlement is None) is not (left is None):
        missing = "remaining" if left is None else "entitlement"
        raise malformed("missing beside its counterpart", inside(path, missing))
    used = 1.0 - percent / 100.0
    if entitlement and left is not None:
        beyond = 1.0 + over / entitlement if over > 0.0 else 0.0
        return _spent(quota, max(used, 1.0 - left / entitlement, beyond), entitlement, left, path)
    if over > 0.0 or (left is not None and left < 0.0):
        used = max(used, 1.0)
    elif entitlement == 0.0 and (percent == 100.0 or (percent == 0.0 and not offered)):
        return quota._replace(used=None)
    return _spent(quota, used, None, None, path)


def _legacy(user: Members) -> Iterator[_Quota]:
    given, left = members(user, _GIVEN), members(user, _LEFT)
    for name in sorted({*(given or {}), *(left or {})} & _WINDOWS.keys()):
        limit, remaining = _tally(given or {}, name, _GIVEN), _tally(left or {}, name, _LEFT)
        if limit is None and remaining is None:
            continue
        if limit is None or remaining is None:
            missing = inside(_GIVEN if limit is None else _LEFT, name)
            raise malformed("missing beside its counterpart", missing)
        path = inside(_LEFT, name)
        if remaining > limit:
            raise malformed("more left than there is", path)
        quota = _Quota(name, None)
        if limit > 0.0:
            quota = _spent(quota, 1.0 - remaining / limit, limit, remaining, path)
        yield quota


def _tally(fields: Members, name: str, path: str) -> float | None:
    written = fields.get(name)
    if type(written) is not str:
        return number(fields, name, path)
    tally = count(written)
    if tally is None:
        raise malformed("not a number, or enormous", inside(path, name))
    return tally


def _spent(
    quota: _Quota, used: float, limit: float | None, left: float | None, path: str
) -> _Quota:
    within = fraction(used)
    if within is None:
        raise malformed("enormous", path)
    remaining = None if left is None or left < 0.0 else left
    return quota._replace(used=within, limit=limit, remaining=remaining)


def _instant(written: str) -> float | None:
    instant = rfc3339(written)
    return rfc3339(f"{written}T00:00:00Z") if instant is None else instant


def _ahead(reset: float | None, at: float) -> float | None:
    # What is counted now is not of a window that has ended: believed, it would count as full.
    return None if reset is None or reset <= at else plausible_reset(reset, at)


def _refuse_strays(user: Members, snapshots: Members) -> None:
    """Refuse a percentage that stands anywhere but in a snapshot: it would go unread."""
    places: list[tuple[str, object]] = [("", {**user, _SNAPSHOTS: None})]
    for value in snapshots.values():
        inner = cast("Members", value).values() if type(value) is dict else (value,)
        places += [(_SNAPSHOTS, each) for each in inner]
    while places:
        path, value = places.pop()
        if type(value) is dict:
            fields = cast("Members", value)
            if fields.get(_PERCENT) is not None:
                raise malformed("a quota where none is known", inside(path, _PERCENT))
            for name, each in fields.items():
                places.append((path or (name if _IDENTIFIER.fullmatch(name) else "?"), each))
        elif type(value) is list:
            places += [(path, each) for each in cast("list[object]", value)]
