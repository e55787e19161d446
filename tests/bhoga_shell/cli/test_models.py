"""`bhoga models`, as scripts meet it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., subprocess.CompletedProcess[str]]


def cache(home: Path, *slugs: str) -> None:
    """Codex' own cache of models, with these."""
    home.mkdir(parents=True)
    models = [{"slug": slug, "priority": place} for place, slug in enumerate(slugs)]
    (home / "models_cache.json").write_text(json.dumps({"models": models}))


def test_one_a_line(bhoga: Run, tmp_path: Path) -> None:
    """The list on stdout, where it comes from on stderr."""
    cache(tmp_path / "codex", "gpt-9", "gpt-9-mini")
    run = bhoga("models", CODEX_HOME=str(tmp_path / "codex"))
    assert (run.returncode, run.stdout) == (0, "gpt-9\ngpt-9-mini\n")
    assert run.stderr == "bhoga: from Codex' models_cache.json\n"


def test_without_codex(bhoga: Run) -> None:
    """There is always a list."""
    run = bhoga("models")
    assert run.returncode == 0
    assert "gpt-5.4\n" in run.stdout
    assert run.stderr == "bhoga: from the built-in list\n"


def test_for_programs(bhoga: Run, tmp_path: Path) -> None:
    """The list and its source as one object."""
    cache(tmp_path / "codex", "gpt-9")
    run = bhoga("models", "--json", CODEX_HOME=str(tmp_path / "codex"))
    assert (run.returncode, run.stderr) == (0, "")
    document = json.loads(run.stdout)
    assert document.pop("at").endswith("+00:00")
    assert document == {
        "schema": 1,
        "kind": "models",
        "models": ["gpt-9"],
        "source": "models_cache.json",
    }
