"""What changed in Hermes' configuration, as people read a difference."""

from collections.abc import Iterable, Iterator

from rich.text import Text

from bhoga_shell.hermes import HermesChange

HIDDEN = "…"
"""What `apply_to_hermes` shows for an old value that may be a secret."""


def difference(changes: Iterable[HermesChange], hidden: str = HIDDEN) -> Iterator[Text]:
    """A line for each value that went and each that came, with `hidden` for what may be a secret.

    A key or a value is shown in one line, without anything a terminal would obey.
    """
    for change in changes:
        for mark, value, colour in (("-", change.old, "red"), ("+", change.new, "green")):
            if value is not None:
                told = hidden if value == HIDDEN else value
                yield Text(_harmless(f"{mark} {change.key}: {told}"), style=colour)


def _harmless(text: str) -> str:
    return "".join(
        it if it.isprintable() else it.encode("unicode_escape").decode("ascii") for it in text
    )
