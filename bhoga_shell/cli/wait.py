"""`bhoga wait`: return when a model can be served again."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import monotonic, sleep, time

import click

from bhoga_core.selection import RouterRecommendation
from bhoga_shell.cli.asking import ask
from bhoga_shell.cli.choosing import left, why_not
from bhoga_shell.cli.documents import iso
from bhoga_shell.cli.ending import No
from bhoga_shell.cli.known import FRESH, look
from bhoga_shell.cli.opening import opened
from bhoga_shell.cli.parameters import DURATION, MODEL
from bhoga_shell.cli.printing import is_lively
from bhoga_shell.router import Router

LOOK_EVERY = 0.4
"""Seconds between two looks at what the router knows: it looks at the state file as often."""

Show = Callable[[float | None, float], None]
"""Shows when the soonest provider opens, if that is known, at a Unix second."""


@click.command(epilog="Example: bhoga wait claude-opus-4 --timeout 2h && ./resume")
@click.argument("model", metavar="MODEL", type=MODEL)
@click.option("--timeout", type=DURATION, help="Wait at most as long; then the exit code is 1.")
def command(model: str, timeout: float | None) -> None:
    """Wait until a request for MODEL can be served.

    The providers are asked first whose reading is old. It ends as soon as one can, be it by a reset
    that has come or by what another process has learned. Exit code 1: not within the timeout, or no
    provider serves MODEL at all.
    """
    deadline = None if timeout is None else monotonic() + timeout
    known = look()
    if not known.serve((model,)):
        raise No(why_not((model,), None, known.now, is_served=False))
    stale = known.stale((model,), FRESH)
    answer = None if stale else known.best((model,))
    if answer is None:
        # One that goes on asking: a reset may come early.
        with opened(asking=True, eager=not stale) as router:
            ask(router, stale, timeout)
            with _display(model) as show:
                answer = _served(router, model, deadline, show)
            opens_at = router.next_available(model)
        if answer is None:
            raise No(f"{why_not((model,), opens_at, time())}, after waiting as long as was allowed")
    click.echo(f"{answer.provider_id} can serve {model} ({left(answer)})")


def _served(
    router: Router, model: str, deadline: float | None, show: Show
) -> RouterRecommendation | None:
    """The first answer there is, or None when the deadline (monotonic seconds) has come first."""
    answer = router.best_for(model)
    while answer is None:
        remaining = LOOK_EVERY if deadline is None else deadline - monotonic()
        if remaining <= 0.0:
            return None
        now, opens_at = time(), router.next_available(model)
        show(opens_at, now)
        until_open = LOOK_EVERY if opens_at is None else opens_at - now
        sleep(max(0.0, min(LOOK_EVERY, remaining, until_open)))
        answer = router.best_for(model)
    return answer


@contextmanager
def _display(model: str) -> Generator[Show]:
    """What a person sees meanwhile, on stderr: a bar on a terminal, else a line at each news."""
    if not is_lively(sys.stderr):
        yield _lines(model)
        return
    from rich.console import Console  # noqa: PLC0415 -- only a terminal needs it
    from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415
    from rich.table import Column  # noqa: PLC0415

    text = TextColumn("{task.description}", table_column=Column(no_wrap=True), markup=False)
    bar = Progress(text, BarColumn(bar_width=None), console=Console(stderr=True), transient=True)
    with bar:
        task = bar.add_task(f"waiting for {model}", total=None)
        began = time()

        def show(opens_at: float | None, now: float) -> None:
            if opens_at is None:
                bar.update(task, description=f"waiting for {model}", total=None)
            else:
                told = f"{model} in {_clock(opens_at - now)}"
                bar.update(task, description=told, total=opens_at - began, completed=now - began)

        yield show


def _lines(model: str) -> Show:
    told: list[str] = []

    def show(opens_at: float | None, now: float) -> None:  # noqa: ARG001 -- a bar needs it
        at = iso(opens_at)
        line = f"bhoga wait: {model}: " + ("no time is known" if at is None else f"next at {at}")
        if told[-1:] != [line]:
            told.append(line)
            click.echo(line, err=True)

    return show


def _clock(seconds: float) -> str:
    """A time left, as `1 d 2:03:04` or `2:03:04`."""
    minutes, second = divmod(max(0, round(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    clock = f"{hour}:{minute:02}:{second:02}"
    return f"{days} d {clock}" if days else clock
