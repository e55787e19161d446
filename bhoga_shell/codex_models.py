"""Which models Codex can run, from the files it leaves behind. Nothing is asked."""

import json
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from bhoga_shell.durable import UnfitFileError, read_whole

DEFAULT_MODELS = ("gpt-5.4", "gpt-5.3-codex", "gpt-5.4-mini", "gpt-5.3-codex-spark")
"""The line-up where Codex has left no file of its own (as of November 2026)."""


def get_codex_models() -> list[str]:
    """The ids of the models that Codex lists, best first. Never empty, and never raises.

    From `models_cache.json` in `CODEX_HOME` (`~/.codex`), which Codex writes when it first runs;
    else the built-in line-up, led by the model that `config.toml` names.
    """
    home = _codex_home()
    cached = [] if home is None else [*_cached(home / "models_cache.json")]
    if cached:
        return cached
    chosen = None if home is None else _chosen(home / "config.toml")
    return list(dict.fromkeys([chosen, *DEFAULT_MODELS] if chosen else DEFAULT_MODELS))


def _codex_home() -> Path | None:
    try:
        named = os.environ.get("CODEX_HOME", "").strip()
        return Path(named).expanduser() if named else Path.home() / ".codex"
    except RuntimeError:
        return None


def _cached(path: Path) -> Iterator[str]:
    """The listed models of a cache file (Codex 0.169, November 2026), by priority, lower first."""
    try:
        cache = json.loads(read_whole(path))
    except (OSError, ValueError, RecursionError, UnfitFileError):
        return
    listed: list[tuple[float, int, str]] = []
    for place, model in enumerate(_list(_dict(cache).get("models"))):
        facts = _dict(model)
        slug, priority = facts.get("slug"), facts.get("priority")
        if isinstance(slug, str) and slug.strip() and facts.get("visibility", "list") == "list":
            known = isinstance(priority, int | float) and not isinstance(priority, bool)
            listed.append((cast("float", priority) if known else 1e9, place, slug.strip()))
    yield from dict.fromkeys(slug for _, _, slug in sorted(listed))


def _chosen(path: Path) -> str | None:
    """The model that a config names: its profile's, if it has one in use, else its own."""
    try:
        config: dict[str, object] = tomllib.loads(read_whole(path).decode())
    except (OSError, ValueError, RecursionError, UnfitFileError):
        return None
    profile = _dict(_dict(config.get("profiles")).get(str(config.get("profile"))))
    for model in (profile.get("model"), config.get("model")):
        if isinstance(model, str) and model.strip():
            return model.strip()
    return None


def _dict(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
