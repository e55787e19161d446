"""The command as a process, for the tests of every command."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

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
