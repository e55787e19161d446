"""`bhoga demo` shows all of it to somebody without a login, and leaves nothing behind."""

import os
import re
import select
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from bhoga_shell.cli.demo import command
from bhoga_shell.demo import logins, survey
from bhoga_shell.demo.scenarios import SCENARIOS

Run = Callable[..., subprocess.CompletedProcess[str]]

STEPS = ["1. Look", "2. Choose", "3. Work", "4. Run dry", "5. Reset"]

VARYING = re.compile(r"127\.0\.0\.1|localhost|bhoga-demo-|\d\d:\d\d|\d{4}-\d\d")
"""What differs from run to run: ports, folders, times of the clock."""

PATIENCE = 60.0


OTHERS = {
    "BHOGA_POLICY": "soonest_reset",
    "BHOGA_PROBES": "off",
    "BHOGA_METERED": "never",
    "BHOGA_STATE": "/dev/null/nowhere",
    "ANTHROPIC_API_KEY": "sk-ant-of-the-person",
    "CODEX_HOME": "/dev/null/nowhere",
    "COPILOT_GITHUB_TOKEN": "gho_of_the_person",
    "OPENAI_API_KEY": "sk-of-the-person",
}
"""Settings and keys of a person, which would make another story of it."""

VARIANTS: Mapping[str, Mapping[str, str]] = {
    "wide": {"COLUMNS": "80"},
    "narrow": {"COLUMNS": "50"},
    "ascii": {"COLUMNS": "80", "PYTHONIOENCODING": "ascii"},
    "other": {"COLUMNS": "80", **OTHERS},
}
"""How the story is told, and the environment of it."""


class Place(NamedTuple):
    """A home with a file of the person's, a temporary folder, and the environment to be there."""

    home: Path
    temporary: Path

    @property
    def variables(self) -> dict[str, str]:
        """What a process needs to be there."""
        homes = dict.fromkeys(("HOME", "USERPROFILE"), str(self.home))
        return homes | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.temporary))

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was added or changed in the home, and nothing is in the other folder."""
        files = [str(it.relative_to(self.home)) for it in sorted(self.home.rglob("*"))]
        mine = (self.home / ".hermes" / "config.yaml").read_text(encoding="utf-8")
        kept = files == [".hermes", str(Path(".hermes", "config.yaml"))] and mine == "mine: 1\n"
        return kept and not any(self.temporary.iterdir())


def place(folder: Path) -> Place:
    """A new place in `folder`."""
    made = Place(folder / "home of a person", folder / "temporary")
    (made.home / ".hermes").mkdir(parents=True)
    (made.home / ".hermes" / "config.yaml").write_text("mine: 1\n", encoding="utf-8")
    made.temporary.mkdir()
    return made


@pytest.fixture(name="place")
def place_of_a_test(tmp_path: Path) -> Place:
    """A place for one test."""
    return place(tmp_path / "place")


class Told(NamedTuple):
    """How a run of the demo ended, what it printed, and where it was."""

    code: int
    stdout: str
    stderr: str
    place: Place


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Told]:
    """The story, told once in each variant. All are told at once: most of it is waiting."""
    running: dict[str, tuple[Place, subprocess.Popen[str]]] = {}
    for name, variables in VARIANTS.items():
        where = place(tmp_path_factory.mktemp(name))
        system = {it: os.environ[it] for it in ("PATH", "SYSTEMROOT") if it in os.environ}
        environment = {**system, "PYTHONIOENCODING": "utf-8", **where.variables, **variables}
        started = subprocess.Popen(
            [sys.executable, "-m", "bhoga", "demo"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=environment,
            encoding="utf-8",
        )
        running[name] = where, started
    ended: dict[str, Told] = {}
    for name, (where, process) in running.items():
        stdout, stderr = process.communicate(timeout=PATIENCE)
        ended[name] = Told(process.returncode, stdout, stderr, where)
    return ended


def titles(screen: str) -> list[str]:
    """The lines that begin a step."""
    return [line for line in screen.splitlines() if re.match(r"\d\. ", line)]


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_story_is_told_to_its_end(told: Mapping[str, Told], variant: str) -> None:
    """With exit code 0 and nothing on stderr."""
    run = told[variant]
    assert (run.code, run.stderr) == (0, "")
    assert titles(run.stdout) == STEPS


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_is_left_and_nothing_of_the_persons_is_touched(
    told: Mapping[str, Told], variant: str
) -> None:
    """Neither in the temporary folder nor at home."""
    assert told[variant].place.is_untouched


def test_routing_moves_and_moves_back(told: Mapping[str, Told]) -> None:
    """Away with the 429 and back with the reset, and Hermes' file with it."""
    screen = told["wide"].stdout
    choices = re.findall(r"claude-opus-4 → (\S+)", screen)
    assert choices == ["claude_code", "claude_code", "github-copilot", "claude_code"]
    assert re.findall(r"\+ model.provider: (\w+)", screen) == ["anthropic", "copilot", "anthropic"]
    assert "claude_code answered 429" in screen


def test_no_secret_is_on_the_screen(told: Mapping[str, Told]) -> None:
    """Not even the key of nobody that was in Hermes' file, nor a demo's login."""
    screen = told["wide"].stdout
    assert "- model.api_key: …" in screen
    assert "- model.base_url: …" in screen
    for secret in ("sk-or-", logins.CLAUDE, logins.CODEX, logins.COPILOT, logins.ACCOUNT):
        assert secret not in screen


def test_every_run_says_the_same(told: Mapping[str, Told]) -> None:
    """Whatever the person has set. There is no port, no path and no time of the clock in it."""
    assert told["wide"].stdout == told["other"].stdout
    assert not VARYING.search(told["wide"].stdout)


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_fits_and_is_plain_text(told: Mapping[str, Told], variant: str) -> None:
    """No line is wider than the terminal or ends in blanks, and there are no colours in a pipe."""
    lines = told[variant].stdout.splitlines()
    assert max(map(len, lines)) <= int(VARIANTS[variant]["COLUMNS"])
    assert [line for line in lines if line != line.rstrip()] == []
    assert "\x1b" not in told[variant].stdout


def test_a_terminal_without_utf8_gets_what_it_can_show(told: Mapping[str, Told]) -> None:
    """Bars, arrows and dots in ASCII."""
    screen = told["ascii"].stdout
    assert screen.isascii()
    assert "claude-opus-4 -> github-copilot" in screen
    assert "- model.api_key: ..." in screen


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_is_shown(bhoga: Run, place: Place, name: str) -> None:
    """What its sources say and where requests go, in the same words every time; nothing is left."""
    wide, narrow = (
        bhoga("demo", "--scenario", name, COLUMNS=width, **place.variables)
        for width in ("80", "50")
    )
    assert (wide.returncode, wide.stderr) == (narrow.returncode, narrow.stderr) == (0, "")
    assert titles(wide.stdout) == ["1. Look", "2. Choose"]
    assert "".join(wide.stdout.split()) == "".join(narrow.stdout.split())
    assert not VARYING.search(wide.stdout)
    for screen, width in ((wide.stdout, 80), (narrow.stdout, 50)):
        assert max(map(len, screen.splitlines())) <= width
    assert place.is_untouched


def test_an_unknown_scenario_is_misuse(bhoga: Run) -> None:
    """And those that there are are named in one line."""
    run = bhoga("demo", "--scenario", "utopia")
    assert (run.returncode, run.stdout) == (2, "")
    assert len(run.stderr.splitlines()) == 1
    assert "scoped-exhausted" in run.stderr


def test_what_does_not_go_as_told_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo that tells what did not happen would be worth nothing."""
    otherwise = survey.TOLD["fresh"]._replace(choices=("anthropic_api",) * 4)
    monkeypatch.setattr(survey, "TOLD", {"fresh": otherwise})
    run = CliRunner().invoke(command, ["--scenario", "fresh"])
    assert run.exit_code == 1
    assert "it is not so that claude-opus-4 went to anthropic_api" in run.output


@pytest.mark.skipif(os.name == "nt", reason="Windows has other places to fall back to")
def test_without_a_place_to_play_it_says_so(tmp_path: Path) -> None:
    """In one line, with exit code 3."""
    script = f"import tempfile; tempfile.tempdir = {str(tmp_path / 'none')!r}\n"
    script += "import sys; sys.argv = ['bhoga', 'demo']\nfrom bhoga_shell.cli import main; main()"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert run.returncode == 3
    assert len(run.stderr.splitlines()) == 1
    assert "TMPDIR" in run.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals of this kind")
class TestInATerminal:
    """What is different where a person sits."""

    def test_it_has_colours_there(self, place: Place) -> None:
        """But for who has asked for none."""
        code, screen = in_terminal(["demo", "--scenario", "fresh"], place.variables)
        assert (code, "\x1b[1;32m" in screen) == (0, True)
        without = {**place.variables, "NO_COLOR": "1"}
        code, screen = in_terminal(["demo", "--scenario", "fresh"], without)
        assert (code, "32m" in screen) == (0, False)

    @pytest.mark.parametrize("after", ["bhoga, at work", "1. Look", "4. Run dry"])
    def test_ctrl_c_leaves_nothing_behind(self, place: Place, after: str) -> None:
        """Exit code 130, no traceback, the cursor as it was, no folder left."""
        code, screen = in_terminal(["demo"], place.variables, interrupt_after=after)
        assert code == 130
        assert "Traceback" not in screen
        assert "That was all" not in screen
        assert screen.rfind("\x1b[?25h") >= screen.rfind("\x1b[?25l")
        assert place.is_untouched


def in_terminal(
    arguments: list[str], variables: Mapping[str, str], interrupt_after: str = ""
) -> tuple[int, str]:
    """The exit code of `bhoga` in a terminal of 80 columns, and all that came on its screen.

    Ctrl-C is typed once `interrupt_after` stands there.
    """
    import pty  # noqa: PLC0415 -- not on Windows

    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", **variables}
    child, terminal = pty.fork()
    if child == 0:
        started = [sys.executable, "-m", "bhoga", *arguments]
        os.execve(sys.executable, started, environment)  # noqa: S606 -- a shell has no part in it
    screen, typed, until = b"", not interrupt_after, monotonic() + PATIENCE
    while monotonic() < until:
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            read = os.read(terminal, 65536)
        except OSError:  # Linux says so of a terminal that nobody has open any more
            break
        if not read:
            break
        screen += read
        if not typed and interrupt_after.encode() in screen:
            os.write(terminal, b"\x03")
            typed = True
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), screen.decode("utf-8", "replace")
