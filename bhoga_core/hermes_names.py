"""What Hermes calls a model, for each of the providers bhoga writes into its configuration.

This reproduces what Hermes does, oddities included, so that a name written by bhoga is the name
Hermes would have made of it. Nothing here is what a model *is*: for that see `naming`.
Source of every table and rule: hermes-agent 0.19.0, measured 2026-11-23.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

from bhoga_core.naming import require_text

HERMES_PROVIDERS: Mapping[str, str] = MappingProxyType(
    {
        "anthropic_api": "anthropic",
        "claude_code": "anthropic",
        "github-copilot": "copilot",
        "openai-codex": "openai-codex",
        "openai_api": "openrouter",
    }
)
"""bhoga's provider id -> the Hermes provider whose spelling of a model it is written with."""

# hermes-agent 0.19.0, measured 2026-11-23: a bare name's beginning -> OpenRouter's vendor.
_OPENROUTER_VENDORS = {
    "claude": "anthropic",
    "deepseek": "deepseek",
    "gemini": "google",
    "gemma": "google",
    "glm": "z-ai",
    "gpt": "openai",
    "grok": "x-ai",
    "kimi": "moonshotai",
    "llama": "meta-llama",
    "mimo": "xiaomi",
    "minimax": "minimax",
    "nemotron": "nvidia",
    "o1": "openai",
    "o3": "openai",
    "o4": "openai",
    "qwen": "qwen",
    "step": "stepfun",
    "trinity": "arcee-ai",
}

# hermes-agent 0.19.0, measured 2026-11-23: the prefixes its Anthropic and Codex spellings take off.
_ANTHROPIC_PREFIXES = frozenset({"anthropic", "claude", "claude-code"})
_CODEX_PREFIXES = frozenset({"openai-codex"})

# hermes-agent 0.19.0, measured 2026-11-23: exact, case-sensitive names only. Names that stand for
# themselves are no mistake: they also catch `-mini`, `-nano` and `-chat` put after them.
_COPILOT_CLAUDE = {
    "claude-haiku-4-5": "claude-haiku-4.5",
    "claude-opus-4-6": "claude-opus-4.6",
    "claude-sonnet-4-0": "claude-sonnet-4",
    "claude-sonnet-4-5": "claude-sonnet-4.5",
    "claude-sonnet-4-6": "claude-sonnet-4.6",
    "claude-sonnet-5": "claude-sonnet-5",
}
_COPILOT_ALIASES = {
    **_COPILOT_CLAUDE,
    **{f"anthropic/{name}": dotted for name, dotted in _COPILOT_CLAUDE.items()},
    **{f"anthropic/{dotted}": dotted for dotted in _COPILOT_CLAUDE.values()},
    "openai/gpt-4.1": "gpt-4.1",
    "openai/gpt-4.1-mini": "gpt-4.1",
    "openai/gpt-4.1-nano": "gpt-4.1",
    "openai/gpt-4o": "gpt-4o",
    "openai/gpt-4o-mini": "gpt-4o-mini",
    "openai/gpt-5": "gpt-5-mini",
    "openai/gpt-5-chat": "gpt-5-mini",
    "openai/gpt-5-mini": "gpt-5-mini",
    "openai/gpt-5-nano": "gpt-5-mini",
    "openai/o1": "gpt-5.2",
    "openai/o1-mini": "gpt-5-mini",
    "openai/o1-preview": "gpt-5.2",
    "openai/o3": "gpt-5.3-codex",
    "openai/o3-mini": "gpt-5-mini",
    "openai/o4-mini": "gpt-5-mini",
}

# Compared as text: a name may carry more digits than int() accepts.
_GPT_5_AND_LATER = re.compile(r"gpt-0*(?:[5-9]|[1-9][0-9])")


def normalise_model(model: str, target: str) -> str:
    """The name of a model as Hermes spells it for a provider, with Hermes' oddities.

    Source: hermes-agent 0.19.0, measured 2026-11-23. `target` is a Hermes provider id: `anthropic`,
    `copilot`, `openai-api` (Hermes passes it through, so here it is made bare), `openai-codex` or
    `openrouter`. Trimmed, case kept. Raises ValueError for another target, TypeError if not str.
    """
    return _spelled(require_text("model", model), require_text("target", target))


def copilot_api_mode(model: str) -> str:
    """The `api_mode` Hermes derives for a model on Copilot when it has no live catalogue.

    "codex_responses" from GPT-5 on, except gpt-5-mini; else "chat_completions". Case-sensitive.
    Raises TypeError if not a str.
    """
    name = _copilot_name(require_text("model", model).strip())
    if _GPT_5_AND_LATER.match(name) and not name.startswith("gpt-5-mini"):
        return "codex_responses"
    return "chat_completions"


def to_hermes_model(pid: str, mid: str) -> str:
    """The model `mid` as Hermes spells it for bhoga's provider `pid` (see `HERMES_PROVIDERS`).

    Raises ValueError for an unknown provider id, TypeError if either is not a str.
    """
    target = HERMES_PROVIDERS.get(require_text("pid", pid))
    if target is None:
        known = ", ".join(sorted(HERMES_PROVIDERS))
        raise ValueError(f"pid: unknown provider id {pid!r}; known: {known}")
    return _spelled(require_text("mid", mid), target)


def recommended_name(model: str, target: str) -> str:
    """The name that is written for a recommendation of `model`: without a vendor, as Hermes spells.

    A vendor would make Hermes' Copilot table answer with another model (`openai/o3` becomes
    gpt-5.3-codex), and it stays in the way of the other spellings. OpenRouter's names keep theirs.
    Raises as `normalise_model` does.
    """
    name = require_text("model", model).strip()
    bare = name if target == "openrouter" else name.rpartition("/")[2].strip()
    return normalise_model(bare or name, target)


@lru_cache(maxsize=1024)
def _spelled(model: str, target: str) -> str:
    spelling = _SPELLINGS.get(target)
    if spelling is None:
        known = ", ".join(sorted(_SPELLINGS))
        raise ValueError(f"target: unknown Hermes provider id {target!r}; known: {known}")
    return spelling(model.strip())


def _openrouter(name: str) -> str:
    if "/" in name:
        return name
    start = name.lower()
    vendor = next((v for prefix, v in _OPENROUTER_VENDORS.items() if start.startswith(prefix)), "")
    return f"{vendor}/{name}" if vendor else name


def _anthropic(name: str) -> str:
    bare = _without_prefix(name, _ANTHROPIC_PREFIXES)
    return bare if "/" in bare else bare.replace(".", "-")


def _openai_codex(name: str) -> str:
    # Unlike the others, this prefix is matched by exact case and what follows is not trimmed.
    if name.startswith("openai/"):
        return name.removeprefix("openai/")
    return _without_prefix(name, _CODEX_PREFIXES)


def _openai_api(name: str) -> str:
    return name.rpartition("/")[2].strip() or name


def _copilot(name: str) -> str:
    return _copilot_name(name) or _openai_codex(name)


def _copilot_name(name: str) -> str:
    bare = name.partition("/")[2].strip() if "/" in name else name
    smaller = name[:-5] if name.endswith(("-mini", "-nano", "-chat")) else name
    for candidate in (name, bare, smaller):
        if candidate in _COPILOT_ALIASES:
            return _COPILOT_ALIASES[candidate]
    return bare


def _without_prefix(name: str, prefixes: frozenset[str]) -> str:
    prefix, _, rest = name.partition("/")
    return rest.strip() if rest.strip() and prefix.strip().lower() in prefixes else name


_SPELLINGS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "anthropic": _anthropic,
        "copilot": _copilot,
        "openai-api": _openai_api,
        "openai-codex": _openai_codex,
        "openrouter": _openrouter,
    }
)
