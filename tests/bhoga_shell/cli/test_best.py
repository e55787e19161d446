"""`bhoga best`, as a person and as a script meet it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from bhoga import Router
from bhoga_shell.demo.backends import Backends


@pytest.mark.usefixtures("known")
def test_it_says_where_to_go(bhoga: Any) -> None:
    """One line: the provider, its name for the model, and how much is left."""
    run = bhoga("best", "claude-opus-4.6")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == "claude_code claude-opus-4-6 (38 % left, measured)\n"


@pytest.mark.usefixtures("known")
def test_it_takes_several_models(bhoga: Any) -> None:
    """The answer is for the first that can be served."""
    run = bhoga("best", "claude-fable-5", "claude-opus-4", "--json")
    answer = json.loads(run.stdout)
    assert answer["models"] == ["claude-fable-5", "claude-opus-4"]
    assert answer["recommendation"]["model_id"] == "claude-opus-4"
    assert answer["recommendation"]["quota_pct"] == 0.38


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("field", "printed"),
    [("provider_id", "claude_code"), ("hermes_model", "claude-opus-4"), ("quota_pct", "0.38")],
)
def test_it_prints_one_field(bhoga: Any, field: str, printed: str) -> None:
    """Alone on its line, so that a script need not parse anything."""
    assert bhoga("best", "claude-opus-4", "--field", field).stdout == f"{printed}\n"


def test_a_field_that_is_not_known_is_empty(bhoga: Any) -> None:
    """Null is an empty line."""
    run = bhoga("best", "claude-opus-4", "--field", "resets_at")
    assert (run.returncode, run.stdout) == (0, "\n")


@pytest.mark.usefixtures("known")
def test_there_is_no_answer(bhoga: Any) -> None:
    """Exit code 1, nothing on stdout, one line on stderr that says when the soonest opens."""
    run = bhoga("best", "gpt-5.4")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.count("\n") == 1
    assert "nothing can serve gpt-5.4 now; the next opens in 59 min, at " in run.stderr
    run = bhoga("best", "gpt-5.4", "--json")
    assert run.returncode == 1
    assert json.loads(run.stdout)["recommendation"] is None
    assert bhoga("best", "gpt-5.4", "--field", "provider_id").stdout == ""


def test_a_family_that_nobody_serves(bhoga: Any) -> None:
    """That is a no, too, and says so in other words."""
    run = bhoga("best", "llama-4")
    assert (run.returncode, run.stdout) == (1, "")
    assert "no provider serves llama-4" in run.stderr


def test_without_any_login(bhoga: Any) -> None:
    """It goes by priority, and says that it does."""
    assert (
        bhoga("best", "o3").stdout
        == "openai-codex o3 (no login or key found: the first by priority)\n"
    )


def test_preferences(bhoga: Any) -> None:
    """`--policy` and `--metered` win over the environment."""
    with Router(eager=False) as router:
        router.set_quota("claude_code", 30)
        router.set_quota("anthropic_api", 90)
    ask = ("best", "claude-opus-4", "--field", "provider_id")
    assert bhoga(*ask).stdout == "anthropic_api\n"
    assert bhoga(*ask, "--metered", "never").stdout == "claude_code\n"
    assert bhoga(*ask, "--policy", "priority_first").stdout == "claude_code\n"
    changed = bhoga(*ask, "--metered", "allow", BHOGA_METERED="never")
    assert changed.stdout == "anthropic_api\n"


def asked(backends: Backends) -> int:
    """How many questions the backends have been asked."""
    return len(backends.requests)


def test_it_looks_first(bhoga: Any, furnished: Callable[[str], Backends]) -> None:
    """What was never read is asked for, and what was read is not asked for again."""
    backends = furnished("fresh")
    run = bhoga("best", "gpt-5.4", "--field", "quota_pct")
    assert (run.returncode, run.stdout, run.stderr) == (0, "0.78\n", "")
    before = asked(backends)
    assert before > 0
    assert bhoga("best", "gpt-5.4", "--field", "quota_pct").stdout == "0.78\n"
    assert asked(backends) == before


def test_max_age(bhoga: Any, furnished: Callable[[str], Backends]) -> None:
    """A reading is asked for again once it is older."""
    backends = furnished("fresh")
    bhoga("best", "gpt-5.4")
    before = asked(backends)
    bhoga("best", "gpt-5.4", "--max-age", "0")
    assert asked(backends) > before


def test_no_probe(bhoga: Any, furnished: Callable[[str], Backends]) -> None:
    """Then nobody is asked, and the answer says that nothing is known."""
    backends = furnished("fresh")
    run = bhoga("best", "gpt-5.4", "--no-probe")
    assert run.stdout == "openai-codex gpt-5.4 (nothing is known of what is left)\n"
    assert asked(backends) == 0


def test_a_source_that_tells_nothing_is_not_asked_each_time(
    bhoga: Any, furnished: Callable[[str], Backends]
) -> None:
    """It was looked at within the age; looking again would hammer it."""
    backends = furnished("rate-limited")
    bhoga("best", "claude-opus-4")
    before = asked(backends)
    assert before > 0
    assert bhoga("best", "claude-opus-4").returncode == 0
    assert asked(backends) == before


@pytest.mark.usefixtures("known")
def test_a_fresh_reading_costs_no_import(bhoga: Any) -> None:
    """Neither rich nor an HTTP client nor the router is loaded while nothing is asked."""
    del bhoga
    code = """
import sys
sys.argv[1:] = ["best", "claude-opus-4"]
from bhoga_shell.cli import main
try:
    main()
finally:
    print(*sys.modules)
"""
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    loaded = set(run.stdout.splitlines()[-1].split())
    assert loaded.isdisjoint(
        {"rich", "httpx", "httpx2", "http.client", "ssl", "asyncio", "bhoga_shell.router", "yaml"}
    )
    assert "click" in loaded
