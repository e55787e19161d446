"""`bhoga refresh` on the stand-ins, as a person and as a script meet it."""

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
Scenario = Callable[[str], Mapping[str, str]]


def test_a_line_for_each_provider(bhoga: Run, scenario: Scenario) -> None:
    """Which source answered and how long it took, or what to do; nothing moves in a pipe."""
    run = bhoga("refresh", **scenario("fresh"))
    assert (run.returncode, run.stderr) == (0, "")
    lines = [re.sub(r"\d+\.\d\d s", "N s", line) for line in run.stdout.splitlines()]
    assert lines == [
        "anthropic_api   no login or key found: set ANTHROPIC_API_KEY",
        "claude_code     oauth usage answered in N s",
        "github-copilot  copilot usage answered in N s",
        "openai-codex    codex app-server answered in N s",
        "openai_api      no login or key found: set OPENAI_API_KEY",
    ]


def test_one_provider(bhoga: Run, scenario: Scenario) -> None:
    """Only those that were named are asked, and what they said counts from then on."""
    home = scenario("fresh")
    run = bhoga("refresh", "claude_code", **home)
    assert run.returncode == 0
    assert run.stdout.startswith("claude_code  oauth usage answered in ")
    assert run.stdout.count("\n") == 1
    assert bhoga("guard", "claude-opus-4", "--min", "1", "--no-probe", **home).returncode == 0
    assert bhoga("guard", "gpt-5.4", "--min", "1", "--no-probe", **home).returncode == 1


def test_what_could_not_be_kept_is_a_problem(
    bhoga: Run, scenario: Scenario, tmp_path: Path
) -> None:
    """Exit code 3, for what was asked is forgotten; what they answered is shown all the same."""
    (tmp_path / "file").write_text("")
    home = {**scenario("fresh"), "BHOGA_STATE": str(tmp_path / "file" / "state.json")}
    run = bhoga("refresh", "claude_code", **home)
    assert run.returncode == 3
    assert run.stdout.startswith("claude_code  oauth usage answered in ")
    assert run.stderr.startswith("bhoga: state file ")
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("rate-limited", "oauth usage: asked too often (429), next try at "),
        ("unauthorised", "oauth usage: the login was refused (401)"),
        ("garbage", "oauth usage: answered in a form that this bhoga does not know"),
        ("logged-out", "nobody is logged in: run codex login"),
    ],
)
def test_nobody_answers(bhoga: Run, scenario: Scenario, name: str, words: str) -> None:
    """Exit code 1, and the reason that most deserves to be mended."""
    run = bhoga("refresh", **scenario(name))
    assert (run.returncode, run.stderr) == (1, "")
    assert words in run.stdout
    assert "see `bhoga doctor`" in run.stdout


def test_a_source_that_rests_is_not_asked_again(bhoga: Run, scenario: Scenario) -> None:
    """The back-off holds for a person, too."""
    home = scenario("rate-limited")
    first = bhoga("refresh", "github-copilot", **home).stdout
    assert bhoga("refresh", "github-copilot", **home).stdout == first


def test_a_provider_without_sources(bhoga: Run) -> None:
    """A key is no login to ask with: what is left is told by responses."""
    run = bhoga("refresh", "openai_api", OPENAI_API_KEY="sk-1")
    assert run.returncode == 1
    assert run.stdout == "openai_api  nobody to ask: what is left is told by its responses\n"


def test_probes_that_are_switched_off(bhoga: Run, scenario: Scenario) -> None:
    """What a person has switched off stays off."""
    run = bhoga("refresh", "claude_code", **scenario("fresh"), BHOGA_PROBES="off")
    assert run.returncode == 1
    assert "probes of the kind http are switched off" in run.stdout


def test_for_programs(bhoga: Run, scenario: Scenario) -> None:
    """Every source of every provider, with instants in UTC."""
    run = bhoga("refresh", "claude_code", "--json", **scenario("fresh"))
    document = json.loads(run.stdout)
    assert (run.returncode, document["schema"], document["kind"]) == (0, 1, "refresh")
    (claude,) = document["providers"]
    assert (claude["provider_id"], claude["answered"]) == ("claude_code", "oauth usage")
    assert claude["at"].endswith("+00:00")
    assert [it["reason"] for it in claude["sources"]] == ["", "unasked", "unasked", "unasked"]


def test_misuse(bhoga: Run) -> None:
    """Exit code 2 for a provider that is none, and for probes that are none."""
    run = bhoga("refresh", "claude")
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    run = bhoga("refresh", BHOGA_PROBES="tcp")
    assert (run.returncode, run.stdout) == (2, "")
    assert "BHOGA_PROBES is 'tcp'" in run.stderr


def test_a_terminal_shows_who_is_asked(
    in_terminal: Callable[..., Any], furnished: Callable[[str], Any]
) -> None:
    """While it lasts; then there are the lines, and the terminal is as it was."""
    furnished("fresh")
    terminal = in_terminal("refresh")
    assert terminal.end() == 0
    assert b" asking " in terminal.shown
    assert b"oauth usage answered in" in terminal.shown
    assert terminal.is_restored()


def test_ctrl_c_does_not_wait_for_an_answer(
    in_terminal: Callable[..., Any], furnished: Callable[[str], Any]
) -> None:
    """Exit code 130, the terminal as it was, and the budget of nobody held up."""
    backends = furnished("slow")
    terminal = in_terminal("refresh", "github-copilot")
    assert backends.wait_for("/copilot_internal/user")
    terminal.until(b"asking github-copilot")
    terminal.type(b"\x03")
    assert terminal.end() == 130
    assert terminal.is_restored()
    assert b"Traceback" not in terminal.shown
