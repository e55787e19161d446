"""Keeping a file to the choice while it changes, but not at every change."""

from collections.abc import Callable
from math import inf
from threading import Event
from time import monotonic

from bhoga_core.pacing import Paced
from bhoga_shell.errors import HermesConfigError
from bhoga_shell.router import Router

AT_MOST_EVERY = 60.0
"""Seconds between two writes, at the least: who reads the file starts anew with each."""

LOOK_EVERY = 1.0
"""Seconds between two looks at the choice. It is kept in memory, where the router brings what other
processes learn, so that a look costs less than a microsecond."""

Target = tuple[str, str]
"""A provider's id and its name for the model."""


def follow(
    router: Router,
    model: str,
    write: Callable[[], object],
    say: Callable[[str], None],
    stop: Event,
    clock: Callable[[], float] = monotonic,
) -> None:
    """Call `write` for the choice there is and for each other one after it, until `stop` is set.

    A file that cannot be edited is an error at the first write; later it is said, and tried again:
    somebody may be in the middle of an edit. `clock` is in seconds.
    """
    paced = Paced[Target](AT_MOST_EVERY)
    said = ""
    while not stop.is_set():
        wanted = _target(router, model)
        due = paced.due_in(wanted, clock())
        if wanted is not None and due == 0.0:
            try:
                write()
            except HermesConfigError as problem:
                if paced.since == -inf:
                    raise
                said = _once(f"{problem}; tried again in a minute", said, say)
                paced = paced._replace(since=clock())
            else:
                said = ""
                # The write looked for itself. What it took is known only if nothing has moved.
                stands = wanted if _target(router, model) == wanted else None
                paced = Paced(AT_MOST_EVERY, stands, clock())
        elif wanted is None:
            said = _once(f"nothing can serve {model} now; the file is left as it is", said, say)
        stop.wait(LOOK_EVERY if not due else min(LOOK_EVERY, due))


def _target(router: Router, model: str) -> Target | None:
    answer = router.best_for(model)
    return None if answer is None else (answer.provider_id, answer.hermes_model)


def _once(text: str, said: str, say: Callable[[str], None]) -> str:
    if text != said:
        say(text)
    return text
