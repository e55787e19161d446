"""Which models Codex can run, from the files it leaves behind. Nothing is asked."""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from bhoga_shell.durable import UnfitFileError, read_whole

DEFAULT_MODELS = ("gpt-5.4", "gpt-5.3-codex", "gpt-5.4-mini", "gpt-5.3-codex-spark")
"""The line-up where Codex has left no file of its own (as of November 2026)."""

CACHE, CONFIG, BUILT_IN = "models_cache.json", "config.toml", "built-in"
"""Where a list of models comes from."""

_UNREADABLE = (OSError, ValueError, RecursionError, UnfitFileError)


@dataclass(frozen=True, slots=True)
class CodexModels:
    """Ids of models, best first, and where they come from.

    `source` is `models_cache.json`, `config.toml` (the built-in line-up, led by the model that it
    names) or `built-in`.
    """

    models: tuple[str, ...]
    source: str


def codex_models(environ: Mapping[str, str] = os.environ) -> CodexModels:
    """The models that Codex lists, and what says so. Never empty, never raises, asks nobody.

    From `models_cache.json` in `CODEX_HOME` (`~/.codex`), which Codex writes when it first runs,
    unless it was written for another account than the one logged in now; else the built-in line-up,
    led by the model that `config.toml` or its profile in use names.
    """
    home = _codex_home(environ)
    if home is not None:
        if cached := _cached(home):
            return CodexModels(tuple(cached), CACHE)
        if chosen := _chosen(home):
            return CodexModels(tuple(dict.fromkeys([chosen, *DEFAULT_MODELS])), CONFIG)
    return CodexModels(DEFAULT_MODELS, BUILT_IN)


def get_codex_models() -> list[str]:
    """The ids of the models that Codex lists, best first: those of `codex_models`."""
    return [*codex_models().models]


def _codex_home(environ: Mapping[str, str]) -> Path | None:
    try:
        named = environ.get("CODEX_HOME", "").strip()
        return Path(named).expanduser() if named else Path.home() / ".codex"
    except RuntimeError:
        return None


def _cached(home: Path) -> list[str]:
    """The listed models of the cache (Codex 0.148 to 0.169, 2026), by priority, lower first."""
    cache = _json(home / CACHE)
    # Newer caches carry an `identity` instead, a hash that only Codex can make.
    account = _dict(cache.get("cache_key")).get("account_id")
    if account is not None and account != _account(_json(home / "auth.json"), account):
        return []
    listed: list[tuple[float, int, str]] = []
    for place, model in enumerate(_list(cache.get("models"))):
        facts = _dict(model)
        slug, priority = facts.get("slug"), facts.get("priority")
        if isinstance(slug, str) and slug.strip() and facts.get("visibility", "list") == "list":
            known = isinstance(priority, int | float) and not isinstance(priority, bool)
            listed.append((cast("float", priority) if known else 1e9, place, slug.strip()))
    return list(dict.fromkeys(slug for _, _, slug in sorted(listed)))


def _account(login: dict[str, object], presumed: object) -> object:
    """The account of a login file (Codex 0.169): of an API key None, of no file the one presumed.

    The login may be in the system's keyring instead, where nobody looks.
    """
    tokens = _dict(login.get("tokens"))
    return tokens.get("account_id", presumed) if tokens or not login else None


def _chosen(home: Path) -> str | None:
    """The model that the config names: its profile's, if it has one in use, else its own."""
    try:
        config: dict[str, object] = tomllib.loads(read_whole(home / CONFIG).decode())
    except _UNREADABLE:
        return None
    profile = _dict(_dict(config.get("profiles")).get(str(config.get("profile"))))
    for model in (profile.get("model"), config.get("model")):
        if isinstance(model, str) and model.strip():
            return model.strip()
    return None


def _json(path: Path) -> dict[str, object]:
    try:
        return _dict(json.loads(read_whole(path)))
    except _UNREADABLE:
        return {}


def _dict(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
