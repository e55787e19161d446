"""The terminal: what can be shown on it, and in which signs and colours."""

import sys
from typing import NamedTuple, NoReturn

from rich.console import Console
from rich.text import Text

from bhoga_core.gates import ProviderStatus

BAR = 10
"""Cells of a bar."""

QUIET = "dim"
"""The style of what is read second. No grey has a contrast on both a dark and a light terminal."""

COLOURS = {
    ProviderStatus.AVAILABLE: "green",
    ProviderStatus.EXHAUSTED: "red",
    ProviderStatus.THROTTLED: "yellow",
    ProviderStatus.REFUSED: "red",
    ProviderStatus.UNKNOWN: QUIET,
    ProviderStatus.UNCONFIGURED: QUIET,
}


class Signs(NamedTuple):
    """The characters that stand for the filled and the empty part of a bar, and for a pointer."""

    full: str
    empty: str
    mark: str
    arrow: str


FINE = Signs("█", "░", "▸", "→")
PLAIN = Signs("#", "-", ">", "->")


class Terminal(Console):
    """A console that leaves the end of a run to who ran it (`ending`)."""

    def on_broken_pipe(self) -> NoReturn:
        """Say that nobody reads any more; rich would end the process as if the answer were no."""
        raise BrokenPipeError


def terminal() -> Terminal:
    """Standard output, for people."""
    return Terminal(file=sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=False)


def signs(console: Console) -> Signs:
    """The signs that this terminal can show."""
    return FINE if (console.encoding or "").lower().replace("-", "") == "utf8" else PLAIN


def colour(left: float) -> str:
    """The colour of a fraction that is left."""
    return "green" if left > 0.3 else "yellow" if left > 0.1 else "red"


def bar(left: float, signs: Signs, style: str | None = None) -> Text:
    """A fraction that is left as a bar, in the colour of that unless another style is given."""
    filled = max(round(left * BAR), int(left > 0))
    shown = Text().append(signs.full * filled, style=colour(left) if style is None else style)
    return shown.append(signs.empty * (BAR - filled), style=QUIET)
