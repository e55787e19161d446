"""A text read by PyYAML: its data, and its tree.

The one place in the core that imports PyYAML, and it hands it nothing but `str`: Hermes reads its
configuration with PyYAML (YAML 1.1), so nothing else can say what a text means to it. PyYAML's own
nodes would not do: an alias there is its anchor's node, and where the alias stands is lost.
"""

import re
from collections.abc import Iterator
from typing import cast

import yaml
from yaml.error import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from bhoga_core.yaml_text.tree import (
    Alias,
    Document,
    Items,
    Node,
    RefusedError,
    Scalar,
    Span,
    Table,
)

LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""What reads the text. libyaml's takes a tenth of the time; both place nodes alike (no BOM)."""

DEEPEST = 100
"""Levels of nesting above which a text is refused: PyYAML over libyaml 0.2.5 ends the process on
a hundred thousand, so the tree is read, and this checked, before any text is loaded.
"""

_FAULTS = (yaml.YAMLError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError)
"""What PyYAML 6.0.3 raises for text it cannot read: its own errors, and those that its
constructors let through (`!!int x`, `!!timestamp x`, `2026-13-45`, a lone surrogate).
"""

_QUOTED = re.compile(r"""(['"]).*\1""", re.DOTALL)
"""What PyYAML repeats of the text. A password that begins with `!` or `*` is a tag or an alias."""


_LATER_MARK = re.compile(r"[\r\n]\ufeff")


def plainly(value: str) -> object:
    """What `value` means where it stands unquoted and untagged as a whole value.

    Raises `RefusedError` for what cannot stand so.
    """
    data = load(f"- {value}")
    if isinstance(data, list) and len(items := cast("list[object]", data)) == 1:
        return items[0]
    raise RefusedError(1, "no single value")


def load(text: str) -> object:
    """What `yaml.safe_load` makes of `text`. Raises `RefusedError` where that raises anything.

    Only for text that `read` has accepted: see `DEEPEST`.
    """
    try:
        loader = LOADER(text)
        try:
            data: object = loader.get_single_data()
        finally:
            loader.dispose()
    except _FAULTS as fault:
        raise _refusal(fault) from fault
    return data


def read(text: str) -> Document:
    """The tree of `text`. Raises `RefusedError` where it cannot be parsed or nests too deep.

    Of several documents it is the first: `load` refuses those. A byte order mark at the beginning
    of a later line is refused: libyaml passes it over and PyYAML's own reader does not, so nobody
    can say what Hermes reads there.
    """
    mark = _LATER_MARK.search(text)
    if mark is not None:
        line = text.count("\n", 0, mark.end()) + 1
        raise RefusedError(line, "there is a byte order mark inside the text: take it out")
    try:
        return _Reading(yaml.parse(text, Loader=LOADER)).document()
    except _FAULTS as fault:
        raise _refusal(fault) from fault


def _refusal(fault: Exception) -> RefusedError:
    mark = fault.problem_mark or fault.context_mark if isinstance(fault, MarkedYAMLError) else None
    told = fault.problem if isinstance(fault, MarkedYAMLError) else None
    line = 1 if mark is None else mark.line + 1
    reason = _QUOTED.sub("…", told) if told else type(fault).__name__
    return RefusedError(line, f"PyYAML cannot read it: {reason}")


class _Reading:
    """One pass over the events of a text."""

    def __init__(self, events: Iterator[Event]) -> None:
        self.events = events
        self.anchored: dict[str, Scalar | Items | Table] = {}
        self.aliases: dict[str, tuple[Alias, ...]] = {}

    def document(self) -> Document:
        for event in self.events:
            if isinstance(event, NodeEvent):
                return Document(self.node(event, 0), self.aliases)
        return Document(None, {})

    def node(self, event: NodeEvent, depth: int) -> Node:
        span = _span(event)
        if depth > DEEPEST:
            raise RefusedError(span.line + 1, f"it nests more than {DEEPEST} levels deep")
        if isinstance(event, AliasEvent):
            name = str(event.anchor)
            alias = Alias(span, name, self.anchored.get(name))
            self.aliases[name] = (*self.aliases.get(name, ()), alias)
            return alias
        node = self.content(event, span, depth)
        if event.anchor is not None:
            self.anchored[event.anchor] = node
        return node

    def content(self, event: NodeEvent, span: Span, depth: int) -> Scalar | Items | Table:
        if isinstance(event, ScalarEvent):
            return Scalar(span, event.anchor, event.tag, event.value, event.style)
        nodes: list[Node] = []
        for inner in self.events:
            if isinstance(inner, CollectionEndEvent):
                span = span._replace(end=_span(inner).end)
                break
            if isinstance(inner, NodeEvent):
                nodes.append(self.node(inner, depth + 1))
        if isinstance(event, MappingStartEvent):
            pairs = tuple(zip(nodes[::2], nodes[1::2], strict=True))
            return Table(span, event.anchor, bool(event.flow_style), pairs)
        flow = isinstance(event, SequenceStartEvent) and bool(event.flow_style)
        return Items(span, event.anchor, flow, tuple(nodes))


def _span(event: Event) -> Span:
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:
        raise ValueError("PyYAML did not say where it stands")
    return Span(start.index, end.index, start.line, start.column)
