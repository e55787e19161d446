"""Which Hermes settings a recommendation means.

Source: the mapping table of the project's contract; what Hermes reads was measured on
hermes-agent 0.19.0, 2026-11-23.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from bhoga_core.hermes_names import HERMES_PROVIDERS
from bhoga_core.selection import RouterRecommendation

Settings = Mapping[tuple[str, ...], str | None]
"""A text for each key path; None removes the key."""

API_MODES: Mapping[str, str] = MappingProxyType(
    {
        "anthropic": "anthropic_messages",
        "copilot": "chat_completions",
        "openai-codex": "codex_responses",
        "openrouter": "chat_completions",
    }
)
"""The `api_mode` of each Hermes provider."""

AUXILIARY_TASKS = (
    "approval",
    "background_review",
    "compression",
    "curator",
    "goal_judge",
    "kanban_decomposer",
    "mcp",
    "memory_query_rewrite",
    "monitor",
    "profile_describer",
    "skills_hub",
    "title_generation",
    "triage_specifier",
    "tts_audio_tags",
    "vision",
    "web_extract",
)
"""The tasks for which Hermes takes a provider of its own, without the two mixture-of-agents slots,
which choose for themselves."""

COMPRESSION_MOVED = 17
"""The `_config_version` from which Hermes reads `auxiliary.compression`, not `compression`."""

LEFTOVERS = ("base_url", "api_key", "api", "context_length")
"""Siblings of `provider` that belong to the provider before: kept, they would send one provider's
key to another's address, or hold a model to another's context length."""


def hermes_settings(
    recommendation: RouterRecommendation, config: Mapping[str, object], *, auxiliary: bool
) -> Settings:
    """What to write into a configuration that reads as `config`, for this recommendation.

    With `auxiliary`, also the provider and the model of every auxiliary task: never the one without
    the other, because a provider alone makes Hermes pick a model of its own. Raises ValueError for
    a provider that Hermes has no name for.
    """
    provider = HERMES_PROVIDERS.get(recommendation.provider_id)
    if provider is None:
        known = ", ".join(sorted(HERMES_PROVIDERS))
        raise ValueError(f"Hermes has no provider for {recommendation.provider_id!r}; for {known}")
    model = recommendation.hermes_model
    settings: dict[tuple[str, ...], str | None] = {
        ("model", "default"): model,
        ("model", "provider"): provider,
        ("model", "api_mode"): API_MODES[provider],
    }
    if _text(config, "model", "provider") != provider:
        settings |= {("model", name): None for name in LEFTOVERS}
    version = config.get("_config_version")
    moved = isinstance(version, int) and version >= COMPRESSION_MOVED
    if not moved:
        settings["compression", "summary_provider"] = provider
    tasks = AUXILIARY_TASKS if auxiliary else ("compression",) if moved else ()
    for task in tasks:
        settings["auxiliary", task, "provider"] = provider
        settings["auxiliary", task, "model"] = model
        if _text(config, "auxiliary", task, "provider") != provider:
            settings |= {("auxiliary", task, name): None for name in LEFTOVERS}
    if provider == "copilot" and not _has(config, "providers", "copilot"):
        settings["providers", "copilot", "base_url"] = "https://api.githubcopilot.com"
        settings["providers", "copilot", "key_env"] = "COPILOT_GITHUB_TOKEN"
    return settings


def hermes_warnings(
    recommendation: RouterRecommendation,
    config: Mapping[str, object],
    environment: Mapping[str, str],
) -> tuple[str, ...]:
    """What keeps Hermes from doing as the settings say, in sentences. Nothing secret is in them.

    `config` is what the configuration reads as, `environment` the variables Hermes would see.
    """
    warnings: list[str] = []
    provider = HERMES_PROVIDERS.get(recommendation.provider_id)
    if provider == "copilot" and _found(config, ("providers", "copilot", "enabled")) is False:
        warnings.append(
            "providers.copilot.enabled is false, so Hermes refuses the provider copilot: remove it"
        )
    has_key = bool(environment.get("OPENROUTER_API_KEY", "").strip())
    has_other = bool(environment.get("OPENAI_API_KEY", "").strip())
    if provider == "openrouter" and has_other and not has_key:
        warnings.append(
            "only OPENAI_API_KEY is set, and Hermes would send it to openrouter.ai: set"
            " OPENROUTER_API_KEY"
        )
    return tuple(warnings)


def _found(config: object, path: tuple[str, ...]) -> object:
    for name in path:
        if not isinstance(config, Mapping):
            return None
        config = cast("Mapping[str, object]", config).get(name)
    return config


def _text(config: Mapping[str, object], *path: str) -> str | None:
    found = _found(config, path)
    return found if isinstance(found, str) else None


def _has(config: Mapping[str, object], *path: str) -> bool:
    return _found(config, path) is not None
