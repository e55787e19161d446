"""A YAML document as a tree whose nodes know where they stand in the text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias


class RefusedError(Exception):
    """A text that is not to be edited: the line, counted from 1, and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason


class Span(NamedTuple):
    """Where a node stands: offsets into the text, and line and column of its start, from 0.

    It starts at the node's anchor or tag if there is one. A block collection or scalar has an end
    somewhere after its text: `layout.tail` says where that ends.
    """

    start: int
    end: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value. `tag` is one that was written; `style` is `'`, `"`, `|`, `>` or plain."""

    span: Span
    anchor: str | None
    tag: str | None
    value: str
    style: str | None


@dataclass(frozen=True, slots=True)
class Alias:
    """A `*name`. `target` is None where the anchor is unknown or still open (a recursive alias)."""

    span: Span
    name: str
    target: "Scalar | Items | Table | None"


@dataclass(frozen=True, slots=True)
class Items:
    """A sequence."""

    span: Span
    anchor: str | None
    flow: bool
    nodes: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; `entries` in the order of the text, merge keys and duplicates included."""

    span: Span
    anchor: str | None
    flow: bool
    entries: "tuple[tuple[Node, Node], ...]"


Node: TypeAlias = Scalar | Alias | Items | Table


class Document(NamedTuple):
    """The root of a text (None: it holds none) and the names of the anchors that aliases use."""

    root: Node | None
    aliases: Mapping[str, tuple[Alias, ...]]
