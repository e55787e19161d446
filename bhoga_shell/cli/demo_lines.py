"""The lines of `bhoga demo`: each step with what happened, what to notice and what to see of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from rich.console import Console
from rich.text import Text

from bhoga_shell.cli.difference import difference
from bhoga_shell.cli.folding import behind
from bhoga_shell.cli.screen import QUIET, bar, signs
from bhoga_shell.cli.words import percent
from bhoga_shell.demo.steps import Choice, Found, Left, Sent, Shown, Step
from bhoga_shell.hermes import HermesChange

if TYPE_CHECKING:
    from typing import TextIO

INDENT = 3
"""Columns before what is told of a step."""

NEXT = (
    ("bhoga status", "what is left of your own subscriptions"),
    ("bhoga why claude-opus-4", "where a request would go, and why"),
    ("bhoga apply claude-opus-4 --dry-run", "what would change for Hermes"),
)
"""What to try next, and what it shows."""


def opening(width: int) -> Iterator[Text]:
    """What this is, before anything happens."""
    what = "bhoga, at work on three subscriptions that are not there"
    yield from behind(Text(), what, width, "bold")
    told = "The providers are stand-ins on this machine; the router and the files are real."
    yield from behind(Text(), told, width, QUIET)
    yield Text()


def ending(width: int) -> Iterator[Text]:
    """What is left of it, and what to do next."""
    told = "That was all. Nothing of it is left on this machine. Try next:"
    yield from behind(Text(), told, width, "bold")
    for command, what in NEXT:
        line = Text("  ").append(command, style="green")
        if len(NEXT[-1][0]) + 4 + len(what) <= width - 2:
            yield line.append(f"{'':{len(NEXT[-1][0]) + 2 - len(command)}}{what}", style=QUIET)
        else:
            yield line
            yield from behind(Text("    "), what, width, QUIET)


def step_lines(number: int, step: Step, console: Console) -> Iterator[Text]:
    """A step of the demo, in lines that fit the console (from 50 columns on)."""
    width = console.width
    yield Text(f"{number}. {step.title}", style="bold")
    yield from behind(Text(f"{'':{INDENT}}"), step.happened, width)
    notice = Text(" " * INDENT).append("Notice: ", style="cyan")
    yield from behind(notice, step.notice, width)
    widest = max((len(it[1]) for it in step.shown if isinstance(it, Found | Left)), default=0)
    heading = ""
    for shown in step.shown:
        above = _heading(shown)
        if above not in ("", heading):
            yield Text(f"{'':{INDENT}}{above}", style="bold")
        heading = above
        indent = INDENT + 2 if above else INDENT
        for line in _lines(shown, widest, width - indent, console):
            yield Text(" " * indent).append(line)
    yield Text()


def _heading(shown: Shown) -> str:
    """What stands above a group of what is shown, `""` for what stands alone."""
    match shown:
        case Found() | Left():
            return shown.provider_id
        case HermesChange():
            return "~/.hermes/config.yaml"
        case Sent() | Choice():
            return ""


def _lines(shown: Shown, widest: int, width: int, console: Console) -> Iterator[Text]:
    sign = signs(console)
    match shown:
        case Found(_, source, text, has_answered):
            start = Text(f"{source:<{widest}}  ")
            start.append("+ " if has_answered else "- ", style="green" if has_answered else "red")
            yield from behind(start, text, width, "" if has_answered else QUIET)
        case Left(_, window, left, _):
            line = Text(f"{window:<{widest}}  ").append(bar(left, sign))
            yield line.append(f" {percent(left):>3} %")
        case Sent(provider_id, status_code, windows):
            start = Text(f"{provider_id} answered ")
            start.append(str(status_code), style="green" if status_code < 400 else "bold red")
            told = ", ".join(f"{it.window} {percent(it.left)} %" for it in windows)
            yield from behind(start.append("  "), f"left: {told}", width, QUIET)
        case Choice(model, provider_id, left):
            line = Text(f"{model} {sign.arrow} ")
            if provider_id is None:
                yield line.append("nothing is available now", style="bold red")
            else:
                line.append(provider_id, style="bold green")
                yield line.append(f"  {percent(left)} % left" if left >= 0 else "", style=QUIET)
        case HermesChange():
            for line in difference((shown,), cast("TextIO", console.file)):
                mark, told = line.plain[:2], line.plain[2:]
                yield from behind(Text(mark, style=line.style), told, width, str(line.style))
