"""Probes as values."""

import pytest
from returns.result import Success

from bhoga_core.probe import HttpGet, Kind, LoginVariables, Place, ReadFile, RunCommand, Source
from bhoga_core.reading import Reading

GET = HttpGet("https://x.example", "Bearer", LoginVariables((), (), ()), "", timeout=7.0)


@pytest.mark.parametrize(
    ("probe", "kind", "timeout"),
    [
        (GET, Kind.HTTP, 7.0),
        (RunCommand(("x",), timeout=8.0), Kind.CLI, 8.0),
        (ReadFile(Place("", "", "x")), Kind.FILES, 0.0),
    ],
)
def test_each_probe_is_of_one_kind(
    probe: HttpGet | RunCommand | ReadFile, kind: Kind, timeout: float
) -> None:
    """A request, a program, a file, which alone is not waited for."""
    source = Source("x", probe, lambda *_: Success(Reading()))
    assert (source.kind, source.timeout) == (kind, timeout)
