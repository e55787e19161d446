"""The `bhoga` command, as a user and as a script meet it."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from bhoga import Router

NOW = time.time()


@pytest.fixture
def known() -> None:
    """A state file in which two providers are known."""
    headers = {
        "anthropic-ratelimit-unified-5h-utilization": "0.35",
        "anthropic-ratelimit-unified-5h-reset": str(int(NOW + 9000)),
        "anthropic-ratelimit-unified-7d-utilization": "0.62",
        "anthropic-ratelimit-unified-7d-reset": str(int(NOW + 290_000)),
        "anthropic-ratelimit-unified-7d_oi-utilization": "1.0",
        "anthropic-ratelimit-unified-7d_oi-reset": str(int(NOW + 290_000)),
        "anthropic-ratelimit-unified-overage-utilization": "0.2",
    }
    with Router(eager=False) as router:
        router.record_turn("claude_code", "claude-opus-4", headers=headers)
        router.set_quota("openai-codex", 0, ttl=3600)


def bhoga(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run the command as a process of its own, through a pipe."""
    return subprocess.run(
        [sys.executable, "-m", "bhoga", *arguments],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **variables},
    )


@pytest.mark.usefixtures("known")
def test_best_says_where_to_go() -> None:
    """One line: the provider, its name for the model, and how much is left."""
    run = bhoga("best", "claude-opus-4.6")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == "claude_code claude-opus-4-6 (38 % left, measured)\n"


@pytest.mark.usefixtures("known")
def test_best_takes_several_models() -> None:
    """The answer is for the first that can be served."""
    run = bhoga("best", "claude-fable-5", "claude-opus-4", "--json")
    answer = json.loads(run.stdout)
    assert answer["schema"] == "bhoga.best/1"
    assert answer["recommendation"]["model_id"] == "claude-opus-4"
    assert answer["recommendation"]["quota_pct"] == 0.38
    assert answer["recommendation"]["resets_at"].endswith("+00:00")


@pytest.mark.usefixtures("known")
def test_best_without_an_answer() -> None:
    """Exit code 1, nothing on stdout, one line on stderr that says when the soonest opens."""
    run = bhoga("best", "gpt-5.4")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.count("\n") == 1
    assert "nothing can serve gpt-5.4 now; next at 20" in run.stderr
    run = bhoga("best", "gpt-5.4", "--json")
    assert run.returncode == 1
    assert json.loads(run.stdout)["recommendation"] is None


@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        ((), {}, "MODEL"),
        (("",), {}, "it is empty"),
        (("o3", "--what"), {}, "--what"),
        (("o3",), {"BHOGA_POLICY": "random"}, "BHOGA_POLICY is 'random'"),
        (("o3",), {"BHOGA_METERED": "maybe"}, "BHOGA_METERED is 'maybe'"),
    ],
)
def test_misuse(arguments: tuple[str, ...], variables: Mapping[str, str], words: str) -> None:
    """Exit code 2, and what was wrong; never a traceback."""
    run = bhoga("best", *arguments, **variables)
    assert (run.returncode, run.stdout) == (2, "")
    assert words in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.usefixtures("known")
def test_status_is_what_the_bare_command_shows() -> None:
    """Every provider, each window with what is left, the binding one marked, and the choice."""
    run = bhoga(COLUMNS="80")
    assert run.returncode == 0
    again = bhoga("status", COLUMNS="80").stdout
    assert re.sub(r"\d+ s ago", "", run.stdout) == re.sub(r"\d+ s ago", "", again)
    assert "\N{BLACK RIGHT-POINTING SMALL TRIANGLE} weekly" in run.stdout
    assert "weekly fable" in run.stdout
    assert "extra, not counted" in run.stdout
    assert "no login or key found here" in run.stdout
    assert "anthropic \N{RIGHTWARDS ARROW} claude_code" in run.stdout
    assert "openai \N{RIGHTWARDS ARROW} nothing is available now" in run.stdout


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("width", [50, 80])
def test_status_fits_the_terminal(width: int) -> None:
    """No line is longer than the terminal is wide, and a pipe gets no escape codes."""
    shown = bhoga(COLUMNS=str(width)).stdout
    assert max(map(len, shown.splitlines())) <= width
    assert "\x1b" not in shown


@pytest.mark.usefixtures("known")
def test_status_without_utf_8() -> None:
    """A terminal that cannot show blocks and arrows gets plain characters."""
    run = bhoga(PYTHONIOENCODING="ascii", COLUMNS="60")
    assert run.returncode == 0
    assert run.stdout.isascii()
    assert "######----" in run.stdout


@pytest.mark.usefixtures("known")
def test_status_for_programs() -> None:
    """Records with their windows, and the candidates of each family with their reasons."""
    document = json.loads(bhoga("status", "--json").stdout)
    assert document["schema"] == "bhoga.status/1"
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


def test_a_file_put_aside_is_told_in_one_line(tmp_path: Path) -> None:
    """What the library reports reaches the person, on stderr."""
    (tmp_path / "state.json").write_text("{")
    run = bhoga("best", "o3")
    assert run.returncode == 0
    assert run.stderr.startswith("bhoga: state file")
    assert run.stderr.count("\n") == 1


def test_the_version() -> None:
    """`bhoga --version` says which this is."""
    run = bhoga("--version")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("bhoga, version 0.")
