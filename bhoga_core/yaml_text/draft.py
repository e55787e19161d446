"""The splices that set and remove keys in a document, worked out on its tree. Nothing is applied.

Rules not to break: an anchor's mapping is never changed through an alias, and a value that comes
through a merge key is overridden where it applies. Both are done alike: the place gets a mapping of
its own, `<<: *anchor` and the keys concerned. What has no anchor to merge is spelled there again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bhoga_core.yaml_text.layout import Page, Splice
from bhoga_core.yaml_text.lookup import (
    described,
    followed,
    is_null,
    lookup,
    merged,
    places,
    text_of,
)
from bhoga_core.yaml_text.place import Place
from bhoga_core.yaml_text.settings import Change, KeyPath, Wanted
from bhoga_core.yaml_text.spelling import Entry, spelled
from bhoga_core.yaml_text.tree import Alias, Document, Items, Node, RefusedError, Scalar, Table


@dataclass(slots=True)
class Draft:
    """What is to be done to one document.

    `shared` names the anchors whose content has to stay what it is, because aliases use it. An
    anchored scalar among them that is replaced is moved to the first alias that stays.
    """

    page: Page
    document: Document
    shared: frozenset[str]
    splices: list[Splice] = field(default_factory=list[Splice])
    changes: list[Change] = field(default_factory=list[Change])
    displaced: list[Scalar | Items | Table] = field(default_factory=list["Scalar | Items | Table"])

    def write(self, settings: Wanted) -> None:
        """Work out `settings`. Raises `RefusedError` where they cannot be written safely."""
        root = self.document.root
        if isinstance(root, Table):
            self.change(root, settings, ())
        elif root is None or (isinstance(root, Scalar) and is_null(root)):
            if entries := self.grown(settings, None, ()):
                self.splices += self.place(None).begun(root, entries)
        else:
            raise RefusedError(root.span.line + 1, "its top is not a mapping")
        for node in self.displaced:
            self.hand_on(node)

    def change(self, table: Table, settings: Wanted, path: KeyPath) -> None:
        """Make `settings` true in a mapping that may be changed where it stands."""
        place = self.place(table)
        absent: Wanted = {}
        removed: list[int] = []
        for name, want in settings.items():
            found = places(table, name)
            if not found:
                absent[name] = want
            elif want is None and merged(table, name) is None:
                removed += found
                values = [table.entries[index][1] for index in found]
                self.displace(values)
                self.changes.append(Change((*path, name), described(values[-1]), None))
            else:
                key, value = table.entries[found[-1]]
                self.change_value(table, key, value, "" if want is None else want, (*path, name))
        entries = self.grown(absent, table, path)
        self.splices += place.without(table, sorted(removed), entries)
        if entries:
            kept = [entry for i, entry in enumerate(table.entries) if i not in removed]
            self.splices.append(place.appended(table, entries, kept))

    def change_value(
        self, table: Table, key: Node, value: Node, want: "Wanted | str", path: KeyPath
    ) -> None:
        """Make `want` true of the value of one key of a mapping."""
        target = followed(value)
        if isinstance(want, str):
            if text_of(value) == want:
                return
            if not isinstance(value, Scalar | Alias):
                raise _in_the_way(value, path)
            self.changes.append(Change(path, described(value), want))
            style = value.style if isinstance(value, Scalar) else None
            text, anchor = spelled(want, style), self.kept(value)
            self.splices += self.place(table).replaced(value, text, anchor)
        elif isinstance(value, Table) and value.anchor not in self.shared:
            self.change(value, want, path)
        elif isinstance(value, Alias | Table) and isinstance(target, Table):
            if entries := self.grown(want, target, path):
                self.splices += self.place(table).overlaid(key, value, entries)
        else:
            self.change_into_mapping(table, key, value, want, path)

    def change_into_mapping(
        self, table: Table, key: Node, value: Node, want: Wanted, path: KeyPath
    ) -> None:
        """Put a mapping that makes `want` true in the place of a text or of nothing."""
        noted = len(self.changes)
        entries = self.grown(want, None, path)
        if not entries:
            return
        if not isinstance(value, Scalar | Alias):
            raise _in_the_way(value, path)
        if text_of(value) is not None:
            self.changes.insert(noted, Change(path, described(value), None))
        elif not is_null(value):
            raise _in_the_way(value, path)
        self.splices += self.place(table).nested(key, value, entries, self.kept(value))

    def place(self, table: Table | None) -> Place:
        """`table` as a place where things can be changed."""
        root = self.document.root
        return Place(self.page, table, root if isinstance(root, Table) else None)

    def grown(self, settings: Wanted, inherited: Table | None, path: KeyPath) -> tuple[Entry, ...]:
        """The entries that make `settings` true in a mapping that has only what it inherits."""
        entries: list[Entry] = []
        for name, want in settings.items():
            below = None if inherited is None else lookup(inherited, name)
            here, key = (*path, name), spelled(name)
            if isinstance(want, dict):
                target, noted = followed(below), len(self.changes)
                inner = self.grown(want, target if isinstance(target, Table) else None, here)
                if len(self.changes) == noted:
                    continue
                if text_of(below) is not None:
                    self.changes.insert(noted, Change(here, described(below), None))
                elif below is not None and not is_null(below):
                    inner = (*self.inherited(below, want, inner, here), *inner)
                entries.append(Entry(key, inner or "{}"))
            elif want is None and inherited is not None and _is_left_out(inherited, name):
                self.changes.append(Change(here, described(below), None))
            elif (want is not None or below is not None) and text_of(below) != (want or ""):
                self.changes.append(Change(here, described(below), want or ""))
                entries.append(Entry(key, spelled(want or "")))
        return tuple(entries)

    def inherited(
        self, below: Node, want: Wanted, over: tuple[Entry, ...], path: KeyPath
    ) -> tuple[Entry, ...]:
        """The entries that bring in a mapping below `over`: by its anchor, else spelled again."""
        target = followed(below)
        if not isinstance(target, Table):
            raise _in_the_way(below, path)
        if target.anchor is not None:
            return (Entry("<<", f"*{target.anchor}"),)
        gone = {spelled(name) for name, text in want.items() if text is None}
        gone |= {entry.key for entry in over}
        return tuple(
            Entry(self.repeated(key, path), self.repeated(value, path))
            for key, value in target.entries
            if (name := text_of(key)) is None or spelled(name) not in gone
        )

    def repeated(self, node: Node, path: KeyPath) -> str:
        """What means the same as `node` when it stands, on one line, somewhere behind it."""
        if not isinstance(node, Alias) and node.anchor is not None:
            return f"*{node.anchor}"
        raw = self.page.text[node.span.start : self.page.tail(node)]
        if len(raw.splitlines()) > 1:
            raise _in_the_way(node, path)
        return raw or "null"

    def kept(self, value: Node) -> str | None:
        """The anchor that stays on a scalar whose text is replaced."""
        anchor = None if isinstance(value, Alias) else value.anchor
        if anchor in self.shared:
            self.displace([value])
            return None
        return anchor

    def displace(self, values: Iterable[Node]) -> None:
        """Note the anchored nodes among `values`, which are replaced or removed."""
        own = (value for value in values if not isinstance(value, Alias))
        self.displaced += (value for value in own if value.anchor in self.shared)

    def hand_on(self, node: Scalar | Items | Table) -> None:
        """Move an anchored node that is replaced or removed to the first alias that stays."""
        raw = self.page.text[node.span.start : self.page.tail(node)]
        for alias in self.document.aliases[str(node.anchor)]:
            if any(s.start < alias.span.end and alias.span.start < s.end for s in self.splices):
                continue
            if len(raw.splitlines()) > 1:
                raise RefusedError(node.span.line + 1, f"*{node.anchor} repeats what stands here")
            self.splices.append(Splice(alias.span.start, alias.span.end, raw))
            return


def _is_left_out(inherited: Table, name: str) -> bool:
    """Whether a key is gone where `inherited` is spelled again without it."""
    own = inherited.anchor is None and bool(places(inherited, name))
    return own and merged(inherited, name) is None


def _in_the_way(node: Node, path: KeyPath) -> RefusedError:
    # The value itself stays unsaid: whatever it is, it may be a secret.
    held = "a single value" if isinstance(followed(node), Scalar) else described(node)
    told = f"{'.'.join(path)} holds {held}, which cannot be changed here"
    return RefusedError(node.span.line + 1, told)
