"""What may go onto a person's terminal."""

from typing import TextIO


def printable(text: str, stream: TextIO) -> str:
    """`text` in one line that `stream` can encode, without anything a terminal would obey."""
    encoding = stream.encoding or "ascii"
    shown = "".join(
        it if it.isprintable() else it.encode("unicode_escape").decode("ascii") for it in text
    )
    return shown.encode(encoding, "backslashreplace").decode(encoding)
