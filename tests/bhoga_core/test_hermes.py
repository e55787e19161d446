"""What a recommendation means to Hermes, as data."""

from collections.abc import Mapping

import pytest

from bhoga_core.gates import ProviderStatus
from bhoga_core.hermes import AUXILIARY_TASKS, LEFTOVERS, hermes_settings, hermes_warnings
from bhoga_core.hermes_names import to_hermes_model
from bhoga_core.provider import Billing
from bhoga_core.selection import RouterRecommendation
from bhoga_core.window import Basis

MAPPING = [
    ("claude_code", "claude-sonnet-4.6", "anthropic", "anthropic_messages", "claude-sonnet-4-6"),
    ("anthropic_api", "claude-sonnet-4.6", "anthropic", "anthropic_messages", "claude-sonnet-4-6"),
    ("openai-codex", "gpt-5.4", "openai-codex", "codex_responses", "gpt-5.4"),
    ("openai_api", "gpt-5.4", "openrouter", "chat_completions", "openai/gpt-5.4"),
    ("github-copilot", "claude-sonnet-4-6", "copilot", "chat_completions", "claude-sonnet-4.6"),
]
"""bhoga's provider, a model, and the provider, mode and name to be written."""


def choice(pid: str, model: str = "gpt-5.4", name: str | None = None) -> RouterRecommendation:
    """A recommendation of `pid`."""
    return RouterRecommendation(
        pid,
        model,
        0.5,
        ProviderStatus.AVAILABLE,
        to_hermes_model(pid, model) if name is None else name,
        1,
        Basis.MEASURED,
        None,
        Billing.PLAN,
    )


@pytest.mark.parametrize(("pid", "model", "provider", "mode", "name"), MAPPING)
def test_a_provider_is_written_by_its_hermes_name(
    pid: str, model: str, provider: str, mode: str, name: str
) -> None:
    """Each of bhoga's providers has its Hermes name, its mode and its spelling of the model."""
    settings = hermes_settings(choice(pid, model), {}, auxiliary=False)
    assert settings["model", "default"] == name
    assert settings["model", "provider"] == provider
    assert settings["model", "api_mode"] == mode
    assert settings["compression", "summary_provider"] == provider


@pytest.mark.parametrize("config", [{}, {"_config_version": 16}, {"_config_version": "odd"}])
def test_compression_is_where_older_hermes_reads_it(config: Mapping[str, object]) -> None:
    """Without a version, or below 17, it is the summary's provider and nothing auxiliary."""
    settings = hermes_settings(choice("openai-codex"), config, auxiliary=False)
    assert settings["compression", "summary_provider"] == "openai-codex"
    assert not any(path[0] == "auxiliary" for path in settings)


@pytest.mark.parametrize("version", [17, 33])
def test_compression_is_where_newer_hermes_reads_it(version: int) -> None:
    """From 17 on it is the auxiliary task, provider and model together."""
    config = {"_config_version": version}
    settings = hermes_settings(choice("openai-codex"), config, auxiliary=False)
    assert ("compression", "summary_provider") not in settings
    assert settings["auxiliary", "compression", "provider"] == "openai-codex"
    assert settings["auxiliary", "compression", "model"] == "gpt-5.4"


def test_no_auxiliary_provider_is_written_without_a_model() -> None:
    """Every task gets both, because a provider alone makes Hermes pick a model of its own."""
    settings = hermes_settings(choice("claude_code", "claude-opus-4"), {}, auxiliary=True)
    for task in AUXILIARY_TASKS:
        assert settings["auxiliary", task, "provider"] == "anthropic"
        assert settings["auxiliary", task, "model"] == "claude-opus-4"
    assert not any(task.startswith("moa_") for task in AUXILIARY_TASKS)


@pytest.mark.parametrize(
    "model", [None, "a name", {"provider": "auto"}, {"provider": "openrouter"}, {"provider": 1}]
)
def test_a_switch_of_provider_takes_its_leftovers_along(model: object) -> None:
    """What belongs to the provider before goes: a token must not reach another's address."""
    settings = hermes_settings(choice("openai-codex"), {"model": model}, auxiliary=False)
    assert all(settings["model", name] is None for name in LEFTOVERS)


def test_the_same_provider_keeps_its_settings() -> None:
    """Without a switch a person's own address and context length are nobody's leftovers."""
    config = {
        "model": {"provider": "openai-codex", "base_url": "https://codex.invalid"},
        "auxiliary": {"vision": {"provider": "openai-codex", "base_url": "https://codex.invalid"}},
    }
    settings = hermes_settings(choice("openai-codex"), config, auxiliary=True)
    assert ("model", "base_url") not in settings
    assert ("auxiliary", "vision", "base_url") not in settings
    assert settings["auxiliary", "mcp", "base_url"] is None


def test_copilot_gets_a_stub_only_where_it_has_none() -> None:
    """The address and the token's variable are written once, and a person's own entry stays."""
    pid = "github-copilot"
    fresh = hermes_settings(choice(pid), {"providers": {"other": {}}}, auxiliary=False)
    assert fresh["providers", "copilot", "base_url"] == "https://api.githubcopilot.com"
    assert fresh["providers", "copilot", "key_env"] == "COPILOT_GITHUB_TOKEN"
    own = {"providers": {"copilot": {"base_url": "https://copilot.invalid"}}}
    kept = hermes_settings(choice(pid), own, auxiliary=False)
    assert not any(path[0] == "providers" for path in kept)
    others = hermes_settings(choice("openai-codex"), {}, auxiliary=False)
    assert not any(path[0] == "providers" for path in others)


def test_a_provider_unknown_to_hermes_is_refused() -> None:
    """A third party's provider has no name that Hermes would accept."""
    with pytest.raises(ValueError, match="'mine'; for anthropic_api, claude_code"):
        hermes_settings(choice("mine", name="m"), {}, auxiliary=False)


def test_a_disabled_copilot_is_warned_about() -> None:
    """Hermes refuses a provider that its configuration switches off."""
    off = {"providers": {"copilot": {"enabled": False}}}
    assert len(hermes_warnings(choice("github-copilot"), off, {})) == 1
    assert hermes_warnings(choice("github-copilot"), {"providers": {"copilot": {}}}, {}) == ()
    assert hermes_warnings(choice("openai-codex"), off, {}) == ()


def test_a_key_on_its_way_to_the_wrong_host_is_warned_about() -> None:
    """Without a key for openrouter Hermes would send it the one for OpenAI; the key is not told."""
    keys = {"OPENAI_API_KEY": "sk-not-told", "OPENROUTER_API_KEY": " "}
    (warning,) = hermes_warnings(choice("openai_api"), {}, keys)
    assert "OPENROUTER_API_KEY" in warning
    assert "sk-not-told" not in warning
    assert hermes_warnings(choice("openai_api"), {}, keys | {"OPENROUTER_API_KEY": "or"}) == ()
    assert hermes_warnings(choice("openai_api"), {}, {}) == ()
    assert hermes_warnings(choice("openai-codex"), {}, keys) == ()
