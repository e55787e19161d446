"""What a node means to PyYAML: aliases followed, merge keys counted, the last of two keys taken."""

from bhoga_core.yaml_text.reading import plainly
from bhoga_core.yaml_text.tree import Alias, Items, Node, RefusedError, Scalar, Table


def followed(node: Node | None) -> Scalar | Items | Table | None:
    """The node itself, or what it is an alias of; None for an alias of what is still open."""
    return node.target if isinstance(node, Alias) else node


def text_of(node: Node | None) -> str | None:
    """The text of a scalar that means text; None for any other node."""
    scalar = followed(node)
    if not isinstance(scalar, Scalar):
        return None
    if scalar.tag is not None:
        means_text = scalar.tag in {"!", "tag:yaml.org,2002:str"}
    else:
        means_text = bool(scalar.style) or "\n" in scalar.value or _is_text(scalar.value)
    return scalar.value if means_text else None


def is_null(node: Node | None) -> bool:
    """Whether the node is a scalar that means nothing: empty, `~` or `null`."""
    scalar = followed(node)
    if not isinstance(scalar, Scalar) or scalar.style or scalar.tag is not None:
        return False
    return scalar.value in {"", "~", "null", "Null", "NULL"}


def described(node: Node | None) -> str | None:
    """The text of a scalar as PyYAML folds it; `a mapping` or `a list` for the rest."""
    match followed(node):
        case Scalar() as scalar:
            return scalar.value
        case Table():
            return "a mapping"
        case Items():
            return "a list"
        case None:
            return None


def places(table: Table, name: str) -> list[int]:
    """The indices of the entries whose key is the text `name`. PyYAML takes the last."""
    return [i for i, (key, _) in enumerate(table.entries) if _is_named(key, name)]


def merged(table: Table, name: str) -> Node | None:
    """The value that merge keys alone (`<<: *anchor`) give `name` in `table`.

    As in PyYAML 6: the last merge key wins, and within a list of mappings the first of them.
    """
    for key, value in reversed(table.entries):
        if not _is_merge_key(key):
            continue
        source = followed(value)
        for node in source.nodes if isinstance(source, Items) else (source,):
            given = followed(node)
            found = lookup(given, name) if isinstance(given, Table) else None
            if found is not None:
                return found
    return None


def lookup(table: Table, name: str) -> Node | None:
    """The value of `name` in `table`: its last entry of that name, else what is merged in."""
    found = places(table, name)
    return table.entries[found[-1]][1] if found else merged(table, name)


def _is_text(value: str) -> bool:
    try:
        return plainly(value) == value
    except RefusedError:
        return False


def _is_named(key: Node, name: str) -> bool:
    scalar = followed(key)
    return isinstance(scalar, Scalar) and scalar.value == name and text_of(scalar) == name


def _is_merge_key(key: Node) -> bool:
    scalar = followed(key)
    if not isinstance(scalar, Scalar):
        return False
    if scalar.tag is not None:
        return scalar.tag == "tag:yaml.org,2002:merge"
    return scalar.value == "<<" and not scalar.style
