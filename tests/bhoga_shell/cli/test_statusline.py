"""`bhoga statusline`, as Claude Code runs it."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bhoga import Router

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def logged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs Claude Code has a login for it."""
    monkeypatch.setenv("CLAUDE_CODE_OAUTH_TOKEN", "t")


def payload(**changes: object) -> dict[str, Any]:
    """What Claude Code says after an answer, with these members changed; None takes one out."""
    now = int(time.time())
    full: dict[str, Any] = {
        "session_id": "5c2f",
        "cwd": "/home/somebody/work",
        "model": {"id": "claude-opus-4-6[1m]", "display_name": "Opus 4.6"},
        "version": "2.1.330",
        "cost": {"total_cost_usd": 0.01},
        "rate_limits": {
            "five_hour": {"used_percentage": 9, "resets_at": now + 7000},
            "seven_day": {"used_percentage": 87, "resets_at": now + 300_000},
        },
    }
    return {name: value for name, value in (full | changes).items() if value is not None}


def test_one_line(bhoga: Run) -> None:
    """What is left of each window, and where the next request should go."""
    run = bhoga("statusline", stdin=json.dumps(payload()))
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == "5h 91 % left · 7d 13 % · opus → claude_code\n"


def test_what_it_says_is_kept(bhoga: Run) -> None:
    """Other processes route by it, without a question to anybody."""
    bhoga("statusline", stdin=json.dumps(payload()))
    with Router(eager=False, probes="off") as router:
        answer = router.best_for("claude-opus-4")
    assert answer is not None
    assert (answer.provider_id, answer.quota_pct) == ("claude_code", 0.13)


def test_what_repeats_is_not_written_again(bhoga: Run, tmp_path: Path) -> None:
    """Claude Code says the same after every answer; the file stays as it is until it says more."""
    told = payload()
    bhoga("statusline", stdin=json.dumps(told))
    written = (tmp_path / "state.json").stat().st_mtime_ns
    bhoga("statusline", stdin=json.dumps(told))
    assert (tmp_path / "state.json").stat().st_mtime_ns == written
    told["rate_limits"]["five_hour"]["used_percentage"] = 20
    run = bhoga("statusline", stdin=json.dumps(told))
    assert run.stdout.startswith("5h 80 % left · 7d 13 %")


def test_a_limit_of_the_model_is_shown(bhoga: Run) -> None:
    """Of other models it is not."""
    with Router(eager=False, probes="off") as router:
        headers = {"anthropic-ratelimit-unified-7d_oi-utilization": "0.4"}
        router.record_turn("claude_code", "claude-fable-5", headers=headers)
    model = {"id": "claude-fable-5"}
    assert "7d fable 60 %" in bhoga("statusline", stdin=json.dumps(payload(model=model))).stdout
    assert "fable" not in bhoga("statusline", stdin=json.dumps(payload())).stdout


def test_when_nothing_is_left(bhoga: Run) -> None:
    """The line says until when."""
    now = int(time.time())
    limits = {"five_hour": {"used_percentage": 100, "resets_at": now + 600}}
    shown = bhoga("statusline", stdin=json.dumps(payload(rate_limits=limits))).stdout
    assert shown.startswith("5h 0 % left · opus → nothing until ")


PARTS: Mapping[str, tuple[object, str]] = {
    "no limits": (payload(rate_limits=None), "opus → claude_code"),
    "no limits but null": ({"rate_limits": None, "model": {"id": "o3"}}, "o3 → openai-codex"),
    "one window": (
        payload(rate_limits={"seven_day": {"used_percentage": 87}}),
        "7d 13 % left · opus → claude_code",
    ),
    "a window without its use": (
        payload(rate_limits={"five_hour": {"resets_at": 1}}),
        "opus → claude_code",
    ),
    "limits of another shape": (payload(rate_limits=[1]), "opus → claude_code"),
    "no model": (payload(model=None), "5h 91 % left · 7d 13 %"),
    "a model without an id": (
        payload(model={"display_name": "Opus 4.6"}),
        "5h 91 % left · 7d 13 % · opus → claude_code",
    ),
    "a model that is a text": (
        payload(model="sonnet"),
        "5h 91 % left · 7d 13 % · sonnet → claude_code",
    ),
    "a model of another shape": (payload(model=[1]), "5h 91 % left · 7d 13 %"),
    "an empty object": ({}, "bhoga: no limits are known yet"),
    "no object": ([1], "bhoga: no limits are known yet"),
}


@pytest.mark.parametrize("part", PARTS)
def test_any_part_may_be_missing(bhoga: Run, part: str) -> None:
    """There is a line all the same, and never a failure."""
    told, line = PARTS[part]
    run = bhoga("statusline", stdin=json.dumps(told))
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.rstrip("\n") == line


@pytest.mark.parametrize("stdin", ["", "{", "\x00", "null", "[" * 100_000, '{"model":'])
def test_what_is_no_json(bhoga: Run, stdin: str) -> None:
    """The line says so much as it can."""
    run = bhoga("statusline", stdin=stdin)
    assert (run.returncode, run.stdout) == (0, "bhoga: no limits are known yet\n")


def test_a_setting_that_does_not_exist(bhoga: Run) -> None:
    """The line says what is wrong: an exit code would blank it."""
    run = bhoga("statusline", stdin=json.dumps(payload()), BHOGA_POLICY="random")
    assert run.returncode == 0
    assert run.stdout.startswith("bhoga: BHOGA_POLICY is 'random'; it takes ")


def test_a_state_that_cannot_be_written(bhoga: Run, tmp_path: Path) -> None:
    """What was said is shown; that it is not kept is said on stderr."""
    (tmp_path / "file").write_text("")
    state = str(tmp_path / "file" / "state.json")
    run = bhoga("statusline", stdin=json.dumps(payload()), BHOGA_STATE=state)
    assert (run.returncode, run.stdout) == (0, "5h 91 % left · 7d 13 % · opus → claude_code\n")
    assert run.stderr.startswith("bhoga: state file ")


def test_a_state_of_a_newer_version_is_left_alone(bhoga: Run, tmp_path: Path) -> None:
    """What was said is shown, and the file stays as it is."""
    bhoga("set", "claude_code", "50")
    state = tmp_path / "state.json"
    newer = state.read_text().replace('"version": 1', '"version": 999', 1)
    state.write_text(newer)
    run = bhoga("statusline", stdin=json.dumps(payload()))
    assert (run.returncode, run.stdout) == (0, "5h 91 % left · 7d 13 % · opus → claude_code\n")
    assert state.read_text() == newer


def test_without_utf_8(bhoga: Run) -> None:
    """Plain signs, and nothing that a terminal would obey."""
    model = {"id": "claude-opus-4\x1b[2J"}
    run = bhoga("statusline", stdin=json.dumps(payload(model=model)), PYTHONIOENCODING="ascii")
    assert run.stdout.startswith("5h 91 % left | 7d 13 % | ")
    assert "\x1b" not in run.stdout


def test_neither_rich_nor_httpx_is_loaded(bhoga: Run) -> None:
    """Nor the lock, where there is nothing to write."""
    told = json.dumps(payload())
    bhoga("statusline", stdin=told)
    code = (
        "import sys\n"
        "sys.argv = ['bhoga', 'statusline']\n"
        "from bhoga_shell.cli import bhoga\n"
        "bhoga(standalone_mode=False)\n"
        "loaded = {'rich', 'httpx', 'filelock', 'yaml', 'asyncio', 'ssl'} & set(sys.modules)\n"
        "print(sorted(loaded))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        input=told,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    assert run.stdout.splitlines()[-1] == "[]"
