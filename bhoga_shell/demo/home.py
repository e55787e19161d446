"""A home with the demo's logins, for bhoga to find them in."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bhoga_shell.demo import logins, programs
from bhoga_shell.demo.asking import BACKENDS_VARIABLE
from bhoga_shell.demo.backends import Backends

FOREIGN = (
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_BASE_URL",
    "CLAUDECODE",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
)
"""Variables to take out of the environment: they would bring the person's own logins into it."""


def furnish(
    folder: Path, backends: Backends, *, claude_expires_in: float = 8 * 3600.0
) -> Mapping[str, str]:
    """Furnish `folder` with a home, the logins and the programs, and answer the environment to set.

    Logins are there for the providers that the backends' scenario knows as logged in. That of
    Claude expires in `claude_expires_in` seconds. PATH holds the stand-ins and nothing else.
    Raises OSError.
    """
    scenario = backends.scenario
    home, bin_folder = folder / "home", folder / "bin"
    claude, codex = home / ".claude", home / ".codex"
    programs.install(bin_folder)
    for path in (claude, codex):
        path.mkdir(parents=True, exist_ok=True)
    if scenario.claude.manners.logged_in:
        _write(claude / ".credentials.json", _claude_login(scenario.claude.plan, claude_expires_in))
        _write(claude / ".claude.json", {"oauthAccount": {"accountUuid": logins.ACCOUNT}})
    if scenario.codex.manners.logged_in:
        _write(codex / "auth.json", _codex_login())
    copilot = {"COPILOT_GITHUB_TOKEN": logins.COPILOT} if scenario.copilot.manners.logged_in else {}
    return {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "CLAUDE_CONFIG_DIR": str(claude),
        "CODEX_HOME": str(codex),
        "HERMES_HOME": str(home / ".hermes"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "PATH": str(bin_folder),
        "BHOGA_STATE": str(folder / "state.json"),
        "BHOGA_CLAUDE_ENDPOINT": backends.origin,
        "BHOGA_COPILOT_ENDPOINT": backends.origin,
        BACKENDS_VARIABLE: backends.origin,
        **copilot,
    }


def _claude_login(plan: str, expires_in: float) -> Mapping[str, object]:
    return {
        "claudeAiOauth": {
            "accessToken": logins.CLAUDE,
            "refreshToken": logins.CLAUDE_REFRESH,
            "expiresAt": int((time.time() + expires_in) * 1000),
            "scopes": logins.CLAUDE_SCOPES,
            "subscriptionType": plan,
            "rateLimitTier": "default_claude_max_5x",
        }
    }


def _codex_login() -> Mapping[str, object]:
    return {
        "auth_mode": "chatgpt",
        "OPENAI_API_KEY": None,
        "tokens": {
            "id_token": logins.CODEX,
            "access_token": logins.CODEX,
            "refresh_token": "demo-refresh",
            "account_id": logins.ACCOUNT,
        },
        "last_refresh": datetime.now(UTC).isoformat(timespec="microseconds"),
    }


def _write(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")
    path.chmod(0o600)
