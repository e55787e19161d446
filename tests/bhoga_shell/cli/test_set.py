"""`bhoga set`, as a person and as many scripts at once meet it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bhoga import Router

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_what_was_set_counts(bhoga: Run) -> None:
    """A line for each window, and the next question is answered by it."""
    run = bhoga("set", "claude_code", "90", "--weekly", "60", "--ttl", "2h")
    assert (run.returncode, run.stderr) == (0, "")
    burst, weekly = run.stdout.splitlines()
    assert burst.startswith("claude_code: 90 % of burst left, until 20")
    assert weekly.startswith("claude_code: 60 % of weekly left, until 20")
    with Router(eager=False) as router:
        answer = router.best_for("claude-opus-4")
    assert answer is not None
    assert (answer.provider_id, answer.quota_pct) == ("claude_code", 0.6)


def test_it_may_be_for_one_model(bhoga: Run) -> None:
    """Any spelling of the model, and any fraction of a percent."""
    run = bhoga("set", "anthropic_api", "12.5", "--model", "anthropic/Claude-Opus-4.6")
    assert run.stdout == (
        "anthropic_api: 12.5 % of quota left for claude-opus-4-6, until it is cleared\n"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "PID"),
        (("claude_code",), "PCT"),
        (("claude", "50"), "'claude' is no provider; it takes anthropic_api, claude_code"),
        (("claude_code", "much"), "'much' is not a valid float"),
        (("claude_code", "101"), "PCT is 101.0; it takes a percentage from 0 to 100"),
        (("claude_code", "nan"), "PCT is nan"),
        (("claude_code", "50", "--weekly", "-1"), "--weekly is -1.0"),
        (("claude_code", "50", "--ttl", "soon"), "'soon' is no length of time"),
        (("claude_code", "50", "--ttl", "0"), "--ttl is 0"),
        (("anthropic_api", "50", "--weekly", "5"), "anthropic_api has no weekly window to set"),
    ],
)
def test_misuse(bhoga: Run, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    """Exit code 2, one line that says what is taken, and nothing is set."""
    run = bhoga("set", *arguments)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert words in run.stderr
    assert not (tmp_path / "state.json").exists()


def test_what_could_not_be_kept_is_a_problem(bhoga: Run, tmp_path: Path) -> None:
    """Exit code 3: a state file that cannot be written would forget it at once."""
    (tmp_path / "file").write_text("")
    run = bhoga("set", "claude_code", "50", BHOGA_STATE=str(tmp_path / "file" / "state.json"))
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (3, "", 1)
    assert run.stderr.startswith("bhoga: state file")


def test_a_state_of_a_newer_version_is_left_alone(bhoga: Run, tmp_path: Path) -> None:
    """Exit code 3, the line says what to do, and the file is as it was."""
    bhoga("set", "claude_code", "90")
    state = tmp_path / "state.json"
    newer = state.read_text().replace('"version": 1', '"version": 999', 1)
    state.write_text(newer)
    run = bhoga("set", "claude_code", "50")
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (3, "", 1)
    assert "upgrade bhoga" in run.stderr
    assert state.read_text() == newer


def test_twenty_at_once_lose_nothing() -> None:
    """Each of twenty processes sets another model, and all twenty settings stand in the end."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "bhoga", "set", "claude_code", str(n), "--model", f"m{n}"],
            stdout=subprocess.DEVNULL,
            env={**os.environ},
        )
        for n in range(20)
    ]
    assert [process.wait() for process in running] == [0] * 20
    with Router(eager=False) as router:
        kept = {record.model: record.remaining_at(0.0) for record in router.quotas()}
    assert kept == {f"m{n}": pytest.approx(n / 100) for n in range(20)}
