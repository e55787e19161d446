"""Where the demo plays: backends, a home and a router that are there for as long as it runs."""

import logging
import os
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import NamedTuple

from bhoga_shell.demo.backends import Backends
from bhoga_shell.demo.home import furnish
from bhoga_shell.demo.scenarios import Scenario
from bhoga_shell.router import Router

MEANINGFUL = (
    *("ANTHROPIC_", "BHOGA_", "CLAUDE", "CODEX_", "COPILOT_", "GH_", "GITHUB_", "HERMES_"),
    *("OPENAI_", "OPENROUTER_"),
)
"""How the variables begin that mean something to bhoga or to what it reads."""

END_PATIENCE = 5.0
"""Seconds that is waited for what still runs on the stage when it ends: it writes into its folder.
The programs have nobody to talk to by then."""


class Stage(NamedTuple):
    """The backends, a router that knows nothing yet, and where Hermes has its configuration."""

    backends: Backends
    router: Router
    hermes: Path


@contextmanager
def stage(scenario: Scenario) -> Generator[Stage]:
    """A stage for as long as the context lasts, with the environment of this process changed.

    Nothing of the person's is read or written, and nothing is left. What is logged meanwhile is
    the demo's own, and is not shown. Raises OSError where there is no temporary folder.
    """
    with (
        TemporaryDirectory(prefix="bhoga-demo-") as folder,
        _outlived(),
        Backends(scenario) as backends,
        _environment(furnish(Path(folder), backends)),
        _unheard(),
        Router(eager=False) as router,
    ):
        hermes = Path(os.environ["HERMES_HOME"])
        hermes.mkdir()
        yield Stage(backends, router, hermes / "config.yaml")


@contextmanager
def _environment(furnished: Mapping[str, str]) -> Generator[None]:
    before = dict(os.environ)
    try:
        for name in before:
            if name.upper().startswith(MEANINGFUL):
                del os.environ[name]
        os.environ.update(furnished)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _outlived() -> Generator[None]:
    """Leave only when the threads of bhoga's that began inside have ended, or will not."""
    before = set(threading.enumerate())
    try:
        yield
    finally:
        until = monotonic() + END_PATIENCE
        for thread in set(threading.enumerate()) - before:
            if thread.name.startswith("bhoga"):
                thread.join(max(0.0, until - monotonic()))


@contextmanager
def _unheard() -> Generator[None]:
    log = logging.getLogger("bhoga")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)
