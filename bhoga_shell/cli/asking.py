"""Asking the sources of providers while a person watches."""

import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from math import inf
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

from bhoga_shell.cli.printing import is_lively
from bhoga_shell.router import Router

PATIENCE = 0.2
"""Seconds between two looks at whether an interrupt has come, where waiting cannot be broken."""


def ask(router: Router, provider_ids: Iterable[str], timeout: float | None = None) -> None:
    """Ask the sources of these providers, side by side, and wait for all of them.

    It is not waited longer than `timeout` seconds. On a terminal it is shown on stderr who has not
    answered yet. An interrupt ends it at once.
    """
    until = inf if timeout is None else monotonic() + timeout
    waiting = sorted(set(provider_ids))
    answered: SimpleQueue[str] = SimpleQueue()
    for provider_id in waiting:
        # A daemon: who interrupts does not wait for an answer that may take half a minute.
        Thread(target=_ask, args=(router, provider_id, answered), daemon=True).start()
    with _display() as show:
        while waiting and (remaining := until - monotonic()) > 0.0:
            show(waiting)
            try:
                waiting.remove(answered.get(timeout=min(PATIENCE, remaining)))
            except Empty:
                continue


def _ask(router: Router, provider_id: str, answered: SimpleQueue[str]) -> None:
    try:
        router.refresh(provider_id)
    finally:
        answered.put(provider_id)


@contextmanager
def _display() -> Generator[Callable[[list[str]], None]]:
    if not is_lively(sys.stderr):
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 -- only a terminal needs it
    from rich.markup import escape  # noqa: PLC0415

    console = Console(stderr=True)
    spinner = "dots" if console.encoding.startswith("utf") else "line"
    with console.status("", spinner=spinner) as status:
        yield lambda waiting: status.update(escape(f"asking {', '.join(waiting)}"))
