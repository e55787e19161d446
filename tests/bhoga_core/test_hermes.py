"""What a recommendation means to Hermes, as data."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as quick
from hypothesis import strategies as st
from returns.result import Failure, Success

from bhoga_core.gates import ProviderStatus
from bhoga_core.hermes import (
    AUXILIARY_TASKS,
    LEFTOVERS,
    ROOT_LEFTOVERS,
    TASK_LEFTOVERS,
    OpenaiVia,
    hermes_settings,
    hermes_warnings,
)
from bhoga_core.hermes_names import HERMES_PROVIDERS, recommended_name
from bhoga_core.provider import Billing
from bhoga_core.quota import QuotaState
from bhoga_core.selection import RouterRecommendation, select_best
from bhoga_core.window import Basis
from bhoga_core.yaml_edit import Edited, edit

MAPPING = [
    ("claude_code", "claude-sonnet-4.6", "anthropic", "anthropic_messages", "claude-sonnet-4-6"),
    ("anthropic_api", "claude-sonnet-4.6", "anthropic", "anthropic_messages", "claude-sonnet-4-6"),
    ("openai-codex", "gpt-5.4", "openai-codex", "codex_responses", "gpt-5.4"),
    ("openai_api", "gpt-5.4", "openrouter", "chat_completions", "openai/gpt-5.4"),
    ("github-copilot", "claude-sonnet-4-6", "copilot", "chat_completions", "claude-sonnet-4.6"),
]
"""bhoga's provider, a model, and the provider, mode and name to be written."""


def choice(pid: str, model: str = "gpt-5.4") -> RouterRecommendation:
    """A recommendation of `pid`."""
    target = HERMES_PROVIDERS.get(pid)
    return RouterRecommendation(
        pid,
        model,
        0.5,
        ProviderStatus.AVAILABLE,
        model if target is None else recommended_name(model, target),
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


@pytest.mark.parametrize("version", [None, 16, 16.9, "16", "odd", True, -40, float("inf"), [33]])
def test_compression_is_where_older_hermes_reads_it(version: object) -> None:
    """Without a version, or below 17, it is the summary's provider and nothing auxiliary."""
    config = {"_config_version": version, "compression": {"summary_base_url": "https://x.invalid"}}
    settings = hermes_settings(choice("openai-codex"), config, auxiliary=False)
    assert settings["compression", "summary_base_url"] is None
    assert settings["compression", "summary_provider"] == "openai-codex"
    assert not any(path[0] == "auxiliary" for path in settings)


def test_no_summary_model_is_left_to_another_provider() -> None:
    """Where older Hermes has a model for the summary, it follows the provider; else none is set."""
    for model, written in [("google/gemini-3-flash-preview", "gpt-5.4"), ("", None), (None, None)]:
        config = {"compression": {"summary_provider": "openrouter", "summary_model": model}}
        settings = hermes_settings(choice("openai-codex"), config, auxiliary=False)
        assert settings.get(("compression", "summary_model")) == written
    config = {"compression": {"summary_provider": "openai-codex", "summary_model": "gpt-5.4-mini"}}
    settings = hermes_settings(choice("openai-codex"), config, auxiliary=False)
    assert ("compression", "summary_model") not in settings


@pytest.mark.parametrize("version", [17, 33, 33.0, " 33"])
def test_compression_is_where_newer_hermes_reads_it(version: object) -> None:
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
    assert not any(path[1].startswith("moa_") for path in settings if path[0] == "auxiliary")


def test_tasks_of_a_persons_own_are_routed_too() -> None:
    """A plugin's task counts like Hermes' own; a number, and the slots of a mixture, do not."""
    own = {"my_plugin": {"timeout": 3}, "moa_reference": {}, "transient_retries": 2, True: {}}
    config = {"auxiliary": own}
    settings = hermes_settings(choice("openai-codex"), config, auxiliary=True)
    tasks = {path[1] for path in settings if path[0] == "auxiliary"}
    assert tasks == {*AUXILIARY_TASKS, "my_plugin"}
    assert settings["auxiliary", "my_plugin", "model"] == "gpt-5.4"


@pytest.mark.parametrize("pid", ["openai-codex", "github-copilot"])
def test_a_switched_task_keeps_nothing_of_the_provider_before(pid: str) -> None:
    """Hermes would send the key that `key_env` names to whichever provider the task has."""
    config = {"auxiliary": {"vision": {"provider": "custom", "key_env": "HOMELAB_KEY"}}}
    settings = hermes_settings(choice(pid), config, auxiliary=True)
    assert all(settings["auxiliary", "vision", name] is None for name in TASK_LEFTOVERS)


def test_a_provider_at_the_top_is_the_one_before() -> None:
    """Hermes takes it for the model's where that names none, address included."""
    config = {"provider": " OpenAI-Codex ", "base_url": "https://codex.invalid", "model": "gpt-5"}
    same = hermes_settings(choice("openai-codex"), config, auxiliary=False)
    assert ("base_url",) not in same
    assert ("model", "base_url") not in same
    switched = hermes_settings(choice("github-copilot"), config, auxiliary=False)
    assert switched[("base_url",)] is None


@pytest.mark.parametrize(
    ("model", "name", "mode"),
    [
        ("gpt-5.4", "gpt-5.4", "chat_completions"),
        ("gpt-5.3-codex", "gpt-5.3-codex", "codex_responses"),
        ("openai/GPT-5.1-Codex-Max", "GPT-5.1-Codex-Max", "codex_responses"),
        ("openai/o3", "o3", "chat_completions"),
        ("openai/gpt-5", "gpt-5", "chat_completions"),
        ("anthropic/claude-sonnet-4-6", "claude-sonnet-4.6", "chat_completions"),
    ],
)
def test_copilot_gets_the_model_that_was_asked_for(model: str, name: str, mode: str) -> None:
    """Vendor off, so that Hermes' table makes no other of it; Codex' models through responses."""
    settings = hermes_settings(choice("github-copilot", model), {}, auxiliary=True)
    assert settings["model", "default"] == settings["auxiliary", "vision", "model"] == name
    assert settings["model", "api_mode"] == mode


def test_a_choice_of_copilot_names_the_model_that_was_asked_for() -> None:
    """The recommendation already has the name, for a harness that writes it down itself."""
    chosen = select_best(QuotaState(), "openai/o3", 0.0, configured={"github-copilot"})
    assert chosen is not None
    assert (chosen.model_id, chosen.hermes_model) == ("openai/o3", "o3")


@pytest.mark.parametrize(
    ("via", "name", "mode"),
    [
        ("openrouter", "openai/gpt-5.4", "chat_completions"),
        ("openai-api", "gpt-5.4", "codex_responses"),
    ],
)
def test_openai_is_reached_through_either_provider(via: OpenaiVia, name: str, mode: str) -> None:
    """OpenRouter spells the vendor; OpenAI itself takes the bare name and has its own mode."""
    settings = hermes_settings(choice("openai_api"), {}, auxiliary=False, openai_via=via)
    assert settings["model", "provider"] == settings["compression", "summary_provider"] == via
    assert settings["model", "default"] == name
    assert settings["model", "api_mode"] == mode
    codex = hermes_settings(choice("openai-codex"), {}, auxiliary=False, openai_via=via)
    assert codex["model", "provider"] == "openai-codex"


@pytest.mark.parametrize(
    "model", [None, "a name", {"provider": "auto"}, {"provider": "openrouter"}, {"provider": 1}]
)
def test_a_switch_of_provider_takes_its_leftovers_along(model: object) -> None:
    """What belongs to the provider before goes: a token must not reach another's address."""
    settings = hermes_settings(choice("openai-codex"), {"model": model}, auxiliary=False)
    assert all(settings["model", name] is None for name in LEFTOVERS)
    assert all(settings[(name,)] is None for name in ROOT_LEFTOVERS)


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
    for stub in ({"base_url": "https://copilot.invalid"}, {"enabled": False}, None):
        kept = hermes_settings(choice(pid), {"providers": {"copilot": stub}}, auxiliary=False)
        assert not any(path[0] == "providers" for path in kept)
    others = hermes_settings(choice("openai-codex"), {}, auxiliary=False)
    assert not any(path[0] == "providers" for path in others)


def test_a_provider_unknown_to_hermes_is_refused() -> None:
    """A third party's provider has no name that Hermes would accept."""
    with pytest.raises(ValueError, match="'mine'; for anthropic_api, claude_code"):
        hermes_settings(choice("mine"), {}, auxiliary=False)


def warned(
    pid: str,
    config: Mapping[str, object] = MappingProxyType({}),
    environment: Mapping[str, str] = MappingProxyType({}),
    logins: Collection[str] = (),
    via: OpenaiVia = "openrouter",
) -> tuple[str, ...]:
    """The warnings for a recommendation of `pid`."""
    return hermes_warnings(choice(pid), config, environment, logins, openai_via=via)


def test_a_disabled_copilot_is_warned_about() -> None:
    """Hermes refuses a provider that its configuration switches off."""
    off = {"providers": {"copilot": {"enabled": False}}}
    assert len(warned("github-copilot", off)) == 1
    assert warned("github-copilot", {"providers": {"copilot": {}}}) == ()
    assert warned("openai-codex", off) == ()


def test_a_key_on_its_way_to_the_wrong_host_is_warned_about() -> None:
    """Without a key for openrouter Hermes would send it the one for OpenAI; the key is not told."""
    keys = {"OPENAI_API_KEY": "sk-not-told", "OPENROUTER_API_KEY": " "}
    (warning,) = warned("openai_api", {}, keys)
    assert "OPENROUTER_API_KEY" in warning
    assert 'openai_via="openai-api"' in warning
    assert "sk-not-told" not in warning
    assert warned("openai_api", {}, keys | {"OPENROUTER_API_KEY": "or"}) == ()
    assert warned("openai_api", {}, keys, via="openai-api") == ()
    assert warned("openai_api") == ()
    assert warned("openai-codex", {}, keys) == ()


def test_a_login_that_hermes_prefers_to_the_key_is_warned_about() -> None:
    """Where both are, the configuration cannot say that the key is meant."""
    (warning,) = warned("anthropic_api", logins={"claude_code", "anthropic_api"})
    assert "ANTHROPIC_API_KEY" in warning
    assert warned("anthropic_api", {}, {"ANTHROPIC_TOKEN": "sk-ant-oat-x"}) == (warning,)
    assert warned("anthropic_api", logins={"anthropic_api"}) == ()


def test_what_a_claude_login_may_cost_in_hermes_is_said() -> None:
    """A plan's quota does not describe what Hermes is reported to use."""
    (warning,) = warned("claude_code", logins={"claude_code"})
    assert "extra usage" in warning


def test_warnings_for_a_provider_unknown_to_hermes_are_refused() -> None:
    """As its settings are."""
    with pytest.raises(ValueError, match="Hermes has no provider for 'mine'"):
        warned("mine")


_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(["openai-codex", " Copilot ", "auto", "https://x.invalid", "33", ""]),
    st.lists(st.integers(), max_size=2),
)
_names = st.sampled_from(
    (
        *("model", "provider", "base_url", "auxiliary", "vision", "compression", "providers"),
        *("copilot", "_config_version", "key_env", "enabled", "summary_provider", "mine"),
    )
)
_configs = st.dictionaries(
    st.one_of(_names, st.booleans()),
    st.recursive(_values, lambda inner: st.dictionaries(_names, inner, max_size=4), max_leaves=12),
    max_size=6,
)


@quick(deadline=None)
@given(config=_configs, pid=st.sampled_from(sorted(HERMES_PROVIDERS)), auxiliary=st.booleans())
def test_any_configuration_is_led_to_the_choice(
    config: dict[str, object], pid: str, *, auxiliary: bool
) -> None:
    """Whatever it holds, what is written reads back as the choice; a second time is nothing."""
    text = yaml.safe_dump(config)
    hermes_warnings(choice(pid), config, {}, ())
    match edit(text, hermes_settings(choice(pid), config, auxiliary=auxiliary)):
        case Failure(refused):
            assert "cannot be changed" in refused.reason
        case Success(edited):
            written = yaml.safe_load(edited.text)
            assert written["model"]["provider"] == HERMES_PROVIDERS[pid]
            addresses = (written["model"].get("base_url"), written.get("base_url"))
            assert HERMES_PROVIDERS[pid] in _named(config) or not any(addresses)
            again = hermes_settings(choice(pid), written, auxiliary=auxiliary)
            assert edit(edited.text, again) == Success(Edited(edited.text, ()))


def _named(config: Mapping[str, object]) -> set[str]:
    """The providers that a configuration names for its model, in either place."""
    model = config.get("model")
    named = (config.get("provider"), model.get("provider") if isinstance(model, dict) else None)
    return {each.strip().lower() for each in named if isinstance(each, str)}
