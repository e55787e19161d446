"""`bhoga guard`, as hooks and CI meet it."""

import json
import subprocess
from collections.abc import Callable, Mapping

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("arguments", [(), ("--min", "0"), ("--min", "29"), ("--min", "28.5")])
def test_yes(bhoga: Run, arguments: tuple[str, ...]) -> None:
    """Exit code 0, and the reason on stdout: at least as much is left as was asked for."""
    bhoga("set", "claude_code", "29")
    run = bhoga("guard", "claude-opus-4", *arguments)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == "claude_code: 29 % left, bound by weekly\n"


def test_too_little(bhoga: Run) -> None:
    """Exit code 1, and the reason on stderr."""
    bhoga("set", "claude_code", "29")
    run = bhoga("guard", "claude-opus-4", "--min", "30")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "bhoga: claude_code: 29 % left, bound by weekly; asked for 30 %\n"


def test_nothing_available(bhoga: Run) -> None:
    """Exit code 1, and when the soonest opens."""
    bhoga("set", "claude_code", "0", "--ttl", "1h")
    run = bhoga("guard", "claude-opus-4")
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (1, "", 1)
    assert "nothing can serve claude-opus-4 now; the next opens in 59 min, at " in run.stderr


def test_what_is_not_known_is_not_enough(bhoga: Run) -> None:
    """A provider of which nothing is known can be tried, but nobody can promise anything of it."""
    login = {"CLAUDE_CODE_OAUTH_TOKEN": "t"}
    assert bhoga("guard", "claude-opus-4", **login).returncode == 0
    run = bhoga("guard", "claude-opus-4", "--min", "1", **login)
    assert run.returncode == 1
    assert "nothing is known of what is left; asked for 1 %" in run.stderr


def test_for_programs(bhoga: Run) -> None:
    """One object, whatever the answer; the line of a no is on stderr."""
    bhoga("set", "claude_code", "29", "--ttl", "1h")
    run = bhoga("guard", "claude-opus-4", "--min", "30", "--json")
    assert run.returncode == 1
    document = json.loads(run.stdout)
    assert document.pop("age") >= 0
    assert document.pop("at").endswith("+00:00")
    assert document.pop("next_available").endswith("+00:00")
    assert document == {
        "schema": 1,
        "kind": "guard",
        "ok": False,
        "model": "claude-opus-4",
        "min": 0.3,
        "reason": "claude_code: 29 % left, bound by burst; asked for 30 %",
        "provider_id": "claude_code",
        "headroom": 0.29,
        "basis": "measured",
    }
    bhoga("set", "claude_code", "0", "--ttl", "1h")
    run = bhoga("guard", "claude-opus-4", "--json")
    assert run.returncode == 1
    assert json.loads(run.stdout)["provider_id"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "MODEL"),
        (("o3", "--min", "101"), "101"),
        (("o3", "--min", "nan"), "nan"),
        (("o3", "--min", "half"), "'half'"),
    ],
)
def test_misuse(bhoga: Run, arguments: tuple[str, ...], words: str) -> None:
    """Exit code 2 and one line."""
    run = bhoga("guard", *arguments)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert words in run.stderr


def test_it_looks_first(bhoga: Run, scenario: Callable[[str], Mapping[str, str]]) -> None:
    """A reading that is old, or not there, is asked for; unless a person says otherwise."""
    home = scenario("fresh")
    arguments = ("guard", "claude-opus-4", "--min", "1")
    assert bhoga(*arguments, "--no-probe", **home).returncode == 1
    run = bhoga(*arguments, **home)
    assert (run.returncode, run.stderr) == (0, "")
    assert " % left, bound by " in run.stdout
    assert bhoga(*arguments, "--no-probe", **home).stdout == run.stdout
