"""`bhoga status`: how much is left, on every kind of terminal and none."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bhoga import Router
from bhoga_core import QuotaObserved, QuotaState, Stamp, Window, fold
from bhoga_shell.demo.backends import Backends
from bhoga_shell.store import Store


@pytest.mark.usefixtures("known")
def test_it_is_what_the_bare_command_shows(bhoga: Any) -> None:
    """Each window with what is left, the binding one marked, who said it, and the choice."""
    run = bhoga(COLUMNS="80")
    assert (run.returncode, run.stderr) == (0, "")
    again = bhoga("status", COLUMNS="80").stdout
    changing = r"just now|\d+ s ago"
    assert re.sub(changing, "", run.stdout) == re.sub(changing, "", again)
    shown = run.stdout
    assert re.search(r"^claude_code  available  headers (just now|\d+ s ago)$", shown, re.MULTILINE)
    assert "▸ weekly           ████░░░░░░  38 %  resets in 3 d 8 h" in shown
    assert "  burst            ██████░░░░  65 %  resets in 2 h 29 min" in shown
    assert "  weekly fable     ░░░░░░░░░░   0 %  resets in 3 d 8 h" in shown
    assert re.search(r"^  overage .* 80 %  extra, not counted$", shown, re.MULTILINE)
    assert "openai-codex  exhausted, opens in 59 min, at " in shown
    assert "anthropic_api  no login or key found  ANTHROPIC_API_KEY is not set" in shown
    assert "anthropic → claude_code  38 % left" in shown
    assert "openai    → nothing is available now" in shown
    assert "openai-codex opens in 59 min, at " in shown


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("width", [50, 80, 132])
def test_it_fits_the_terminal(bhoga: Any, width: int) -> None:
    """No line is longer than the terminal is wide, and a pipe gets no escape codes."""
    shown = bhoga(COLUMNS=str(width)).stdout
    assert max(map(len, shown.splitlines())) <= width
    assert "\x1b" not in shown
    assert "▸ weekly           ████░░░░░░  38 %" in shown


@pytest.mark.usefixtures("known")
def test_a_terminal_without_utf_8(bhoga: Any) -> None:
    """It gets plain characters."""
    run = bhoga(PYTHONIOENCODING="ascii", COLUMNS="60")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.isascii()
    assert "> weekly           ####------  38 %" in run.stdout
    assert "anthropic -> claude_code" in run.stdout


@pytest.mark.usefixtures("known")
def test_colours(bhoga: Any) -> None:
    """A terminal gets them unless `NO_COLOR` is set."""
    assert "\x1b[32m" in bhoga(FORCE_COLOR="1", TERM="xterm-256color").stdout
    shown = bhoga(FORCE_COLOR="1", TERM="xterm-256color", NO_COLOR="1").stdout
    assert re.search(r"\x1b\[[0-9;]*3[0-7]", shown) is None


@pytest.mark.usefixtures("known")
def test_it_is_told_to_programs(bhoga: Any) -> None:
    """Windows as fractions, the candidates of each family with their reasons, the sources."""
    document = json.loads(bhoga("status", "--json").stdout)
    (claude,) = [it for it in document["quotas"] if it["provider_id"] == "claude_code"]
    assert {(it["name"], it["scope"], it["left"]) for it in claude["windows"]} == {
        ("burst", "*", 0.65),
        ("overage", "*", 0.8),
        ("weekly", "*", 0.38),
        ("weekly", "fable", 0.0),
    }
    openai = document["families"]["openai"]
    assert openai["recommendation"] is None
    assert openai["candidates"][0]["status"] == "exhausted"
    sources = {it["provider_id"]: it["sources"] for it in document["providers"]}
    assert sources["openai-codex"][0]["reason"] == "absent"


def test_a_machine_without_any_login(bhoga: Any) -> None:
    """What was looked for, and what to do next."""
    run = bhoga(COLUMNS="80")
    assert (run.returncode, run.stderr) == (0, "")
    shown = " ".join(run.stdout.split())
    assert "No AI subscription or key was found on this machine." in shown
    for looked_for in ("claude is not on PATH", "codex is not on PATH", "ANTHROPIC_API_KEY"):
        assert looked_for in shown
    assert "What to do next" in shown
    assert "anthropic → claude_code the first by priority" in shown
    assert max(map(len, bhoga(COLUMNS="50").stdout.splitlines())) <= 50


def test_it_looks_first(bhoga: Any, furnished: Callable[[str], Backends]) -> None:
    """A first run shows numbers, and the next does not ask again."""
    backends = furnished("fresh")
    shown = bhoga("status").stdout
    for line in ("▸ weekly           ███████░░░  69 %", "premium          ███████░░░  73 %"):
        assert line in shown
    assert "anthropic → github-copilot  73 % left" in shown
    assert "claude_code takes over below 70 %" in shown
    before = len(backends.requests)
    bhoga("status")
    assert len(backends.requests) == before


def test_no_probe(bhoga: Any, furnished: Callable[[str], Backends]) -> None:
    """Then nobody is asked."""
    backends = furnished("fresh")
    assert "claude_code  nothing is known yet" in bhoga("status", "--no-probe").stdout
    assert backends.requests == ()


def test_a_source_that_tells_nothing(bhoga: Any, furnished: Callable[[str], Backends]) -> None:
    """It is said in words why."""
    furnished("rate-limited")
    shown = " ".join(bhoga("status").stdout.split())
    assert "claude_code nothing is known yet oauth usage: asked too often (429)" in shown


def test_nothing_that_a_terminal_would_obey(bhoga: Any, tmp_path: Path) -> None:
    """What somebody wrote into the state file is shown, and does nothing else."""
    window = Window("week\x1b[2Jly", 0.5, time.time(), "so\x1b]0;urce")
    told = QuotaObserved(
        "claude_code", window.observed_at, Stamp(1, 0), "cli", (window,), "p\x1blan"
    )
    Store(tmp_path / "state.json").save(fold(QuotaState(), [told]), time.time())
    for command in ("status", "why claude-opus-4"):
        run = bhoga(*command.split())
        assert run.stdout
        assert "\x1b" not in run.stdout + run.stderr


def test_a_limit_of_an_unheard_of_model(bhoga: Any) -> None:
    """It is shown as unmatched: it blocks nothing."""
    headers = {
        "anthropic-ratelimit-unified-7d_mythos-utilization": "1.0",
        "anthropic-ratelimit-unified-7d_mythos-reset": "4000000000",
        "anthropic-ratelimit-unified-5h-utilization": "0.1",
        "anthropic-ratelimit-unified-5h-reset": "4000000000",
    }
    with Router(eager=False) as router:
        router.record_turn("claude_code", "claude-opus-4", headers=headers)
    shown = " ".join(bhoga("status", COLUMNS="120").stdout.split())
    assert "weekly mythos ░░░░░░░░░░ 0 %" in shown
    assert "unmatched: a limit of no model that is known here" in shown
    assert "anthropic → claude_code 90 % left" in shown


def test_an_answer_that_does_not_come(
    in_terminal: Callable[..., Any], furnished: Callable[[str], Backends]
) -> None:
    """It is shown who is waited for, and an interrupt ends that at once."""
    backends = furnished("slow")
    terminal = in_terminal("status")
    assert backends.wait_for("/copilot_internal/user")
    terminal.until(b"asking claude_code, github-copilot, openai-codex")
    terminal.type(b"\x03")
    assert terminal.end() == 130
    assert terminal.is_restored()
    assert b"Traceback" not in terminal.shown


def test_what_nobody_counts_takes_one_line(
    bhoga: Any, furnished: Callable[[str], Backends]
) -> None:
    """Copilot's unlimited quotas; programs are told of all of them."""
    furnished("fresh")
    shown = bhoga("status", COLUMNS="80").stdout
    assert "\n  nothing used of chat, completions\n" in shown
    document = json.loads(bhoga("status", "--json").stdout)
    (copilot,) = [it for it in document["quotas"] if it["provider_id"] == "github-copilot"]
    assert {it["name"] for it in copilot["windows"]} == {"chat", "completions", "premium"}


def test_a_plan_stands_before_the_source(bhoga: Any, furnished: Callable[[str], Backends]) -> None:
    """In every width, and neither is broken."""
    furnished("fresh")
    assert "openai-codex  available  plus  codex app-server " in bhoga(COLUMNS="80").stdout
    narrow = bhoga(COLUMNS="50").stdout
    assert "github-copilot  available  individual_pro\n  copilot usage " in narrow
