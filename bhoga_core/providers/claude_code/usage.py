"""The usage body that Anthropic's server, `claude` and its files all speak, and the first source.

`GET /api/oauth/usage` (undocumented; seen 2025-12 to 2026-11). `utilization` and `percent` are
PERCENT used, resets are ISO 8601 or null. A window stands in a slot of its own (`five_hour`,
`seven_day`, `seven_day_<model>`), since 2026-07 also in `limits[]`, where alone the newer models
have theirs; `claude` writes those as `model_scoped[]` too. What two places say is one window.
"""

from collections.abc import Iterator

from bhoga_core.headers import distinct
from bhoga_core.payload import (
    Members,
    UnexpectedError,
    answered,
    flag,
    inside,
    items,
    malformed,
    members,
    members_of,
    number,
    parsed,
    text,
)
from bhoga_core.providers.claude_code import OAUTH_USAGE
from bhoga_core.providers.claude_code.limit import (
    LISTS,
    MONEY,
    SLOTS,
    WEEKS,
    Limit,
    is_known,
    limit_window,
    row_scope,
    slot_scope,
    token,
)
from bhoga_core.providers.claude_code.unfamiliar import unfamiliar
from bhoga_core.reading import Answer, Declined, Reading, Reason, Zones
from bhoga_core.window import EVERY_MODEL, WindowKind

EXTRA = "extra_usage"
"""The name of the window of what is paid for beyond the plan."""


def read_usage(payload: bytes, at: float, _zones: Zones) -> Answer:
    """What the usage endpoint answered at the Unix second `at`."""
    return answered(lambda: usage_reading(members_of(parsed(payload)), OAUTH_USAGE, at))


def usage_reading(
    body: Members, source: str, at: float, path: str = "", plan: str | None = None
) -> Reading:
    """The windows of the usage body at `path`, true at the Unix second `at`.

    Raises UnexpectedError: malformed where the week of all models has been lost, and without a
    signal where the known places are there and empty, as on plans that are paid by use.
    """
    limits = [*_slots(body, path), *_rows(body, path), *_scoped(body, path)]
    limits += unfamiliar(body, path)
    extras = [*_extras(body, path)]
    if not limits:
        if not any(name in body for name in (*SLOTS, *LISTS, *MONEY)):
            raise malformed("no known window", path)
        raise UnexpectedError(Declined(Reason.NO_SIGNAL, "no numbers for this plan"))
    # One known limit and nothing else is an excerpt of an answer, as people quote them.
    excerpt = len(body) == len(limits) == 1 and is_known(limits[0].word)
    if not excerpt and not any(limit.word in WEEKS for limit in limits):
        raise malformed("no week of all models", path)
    stated = [*limits, *extras]
    windows = [limit_window(limit, source, at) for limit in stated]
    ignored = sum(
        limit.resets_at is not None and window.resets_at is None
        for limit, window in zip(stated, windows, strict=True)
    )
    return Reading(distinct(windows), plan, ignored)


def _slots(body: Members, path: str) -> Iterator[Limit]:
    for name in SLOTS:
        slot = members(body, name, path)
        if slot is not None and not _is_empty(slot):
            place = inside(path, name)
            yield _limit(name, slot, "utilization", place, slot_scope(name, place))


def _scoped(body: Members, path: str) -> Iterator[Limit]:
    for place, row in items(body, "model_scoped", path):
        if _is_empty(row):
            continue
        name = text(row, "display_name", place)
        if name is None:
            raise malformed("a limit of no model", inside(place, "display_name"))
        scope = token(name, inside(place, "display_name"))
        yield _limit(LISTS["model_scoped"], row, "utilization", place, scope)


def _rows(body: Members, path: str) -> Iterator[Limit]:
    for place, row in items(body, "limits", path):
        kind = text(row, "kind", place)
        if kind is None:
            raise malformed("a limit of no kind", inside(place, "kind"))
        yield _limit(kind, row, "percent", place, _row_scope(kind, row, place))


def _row_scope(kind: str, row: Members, path: str) -> str:
    place = inside(path, "scope")
    stated = members(row, "scope", path)
    scope = None if stated is None else row_scope(stated, place)
    if scope is not None:
        return scope
    if kind == "weekly_scoped" or (stated is not None and is_known(kind)):
        raise malformed("does not say what the limit is for", place)
    return slot_scope(kind, place)


def _limit(word: str, fields: Members, field: str, path: str, scope: str) -> Limit:
    percent = number(fields, field, path)
    if percent is None:
        raise malformed("a limit without its number", inside(path, field))
    return Limit(word, percent, text(fields, "resets_at", path), path, scope)


def _is_empty(slot: Members) -> bool:
    """Whether a slot is written out with nothing in it, which is as good as null."""
    return "utilization" in slot and slot["utilization"] is slot.get("resets_at") is None


def _extras(body: Members, path: str) -> Iterator[Limit]:
    """What is used of the money set aside for extra usage, where that is switched on."""
    for name, switch, field in (
        ("extra_usage", "is_enabled", "utilization"),
        ("spend", "enabled", "percent"),
    ):
        money = members(body, name, path)
        if money is None:
            continue
        place = inside(path, name)
        enabled, percent = flag(money, switch, place), number(money, field, place)
        if enabled is not False and percent is not None:
            yield Limit(EXTRA, percent, None, place, EVERY_MODEL, WindowKind.EXTRA)
