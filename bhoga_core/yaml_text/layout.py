"""Where things stand in a text: its lines, the ends of its nodes, the comments between them."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bhoga_core.yaml_text.tree import Alias, Items, Node, RefusedError, Scalar, Table

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""A line break as PyYAML sees it."""

_GAP = re.compile("(?:[ \t\r\n\x85\u2028\u2029]+|#[^\r\n\x85\u2028\u2029]*)*")
"""Space and comments between two things that belong together."""

_COMMENT = re.compile("(?<![^ \t\r\n\x85\u2028\u2029])#[^\r\n\x85\u2028\u2029]*")

_HEADER = re.compile("[|>][-+0-9]*")
"""The mark of a block scalar."""


class Splice(NamedTuple):
    """The text from `start` to `end` is to be replaced with `text`."""

    start: int
    end: int
    text: str


class Page(NamedTuple):
    """A text whose every line ends in a break. `torn`: its last one had none, and is to get none.

    `eol` is the text's first line break, a line feed where it has none.
    """

    text: str
    eol: str
    torn: bool

    def after(self, position: int) -> int:
        """Where the line after that of `position` starts."""
        found = _BREAK.search(self.text, position)
        return len(self.text) if found is None else found.end()

    def line_break(self, position: int) -> int:
        """Where the line break after `position` starts."""
        found = _BREAK.search(self.text, position)
        return len(self.text) if found is None else found.start()

    def blank_before(self, position: int) -> int:
        """Where the spaces and tabs just before `position` start."""
        while position > 0 and self.text[position - 1] in " \t":
            position -= 1
        return position

    def content(self, scalar: Scalar) -> tuple[int, int]:
        """Where a scalar starts behind its anchor and tag, and where its text ends."""
        start, end = scalar.span.start, scalar.span.end
        if scalar.anchor is not None or scalar.tag is not None:
            while start < end and self.text[start] in "&!":
                while start < end and not self.text[start].isspace():
                    start += 1
                gap = _GAP.match(self.text, start, end)
                start = end if gap is None else gap.end()
        if scalar.style in {"|", ">"}:
            end = start + len(self.text[start:end].rstrip())
        return start, end

    def header_end(self, scalar: Scalar) -> int:
        """Where the mark of a block scalar (`|-`, `>2`) ends."""
        start, end = self.content(scalar)
        header = _HEADER.match(self.text, start)
        return end if header is None else header.end()

    def tail(self, node: Node) -> int:
        """A place on the last line of `node`: its end, before blank lines and comments."""
        if isinstance(node, Items | Table) and node.flow:
            return node.span.end
        last = last_leaf(node)
        if not isinstance(last, Scalar):
            return last.span.end
        if last.style in {"|", ">"} and "+" in self.text[last.span.start : self.header_end(last)]:
            return last.span.end - 1
        return self.content(last)[1]

    def comma(self, position: int) -> int | None:
        """Where the comma ends that comes next after `position`, but for space and comments."""
        gap = _GAP.match(self.text, position)
        end = position if gap is None else gap.end()
        return end + 1 if self.text[end : end + 1] == "," else None

    def comments(self, start: int, end: int, nodes: Iterable[Node]) -> list[str]:
        """The comments from `start` to `end` that stand around `nodes`, without their breaks."""
        found: list[str] = []
        for leaf in (leaf for node in nodes for leaf in leaves(node)):
            text_start, text_end = leaf.span.start, leaf.span.end
            if isinstance(leaf, Scalar):
                text_start, text_end = self.content(leaf)
                if leaf.style in {"|", ">"}:
                    text_start = self.line_break(self.header_end(leaf))
            found += _COMMENT.findall(self.text, start, text_start)
            start = max(start, text_end)
        return found + _COMMENT.findall(self.text, start, end)

    def spliced(self, splices: Iterable[Splice]) -> str:
        """The text with `splices` made, the missing last line break missing again.

        Of insertions at one place the first given comes first. Raises `RefusedError` where two
        replacements meet.
        """
        pieces: list[str] = []
        done = 0
        for splice in sorted(splices, key=lambda each: each[:2]):
            if splice.start < done:
                raise RefusedError(self.line(splice.start), "two changes meet here")
            pieces += (self.text[done : splice.start], splice.text)
            done = splice.end
        text = "".join(pieces) + self.text[done:]
        return text.removesuffix(self.eol) if self.torn else text

    def line(self, position: int) -> int:
        """The line of `position`, counted from 1."""
        return len(_BREAK.findall(self.text, 0, position)) + 1


def page(text: str) -> Page:
    """`text` with its last line ended."""
    first, last = _BREAK.search(text), text[-1:]
    eol = "\n" if first is None else first.group()
    torn = bool(last) and not _BREAK.fullmatch(last)
    return Page(text + eol if torn else text, eol, torn)


def leaves(node: Node) -> Iterator[Scalar | Alias]:
    """The scalars and aliases of `node`, in the order of the text."""
    if isinstance(node, Scalar | Alias):
        yield node
        return
    inner = node.nodes if isinstance(node, Items) else (n for pair in node.entries for n in pair)
    for each in inner:
        yield from leaves(each)


def last_leaf(node: Node) -> Node:
    """The scalar, alias or flow collection with which a node's text ends."""
    while isinstance(node, Items | Table) and not node.flow:
        node = node.nodes[-1] if isinstance(node, Items) else node.entries[-1][1]
    return node
