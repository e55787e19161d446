"""Which environment variables a recommendation means, for harnesses that read their model there.

A subscription's own program bills another account when it finds a key, a gateway or a cloud in its
environment. Such variables are named to be taken out; nothing secret is ever set, and no address.

Sources, as of 2026-11: the documentation of Claude Code 2.1 (settings, authentication), of Codex
0.169 (authentication, `codex exec`), of GitHub's Copilot CLI 1.0 (`copilot help environment`) and
of the OpenAI Agents SDK (models).
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import NamedTuple

from bhoga_core.hermes_names import normalise_model
from bhoga_core.selection import RouterRecommendation


class Harness(NamedTuple):
    """What the programs that serve from a provider's login or key read.

    `models` are the variables that name the model. `diverts` are those that make a program take
    another login than the one that was chosen.
    """

    models: tuple[str, ...] = ()
    diverts: tuple[str, ...] = ()


HARNESSES: Mapping[str, Harness] = MappingProxyType(
    {
        "anthropic_api": Harness(models=("ANTHROPIC_MODEL",)),
        "claude_code": Harness(
            models=("ANTHROPIC_MODEL",),
            # In Claude Code's own order: each of them comes before the login with a subscription.
            diverts=(
                "CLAUDE_CODE_USE_BEDROCK",
                "CLAUDE_CODE_USE_VERTEX",
                "CLAUDE_CODE_USE_FOUNDRY",
                "ANTHROPIC_AUTH_TOKEN",
                "ANTHROPIC_API_KEY",
            ),
        ),
        "github-copilot": Harness(
            models=("COPILOT_MODEL",), diverts=("COPILOT_PROVIDER_BASE_URL",)
        ),
        # Codex reads its model from its configuration or from `-m`, which BHOGA_MODEL can be given
        # to. OPENAI_MODEL is for programs that would bill a key.
        "openai-codex": Harness(diverts=("CODEX_API_KEY",)),
        "openai_api": Harness(models=("OPENAI_MODEL", "OPENAI_DEFAULT_MODEL")),
    }
)
"""The known harnesses by provider id. A provider that is not here gets bhoga's own variables."""


class Environment(NamedTuple):
    """Variables to set, sorted by name, and variables to take out."""

    settings: tuple[tuple[str, str], ...]
    removals: tuple[str, ...]

    def applied_to(self, environ: Mapping[str, str]) -> dict[str, str]:
        """`environ` with these variables set and taken out."""
        kept = {name: text for name, text in environ.items() if name not in self.removals}
        return kept | dict(self.settings)


def environment(recommendation: RouterRecommendation, present: Collection[str]) -> Environment:
    """The environment that a recommendation means, where the variables `present` are set.

    `BHOGA_PROVIDER` is the provider's id and `BHOGA_MODEL` the model as that provider spells it.
    Only what is present is taken out.
    """
    harness = HARNESSES.get(recommendation.provider_id, Harness())
    model = model_name(recommendation)
    settings = {
        "BHOGA_PROVIDER": recommendation.provider_id,
        "BHOGA_MODEL": model,
        **dict.fromkeys(harness.models, model),
    }
    removals = tuple(name for name in harness.diverts if name in present)
    return Environment(tuple(sorted(settings.items())), removals)


def model_name(recommendation: RouterRecommendation) -> str:
    """The model as the provider itself spells it.

    That is how Hermes spells it, but for `openai_api`: Hermes reaches it through OpenRouter, whose
    name OpenAI does not know.
    """
    if recommendation.provider_id == "openai_api":
        return normalise_model(recommendation.model_id, "openai-api")
    return recommendation.hermes_model
