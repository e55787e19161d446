"""A furnished home has the demo's logins, and nothing of the person's."""

import base64
import json
import os
import stat
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bhoga_core.providers import PROVIDERS
from bhoga_shell.demo import logins
from bhoga_shell.demo.backends import Backends
from bhoga_shell.demo.home import FOREIGN, furnish
from bhoga_shell.demo.scenarios import SCENARIOS

Sample = Callable[[str], dict[str, Any]]


def content(path: Path) -> dict[str, Any]:
    """The JSON object in a file."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_everything_lies_in_the_folder(tmp_path: Path, backends: Backends) -> None:
    """Every path that is named, and every file that is written."""
    before = set(tmp_path.iterdir())
    home = furnish(tmp_path / "demo", backends)
    for value in home.values():
        if not value.startswith(("http://127.0.0.1:", "gho_demo")):
            assert Path(value).is_relative_to(tmp_path / "demo")
    assert set(tmp_path.iterdir()) == before | {tmp_path / "demo"}


def test_the_endpoints_are_the_backends(backends: Backends, home: Mapping[str, str]) -> None:
    """Of the providers that are asked over HTTP, and of the programs."""
    for name in ("BHOGA_CLAUDE_ENDPOINT", "BHOGA_COPILOT_ENDPOINT", "BHOGA_DEMO_BACKENDS"):
        assert home[name] == backends.origin


def test_claudes_login_is_in_its_folder(home: Mapping[str, str]) -> None:
    """With the scope that usage needs, and its end in milliseconds."""
    login = content(Path(home["CLAUDE_CONFIG_DIR"], ".credentials.json"))["claudeAiOauth"]
    assert "user:profile" in login["scopes"]
    assert login["expiresAt"] / 1000 > time.time() + 7 * 3600
    account = content(Path(home["CLAUDE_CONFIG_DIR"], ".claude.json"))["oauthAccount"]
    assert account == {"accountUuid": logins.ACCOUNT}


def test_claudes_login_may_have_expired(tmp_path: Path, backends: Backends) -> None:
    """For as long as one likes."""
    home = furnish(tmp_path / "demo", backends, claude_expires_in=-3600.0)
    login = content(Path(home["CLAUDE_CONFIG_DIR"], ".credentials.json"))["claudeAiOauth"]
    assert login["expiresAt"] / 1000 < time.time() - 3500


def test_the_token_of_codex_is_an_unsigned_one_with_its_claims(home: Mapping[str, str]) -> None:
    """Of the account that stands beside it."""
    tokens = content(Path(home["CODEX_HOME"], "auth.json"))["tokens"]
    head, body, signature = tokens["access_token"].split(".")
    assert json.loads(base64.urlsafe_b64decode(head + "=="))["alg"] == "none"
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert claims["https://api.openai.com/auth"]["chatgpt_account_id"] == tokens["account_id"]
    assert claims["exp"] > time.time()
    assert "demo" in signature


def test_the_login_files_have_the_members_of_the_real_ones(
    home: Mapping[str, str], sample: Sample
) -> None:
    """Those that bhoga and the programs read."""
    real = sample("claude_credentials_file.2026-08.json")["claudeAiOauth"]
    login = content(Path(home["CLAUDE_CONFIG_DIR"], ".credentials.json"))["claudeAiOauth"]
    assert login.keys() == real.keys() - {"refreshTokenExpiresAt"}
    chatgpt = sample("codex_auth_json.chatgpt.json")
    auth = content(Path(home["CODEX_HOME"], "auth.json"))
    assert auth.keys() == chatgpt.keys() | {"auth_mode"}
    assert auth["tokens"].keys() == chatgpt["tokens"].keys()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_nobody_else_reads_the_logins(home: Mapping[str, str]) -> None:
    """As the real programs keep them."""
    for path in (
        Path(home["CLAUDE_CONFIG_DIR"], ".credentials.json"),
        Path(home["CODEX_HOME"], "auth.json"),
    ):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_token_says_that_it_is_the_demos() -> None:
    """Nobody takes one for a real login."""
    for token in (logins.CLAUDE, logins.CLAUDE_RENEWED, logins.CODEX, logins.COPILOT):
        assert "demo" in token


def test_who_is_logged_out_has_no_login(tmp_path: Path) -> None:
    """Of any provider; the programs are there all the same."""
    with Backends(SCENARIOS["logged-out"]) as backends:
        home = furnish(tmp_path / "demo", backends)
    assert not Path(home["CLAUDE_CONFIG_DIR"], ".credentials.json").exists()
    assert not Path(home["CODEX_HOME"], "auth.json").exists()
    assert "COPILOT_GITHUB_TOKEN" not in home
    assert Path(home["PATH"], "claude").exists()


def test_no_variable_of_a_provider_is_left_to_the_person() -> None:
    """What holds a key or a token is set by the demo, or to be taken out."""
    names = {name for provider in PROVIDERS for name in provider.credentials.environment}
    assert names <= {*FOREIGN, "COPILOT_GITHUB_TOKEN"}
