"""Laws of the YAML edit, over generated documents with everything people write into them."""

import re
from collections.abc import Mapping
from functools import reduce

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from returns.result import Failure, Success

from bhoga_core.yaml_edit import Edited, edit

Path = tuple[str, ...]
NAMES = ("model", "default", "provider", "base_url", "vision")
TEXTS = ("gpt-5.4", "a/b:c", "on", "1.10", "010", "1:30", "null", "a: b", " x ", "it's", "l\nm", "")
SCALARS = (
    "word", "two words", "'single'", '"dou\\tble"', "5", "1.10", "yes", "~", "", "2026-05-01",
    "!!str 7", "a#b", "'it''s # no'", '"# no"', "https://x.y/z", "0x14", "0755", "-",
)  # fmt: skip

_quick = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


class _Writer:
    """Writes one document. Comments hold `note<n>`, what no setting names holds `keep<n>`."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.count = draw, 0
        self.anchors: list[str] = []
        self.tables: list[str] = []

    def number(self) -> int:
        self.count += 1
        return self.count

    def one_of(self, *choices: str) -> str:
        return self.draw(st.sampled_from(choices))

    def rarely(self) -> bool:
        return self.draw(st.integers(0, 4)) == 0

    def note(self) -> str:
        return f"{self.one_of(' ', '   ')}# note{self.number()} " if self.rarely() else ""

    def anchor(self, names: list[str]) -> str:
        if not self.rarely():
            return ""
        name = f"a{self.number()}"
        names.append(name)
        return f"&{name} "

    def flow(self, depth: int) -> str:
        if depth > 2 or self.rarely():
            return self.one_of("keep", '"k, }"', "8", "[x, {y: z}]")
        keys = self.draw(st.lists(st.sampled_from((*NAMES, "k7")), unique=True, max_size=3))
        pieces: list[str] = []
        for key in keys:
            pair = f"{self.one_of(key, repr(key))}: {self.flow(depth + 1)}"
            comma = self.one_of(", ", ",", " , ") if key != keys[-1] else self.one_of("", ",", " ")
            pieces += [pair, comma, self.turn()]
        return "{" + self.turn() + "".join(pieces) + "}"

    def turn(self) -> str:
        """Now and then a new line, most times after a note."""
        return f"{self.note()}\n{' ' * 9}" if self.rarely() else ""

    def block(self, column: int, depth: int) -> list[str]:
        lines: list[str] = []
        keys = self.draw(st.lists(st.sampled_from((*NAMES, "other")), min_size=1, max_size=5))
        if not self.rarely():
            keys = list(dict.fromkeys(keys))
        for key in keys:
            if self.rarely():
                # Less than the column: deeper, it could go on with a block scalar before it.
                indent = self.draw(st.integers(0, max(0, column - 1)))
                lines += [" " * indent + f"# note{self.number()}"] + [""] * self.rarely()
            if key == "other":
                lines += self.other(column)
            else:
                lines += self.entry(self.one_of(key, key, f'"{key}"', f"'{key}'"), column, depth)
        return lines

    def other(self, column: int) -> list[str]:
        n, pad = self.number(), " " * column
        if self.tables and self.rarely():
            return [f"{pad}<<: {self.one_of('*{0}', '[*{0}]').format(self.one_of(*self.tables))}"]
        entries = [
            [f"{pad}k{n}: keep{n}"],
            [f"{pad}{n}: 'keep{n}'  # note{n}"],
            [f"{pad}k{n}:", f"{pad}- keep{n}", f"{pad}- model: keep{n}"],
            [f"{pad}? k{n}", f"{pad}: keep{n}"],
            [f"{pad}k{n}: |+", f"{pad}   keep{n}", f"{pad}     # keep", "", ""],
            [f"{pad}k{n}: >-", f"{pad}   keep{n}", "", f"{pad}   model: keep"],
            [f'{pad}k{n}: "keep{n}', "", f'{pad}   # keep"'],
        ]
        return self.draw(st.sampled_from(entries))

    def entry(self, key: str, column: int, depth: int) -> list[str]:
        start = f"{' ' * column}{key}:{self.one_of(' ', ' ', '   ')}"
        kind = self.draw(st.integers(0, 7 if depth < 3 else 4))
        if kind == 0 and self.anchors + self.tables:
            return [f"{start}*{self.one_of(*self.anchors, *self.tables)}{self.note()}"]
        if kind == 1:
            table = self.flow(depth)
            names = self.tables if table.startswith("{") else self.anchors
            return [f"{start}{self.anchor(names)}{table}{self.note()}"]
        if kind == 2:
            mark = self.one_of("|", "|-", ">", "|+")
            body = [f"{' ' * (column + 2)}text", "", f"{' ' * (column + 3)}# text"]
            return [f"{start}{self.anchor(self.anchors)}{mark}{self.note()}", *body]
        if kind == 3:
            return [f"{start}{self.note()}", " " * (column + 1) + self.one_of("w", '"v"')]
        if kind == 4 or depth >= 3:
            return [f"{start}{self.anchor(self.anchors)}{self.one_of(*SCALARS)}{self.note()}"]
        own: list[str] = []
        head = f"{start.rstrip()} {self.anchor(own)}".rstrip() + self.note()
        lines = [head, *self.block(column + int(self.one_of("1", "2", "4")), depth + 1)]
        self.tables += own
        return lines


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A document, most times one that PyYAML reads, with any line ending, start and end."""
    writer = _Writer(draw)
    lines = writer.block(0, 0)
    if writer.rarely():
        starts = [["---"], ["%YAML 1.1", "--- # note0"], ["# note0"]]
        lines = [*draw(st.sampled_from(starts)), *lines]
    lines += draw(st.sampled_from([[], [], ["# note999"], ["..."], ["", ""]]))
    lines = [part for line in lines for part in line.split("\n")]
    eol = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    mark, end = draw(st.sampled_from(["", "", "\ufeff"])), draw(st.sampled_from([eol, ""]))
    return mark + eol.join(lines) + end


def _paths() -> st.SearchStrategy[dict[Path, str | None]]:
    path = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(tuple)
    value = st.one_of(st.none(), st.sampled_from(TEXTS), st.text(max_size=6))
    given = st.dictionaries(path, value, min_size=1, max_size=5)
    return given.map(
        lambda all_: {p: all_[p] for p in all_ if not any(p[:n] in all_ for n in range(len(p)))}
    )


def _with_path(data: object, path: Path, value: str | None) -> object:
    table = dict(data) if isinstance(data, dict) else {}
    if len(path) > 1:
        if value is None and not isinstance(table.get(path[0]), dict):
            return data
        table[path[0]] = _with_path(table.get(path[0]), path[1:], value)
    elif value is None:
        if path[0] not in table:
            return data
        del table[path[0]]
    else:
        table[path[0]] = value
    return table


def _below(data: object, name: str) -> object:
    return data.get(name) if isinstance(data, dict) else None


def _is_subsequence(few: list[str], many: list[str]) -> bool:
    rest = iter(many)
    return all(each in rest for each in few)


def _whole_lines(text: str) -> list[str]:
    eol = (re.search("\r\n|\n|\r", text) or ["\n"])[0]
    body = text.removeprefix("\ufeff")
    return (body if body[-1:] in {"\r", "\n"} else body + eol).splitlines(keepends=True)


def _expected_data(text: str, wanted: Mapping[Path, str | None], new: object) -> object:
    """What `text` with `wanted` made true loads as; a removed key may be hidden behind `""`."""
    data: object = yaml.safe_load(text)
    for path, value in wanted.items():
        hidden = value is None and reduce(_below, path, new) == ""
        data = _with_path(data, path, "" if hidden else value)
    return data


@_quick
@given(text=documents(), wanted=_paths())
def test_what_was_asked_changes_and_nothing_else(
    text: str, wanted: Mapping[Path, str | None]
) -> None:
    """PyYAML's own loader reads the old data with these keys changed; comments and lines stay."""
    match edit(text, wanted):
        case Failure(refused):
            assert 1 <= refused.line <= len(text.splitlines()) + 1
        case Success(edited):
            new = yaml.safe_load(edited.text)
            assert new == _expected_data(text, wanted, new)
            assert edit(edited.text, wanted) == Success(Edited(edited.text, ()))
            assert edited.changes or edited.text == text
            assert text.startswith("\ufeff") == edited.text.startswith("\ufeff")
            notes = re.findall(r"# note\d+", text)
            assert _is_subsequence(notes, re.findall(r"# note\d+", edited.text))
            removed = any(change.new is None for change in edited.changes)
            assert removed or (text[-1:] in "\r\n") == (edited.text[-1:] in "\r\n")
            # What is removed takes the lines below it along; those at the margin are never below.
            unnamed = re.compile(r"\S.*keep\d" if removed else r".*keep\d")
            kept = [line for line in _whole_lines(text) if unnamed.match(line)]
            assert _is_subsequence(kept, _whole_lines(edited.text))
