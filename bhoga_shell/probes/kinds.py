"""Which kinds of probe may run, as a person names them."""

from collections.abc import Mapping

from bhoga_core.probe import Kind

EVERY_KIND = frozenset(Kind)


def kinds_from(probes: str | None, environ: Mapping[str, str]) -> frozenset[Kind]:
    """The kinds that the argument `probes` names, or `BHOGA_PROBES` where it is None; else all.

    `files`, `cli` and `http`, with commas or spaces between them, or `off`. Raises ValueError or
    TypeError that names the argument or the variable and what it takes.
    """
    if probes is None:
        named = environ.get("BHOGA_PROBES", "")
        return _kinds("BHOGA_PROBES", named) if named.strip() else EVERY_KIND
    if type(probes) is not str:
        raise TypeError(f"probes is a {type(probes).__name__}; it takes {_ACCEPTED}")
    return _kinds("probes", probes)


_ACCEPTED = f"{', '.join(Kind)} with commas or spaces between them, or off"


def _kinds(argument: str, value: str) -> frozenset[Kind]:
    words = value.lower().replace(",", " ").split()
    if words == ["off"]:
        return frozenset()
    if not words or not set(words) <= set(Kind):
        shown = value if len(value) <= 60 else f"{value[:57]}..."
        raise ValueError(f"{argument} is {shown!r}; it takes {_ACCEPTED}")
    return frozenset(Kind(word) for word in words)
