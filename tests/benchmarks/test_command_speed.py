"""How long a command takes as a whole process, beside an interpreter that does nothing.

Run them with `pytest tests/benchmarks/test_command_speed.py --benchmark-enable --benchmark-only`,
and read the number in brackets behind each median: it is the ratio to `python -c pass`. What is
timed is the processor time of the process, start and end of the interpreter included. All is known
already, from stand-ins on loopback, so that no command asks anybody. No test here asserts a time.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from bhoga_shell.demo.backends import Backends
from bhoga_shell.demo.home import FOREIGN, furnish

if os.name == "nt":
    pytest.skip("the stand-in programs are POSIX scripts", allow_module_level=True)

import resource

Benchmark = Callable[..., Any]
Run = Callable[[], None]

BHOGA = which("bhoga", path=str(Path(sys.executable).parent))
"""The command as it was installed: `python -m` has more to import."""

COMMANDS = {
    "best": ("best", "claude-opus-4"),
    "best as JSON": ("best", "claude-opus-4", "--json"),
    "guard": ("guard", "claude-opus-4"),
    "statusline": ("statusline",),
    "status": ("status",),
    "status as JSON": ("status", "--json"),
}

ROUNDS = 20


def of_children() -> float:
    """The seconds of processor time of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


pytestmark = pytest.mark.benchmark(group="whole processes", timer=of_children)


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """An environment in which all three subscriptions have just been asked."""
    # Whoever keeps Python from writing bytecode would measure its compiler.
    left_out = {*FOREIGN, "PYTHONDONTWRITEBYTECODE"}
    kept = {name: text for name, text in os.environ.items() if name not in left_out}
    with Backends() as backends:
        environ = {**kept, **furnish(tmp_path_factory.mktemp("demo"), backends)}
        refresh = [sys.executable, "-m", "bhoga", "refresh"]
        subprocess.run(refresh, env=environ, check=True, stdout=subprocess.DEVNULL)
        yield environ


def payload() -> bytes:
    """What Claude Code says to a status line, the same each time."""
    used = {
        "five_hour": {"used_percentage": 10, "resets_at": int(time.time()) + 9000},
        "seven_day": {"used_percentage": 30, "resets_at": int(time.time()) + 250_000},
    }
    return json.dumps({"model": {"id": "claude-opus-4-6"}, "rate_limits": used}).encode()


def measure(benchmark: Benchmark, environ: Mapping[str, str], *command: str) -> None:
    """Time a command that succeeds, after one run that is not counted."""
    said = payload()

    def run() -> None:
        done = subprocess.run(command, env=environ, input=said, capture_output=True, check=True)
        assert not done.stderr

    benchmark.pedantic(run, rounds=ROUNDS, warmup_rounds=1)  # type: ignore[attr-defined]


def test_floor_of_a_process(benchmark: Benchmark, environ: Mapping[str, str]) -> None:
    """`python -c pass`."""
    measure(benchmark, environ, sys.executable, "-c", "pass")


@pytest.mark.skipif(BHOGA is None, reason="the command is not installed beside this Python")
@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=[*COMMANDS])
def test_command(
    benchmark: Benchmark, environ: Mapping[str, str], arguments: tuple[str, ...]
) -> None:
    """A command of which scripts and hooks wait for the answer."""
    assert BHOGA is not None
    measure(benchmark, environ, BHOGA, *arguments)
