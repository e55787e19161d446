"""What is wanted of a document, and what was changed in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bhoga_core.yaml_text.reading import DEEPEST
from bhoga_core.yaml_text.tree import RefusedError

Wanted: TypeAlias = "dict[str, Wanted | str | None]"
"""What each key of a mapping is to hold: text, keys of its own, or None: it is to go."""

KeyPath: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One key changed. `old` is the scalar's text, or `a mapping` or `a list`; None: absent.

    `new` is the text now there, None where the key went; `""` hides one that a merge key brings.
    """

    path: KeyPath
    old: str | None
    new: str | None


def wanted(settings: Mapping[KeyPath, str | None]) -> Wanted:
    """`settings` as a tree.

    Raises `RefusedError` where a path is empty, longer than `DEEPEST`, or leads on from another.
    """
    tree: Wanted = {}
    for path, value in settings.items():
        branch = tree
        for name in path[:-1]:
            below = branch.setdefault(name, {})
            if not isinstance(below, dict):
                raise RefusedError(1, f"{'.'.join(path)}: a setting leads on from another")
            branch = below
        if not 0 < len(path) <= DEEPEST or path[-1] in branch:
            raise RefusedError(1, f"{'.'.join(path)}: a setting leads on from another")
        branch[path[-1]] = value
    return tree
