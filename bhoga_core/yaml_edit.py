"""A YAML text with some keys set or removed, and every other byte as a person left it.

The edit is worked out on the tree of the text, made in the text, and believed only after the new
text has been loaded again and means the old one with these keys changed. Nothing else is returned.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from returns.result import Failure, Success

from bhoga_core.yaml_text.draft import Draft
from bhoga_core.yaml_text.layout import page
from bhoga_core.yaml_text.reading import load, read
from bhoga_core.yaml_text.settings import Change, KeyPath, wanted
from bhoga_core.yaml_text.tree import RefusedError

__all__ = ["Change", "Edited", "Unwritable", "edit", "mapping"]

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Edited:
    """The new text and what changed in it, in the order of the edit; nothing: the old text."""

    text: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Unwritable:
    """Why a text is not edited. `line` counts from 1; 1 too where no line is to blame."""

    line: int
    reason: str


def edit(
    text: str, settings: Mapping[KeyPath, str | None]
) -> Success[Edited] | Failure[Unwritable]:
    """`text` with each key path of `settings` set to a text, or removed where that is None.

    What is in the way of a path: a mapping is entered, nothing and null become a mapping, and so
    does a text (`model: name`; a `Change` says it went). A list, a number or a boolean refuses.
    A replaced scalar keeps its anchor and quotes. What aliases and merge keys bring is overridden
    where the path stands, never changed at its anchor; a removed key that a merge key still brings
    is set to `""`. Other users of a changed anchor keep what they had. Of duplicate keys the last
    is set, since PyYAML reads that one; all are removed. Comments of removed lines stay.

    Refused: what PyYAML's `safe_load` does not read as one mapping (or nothing), and an edit that
    does not read back as meant.
    """
    bom = _BOM if text.startswith(_BOM) else ""
    body = text.removeprefix(_BOM)  # libyaml's offsets are off by one after it
    try:
        edited = _edited(body, settings)
    except RefusedError as refused:
        return _unwritable(body, refused)
    return Success(Edited(bom + edited.text, edited.changes))


def mapping(text: str) -> Success[Mapping[str, object]] | Failure[Unwritable]:
    """What `text` reads as, for settings that depend on it; empty where that is no mapping.

    Refused: what PyYAML's `safe_load` does not read. Keys that are no text are left out.
    """
    body = text.removeprefix(_BOM)
    try:
        read(body)  # first, see `load`
        data = load(body)
    except RefusedError as refused:
        return _unwritable(body, refused)
    keys = cast("dict[object, object]", data) if isinstance(data, dict) else {}
    return Success({name: value for name, value in keys.items() if isinstance(name, str)})


def _unwritable(body: str, refused: RefusedError) -> Failure[Unwritable]:
    lines = page(body).line(len(body))  # PyYAML may blame the end, a line further on
    return Failure(Unwritable(min(refused.line, lines), refused.reason))


def _edited(body: str, settings: Mapping[KeyPath, str | None]) -> Edited:
    tree, lines = wanted(settings), page(body)
    document = read(lines.text)
    data = load(body)
    # First straight in place; where that changes what an alias elsewhere repeats, apart from it.
    for shared in (frozenset[str](), frozenset(document.aliases)):
        draft = Draft(lines, document, shared)
        draft.write(tree)
        if not draft.changes:
            return Edited(body, ())
        new = _reread(draft)
        expected = data
        for change in draft.changes:
            expected = _changed(expected, change.path, change.new)
        if new is not None and _same(expected, new[1]) and _all_hold(expected, settings):
            return Edited(new[0], tuple(draft.changes))
    at = min((splice.start for splice in draft.splices), default=0)
    keys = ", ".join(".".join(change.path) for change in draft.changes)
    raise RefusedError(lines.line(at), f"an edit of {keys} would not read back as meant")


def _reread(draft: Draft) -> tuple[str, object] | None:
    try:
        text = draft.page.spliced(draft.splices)
        return text, load(text)
    except RefusedError:
        return None


def _changed(data: object, path: KeyPath, new: str | None) -> object:
    """`data` with one key changed. Copied along the path: an alias makes two places one object."""
    mapping = dict(cast("dict[object, object]", data)) if isinstance(data, dict) else {}
    name, *below = path
    if below:
        mapping[name] = _changed(mapping.get(name), tuple(below), new)
    elif new is None:
        mapping.pop(name, None)
    else:
        mapping[name] = new
    return mapping


def _all_hold(data: object, settings: Mapping[KeyPath, str | None]) -> bool:
    for path, want in settings.items():
        found: object = data
        for name in path:
            keys = cast("dict[object, object]", found) if isinstance(found, dict) else {}
            found = keys.get(name)
        if found != want and not (want is None and found == ""):
            return False
    return True


def _same(left: object, right: object) -> bool:
    """Whether two loaded documents are alike in value and type. Ends on recursive ones too."""
    pairs, met = [(left, right)], set[tuple[int, int]]()
    while pairs:
        one, other = pairs.pop()
        if one is other or (id(one), id(other)) in met:
            continue
        met.add((id(one), id(other)))
        if type(one) is not type(other):
            return False
        if isinstance(one, dict) and isinstance(other, dict):
            ours, theirs = cast("dict[object, object]", one), cast("dict[object, object]", other)
            if ours.keys() != theirs.keys():
                return False
            pairs += ((value, theirs[key]) for key, value in ours.items())
        elif isinstance(one, list | tuple) and isinstance(other, list | tuple):
            sequences = cast("tuple[object, ...]", one), cast("tuple[object, ...]", other)
            if len(sequences[0]) != len(sequences[1]):
                return False
            pairs += zip(*sequences, strict=True)
        elif one != other:
            return False
    return True
