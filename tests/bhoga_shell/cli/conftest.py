"""The command as a process, for the tests of every command."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from bhoga_shell.demo.backends import Backends
from bhoga_shell.demo.home import furnish
from bhoga_shell.demo.scenarios import SCENARIOS

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def bhoga() -> Run:
    """Runs `python -m bhoga` with arguments, `stdin` (text) and environment variables."""

    def run(
        *arguments: str, stdin: str = "", **variables: str
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "bhoga", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **variables},
        )

    return run


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Callable[[str], Mapping[str, str]]]:
    """Furnishes a home with stand-ins that answer as in the named scenario: its environment."""
    with ExitStack() as running:

        def furnished(name: str) -> Mapping[str, str]:
            backends = running.enter_context(Backends(SCENARIOS[name]))
            return furnish(tmp_path / name, backends)

        yield furnished
