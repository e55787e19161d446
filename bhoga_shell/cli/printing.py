"""What may go onto a person's terminal."""

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import TextIO

TIE = "\N{NO-BREAK SPACE}"
"""Stands for a blank at which no line may end."""

_PLAIN: Mapping[int, str] = MappingProxyType(
    str.maketrans({"·": "|", "→": "->", "…": "...", "✓": "+", "✗": "x"})
)
"""What stands in for the signs that a terminal may not have."""


def printable(text: str, stream: TextIO) -> str:
    """`text` in one line that `stream` can encode, without anything a terminal would obey.

    A no-break space (`TIE`) becomes a blank: whoever wraps lines does it before.
    """
    encoding = stream.encoding or "ascii"
    shown = "".join(
        it if it.isprintable() else it.encode("unicode_escape").decode("ascii")
        for it in text.replace(TIE, " ")
    )
    try:
        shown.encode(encoding)
    except UnicodeEncodeError:
        shown = shown.translate(_PLAIN)
    return shown.encode(encoding, "backslashreplace").decode(encoding)


def is_lively(stream: TextIO) -> bool:
    """Whether something may move on it: it is a terminal, and one that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")
