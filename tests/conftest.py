"""No test sees the machine it runs on: no login, no key, no setting, no program that has one."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples each time, however slow the machine: what fails here fails for everybody.
settings.register_profile("tests", deadline=None, derandomize=True)
settings.load_profile("tests")

FOLDERS = {
    "HOME": "home",
    "USERPROFILE": "home",
    "CLAUDE_CONFIG_DIR": "home/.claude",
    "CODEX_HOME": "home/.codex",
    "HERMES_HOME": "home/.hermes",
    "XDG_CACHE_HOME": "home/.cache",
    "XDG_CONFIG_HOME": "home/.config",
}
"""Variables that name a folder in which a person keeps things, and what stands in for it."""

SECRET = ("_API_KEY", "_TOKEN", "_OAUTH_TOKEN", "_ACCESS_KEY", "_SECRET")
"""How the names of the variables end that hold a secret."""

MEANINGFUL = ("ANTHROPIC_", "BHOGA_", "CLAUDE", "CODEX_", "COPILOT_", "GH_", "HERMES_", "OPENAI_")
"""How the names of the variables begin that mean something to bhoga or to what it reads."""


@pytest.fixture(autouse=True)
def apart_from_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty home, none of the machine's keys and settings, and a PATH with Python alone."""
    for name in os.environ:
        if name.upper().startswith(MEANINGFUL) or name.upper().endswith(SECRET):
            monkeypatch.delenv(name)
    for name, folder in FOLDERS.items():
        monkeypatch.setenv(name, str(tmp_path / folder))
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("BHOGA_STATE", str(tmp_path / "state.json"))
    # Not Python's own folder: where Python comes from a package manager, claude and gh do too.
    programs = tmp_path / "programs"
    programs.mkdir()
    if os.name == "posix":
        for name in ("python", "python3"):
            (programs / name).symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(programs))
