"""The command as a process, for the tests of every command."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from bhoga import Router
from bhoga_shell.demo.backends import Backends
from bhoga_shell.demo.home import FOREIGN, furnish
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


@pytest.fixture
def known() -> None:
    """A state file in which two providers are known."""
    now = time.time()
    headers = {
        "anthropic-ratelimit-unified-5h-utilization": "0.35",
        "anthropic-ratelimit-unified-5h-reset": str(int(now + 9000)),
        "anthropic-ratelimit-unified-7d-utilization": "0.62",
        "anthropic-ratelimit-unified-7d-reset": str(int(now + 290_000)),
        "anthropic-ratelimit-unified-7d_oi-utilization": "1.0",
        "anthropic-ratelimit-unified-7d_oi-reset": str(int(now + 290_000)),
        "anthropic-ratelimit-unified-overage-utilization": "0.2",
    }
    with Router(eager=False) as router:
        router.record_turn("claude_code", "claude-opus-4", headers=headers)
        router.set_quota("openai-codex", 0, ttl=3600)


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
