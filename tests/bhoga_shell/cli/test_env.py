"""`bhoga env`, as shells read it."""

import json
import shutil
import subprocess
from collections.abc import Callable

import pytest

from bhoga_shell.cli.env import SHELLS

Run = Callable[..., subprocess.CompletedProcess[str]]

NASTY = "claude-it's $(touch x) `id` \"\\\N{RIGHT SINGLE QUOTATION MARK}; *"


def test_a_shell_can_read_it(bhoga: Run) -> None:
    """Bhoga's two variables and the harness's, sorted; nothing on stderr."""
    bhoga("set", "claude_code", "90")
    run = bhoga("env", "claude-opus-4.6")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == (
        "export ANTHROPIC_MODEL=claude-opus-4-6\n"
        "export BHOGA_MODEL=claude-opus-4-6\n"
        "export BHOGA_PROVIDER=claude_code\n"
    )


def test_a_subscription_is_kept_off_the_keys(bhoga: Run) -> None:
    """What would bill a key instead is unset, which is said; the key itself is shown nowhere."""
    bhoga("set", "claude_code", "90", ANTHROPIC_API_KEY="sk-ant-1")
    run = bhoga("env", "claude-opus-4", "--shell", "fish", ANTHROPIC_API_KEY="sk-ant-1")
    assert run.stdout.endswith("set -gx BHOGA_PROVIDER 'claude_code'\nset -e ANTHROPIC_API_KEY\n")
    assert run.stderr.startswith("bhoga: unset ANTHROPIC_API_KEY, or ")
    assert "sk-ant-1" not in run.stdout + run.stderr


def test_a_key_that_was_chosen_is_left(bhoga: Run) -> None:
    """Who is sent to the API keeps the key for it."""
    bhoga("set", "anthropic_api", "90")
    run = bhoga("env", "claude-opus-4", ANTHROPIC_API_KEY="sk-ant-1")
    assert "export BHOGA_PROVIDER=anthropic_api\n" in run.stdout
    assert "unset" not in run.stdout + run.stderr


def test_for_programs(bhoga: Run) -> None:
    """The same as one object."""
    bhoga("set", "claude_code", "90")
    run = bhoga("env", "claude-opus-4", "--json", ANTHROPIC_API_KEY="sk-ant-1")
    document = json.loads(run.stdout)
    assert document.pop("at").endswith("+00:00")
    assert document == {
        "schema": 1,
        "kind": "env",
        "provider_id": "claude_code",
        "set": {
            "ANTHROPIC_MODEL": "claude-opus-4",
            "BHOGA_MODEL": "claude-opus-4",
            "BHOGA_PROVIDER": "claude_code",
        },
        "unset": ["ANTHROPIC_API_KEY"],
    }


def test_without_an_answer_nothing_is_set(bhoga: Run) -> None:
    """Exit code 1, an empty stdout, and one line that says when the soonest opens."""
    bhoga("set", "claude_code", "0", "--ttl", "1h")
    run = bhoga("env", "claude-opus-4")
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (1, "", 1)
    assert "nothing can serve claude-opus-4 now; the next opens in 59 min, at " in run.stderr


def test_misuse(bhoga: Run) -> None:
    """Exit code 2 without a model, and for a shell that is not known."""
    assert bhoga("env").returncode == 2
    run = bhoga("env", "o3", "--shell", "cmd")
    assert (run.returncode, run.stdout) == (2, "")
    assert "powershell" in run.stderr


@pytest.mark.skipif(shutil.which("sh", path="/bin:/usr/bin") is None, reason="there is no sh")
def test_sh_reads_back_any_name(bhoga: Run) -> None:
    """A model's name is a word to the shell, never a command."""
    bhoga("set", "claude_code", "90")
    script = bhoga("env", NASTY).stdout
    read = subprocess.run(
        ["/bin/sh", "-c", f'{script}printf %s "$BHOGA_MODEL"'],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert read.stdout == json.loads(bhoga("env", NASTY, "--json").stdout)["set"]["BHOGA_MODEL"]
    assert "$(touch x)" in read.stdout


@pytest.mark.parametrize(
    ("shell", "quoted"),
    [
        ("fish", "'a\\'b\\\\c$d'"),
        ("powershell", "'a''b\\c$d'"),
    ],
)
def test_other_shells_quote_their_own_way(shell: str, quoted: str) -> None:
    """In single quotes, where nothing but a quote (in fish a backslash too) means anything."""
    assert SHELLS[shell].quoted("a'b\\c$d") == quoted


def test_powershell_takes_typographic_quotes_for_quotes() -> None:
    """They are doubled as well, or a name could end the word."""
    assert SHELLS["powershell"].quoted("a\u2019b") == "'a\u2019\u2019b'"
