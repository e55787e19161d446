"""Which models Codex can run, from the files it leaves behind. Nothing is asked."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from bhoga_core.probe import JsonAt, Place
from bhoga_core.reading import Declined
from bhoga_shell.probes.files import read_at, value_at

DEFAULT_MODELS = ("gpt-5.4", "gpt-5.3-codex", "gpt-5.4-mini", "gpt-5.3-codex-spark")
"""The line-up where Codex has left no file of its own (as of November 2026)."""

CACHE, CONFIG, BUILT_IN = "models_cache.json", "config.toml", "built-in"
"""Where a list of models comes from."""


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
    if cached := _cached(environ):
        return CodexModels(tuple(cached), CACHE)
    if chosen := _chosen(environ):
        return CodexModels(tuple(dict.fromkeys([chosen, *DEFAULT_MODELS])), CONFIG)
    return CodexModels(DEFAULT_MODELS, BUILT_IN)


def get_codex_models() -> list[str]:
    """The ids of the models that Codex lists, best first: those of `codex_models`."""
    return [*codex_models().models]


def _cached(environ: Mapping[str, str]) -> list[str]:
    """The listed models of the cache (Codex 0.148 to 0.169, 2026), by priority, lower first."""
    cache = _json(CACHE, environ)
    # Newer caches carry an `identity` instead, a hash that only Codex can make.
    account = _dict(cache.get("cache_key")).get("account_id")
    if account is not None and account != _account(_json("auth.json", environ), account):
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


def _chosen(environ: Mapping[str, str]) -> str | None:
    """The model that the config names: its profile's, if it has one in use, else its own."""
    content = read_at(_place(CONFIG), environ)
    if isinstance(content, Declined):
        return None
    import tomllib  # noqa: PLC0415 -- mostly Codex has left a list, or nothing

    try:
        config: dict[str, object] = tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    profile = _dict(_dict(config.get("profiles")).get(str(config.get("profile"))))
    for model in (profile.get("model"), config.get("model")):
        if isinstance(model, str) and model.strip():
            return model.strip()
    return None


def _json(name: str, environ: Mapping[str, str]) -> dict[str, object]:
    return _dict(value_at(JsonAt(_place(name), ()), environ))


def _place(name: str) -> Place:
    return Place("CODEX_HOME", ".codex", name)


def _dict(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
