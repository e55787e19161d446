"""Text in lines of at most so many columns, as everything that people read is broken."""

import re
import sys
from collections.abc import Iterator

from rich.text import Text

from bhoga_shell.cli.printing import TIE, printable
from bhoga_shell.cli.screen import QUIET
from bhoga_shell.cli.words import loose

SEAM = "\t"
"""Where a word that is too long for a line may be broken, such as a path behind a separator."""


def folded(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns, in signs that standard output can show."""
    from textwrap import wrap  # noqa: PLC0415 -- mostly nothing is folded

    shown = TIE.join(printable(part, sys.stdout) for part in text.split(TIE))
    seamed = re.sub(rf"\S{{{max(1, width) + 1},}}", _with_seams, shown)
    lines = wrap(
        seamed, max(1, width), expand_tabs=False, replace_whitespace=False, break_on_hyphens=False
    )
    return [loose(line.replace(SEAM, "")) for line in lines]


def behind(start: Text, text: str, width: int, style: str = "") -> Iterator[Text]:
    """The text behind `start`, in as many lines as it needs, each as far in as the first."""
    indent = start.cell_len
    for place, line in enumerate(folded(text, width - indent)):
        before = start if place == 0 else Text(" " * indent)
        yield before.append(line, style=style)


def indented(text: str, width: int, style: str = QUIET, indent: int = 2) -> Iterator[Text]:
    """The text in as many lines as it needs, each so far in."""
    return behind(Text(" " * indent), text, width, style)


def _with_seams(word: re.Match[str]) -> str:
    return re.sub(r"(?<=[/\\])(?=.)", SEAM, word[0])
