"""`bhoga wait`, in a pipe and in a real pseudo-terminal."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bhoga import Router

Run = Callable[..., subprocess.CompletedProcess[str]]

MODEL = "claude-opus-4"


@pytest.fixture
def exhausted() -> None:
    """The provider is used up for an hour."""
    with Router(eager=False, probes="off") as router:
        router.set_quota("claude_code", 0, ttl=3600)


def waiting(*arguments: str, **variables: str) -> "subprocess.Popen[str]":
    """The command, waiting with pipes; its first line on stderr says so."""
    return subprocess.Popen(
        [sys.executable, "-m", "bhoga", "wait", MODEL, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, **variables},
    )


def test_what_is_available_is_not_waited_for(bhoga: Run) -> None:
    """Exit code 0, and the provider."""
    bhoga("set", "claude_code", "90")
    run = bhoga("wait", MODEL)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == f"claude_code can serve {MODEL} (90 % left, measured)\n"


def test_it_looks_first(scenario: Callable[[str], Mapping[str, str]]) -> None:
    """What nobody has looked at is not taken to be available."""
    with waiting(**scenario("exhausted")) as process:
        assert process.stderr is not None
        assert "next at" in process.stderr.readline()
        process.kill()


def test_who_does_not_answer_is_not_waited_for_longer(
    bhoga: Run, scenario: Callable[[str], Mapping[str, str]]
) -> None:
    """Than the timeout: what is known then is the answer."""
    run = bhoga("wait", MODEL, "--timeout", "0.1s", **scenario("slow"))
    assert run.stdout == f"claude_code can serve {MODEL} (nothing is known of what is left)\n"


def test_a_state_that_cannot_be_used_is_a_problem(bhoga: Run, tmp_path: Path) -> None:
    """Exit code 3, as it is for every other question."""
    run = bhoga("wait", MODEL, BHOGA_STATE=str(tmp_path))
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (3, "", 1)


@pytest.mark.usefixtures("exhausted")
def test_a_pipe_gets_a_line(bhoga: Run) -> None:
    """When it will be, once; no bar and no escape codes. Exit code 1 when the time is over."""
    run = bhoga("wait", MODEL, "--timeout", "0.1s")
    assert (run.returncode, run.stdout) == (1, "")
    told, ended = run.stderr.splitlines()
    assert re.fullmatch(rf"bhoga wait: {MODEL}: next at 20\S+\+00:00", told)
    assert ended.endswith("after waiting as long as was allowed")
    assert "\x1b" not in run.stderr


@pytest.mark.usefixtures("exhausted")
def test_it_wakes_when_another_process_learns_something() -> None:
    """Long before the time it has told."""
    with waiting() as process:
        assert process.stderr is not None
        assert "next at" in process.stderr.readline()
        with Router(eager=False, probes="off") as router:
            router.set_quota("claude_code", 70)
        shown, problems = process.communicate()
    assert (process.returncode, problems) == (0, "")
    assert shown.startswith(f"claude_code can serve {MODEL} (70 % left")


def test_it_wakes_when_the_time_has_come() -> None:
    """By itself, when what closed the provider is over."""
    with Router(eager=False, probes="off") as router:
        router.set_quota("claude_code", 0, ttl=1.0)
        router.set_quota("github-copilot", 0, ttl=3600)
    with waiting() as process:
        shown, _ = process.communicate()
    assert process.returncode == 0
    assert shown.startswith(f"claude_code can serve {MODEL}")


def test_a_model_that_nobody_serves(bhoga: Run) -> None:
    """Exit code 1 at once: no time would change that."""
    run = bhoga("wait", "gemini-4")
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (1, "", 1)
    assert "no provider serves gemini-4" in run.stderr


@pytest.mark.parametrize("arguments", [(), (MODEL, "--timeout", "soon"), ("",)])
def test_misuse(bhoga: Run, arguments: tuple[str, ...]) -> None:
    """Exit code 2."""
    run = bhoga("wait", *arguments)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)


@pytest.mark.usefixtures("exhausted")
def test_a_terminal_shows_the_time_left(in_terminal: Callable[..., Any]) -> None:
    """A bar that fits, also after the terminal has become narrow, and the answer after it."""
    terminal = in_terminal("wait", MODEL)
    terminal.until(f"{MODEL} in 0:59:".encode())
    before = len(terminal.shown)
    terminal.resize(40)
    terminal.until(f"{MODEL} in 0:59:".encode(), since=before)
    terminal.until(f"{MODEL} in 0:59:".encode(), since=len(terminal.shown))
    assert len(terminal.line(f"{MODEL} in ")) <= 40
    with Router(eager=False, probes="off") as router:
        router.set_quota("claude_code", 70)
    assert terminal.end() == 0
    assert f"claude_code can serve {MODEL} (70 % left".encode() in terminal.shown
    assert terminal.is_restored()


@pytest.mark.usefixtures("exhausted")
def test_ctrl_c_leaves_the_terminal_as_it_was(in_terminal: Callable[..., Any]) -> None:
    """Exit code 130, the cursor back, no traceback."""
    terminal = in_terminal("wait", MODEL)
    terminal.until(b"in 0:59:")
    terminal.type(b"\x03")
    assert terminal.end() == 130
    assert terminal.is_restored()
    assert b"Traceback" not in terminal.shown


@pytest.mark.skipif(os.name != "posix", reason="there are no such signals")
@pytest.mark.usefixtures("exhausted")
def test_ctrl_c_in_a_pipe() -> None:
    """Exit code 130 there as well, and nothing more is said."""
    with waiting() as process:
        assert process.stderr is not None
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        shown, problems = process.communicate()
    assert (process.returncode, shown, problems) == (130, "", "")
