"""Which kinds of probe may run."""

from typing import cast

import pytest

from bhoga_shell.probes.kinds import EVERY_KIND, Kind, kinds_from


@pytest.mark.parametrize(
    ("named", "kinds"),
    [
        ("files", {Kind.FILES}),
        ("cli,http", {Kind.CLI, Kind.HTTP}),
        (" http  files ", {Kind.HTTP, Kind.FILES}),
        ("FILES, cli ,http", set(Kind)),
        ("off", set[Kind]()),
    ],
)
def test_kinds_are_named_by_argument_or_variable(named: str, kinds: set[Kind]) -> None:
    """With commas or spaces between them, in any case; `off` is none."""
    assert kinds_from(named, {"BHOGA_PROBES": "nonsense"}) == kinds
    assert kinds_from(None, {"BHOGA_PROBES": named}) == kinds


@pytest.mark.parametrize("environ", [{}, {"BHOGA_PROBES": " "}])
def test_by_default_all_may_run(environ: dict[str, str]) -> None:
    """A variable that is blank counts as unset."""
    assert kinds_from(None, environ) == EVERY_KIND == set(Kind)


@pytest.mark.parametrize("named", ["file", "off,http", "files;cli", "all", ",", "x" * 1000])
def test_anything_else_is_refused_in_words(named: str) -> None:
    """The error names the argument or the variable, and what it takes."""
    with pytest.raises(
        ValueError, match=r"^BHOGA_PROBES is .{,70}; it takes files, cli, http .*off"
    ):
        kinds_from(None, {"BHOGA_PROBES": named})
    with pytest.raises(ValueError, match=r"^probes is "):
        kinds_from(named, {})


def test_an_empty_argument_is_no_default() -> None:
    """Who passes an argument says something by it."""
    with pytest.raises(ValueError, match="probes is ''"):
        kinds_from("", {})
    with pytest.raises(TypeError, match="probes is a list; it takes files, cli, http"):
        kinds_from(cast("str", ["http"]), {})
