"""`bhoga clear`, as a person meets it."""

import subprocess
from collections.abc import Callable

from bhoga import Router

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_what_was_set_counts_no_more(bhoga: Run) -> None:
    """The provider is as unknown as it was before."""
    bhoga("set", "claude_code", "90")
    run = bhoga("clear", "claude_code")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == "claude_code: what was set by hand is taken back\n"
    with Router(eager=False) as router:
        answer = router.best_for("claude-opus-4")
    assert answer is not None
    assert answer.quota_pct == -1.0


def test_what_was_set_for_one_model_is_told(bhoga: Run) -> None:
    """It stands until it is taken back by its name."""
    bhoga("set", "claude_code", "90", "--model", "claude-opus-4")
    run = bhoga("clear", "claude_code")
    assert "what was set for claude-opus-4 stands" in run.stdout
    assert "--model claude-opus-4" in run.stdout
    assert "stands" not in bhoga("clear", "claude_code", "--model", "Claude Opus 4").stdout


def test_clearing_nothing_is_no_error(bhoga: Run) -> None:
    """It is as was asked for."""
    assert bhoga("clear", "claude_code").returncode == 0


def test_misuse(bhoga: Run) -> None:
    """Exit code 2, and the providers there are."""
    run = bhoga("clear", "claude")
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert "openai-codex" in run.stderr
