"""`bhoga exec`, as the command that it runs meets it."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

SHOW = "import os; print(os.environ.get('BHOGA_MODEL'), 'ANTHROPIC_API_KEY' in os.environ)"


@pytest.fixture(autouse=True)
def known(bhoga: Run) -> None:
    """A provider that can serve."""
    bhoga("set", "claude_code", "90")


def test_the_command_has_the_environment_of_env(bhoga: Run) -> None:
    """Set, and taken out, for the command alone."""
    run = bhoga(
        "exec", "claude-opus-4.6", "--", sys.executable, "-c", SHOW, ANTHROPIC_API_KEY="sk-ant-1"
    )
    assert (run.returncode, run.stdout) == (0, "claude-opus-4-6 False\n")
    assert run.stderr.startswith("bhoga: unset ANTHROPIC_API_KEY")
    assert "sk-ant-1" not in run.stderr


def test_the_exit_code_is_the_commands(bhoga: Run) -> None:
    """Whatever it is."""
    run = bhoga("exec", "claude-opus-4", "--", sys.executable, "-c", "raise SystemExit(42)")
    assert (run.returncode, run.stderr) == (42, "")


def test_options_of_the_command_are_its_own(bhoga: Run) -> None:
    """With or without the two dashes, and even where bhoga has an option of that name."""
    for dashes in ([], ["--"]):
        run = bhoga("exec", "claude-opus-4", *dashes, sys.executable, "--help")
        assert run.returncode == 0
        assert "usage: " in run.stdout
        assert "Usage: bhoga" not in run.stdout


def test_two_dashes_of_the_command_are_its_own(bhoga: Run) -> None:
    """Only the first pair belongs to bhoga."""
    code = "import sys; print(sys.argv[1:])"
    run = bhoga("exec", "claude-opus-4", "--", sys.executable, "-c", code, "--", "x")
    assert run.stdout == "['--', 'x']\n"


@pytest.mark.skipif(os.name != "posix", reason="a process cannot become another there")
def test_signals_reach_the_command(bhoga: Run) -> None:
    """It is the same process: the signal that ends the command is how the run ended."""
    kill = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"
    run = bhoga("exec", "claude-opus-4", "--", sys.executable, "-c", kill)
    assert run.returncode == -signal.SIGTERM


@pytest.mark.skipif(shutil.which("sh", path="/bin") is None, reason="there is no /bin/sh")
def test_a_closed_pipe_ends_the_command(bhoga: Run) -> None:
    """Python ignores SIGPIPE; what it runs must not inherit that."""
    run = bhoga(
        "exec", "claude-opus-4", "--", "/bin/sh", "-c", "kill -PIPE $$; echo it was ignored"
    )
    assert (run.returncode, run.stdout) == (-signal.SIGPIPE, "")


def test_a_command_that_is_not_there(bhoga: Run) -> None:
    """127, as a shell says it, and one line."""
    run = bhoga("exec", "claude-opus-4", "--", "no-such-command")
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (127, "", 1)
    assert "no-such-command" in run.stderr


@pytest.mark.skipif(os.name != "posix", reason="there every file may be run")
def test_a_file_that_is_no_command(bhoga: Run, tmp_path: Path) -> None:
    """126, as a shell says it."""
    (tmp_path / "notes").write_text("")
    run = bhoga("exec", "claude-opus-4", "--", str(tmp_path / "notes"))
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (126, "", 1)


def test_without_an_answer_nothing_is_run(bhoga: Run, tmp_path: Path) -> None:
    """Exit code 1, and the command did not start."""
    bhoga("set", "claude_code", "0")
    trace = tmp_path / "trace"
    code = f"open({str(trace)!r}, 'w')"
    run = bhoga("exec", "claude-opus-4", "--", sys.executable, "-c", code)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (1, "", 1)
    assert not trace.exists()


@pytest.mark.parametrize("arguments", [(), ("o3",), ("o3", "--"), ("o3", "--", "")])
def test_misuse(bhoga: Run, arguments: tuple[str, ...]) -> None:
    """Exit code 2 without a model or a command."""
    run = bhoga("exec", *arguments)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
