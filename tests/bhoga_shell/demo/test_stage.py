"""The stage of the demo is apart from the person, and leaves nothing."""

import logging
import os
import tempfile
import threading
from pathlib import Path

import pytest

from bhoga_shell.demo.home import FOREIGN
from bhoga_shell.demo.scenarios import SCENARIOS
from bhoga_shell.demo.stage import MEANINGFUL, stage


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_the_environment_is_the_demos_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting and no login of the person's is seen; what means nothing to bhoga stays."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-of-the-person")
    monkeypatch.setenv("BHOGA_POLICY", "soonest_reset")
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    before = dict(os.environ)
    with stage(SCENARIOS["fresh"]) as here:
        assert "ANTHROPIC_API_KEY" not in os.environ
        assert "BHOGA_POLICY" not in os.environ
        assert os.environ["LANG"] == "de_DE.UTF-8"
        assert Path(os.environ["HERMES_HOME"]) == here.hermes.parent
    assert dict(os.environ) == before


def test_every_foreign_login_is_among_what_is_taken_out() -> None:
    """Whatever `FOREIGN` comes to name."""
    assert all(name.startswith(MEANINGFUL) for name in FOREIGN)


def test_what_fails_inside_leaves_nothing_either(temporary: Path) -> None:
    """Neither a folder, nor a changed environment, nor a thread of bhoga's, nor a deaf log."""
    before, level = dict(os.environ), logging.getLogger("bhoga").level
    threads = set(threading.enumerate())

    def interrupted() -> None:
        with stage(SCENARIOS["slow"]) as here:
            asking = threading.Thread(target=here.router.refresh, name="bhoga test", daemon=True)
            asking.start()
            assert here.backends.wait_for("/api/oauth/usage")
            assert any(temporary.iterdir())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [*temporary.iterdir()] == []
    assert dict(os.environ) == before
    assert logging.getLogger("bhoga").level == level
    assert [it for it in set(threading.enumerate()) - threads if it.name.startswith("bhoga")] == []
