"""How text is written as YAML, so that PyYAML (YAML 1.1) reads the same text back."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bhoga_core.yaml_text.reading import plainly
from bhoga_core.yaml_text.tree import RefusedError

_BARE = re.compile(r"[A-Za-z0-9_/](?:[A-Za-z0-9_./@+~ -]|:(?=[A-Za-z0-9_./]))*(?<! )")
"""Text that needs no quotes in block and flow context alike, unless it means something else."""

_YAML_1_2_NUMBER = re.compile(r"0o[0-7]+|[0-9][0-9.]*[eE][-+]?[0-9]+")
"""Text to YAML 1.1, a number to YAML 1.2: Hermes' `/model` rewrites the file with ruamel.yaml."""

_NAMED_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One `key: value` to be written. Key and text are spelled already; entries are a mapping."""

    key: str
    value: "str | tuple[Entry, ...]"


def spelled(text: str, style: str | None = None) -> str:
    """`text` as a scalar on one line.

    In quotes of `style` (`'` or `"`) where those can hold it, else plain where plain means the same
    text, else in double quotes.
    """
    if style == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if style != '"' and _is_plain(text):
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def as_block(entries: Iterable[Entry], indent: int, step: int, eol: str) -> str:
    """`entries` as whole lines, `indent` columns in, each level `step` further, ended by `eol`."""
    lines: list[str] = []
    for entry in entries:
        if isinstance(entry.value, str):
            lines.append(f"{' ' * indent}{entry.key}: {entry.value}{eol}")
        else:
            lines.append(f"{' ' * indent}{entry.key}:{eol}")
            lines.append(as_block(entry.value, indent + step, step, eol))
    return "".join(lines)


def as_flow(entries: Iterable[Entry]) -> str:
    """`entries` as the inside of a flow mapping, without its braces."""
    return ", ".join(
        f"{entry.key}: {entry.value}"
        if isinstance(entry.value, str)
        else f"{entry.key}: {{{as_flow(entry.value)}}}"
        for entry in entries
    )


def _is_plain(text: str) -> bool:
    if not _BARE.fullmatch(text) or _YAML_1_2_NUMBER.fullmatch(text):
        return False
    try:
        return plainly(text) == text
    except RefusedError:
        return False


def _escaped(char: str) -> str:
    if char in _NAMED_ESCAPES:
        return _NAMED_ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
