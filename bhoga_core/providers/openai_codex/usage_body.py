"""The answer of the usage endpoint that Codex asks (`…/wham/usage`), as it was from 2026-04 on.

bhoga does not ask it. Codex quotes it whole where it cannot read it, and `--non-interactive` may
print it. Lengths are SECONDS here; `allowed` and `limit_reached` close a limit.
"""

from bhoga_core.payload import Members, flag, inside, items, malformed, members, text
from bhoga_core.providers.openai_codex.limits import scope_of
from bhoga_core.providers.openai_codex.spelling import USAGE_BODY
from bhoga_core.providers.openai_codex.unread import refuse_unread
from bhoga_core.providers.openai_codex.windows import (
    Origin,
    closed,
    complete,
    credits_left,
    joined,
    plan_of,
    slots,
    spending,
)
from bhoga_core.reading import Reading
from bhoga_core.window import EVERY_MODEL


def read_usage_body(body: Members, origin: Origin, path: str = "") -> Reading:
    """Everything the body says. Raises UnexpectedError."""
    if "rate_limit" not in body:
        raise malformed("absent", inside(path, "rate_limit"))
    # Whatever kind it names: a new one is reached too.
    reached = members(body, "rate_limit_reached_type", path) is not None
    control = members(body, "spend_control", path) or {}
    control_path = inside(path, "spend_control")
    own = joined(
        (
            Reading(plan=plan_of(body, "plan_type", path)),
            _limit(body, EVERY_MODEL, origin, path),
            credits_left(members(body, "credits", path), USAGE_BODY, origin, path),
            spending(
                flag(control, "reached", control_path),
                members(control, "individual_limit", control_path),
                USAGE_BODY,
                origin,
                inside(control_path, "individual_limit"),
            ),
        )
    )
    limits = [*items(body, "additional_rate_limits", path)]
    beside = [_limit(limit, _scope(limit, place), origin, place) for place, limit in limits]
    # Reviews on GitHub have a limit that holds no model back.
    known = (inside(path, "rate_limit"), control_path, inside(path, "code_review_rate_limit"))
    refuse_unread(body, path, {*known, *(inside(place, "rate_limit") for place, _ in limits)})
    return complete(joined((own, closed(reached, EVERY_MODEL, own, origin), *beside)))


def _limit(fields: Members, scope: str, origin: Origin, path: str) -> Reading:
    limit = members(fields, "rate_limit", path)
    if limit is None:
        return Reading()
    place = inside(path, "rate_limit")
    found = slots(limit, USAGE_BODY, scope, origin, place)
    reached = flag(limit, "limit_reached", place) or flag(limit, "allowed", place) is False
    return joined((found, closed(reached, scope, found, origin)))


def _scope(limit: Members, path: str) -> str:
    return scope_of(
        text(limit, "metered_feature", path) or "",
        text(limit, "normal_model_slug", path),
        text(limit, "limit_name", path),
    )
