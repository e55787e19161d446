"""The splices that change one mapping where it stands, in its own indentation and style."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bhoga_core.yaml_text.layout import Page, Splice, last_leaf
from bhoga_core.yaml_text.spelling import Entry, as_block, as_flow
from bhoga_core.yaml_text.tree import Alias, Node, RefusedError, Scalar, Table


@dataclass(frozen=True, slots=True)
class Place:
    """A mapping in a text and the mapping at its top, whose indentation is the second example.

    Either is None where the text has no such mapping.
    """

    page: Page
    table: Table | None
    top: Table | None

    @property
    def step(self) -> int:
        """Columns by which a mapping is indented below its key, as the first one here is."""
        for table in (self.table, self.top):
            for key, value in () if table is None else table.entries:
                if isinstance(value, Table) and not value.flow:
                    return max(1, self._column(value) - key.span.column)
        return 2

    def replaced(self, value: Scalar | Alias, text: str, anchor: str | None) -> list[Splice]:
        """Splices that put `text` in the place of a scalar or an alias; `anchor` is what it bears.

        Comments around it stay. Empty `text` leaves nothing, nor the space before it.
        """
        page = self.page
        if isinstance(value, Alias):
            return self._put(value.span.start, value.span.end, text)
        start, end = page.content(value)
        if value.tag is not None or value.anchor != anchor or value.span.start < start == end:
            if page.line_break(value.span.start) < start:
                raise RefusedError(value.span.line + 1, "its anchor or tag stands on another line")
            start = value.span.start
            text = text if anchor is None else f"&{anchor} {text}".rstrip()
        if value.style in {"|", ">"}:
            header_end = page.header_end(value)
            body = page.line_break(header_end)
            return [*self._put(start, header_end, text), Splice(body, max(body, end), "")]
        return self._put(start, end, text)

    def _put(self, start: int, end: int, text: str) -> list[Splice]:
        before = self.page.blank_before(start)
        if not text:
            return [Splice(before, end, "")] if start < end else []
        if start < end:
            return [Splice(start, end, text)]
        if self.page.text[before - 1 : before] != ":":
            return [Splice(start, end, f": {text}")]  # a flow mapping's `{key}`
        return [Splice(start, end, text if before < start else f" {text}")]

    def nested(
        self,
        key: Node | None,
        value: Scalar | Alias,
        entries: tuple[Entry, ...],
        anchor: str | None,
    ) -> list[Splice]:
        """Splices that put a mapping of `entries` in the place of a scalar or an alias.

        A key of None stands for the top of the text.
        """
        if self.table is not None and self.table.flow:
            return self.replaced(value, f"{{{as_flow(entries)}}}", anchor)
        end = value.span.end if isinstance(value, Alias) else self.page.content(value)[1]
        indent = 0 if key is None else key.span.column + self.step
        return [
            *self.replaced(value, "", anchor),
            self._lines(self.page.after(end), entries, indent),
        ]

    def begun(self, root: Scalar | None, entries: tuple[Entry, ...]) -> list[Splice]:
        """Splices that put `entries` into a text that holds nothing, or null, so far."""
        if root is None:
            return [self._lines(len(self.page.text), entries, 0)]
        if root.span.start == root.span.end and root.span.column == 0:
            return [self._lines(root.span.start, entries, 0)]
        return self.nested(None, root, entries, root.anchor)

    def _lines(self, at: int, entries: tuple[Entry, ...], indent: int) -> Splice:
        return Splice(at, at, as_block(entries, indent, self.step, self.page.eol))

    def overlaid(self, key: Node, value: Alias | Table, entries: tuple[Entry, ...]) -> list[Splice]:
        """Splices that put `entries` over a mapping which itself stays what it is.

        The mapping becomes the value of a merge key. Its lines stay as they are, so `<<` and the
        entries go between their column and that of `key`.
        """
        if isinstance(value, Alias):
            return self.nested(key, value, (Entry("<<", f"*{value.name}"), *entries), None)
        start, end, mark = value.span.start, value.span.end, f"&{value.anchor}"
        if value.flow:
            return [Splice(start, start, "{<<: "), Splice(end, end, f", {as_flow(entries)}}}")]
        outer, inner = key.span.column, self._column(value)
        indent = (outer + inner) // 2
        if indent == outer or not self.page.text.startswith(mark, start):
            raise RefusedError(value.span.line + 1, f"*{value.anchor} repeats what stands here")
        return [
            Splice(self.page.blank_before(start), start + len(mark), ""),
            self._lines(self.page.after(start), (Entry("<<", mark),), indent),
            self._lines(self._room(value), entries, indent),
        ]

    def appended(
        self, table: Table, entries: tuple[Entry, ...], kept: Sequence[tuple[Node, Node]]
    ) -> Splice:
        """The splice that adds `entries` at the end of a mapping of whose own `kept` stay."""
        if not table.flow:
            return self._lines(self._room(table), entries, self._column(table))
        if kept:
            at = self._end(kept[-1])
            return Splice(at, at, f", {as_flow(entries)}")
        at = table.entries[0][0].span.start if table.entries else table.span.end - 1
        return Splice(at, at, as_flow(entries))

    def without(self, table: Table, removed: list[int], refill: Iterable[Entry]) -> list[Splice]:
        """Splices that take the entries at the indices `removed` (ascending) out of a mapping.

        Their comments stay: of a block mapping each on a line of its own, of a flow mapping where
        they are. A block mapping left with nothing, and no `refill`, becomes `{}`: with no entry at
        all it would be null.
        """
        if table.flow:
            return [splice for run in _runs(removed) for splice in self._run_removed(table, run)]
        splices: list[Splice] = []
        emptied = len(removed) == len(table.entries) and not tuple(refill)
        for index in removed:
            key, value = table.entries[index]
            start = key.span.start - key.span.column
            after = self.page.after(self._end((key, value)))
            indent = self.page.text[start : key.span.start]
            if indent.strip(" "):
                raise RefusedError(key.span.line + 1, "the key does not start its line")
            kept = self.page.comments(key.span.start, after, (key, value))
            lines = ["{}", *kept] if emptied and index == removed[0] else kept
            text = "".join(f"{indent}{line}{self.page.eol}" for line in lines)
            splices.append(Splice(start, after, text))
        return splices

    def _run_removed(self, table: Table, run: range) -> list[Splice]:
        entries, first, after = table.entries, run[0], run[-1] + 1
        start, end = entries[first][0].span.start, self._end(entries[run[-1]])
        if first > 0:
            start = self._end(entries[first - 1])
        elif after < len(entries):
            end = entries[after][0].span.start
        else:
            end = self.page.comma(end) or end
        if self.page.comments(start, end, [node for i in run for node in entries[i]]):
            return [splice for i in run for splice in self._cut_out(entries[i])]
        return [Splice(start, end, "")]

    def _cut_out(self, entry: tuple[Node, Node]) -> list[Splice]:
        """Splices that take an entry and its comma from among the comments of a flow mapping."""
        start, end = entry[0].span.start, self._end(entry)
        if self.page.comments(start, end, entry):
            raise RefusedError(entry[0].span.line + 1, "a comment stands inside of what is to go")
        behind = self.page.comma(end)
        comma = [] if behind is None else [Splice(behind - 1, behind, "")]
        return [Splice(start, end, ""), *comma]

    def _room(self, table: Table) -> int:
        key, value = table.entries[-1]
        at = self.page.after(self._end((key, value)))
        if self.page.torn and at == len(self.page.text):
            last = last_leaf(value)
            if isinstance(last, Scalar) and last.style in {"|", ">"}:
                # A line break after it would become part of this text, so what is new goes before.
                return key.span.start - key.span.column
        return at

    def _column(self, table: Table) -> int:
        """The column of a block mapping. A key written `? key` stands further in than it."""
        key = table.entries[0][0].span
        if table.span.line == key.line:
            return table.span.column
        before = self.page.text[key.start - key.column : key.start]
        return len(before) - len(before.lstrip(" "))

    def _end(self, entry: tuple[Node, Node]) -> int:
        return max(self.page.tail(entry[0]), self.page.tail(entry[1]))


def _runs(indices: list[int]) -> list[range]:
    runs: list[range] = []
    for index in indices:
        if runs and runs[-1].stop == index:
            runs[-1] = range(runs[-1].start, index + 1)
        else:
            runs.append(range(index, index + 1))
    return runs
