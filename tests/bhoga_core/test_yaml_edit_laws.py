"""Laws of the YAML edit, over generated documents with everything people write into them."""

import re
from collections.abc import Mapping

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from returns.result import Failure, Success

from bhoga_core.yaml_edit import Edited, edit

Path = tuple[str, ...]
NAMES = ("model", "default", "provider", "base_url", "vision")
TEXTS = (
    "gpt-5.4",
    "a/b:c",
    "on",
    "1.10",
    "010",
    "1:30",
    "null",
    "a: b",
    " x ",
    "é",
    "it's",
    "l\nm",
    "",
)
SCALARS = (
    "word", "two words", "'single'", '"dou\\tble"', "5", "1.10", "yes", "~", "", "2026-05-01",
    ".nan", "!!str 7", "a#b", "'it''s # no'", '"# no"', "https://x.y/z", "0x14", "0755", "-",
)  # fmt: skip

_quick = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


class Writer:
    """Writes one document. Comments hold `note<n>`, what no setting names holds `keep<n>`."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.count = draw, 0
        self.anchors: list[str] = []
        self.tables: list[str] = []

    def number(self) -> int:
        """The next number of its own."""
        self.count += 1
        return self.count

    def one_of(self, *choices: str) -> str:
        """Any of the choices."""
        return self.draw(st.sampled_from(choices))

    def rarely(self) -> bool:
        """True one time in five."""
        return self.draw(st.integers(0, 4)) == 0

    def note(self) -> str:
        """Rarely a comment behind something."""
        return f"{self.one_of(' ', '   ')}# note{self.number()} " if self.rarely() else ""

    def anchor(self, names: list[str]) -> str:
        """Rarely an anchor, its name added to `names`."""
        if not self.rarely():
            return ""
        name = f"a{self.number()}"
        names.append(name)
        return f"&{name} "

    def flow(self, depth: int) -> str:
        """A flow mapping, or something small."""
        if depth > 2 or self.rarely():
            return self.one_of("keep", '"k, }"', "8", "[x, {y: z}]")
        keys = self.draw(st.lists(st.sampled_from((*NAMES, "k7")), unique=True, max_size=3))
        pairs = [f"{self.one_of(key, repr(key))}: {self.flow(depth + 1)}" for key in keys]
        end = self.one_of("", ",", " ") if pairs else ""
        return "{" + self.one_of(", ", ",  ").join(pairs) + end + "}"

    def block(self, column: int, depth: int) -> list[str]:
        """The lines of a block mapping."""
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
        """The lines of an entry that no setting names."""
        n, pad = self.number(), " " * column
        if self.tables and self.rarely():
            return [f"{pad}<<: {self.one_of('*{0}', '[*{0}]').format(self.one_of(*self.tables))}"]
        return self.draw(
            st.sampled_from(
                [
                    [f"{pad}k{n}: keep{n}"],
                    [f"{pad}{n}: 'keep{n}'  # note{n}"],
                    [f"{pad}k{n}:", f"{pad}- keep{n}", f"{pad}- model: keep{n}"],
                    [f"{pad}? k{n}", f"{pad}: keep{n}"],
                    [f"{pad}k{n}: |+", f"{pad}   keep{n}", f"{pad}     # keep", "", ""],
                    [f"{pad}k{n}: >-", f"{pad}   keep{n}", "", f"{pad}   model: keep"],
                    [f'{pad}k{n}: "keep{n}', "", f'{pad}   # keep"'],
                ]
            )
        )

    def entry(self, key: str, column: int, depth: int) -> list[str]:
        """The lines of an entry that a setting may name."""
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
            return [
                f"{start}{self.note()}",
                f"{' ' * (column + 1)}{self.one_of('w', chr(34) + 'v' + chr(34))}",
            ]
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
    writer = Writer(draw)
    lines = writer.block(0, 0)
    if writer.rarely():
        lines = [
            *writer.draw(st.sampled_from([["---"], ["%YAML 1.1", "--- # note0"], ["# note0"]])),
            *lines,
        ]
    lines += draw(st.sampled_from([[], [], ["# note999"], ["..."], ["", ""]]))
    eol = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    return (
        draw(st.sampled_from(["", "", "\ufeff"]))
        + eol.join(lines)
        + draw(st.sampled_from([eol, ""]))
    )


def paths() -> st.SearchStrategy[dict[Path, str | None]]:
    """Settings none of which leads on from another."""
    path = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(tuple)
    value = st.one_of(st.none(), st.sampled_from(TEXTS), st.text(max_size=6))
    return st.dictionaries(path, value, min_size=1, max_size=5).map(
        lambda given: {
            p: v for p, v in given.items() if not any(p[:n] in given for n in range(len(p)))
        }
    )


def with_path(data: object, path: Path, value: str | None) -> object:
    """`data` with one key set or removed; what is not a mapping on the way gives way."""
    table = dict(data) if isinstance(data, dict) else {}
    if len(path) > 1:
        if value is None and not isinstance(table.get(path[0]), dict):
            return data
        table[path[0]] = with_path(table.get(path[0]), path[1:], value)
    elif value is None:
        if path[0] not in table:
            return data
        del table[path[0]]
    else:
        table[path[0]] = value
    return table


def at(data: object, path: Path) -> object:
    """What stands at a path, or None."""
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def is_subsequence(few: list[str], many: list[str]) -> bool:
    """Whether `few` occur in `many`, in order."""
    rest = iter(many)
    return all(each in rest for each in few)


def lines_of(text: str) -> list[str]:
    """The lines of a text, with their ends."""
    return text.splitlines(keepends=True)


def breaks_shown(text: str) -> list[str]:
    """The lines of `text`, each with its break, the byte order mark and a last break left out."""
    return text.removeprefix("\ufeff").rstrip("\r\n").splitlines(keepends=True)


def sorted_deep(data: object) -> object:
    """`data` in a form whose `repr` does not depend on the order of keys."""
    if isinstance(data, dict):
        pairs = ((repr(key), sorted_deep(value)) for key, value in data.items())
        return sorted(pairs, key=lambda pair: pair[0])
    return [sorted_deep(each) for each in data] if isinstance(data, list) else data


def expected_data(text: str, wanted: Mapping[Path, str | None], new: object) -> object:
    """What `text` with `wanted` made true loads as; a removed key may be hidden behind `""`."""
    data: object = yaml.safe_load(text)
    for path, value in wanted.items():
        hidden = value is None and at(new, path) == ""
        data = with_path(data, path, "" if hidden else value)
    return data


@_quick
@given(text=documents(), wanted=paths())
def test_the_new_text_means_the_old_one_with_these_keys_changed(
    text: str, wanted: Mapping[Path, str | None]
) -> None:
    """Read by PyYAML's own loader, only what was asked has changed; asked again, nothing does."""
    match edit(text, wanted):
        case Failure(refused):
            assert 1 <= refused.line <= len(text.splitlines()) + 1
            assert refused.reason
        case Success(edited):
            new = yaml.safe_load(edited.text)
            expected = expected_data(text, wanted, new)
            assert repr(sorted_deep(expected)) == repr(sorted_deep(new))
            assert edit(edited.text, wanted) == Success(Edited(edited.text, ()))
            assert edited.changes or edited.text == text


@_quick
@given(text=documents(), wanted=paths())
def test_comments_and_unrelated_lines_stay(text: str, wanted: Mapping[Path, str | None]) -> None:
    """Every comment survives in its order, every line of another key byte for byte."""
    match edit(text, wanted):
        case Success(edited):
            notes = re.findall(r"# note\d+", text)
            assert is_subsequence(notes, re.findall(r"# note\d+", edited.text))
            assert text.startswith("\ufeff") == edited.text.startswith("\ufeff")
            assert (text[-1:] in "\r\n") == (edited.text[-1:] in "\r\n")
            if any(c.new is None and c.old in {"a mapping", "a list"} for c in edited.changes):
                return  # the lines of what was removed went with it
            kept = [line for line in breaks_shown(text) if re.search(r"keep\d", line)]
            assert is_subsequence(kept, breaks_shown(edited.text))


@_quick
@given(
    text=st.one_of(st.text(), st.text(alphabet=" -?:,[]{}#&*!|>'\"%@`\n\r\tab0\ufeff\x85\ud800")),
    wanted=paths(),
)
def test_any_text_is_answered(text: str, wanted: Mapping[Path, str | None]) -> None:
    """No text raises: it is edited or refused with a line."""
    match edit(text, wanted):
        case Failure(refused):
            assert refused.line >= 1
        case Success(edited):
            new = yaml.safe_load(edited.text)
            assert all(
                at(new, path) == value for path, value in wanted.items() if value is not None
            )


@_quick
@given(text=documents(), wanted=paths(), at=st.integers(0, 400), put=st.text(max_size=3))
def test_a_damaged_document_is_answered(
    text: str, wanted: Mapping[Path, str | None], at: int, put: str
) -> None:
    """A document with something typed over it is still edited rightly or refused."""
    damaged = text[:at] + put + text[at + 2 :]
    match edit(damaged, wanted):
        case Failure(refused):
            assert refused.line >= 1
        case Success(edited):
            assert edit(edited.text, wanted) == Success(Edited(edited.text, ()))
