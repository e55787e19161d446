"""`bhoga doctor`, on the stand-ins and on machines on which something is wrong."""

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bhoga import __version__
from bhoga_shell.locking import locked

Run = Callable[..., subprocess.CompletedProcess[str]]
Scenario = Callable[[str], Mapping[str, str]]

posix = pytest.mark.skipif(os.name != "posix", reason="modes and owners are POSIX's")


def check(run: "subprocess.CompletedProcess[str]", name: str) -> dict[str, Any]:
    """What a run with --json found of one thing."""
    return next(it for it in json.loads(run.stdout)["checks"] if it["name"] == name)


def test_all_is_well(bhoga: Run, scenario: Scenario) -> None:
    """Exit code 0; every source with how long it took, and nothing to do but for the keys."""
    run = bhoga("doctor", COLUMNS="80", **scenario("fresh"))
    assert (run.returncode, run.stderr) == (0, "")
    lines = [line.split() for line in run.stdout.splitlines()]
    assert ["✓", "lock", "free"] in lines
    assert ["✓", "bhoga", __version__, "on", "Python", sys.version.split()[0]] in lines
    assert ["✓", "claude", "2.1.330", "(Claude", "Code)"] in lines
    assert ["✓", "claude_code", "69", "%", "left"] in lines
    assert any(line[:4] == ["✓", "oauth", "usage", "answered"] for line in lines)
    assert [line[1:] for line in lines if line[:1] == ["→"]] == [
        ["set", "ANTHROPIC_API_KEY"],
        ["set", "OPENAI_API_KEY"],
    ]


@pytest.mark.parametrize("width", [50, 80])
def test_it_fits_the_terminal(bhoga: Run, scenario: Scenario, width: int) -> None:
    """No line is longer than the terminal is wide, and a pipe gets no escape codes."""
    shown = bhoga("doctor", COLUMNS=str(width), **scenario("logged-out")).stdout
    assert max(map(len, shown.splitlines())) <= width
    assert "\x1b" not in shown


def test_without_utf_8(bhoga: Run, scenario: Scenario) -> None:
    """A terminal without the signs gets plain ones."""
    run = bhoga("doctor", "--no-probe", PYTHONIOENCODING="ascii", **scenario("fresh"))
    assert run.returncode == 0
    assert run.stdout.isascii()
    assert "+ lock" in run.stdout


def test_no_login_at_all(bhoga: Run, scenario: Scenario) -> None:
    """Exit code 1: programs without a login are nothing to route to. One thing to do for each."""
    run = bhoga("doctor", **scenario("logged-out"))
    assert run.returncode == 1
    assert "run `claude` and log in with /login" in run.stdout
    assert "run `codex login`" in run.stdout
    assert "run `gh auth login`, or set COPILOT_GITHUB_TOKEN" in run.stdout


def test_a_quota_set_by_hand_is_enough(bhoga: Run) -> None:
    """Exit code 0: there is something to route to."""
    assert bhoga("doctor").returncode == 1
    bhoga("set", "claude_code", "50")
    assert bhoga("doctor").returncode == 0


def test_sources_that_rest(bhoga: Run, scenario: Scenario) -> None:
    """A login that is there can be routed to, although nobody says what is left of it."""
    run = bhoga("doctor", **scenario("rate-limited"))
    assert run.returncode == 0
    assert "no source answers" in run.stdout
    assert "asked too often (429), next try at " in run.stdout


def test_without_asking(bhoga: Run, scenario: Scenario) -> None:
    """It tells what is known, and how to know more."""
    run = bhoga("doctor", "--no-probe", "--json", **scenario("fresh"))
    claude = json.loads(run.stdout)["providers"][1]
    assert (run.returncode, claude["answered"], claude["at"]) == (0, None, None)
    assert claude["remedy"] == "`bhoga refresh` asks"


def test_programs_are_not_run_where_that_is_switched_off(bhoga: Run, scenario: Scenario) -> None:
    """Not even for their version."""
    run = bhoga("doctor", "--json", **scenario("fresh"), BHOGA_PROBES="http")
    assert "its version was not asked" in check(run, "claude")["text"]


@posix
def test_a_program_that_hangs(bhoga: Run, scenario: Scenario) -> None:
    """Its version is waited for a few seconds, with nothing to read, and then it is ended."""
    home = scenario("fresh")
    wait = f"{sys.executable} -c 'import time; time.sleep(60)'"
    Path(home["PATH"], "claude").write_text(f"#!/bin/sh\nread line\nexec {wait}\n")
    run = bhoga("doctor", "--no-probe", "--json", **home)
    found = check(run, "claude")
    assert found["verdict"] == "note"
    assert "did not answer within 5 s" in found["text"]


@posix
def test_a_state_file_that_others_can_read(bhoga: Run, tmp_path: Path) -> None:
    """Worth knowing; the line to type is there."""
    bhoga("set", "claude_code", "50")
    (tmp_path / "state.json").chmod(0o644)
    run = bhoga("doctor", "--json")
    found = check(run, "permissions")
    assert (run.returncode, found["verdict"]) == (0, "note")
    assert found["remedy"] == f"chmod 600 {tmp_path / 'state.json'}"
    assert stat.S_IMODE((tmp_path / "state.json").stat().st_mode) == 0o644


def test_a_state_file_of_a_newer_version(bhoga: Run, tmp_path: Path) -> None:
    """Exit code 3, what to do, and the file as it was."""
    bhoga("set", "claude_code", "50")
    state = tmp_path / "state.json"
    newer = state.read_text().replace('"version": 1', '"version": 999', 1)
    state.write_text(newer)
    run = bhoga("doctor", "--json")
    found = check(run, "state file")
    assert (run.returncode, found["verdict"]) == (3, "wrong")
    assert "upgrade bhoga" in found["remedy"]
    assert json.loads(run.stdout)["ok"] is False
    assert state.read_text() == newer


def test_a_state_file_that_is_none(bhoga: Run, tmp_path: Path) -> None:
    """It is told before it is put aside."""
    (tmp_path / "state.json").write_text("{")
    found = check(bhoga("doctor", "--json"), "state file")
    assert found["verdict"] == "note"
    assert "is no state" in found["text"]


def test_a_folder_that_cannot_be_written(bhoga: Run, tmp_path: Path) -> None:
    """Exit code 3: the lock cannot be taken where a file stands for a folder."""
    (tmp_path / "file").write_text("")
    run = bhoga("doctor", "--json", BHOGA_STATE=str(tmp_path / "file" / "state.json"))
    found = check(run, "lock")
    assert (run.returncode, found["verdict"]) == (3, "wrong")
    assert "BHOGA_STATE" in found["remedy"]


def test_a_lock_that_is_held(bhoga: Run, tmp_path: Path) -> None:
    """Exit code 3: who hangs with the lock keeps everybody from saving."""
    with locked(tmp_path / "state.json", 1.0):
        run = bhoga("doctor", "--json")
    found = check(run, "lock")
    assert (run.returncode, found["verdict"]) == (3, "wrong")
    assert "another process has held" in found["text"]


def test_a_clock_that_is_behind(bhoga: Run, tmp_path: Path) -> None:
    """Stamps well ahead of the clock say that one of the two was set wrongly."""
    bhoga("set", "claude_code", "50")
    state = tmp_path / "state.json"
    head, rest = state.read_text().split("\n", 1)
    told = json.loads(head + "]}")
    ahead = [told["latest"][0] + 3 * 3600 * 1_000_000, 0]
    state.write_text(json.dumps({**told, "latest": ahead})[: -len("]}")] + "\n" + rest)
    found = check(bhoga("doctor", "--json"), "clock")
    assert found["verdict"] == "note"
    assert re.fullmatch(r"the state file has stamps 2 h 5\d min ahead of this clock", found["text"])


def test_a_setting_that_does_not_exist(bhoga: Run) -> None:
    """Exit code 3: it is told like everything else, and not as misuse of the command."""
    run = bhoga("doctor", "--json", BHOGA_POLICY="random")
    found = check(run, "settings")
    assert (run.returncode, found["remedy"]) == (3, "correct or unset BHOGA_POLICY")


def test_misuse(bhoga: Run) -> None:
    """Exit code 2."""
    assert bhoga("doctor", "everything").returncode == 2


def test_it_ends_with_what_it_comes_to(bhoga: Run, scenario: Scenario, tmp_path: Path) -> None:
    """Where requests go; or what has to be done first."""
    run = bhoga("doctor", COLUMNS="80", **scenario("fresh"))
    assert run.stdout.splitlines()[-1] == (
        "✓ routing can work: anthropic → github-copilot; openai → openai-codex"
    )
    assert "there is nothing to route to: log in" in bhoga("doctor", COLUMNS="80").stdout
    (tmp_path / "file").write_text("")
    run = bhoga("doctor", BHOGA_STATE=str(tmp_path / "file" / "state.json"))
    assert "routing cannot work, or forgets what it learns" in run.stdout


@pytest.mark.parametrize("width", [40, 50, 80])
def test_a_pipe_gets_no_blanks_at_the_end(bhoga: Run, scenario: Scenario, width: int) -> None:
    """And at least two between a name and what is said of it."""
    shown = bhoga("doctor", COLUMNS=str(width), **scenario("fresh")).stdout
    lines = shown.splitlines()
    assert [line for line in lines if line != line.rstrip()] == []
    assert any(line.startswith("✓   codex app-server  answered") for line in lines)


@posix
def test_a_path_is_short_and_breaks_at_a_separator(bhoga: Run, tmp_path: Path) -> None:
    """The home directory is `~` for people, and what programs read is whole."""
    state = tmp_path / "home" / "a-folder-of-some-length" / "and-another-one" / "state.json"
    there = {"HOME": str(tmp_path / "home"), "BHOGA_STATE": str(state)}
    lines = bhoga("doctor", "--no-probe", COLUMNS="50", **there).stdout.splitlines()
    assert any(line.endswith("~/a-folder-of-some-length/") for line in lines)
    found = check(bhoga("doctor", "--no-probe", "--json", **there), "state file")
    assert found["text"].startswith(str(state))


def test_only_a_login_that_fails_is_urgent(bhoga: Run, scenario: Scenario) -> None:
    """What to do is bold there, and dim for a provider that nobody may miss."""
    colours = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}
    shown = bhoga("doctor", **scenario("unauthorised"), **colours).stdout
    assert "\x1b[2m→ set OPENAI_API_KEY" in shown
    assert "\x1b[1m→ run `claude` and log in with /login" in shown
