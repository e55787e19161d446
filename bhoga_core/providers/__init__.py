"""Every provider bhoga knows, a package each. Adding one is a package and a line here."""

from bhoga_core.provider import Provider
from bhoga_core.providers import (
    anthropic_api,
    claude_code,
    github_copilot,
    openai_api,
    openai_codex,
)

PROVIDERS: tuple[Provider, ...] = (
    anthropic_api.PROVIDER,
    claude_code.PROVIDER,
    github_copilot.PROVIDER,
    openai_codex.PROVIDER,
    openai_api.PROVIDER,
)
"""The providers, sorted by id."""
