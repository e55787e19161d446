"""Which model a limit of Codex is for, told by its id and by the names that came with it."""

from bhoga_core.naming import scope_token
from bhoga_core.window import EVERY_MODEL

PLAN = "codex"
"""The id of the plan's own limit, which covers every model."""

UNNAMED = "unnamed"
"""The scope of a limit that has neither a name nor an id; no model is called so."""

# `premium` is what responses of 2026-05 and 2026-08 called the limit that was the plan's own.
_PLAN_IDS = frozenset({PLAN, "premium"})

# Limits that came without a name (2026-08): limit id -> the model it is for.
_KNOWN_LIMITS = {"codex_bengalfox": scope_token("gpt-5.3-codex-spark")}

_LONGEST_WORD = 64


def word(text: str) -> str:
    """`text` if it can stand as a name in a file and on a screen, else nothing."""
    return text if len(text) <= _LONGEST_WORD and text.isascii() and text.isprintable() else ""


def covers_all(limit_id: str) -> bool:
    """Whether `limit_id` is the plan's own."""
    return limit_id in _PLAN_IDS


def scope_of(limit_id: str, *names: str | None) -> str:
    """The token of the model that a limit beside the plan's own is for, never "all models".

    The first of `names` that is usable tells; else the id is known, or stands for itself: it is no
    model's name, so that such a limit is shown and blocks nothing.
    """
    for name in names:
        token = scope_token(word(name)) if name else ""
        if token not in ("", EVERY_MODEL):
            return token
    own = word(_KNOWN_LIMITS.get(limit_id, limit_id))
    return UNNAMED if own in ("", EVERY_MODEL) else own
