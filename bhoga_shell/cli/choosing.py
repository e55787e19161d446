"""The choice that a command works with, or the one line that says why there is none."""

from time import time

from bhoga_core.selection import RouterRecommendation
from bhoga_shell.cli.documents import iso
from bhoga_shell.cli.ending import No, misuse
from bhoga_shell.router import Router


def chosen(router: Router, model: str) -> RouterRecommendation:
    """Where the next request for `model` should go. Raises No when nothing can take it."""
    with misuse():
        answer = router.best_for(model)
    if answer is None:
        raise No(unavailable(router, model))
    return answer


def unavailable(router: Router, model: str) -> str:
    """That nothing can take a request for `model`, and from when on something can, if known."""
    opens_at = router.next_available(model)
    if opens_at is None or opens_at <= time():
        return f"nothing can serve {model} now"
    return f"nothing can serve {model} now; next at {iso(opens_at)}"


def left(answer: RouterRecommendation) -> str:
    """How much is left, for people."""
    if answer.quota_pct < 0:
        return "nothing known of what is left"
    return f"{int(answer.quota_pct * 100 + 1e-6)} % left, {answer.basis}"
