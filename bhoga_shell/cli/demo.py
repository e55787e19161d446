"""`bhoga demo`: the whole thing without any login."""

from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING

import click

from bhoga_shell.cli.ending import No, Problem
from bhoga_shell.demo.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bhoga_shell.demo.steps import Step


@click.command(epilog="Example: bhoga demo --scenario scoped-exhausted")
@click.option(
    "--scenario",
    type=click.Choice([*SCENARIOS]),
    metavar="NAME",
    help=f"See what bhoga makes of one of these: {', '.join(SCENARIOS)}.",
)
def command(scenario: str | None) -> None:
    """See bhoga at work without any login.

    Stand-ins of the providers run on this machine, in a temporary folder that is gone at the end.
    No real provider is asked, and nothing of yours is read or changed. It takes some seven seconds.
    Exit code 0: all went as told. 1: something did not.
    """
    from bhoga_shell.cli.demo_lines import ending, opening, step_lines  # noqa: PLC0415
    from bhoga_shell.cli.screen import terminal  # noqa: PLC0415
    from bhoga_shell.demo.story import story  # noqa: PLC0415
    from bhoga_shell.demo.survey import survey  # noqa: PLC0415

    console = terminal()
    console.print(*opening(console.width), sep="\n")
    with closing(story() if scenario is None else survey(scenario)) as steps:
        for number in count(1):
            # What happens takes its time: on a terminal, with a sign of life.
            with console.status("", spinner="line"):
                step = _happened(steps)
            if step is None:
                break
            console.print(*step_lines(number, step, console), sep="\n")
    console.print(*ending(console.width), sep="\n")


def _happened(steps: "Iterator[Step]") -> "Step | None":
    """The next step, when it has happened; None after the last."""
    from bhoga_shell.demo.steps import StrayedError  # noqa: PLC0415

    try:
        return next(steps, None)
    except StrayedError as strayed:
        raise No(f"the demo did not go as it is told: it is not so that {strayed}") from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        needs = "it needs a temporary folder (TMPDIR) and a port of this machine"
        raise Problem(f"the demo cannot play here ({why}): {needs}") from None
