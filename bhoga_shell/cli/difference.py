"""What changed in Hermes' configuration, as people read a difference."""

from collections.abc import Iterable, Iterator
from typing import TextIO

from rich.text import Text

from bhoga_shell.cli.printing import printable
from bhoga_shell.hermes import HermesChange


def difference(changes: Iterable[HermesChange], stream: TextIO) -> Iterator[Text]:
    """A line for each value that went and each that came, as `stream` can show it."""
    for change in changes:
        for mark, value, colour in (("-", change.old, "red"), ("+", change.new, "green")):
            if value is not None:
                yield Text(printable(f"{mark} {change.key}: {value}", stream), style=colour)
