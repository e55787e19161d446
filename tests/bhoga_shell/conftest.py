"""The stand-ins, as the tests of the shell and of its command use them."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bhoga_shell.demo.backends import Backends
from bhoga_shell.demo.home import FOREIGN, furnish
from bhoga_shell.demo.scenarios import SCENARIOS


@pytest.fixture
def furnished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Backends]]:
    """Sets the process up with the logins, programs and backends of a scenario."""
    if os.name == "nt":
        pytest.skip("the stand-in programs are POSIX scripts")
    opened: list[Backends] = []

    def furnish_with(scenario: str) -> Backends:
        backends = Backends(SCENARIOS[scenario])
        opened.append(backends)
        for name in FOREIGN:
            monkeypatch.delenv(name, raising=False)
        for name, value in furnish(tmp_path / "demo", backends).items():
            monkeypatch.setenv(name, value)
        return backends

    yield furnish_with
    for backends in opened:
        backends.close()
