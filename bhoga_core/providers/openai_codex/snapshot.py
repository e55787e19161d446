"""All that a snapshot of one limit says, as the app-server and a session's files write it."""

from bhoga_core.payload import Members, flag, inside, members, text
from bhoga_core.providers.openai_codex.limits import covers_all, scope_of
from bhoga_core.providers.openai_codex.spelling import Spelling
from bhoga_core.providers.openai_codex.windows import (
    Origin,
    closed,
    credits_left,
    joined,
    plan_of,
    slots,
    spending,
)
from bhoga_core.reading import Reading
from bhoga_core.window import EVERY_MODEL


def scope_of_snapshot(fields: Members, spelling: Spelling, limit_id: str, path: str) -> str:
    """The scope of the limit `limit_id`. Raises UnexpectedError.

    A reserve names the model it is kept for; with such a name not even the plan's id is the plan's.
    """
    model = text(fields, spelling.model, path)
    name = text(fields, spelling.limit_name, path)
    if covers_all(limit_id) and not model:
        return EVERY_MODEL
    return scope_of(limit_id, model, name)


def read_snapshot(
    fields: Members, spelling: Spelling, scope: str, origin: Origin, path: str
) -> Reading:
    """Its windows, credits, spending and plan; perhaps none of them. Raises UnexpectedError."""
    limit = inside(path, spelling.individual_limit)
    found = joined(
        (
            Reading(plan=plan_of(fields, spelling.plan, path)),
            slots(fields, spelling, scope, origin, path),
            credits_left(
                members(fields, "credits", path), spelling, origin, inside(path, "credits")
            ),
            spending(
                flag(fields, spelling.spend_reached, path),
                members(fields, spelling.individual_limit, path),
                spelling,
                origin,
                limit,
            ),
        )
    )
    # Whatever kind it names: a new one is reached too.
    reached = text(fields, spelling.reached, path) is not None
    return joined((found, closed(reached, scope, found, origin)))
