"""Which Hermes settings a recommendation means.

Source: the mapping table of the project's contract; what Hermes reads was measured on
hermes-agent 0.19.0, 2026-11-23.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Literal, cast

from bhoga_core.hermes_names import HERMES_PROVIDERS, recommended_name
from bhoga_core.selection import RouterRecommendation

Settings = Mapping[tuple[str, ...], str | None]
"""A text for each key path; None removes the key."""

OpenaiVia = Literal["openrouter", "openai-api"]
"""The Hermes provider that stands for `openai_api`: OpenRouter, or OpenAI itself."""

API_MODES: Mapping[str, str] = MappingProxyType(
    {
        "anthropic": "anthropic_messages",
        "copilot": "chat_completions",
        "openai-api": "codex_responses",
        "openai-codex": "codex_responses",
        "openrouter": "chat_completions",
    }
)
"""The `api_mode` of each Hermes provider; for OpenAI's own API it is the one Hermes would pick."""

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
"""The tasks for which Hermes takes a provider of its own, without the mixture-of-agents slots."""

_MIXTURE_OF_AGENTS = frozenset({"moa_aggregator", "moa_reference"})  # they choose for themselves

COMPRESSION_MOVED = 17
"""The `_config_version` from which Hermes reads `auxiliary.compression`, not `compression`."""

LEFTOVERS = ("base_url", "api_base", "api_key", "api", "context_length")
"""Siblings of `provider` that belong to the provider before: kept, they would send one provider's
key to another's address, or hold a model to another's context length."""

ROOT_LEFTOVERS = ("base_url", "api_base", "context_length")
"""Keys at the top of the file that Hermes takes for those of `model` where these are missing."""

TASK_LEFTOVERS = (*LEFTOVERS, "key_env", "api_key_env", "api_mode")
"""What is left of a provider in an auxiliary task, where Hermes reads more than in `model`."""


def hermes_settings(
    recommendation: RouterRecommendation,
    config: Mapping[str, object],
    *,
    auxiliary: bool,
    openai_via: OpenaiVia = "openrouter",
) -> Settings:
    """What to write into a configuration that reads as `config`, for this recommendation.

    With `auxiliary`, also the provider and the model of every auxiliary task that Hermes or the
    configuration has: never the one without the other, because a provider alone makes Hermes pick a
    model of its own. Raises ValueError for a provider that Hermes has no name for.
    """
    provider = _hermes_provider(recommendation, openai_via)
    model = recommended_name(recommendation.model_id, provider)
    settings: dict[tuple[str, ...], str | None] = {
        ("model", "default"): model,
        ("model", "provider"): provider,
        ("model", "api_mode"): _api_mode(provider, model),
    }
    if (_provider(config, "model") or _provider(config)) != provider:
        settings |= {("model", name): None for name in LEFTOVERS}
        settings |= {(name,): None for name in ROOT_LEFTOVERS}
    moved = _version(config) >= COMPRESSION_MOVED
    if not moved:
        settings["compression", "summary_provider"] = provider
        compression = _mapping(config, "compression")
        if compression.get("summary_provider") != provider:
            settings["compression", "summary_base_url"] = None
            if compression.get("summary_model"):
                # One of the provider before, which Hermes' migration to 17 would carry along.
                settings["compression", "summary_model"] = model
    for task in _tasks(config) if auxiliary else ("compression",) if moved else ():
        settings["auxiliary", task, "provider"] = provider
        settings["auxiliary", task, "model"] = model
        if _provider(config, "auxiliary", task) != provider:
            settings |= {("auxiliary", task, name): None for name in TASK_LEFTOVERS}
    if provider == "copilot" and "copilot" not in _mapping(config, "providers"):
        settings["providers", "copilot", "base_url"] = "https://api.githubcopilot.com"
        settings["providers", "copilot", "key_env"] = "COPILOT_GITHUB_TOKEN"
    return settings


def hermes_warnings(
    recommendation: RouterRecommendation,
    config: Mapping[str, object],
    environment: Mapping[str, str],
    logins: Collection[str],
    *,
    openai_via: OpenaiVia = "openrouter",
) -> tuple[str, ...]:
    """What keeps Hermes from doing as the settings say, in sentences. Nothing secret is in them.

    `config` is what the configuration reads as, `environment` the variables Hermes would see,
    `logins` the ids of the providers for which this machine has a login or a key. Raises ValueError
    for a provider that Hermes has no name for.
    """
    warnings: list[str] = []
    provider = _hermes_provider(recommendation, openai_via)
    copilot = _mapping(config, "providers", "copilot")
    if provider == "copilot" and copilot.get("enabled") is False:
        warnings.append(
            "providers.copilot.enabled is false, so Hermes refuses the provider copilot: remove it"
        )
    has_key, has_other = (_is_set(environment, f"{of}_API_KEY") for of in ("OPENROUTER", "OPENAI"))
    if provider == "openrouter" and has_other and not has_key:
        warnings.append(
            "only OPENAI_API_KEY is set, and Hermes would send it to openrouter.ai: set"
            ' OPENROUTER_API_KEY, or write with openai_via="openai-api"'
        )
    has_login = "claude_code" in logins or _is_set(environment, "ANTHROPIC_TOKEN")
    if recommendation.provider_id == "anthropic_api" and has_login:
        warnings.append(
            "Hermes takes a Claude login before ANTHROPIC_API_KEY, and there seems to be one: to"
            " be billed by the key, log Claude out where Hermes runs"
        )
    if recommendation.provider_id == "claude_code":
        warnings.append(
            "Hermes is reported to use a Claude login's extra usage, not its plan: set a limit for"
            " extra usage at Claude, and see after some turns which of the two went down"
        )
    return tuple(warnings)


def _hermes_provider(recommendation: RouterRecommendation, openai_via: OpenaiVia) -> str:
    if recommendation.provider_id == "openai_api":
        return openai_via
    provider = HERMES_PROVIDERS.get(recommendation.provider_id)
    if provider is None:
        known = ", ".join(sorted(HERMES_PROVIDERS))
        raise ValueError(f"Hermes has no provider for {recommendation.provider_id!r}; for {known}")
    return provider


def _api_mode(provider: str, model: str) -> str:
    # Copilot serves these through the Responses API alone (copilot-api #102, as of 2026-11).
    if provider == "copilot" and "-codex" in model.lower():
        return "codex_responses"
    return API_MODES[provider]


def _tasks(config: Mapping[str, object]) -> tuple[str, ...]:
    own = (
        name
        for name, task in _mapping(config, "auxiliary").items()
        if isinstance(task, Mapping) and name not in _MIXTURE_OF_AGENTS
    )
    return tuple(dict.fromkeys((*AUXILIARY_TASKS, *own)))


def _version(config: Mapping[str, object]) -> int:
    # As Hermes reads it: what is no number is the oldest.
    version = config.get("_config_version")
    if isinstance(version, bool) or not isinstance(version, int | float | str):
        return 0
    try:
        return int(version)
    except (ValueError, OverflowError):
        return 0


def _provider(config: Mapping[str, object], *path: str) -> str:
    """The provider named there, as Hermes compares it. An alias of its name is another one.

    Hermes heeds `base_url` under the full name only, so what was inert could come to life.
    """
    provider = _mapping(config, *path).get("provider")
    return provider.strip().lower() if isinstance(provider, str) else ""


def _mapping(config: Mapping[str, object], *path: str) -> Mapping[str, object]:
    """The mapping there, without keys that are no text; an empty one if there is none."""
    found: object = config
    for name in path:
        found = cast("Mapping[object, object]", found).get(name)
        if not isinstance(found, Mapping):
            return {}
    keys = cast("Mapping[object, object]", found)
    return {name: value for name, value in keys.items() if isinstance(name, str)}


def _is_set(environment: Mapping[str, str], name: str) -> bool:
    return bool(environment.get(name, "").strip())
