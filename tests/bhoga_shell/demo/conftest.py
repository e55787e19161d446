"""The stand-ins, ready to be asked."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bhoga_shell.demo.backends import Backends
from bhoga_shell.demo.home import furnish

Run = Callable[..., subprocess.CompletedProcess[str]]
"""Runs a stand-in program with arguments, stdin and a changed environment."""

Sample = Callable[[str], dict[str, Any]]
"""Reads a sample of a real format, which lies beside the repository or nowhere."""

SUFFIX = ".cmd" if os.name == "nt" else ""


@pytest.fixture
def backends() -> Iterator[Backends]:
    """The backends, answering as in the scenario `fresh`."""
    with Backends() as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, backends: Backends) -> Mapping[str, str]:
    """The environment of a furnished home, in a folder with a blank in its name.

    With what Windows needs to open a socket.
    """
    system = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return {**system, **furnish(tmp_path / "the demo", backends)}


@pytest.fixture
def run(home: Mapping[str, str]) -> Run:
    """Runs a stand-in program in the furnished home."""

    def running(
        program: str, *arguments: str, stdin: str = "", **changed: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(Path(home["PATH"], program)) + SUFFIX, *arguments],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            env={**home, **changed},
            timeout=30,
            check=False,
        )

    return running


WIRE = Path(__file__).parents[3].parent / "shared" / "wire"


@pytest.fixture
def sample() -> Sample:
    """The JSON object in a sample of the real format, where samples lie beside the repository."""

    def reading(name: str) -> dict[str, Any]:
        path = WIRE / name
        if not path.is_file():
            pytest.skip(f"there are no samples in {WIRE}")
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    return reading
