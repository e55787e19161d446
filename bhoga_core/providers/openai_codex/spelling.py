"""The three spellings in which Codex writes the same facts of a limit as JSON."""

from collections.abc import Callable
from typing import NamedTuple

from bhoga_core.notation import rfc3339
from bhoga_core.payload import Members, inside, malformed, number, text


class Spelling(NamedTuple):
    """How one JSON spells a snapshot: names of members, and the seconds of one unit of length."""

    limit_id: str
    limit_name: str
    model: str
    plan: str
    reached: str
    spend_reached: str
    slots: tuple[str, str]
    used_percent: str
    length: str
    unit: float
    resets_at: str
    resets_after: str
    reset: Callable[[Members, str, str], float | None]
    has_credits: str
    individual_limit: str
    remaining_percent: str


def number_or_instant(fields: Members, name: str, path: str) -> float | None:
    """The Unix second in a member, written as a number or (builds of 2025) as RFC 3339."""
    if type(fields.get(name)) is not str:
        return number(fields, name, path)
    instant = rfc3339(text(fields, name, path) or "")
    if instant is None:
        raise malformed("no instant", inside(path, name))
    return instant


APP_SERVER = Spelling(
    limit_id="limitId",
    limit_name="limitName",
    model="normalModelSlug",
    plan="planType",
    reached="rateLimitReachedType",
    spend_reached="spendControlReached",
    slots=("primary", "secondary"),
    used_percent="usedPercent",
    length="windowDurationMins",
    unit=60.0,
    resets_at="resetsAt",
    resets_after="resetsInSeconds",
    reset=number,
    has_credits="hasCredits",
    individual_limit="individualLimit",
    remaining_percent="remainingPercent",
)
"""`codex app-server`."""

ROLLOUT = Spelling(
    limit_id="limit_id",
    limit_name="limit_name",
    model="normal_model_slug",
    plan="plan_type",
    reached="rate_limit_reached_type",
    spend_reached="spend_control_reached",
    slots=("primary", "secondary"),
    used_percent="used_percent",
    length="window_minutes",
    unit=60.0,
    resets_at="resets_at",
    resets_after="resets_in_seconds",
    reset=number_or_instant,
    has_credits="has_credits",
    individual_limit="individual_limit",
    remaining_percent="remaining_percent",
)
"""The files of a session."""

USAGE_BODY = Spelling(
    limit_id="metered_feature",
    limit_name="limit_name",
    model="normal_model_slug",
    plan="plan_type",
    reached="rate_limit_reached_type",
    spend_reached="reached",
    slots=("primary_window", "secondary_window"),
    used_percent="used_percent",
    length="limit_window_seconds",
    unit=1.0,
    resets_at="reset_at",
    resets_after="reset_after_seconds",
    reset=number,
    has_credits="has_credits",
    individual_limit="individual_limit",
    remaining_percent="remaining_percent",
)
"""The answer of the usage endpoint, which Codex quotes where it cannot read it."""
