"""The frame of the command: help, misuse, problems, pipes, completion."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest

from bhoga_shell.cli import COMMANDS, ending

NAMES = [name for commands in COMMANDS.values() for name in commands]
STATUS = [sys.executable, "-m", "bhoga", "status"]


def test_help_fits_a_screen(bhoga: Any) -> None:
    """24 lines of 80 columns have every command with what it does, and the exit codes."""
    run = bhoga("--help", COLUMNS="80")
    assert (run.returncode, run.stderr) == (0, "")
    lines = run.stdout.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert all(any(name in line.split()[:2] for line in lines) for name in NAMES)
    assert "Exit codes: 0 yes, 1 no, 2 misuse, 3 state or configuration" in " ".join(
        run.stdout.split()
    )
    assert "..." not in run.stdout.partition("\n")[2]


@pytest.mark.parametrize("name", NAMES)
def test_the_help_of_each_command_has_an_example(bhoga: Any, name: str) -> None:
    """And fits a screen."""
    run = bhoga(name, "-h", COLUMNS="80")
    assert (run.returncode, run.stderr) == (0, "")
    assert "Example:" in run.stdout
    assert f"bhoga {name}" in run.stdout.partition("Example:")[2]
    assert len(run.stdout.splitlines()) <= 24


def test_a_command_is_imported_when_it_is_asked_for() -> None:
    """Nobody waits for what another command needs."""
    code = "import sys, bhoga_shell.cli; print(*[m for m in sys.modules if 'cli.' in m])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {f"bhoga_shell.cli.{name}" for name in NAMES} & set(loaded)
    for commands in COMMANDS.values():
        assert all(import_module(module).command for module in commands.values())


@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        (("nonsense",), {}, "No such command 'nonsense'"),
        (("--nonsense",), {}, "--nonsense"),
        (("best",), {}, "MODEL"),
        (("best", ""), {}, "it is empty"),
        (("best", "o3", "--what"), {}, "--what"),
        (("best", "o3", "--max-age", "soon"), {}, "'soon' is no length of time"),
        (("best", "o3", "--max-age", "nan"), {}, "'nan' is no length of time"),
        (("best", "o3", "--policy", "random"), {}, "most_remaining"),
        (("best", "o3", "--field", "secret"), {}, "quota_pct"),
        (("best", "o3", "--json", "--field", "status"), {}, "exclude each other"),
        (("best", "o" * 300), {}, "at most 256"),
        (("best", "o3\x1b[31m"), {}, "a character that cannot be shown"),
        (("env", "o3\nrm"), {}, "a character that cannot be shown"),
        (("best", "o3"), {"BHOGA_POLICY": "random"}, "BHOGA_POLICY is 'random'"),
        (("why", "o3"), {"BHOGA_METERED": "maybe"}, "BHOGA_METERED is 'maybe'"),
        (("status",), {"BHOGA_PROBES": "maybe"}, "BHOGA_PROBES is 'maybe'"),
        (("status", "--watch"), {}, "needs a terminal"),
        (("status", "--watch", "1", "--json"), {}, "exclude each other"),
        (("completion", "tcsh"), {}, "bash"),
    ],
)
def test_misuse(
    bhoga: Any, arguments: tuple[str, ...], variables: dict[str, str], words: str
) -> None:
    """Exit code 2, and one line that says what was wrong; never a traceback."""
    run = bhoga(*arguments, **variables)
    assert (run.returncode, run.stdout) == (2, "")
    assert words in run.stderr
    assert run.stderr.count("\n") == 1
    assert run.stderr.startswith("bhoga")


@pytest.mark.parametrize("arguments", [("status",), ("best", "o3"), ("why", "o3")])
def test_a_state_file_that_cannot_be_used(
    bhoga: Any, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """Exit code 3, and one line with the path and what to do."""
    run = bhoga(*arguments, BHOGA_STATE=str(tmp_path))
    assert (run.returncode, run.stdout) == (3, "")
    assert run.stderr.startswith(f"bhoga: state file {tmp_path}")
    assert run.stderr.count("\n") == 1


def test_a_file_put_aside_is_told_in_one_line(bhoga: Any, tmp_path: Path) -> None:
    """What the library reports reaches the person, on stderr."""
    (tmp_path / "state.json").write_text("{")
    run = bhoga("best", "o3")
    assert run.returncode == 0
    assert run.stderr.startswith("bhoga: state file")
    assert run.stderr.count("\n") == 1


def test_the_version(bhoga: Any) -> None:
    """`bhoga --version` says which this is."""
    run = bhoga("--version")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("bhoga, version 0.")


BROKEN = """
import sys
import bhoga_shell.cli.known as known
def broken(*_):
    raise RuntimeError("first line\\nsecond line")
known.look = broken
from bhoga_shell.cli import main
main()
"""


def broken(**variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a command that has a mistake in it."""
    return subprocess.run(
        [sys.executable, "-c", BROKEN, "best", "o3"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **variables},
    )


def test_a_mistake_of_bhoga_is_one_line() -> None:
    """It is told as such, with how to see more; a script sees that there is no answer."""
    run = broken()
    assert (run.returncode, run.stdout) == (3, "")
    assert "mistake in bhoga: RuntimeError: first line second line" in run.stderr
    assert run.stderr.count("\n") == 1


def test_a_mistake_of_bhoga_has_a_traceback_for_who_asks() -> None:
    """`BHOGA_DEBUG=1` lets it through."""
    assert "Traceback" in broken(BHOGA_DEBUG="1").stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows tells of a closed pipe otherwise")
def test_a_reader_that_goes_away() -> None:
    """No word about it on stderr; the exit code is the one that a shell gives for SIGPIPE."""
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as pipe:  # noqa: PTH123 -- a descriptor has no path
        run = subprocess.run(STATUS, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False)
    assert (run.returncode, run.stderr) == (141, "")


needs_a_full_device = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="there is no device that is always full"
)


@needs_a_full_device
@pytest.mark.parametrize("name", ["status", "models"])
def test_a_full_disk_is_no_mistake_of_bhoga(name: str) -> None:
    """Exit code 3, and one line that says why nothing was printed."""
    command = [sys.executable, "-m", "bhoga", name]
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 3
    assert run.stderr == "bhoga: No space left on device (BHOGA_DEBUG=1 shows where)\n"


@needs_a_full_device
def test_a_line_that_cannot_be_told_leaves_the_exit_code() -> None:
    """A script sees what it would have seen."""
    with Path("/dev/full").open("w") as full:
        run = subprocess.run([*STATUS, "--nonsense"], stdout=full, stderr=full, check=False)
    assert run.returncode == 2


@pytest.mark.skipif(os.name != "posix", reason="a shell closes the streams")
@pytest.mark.parametrize("closed", [">&-", "<&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("arguments", ["status", "best o3", "statusline"])
def test_a_stream_that_is_closed_is_done_without(
    tmp_path: Path, closed: str, arguments: str
) -> None:
    """The answer is the same, and no file is written to in its place."""
    script = f'"$0" -m bhoga {arguments} {closed}'
    run = subprocess.run(
        ["/bin/sh", "-c", script, sys.executable],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    state = tmp_path / "state.json"
    assert not state.exists() or state.read_text().startswith("{")


@pytest.mark.skipif(os.name != "posix", reason="there are no such signals")
@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129)])
def test_who_is_told_to_end_ends_in_order(
    in_terminal: Callable[..., Any], name: str, code: int
) -> None:
    """The terminal is as it was, and a shell is told by which signal it ended."""
    terminal = in_terminal("status", "--watch", "60", "--no-probe")
    terminal.until(b"the first by priority")
    terminal.process.send_signal(signal.Signals[name])
    assert terminal.end() == code
    assert b"\x1b[?1049l" in terminal.shown
    assert b"Traceback" not in terminal.shown
    assert terminal.is_restored()


@pytest.mark.skipif(os.name != "posix", reason="there are no pseudo-terminals")
def test_the_cursor_comes_back_where_it_was_hidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On the terminal of stderr where stdout is a pipe, and past whatever draws on either."""
    screen, theirs = os.openpty()
    with open(theirs, "w") as terminal:  # noqa: PTH123 -- a descriptor has no path
        monkeypatch.setattr(sys, "__stdout__", io.StringIO())
        monkeypatch.setattr(sys, "__stderr__", terminal)
        monkeypatch.setattr(sys, "stderr", io.StringIO())
        monkeypatch.setattr(sys, "argv", ["bhoga"])

        @click.command()
        def interrupted() -> None:
            raise KeyboardInterrupt

        assert ending.exit_code(interrupted) == 130
        assert os.read(screen, 100) == b"\x1b[?25h"
    os.close(screen)


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("bhoga be", ["best"]),
        ("bhoga best claude-op", ["claude-opus-4-6"]),
        ("bhoga best --policy so", ["soonest_reset"]),
        ("bhoga best o3 --field quo", ["quota_pct"]),
        ("bhoga completion f", ["fish"]),
    ],
)
def test_completion(bhoga: Any, words: str, completed: list[str]) -> None:
    """A shell is told of commands, models, policies and fields."""
    place = str(len(words.split()) - 1)
    run = bhoga(_BHOGA_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=place)
    assert run.stdout.split() == [f"plain,{word}" for word in completed]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script(bhoga: Any, shell: str) -> None:
    """It is printed for each shell, and asks the command itself."""
    run = bhoga("completion", shell)
    assert run.returncode == 0
    assert f"_BHOGA_COMPLETE={shell}_complete" in run.stdout


def test_an_interrupt_in_made_code_ends_like_any_other(tmp_path: Path) -> None:
    """Where a class is being made when Ctrl-C comes: CPython would have `-m` die of the signal."""
    source = (
        "import sys\n"
        "import click\n"
        "from bhoga_shell.cli.ending import exit_code\n"
        "@click.command()\n"
        "def command():\n"
        "    exec('raise KeyboardInterrupt')\n"
        "sys.exit(exit_code(command))\n"
    )
    (tmp_path / "interrupted.py").write_text(source)
    told = [sys.executable, "-m", "interrupted"]
    assert subprocess.run(told, cwd=tmp_path, check=False).returncode == 130
