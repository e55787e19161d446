"""How Hermes spells a model for each provider bhoga writes into its configuration."""

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bhoga_core.hermes_names import (
    HERMES_PROVIDERS,
    copilot_api_mode,
    normalise_model,
    recommended_name,
    to_hermes_model,
)

TARGETS = ("anthropic", "copilot", "openai-api", "openai-codex", "openrouter")
MEASURED = Path(__file__).parents[2].parent / "shared" / "hermes" / "normalise_cases.tsv"

# target, name, Hermes' spelling: hermes-agent 0.19.0 (openai-api: bare, by bhoga's choice)
SPELLINGS = [
    ("openrouter", "gpt-5.4", "openai/gpt-5.4"),
    ("openrouter", "Claude-Opus-4-6", "anthropic/Claude-Opus-4-6"),
    ("openrouter", " qwen3.5-plus ", "qwen/qwen3.5-plus"),
    ("openrouter", "openai/gpt-5.4", "openai/gpt-5.4"),
    ("openrouter", "opus", "opus"),
    ("openrouter", "", ""),
    ("anthropic", "claude-sonnet-4.6", "claude-sonnet-4-6"),
    ("anthropic", "Claude-Code/ claude-sonnet-4.6", "claude-sonnet-4-6"),
    ("anthropic", "gpt-5.4", "gpt-5-4"),
    ("anthropic", "openai/gpt-5.4", "openai/gpt-5.4"),
    ("anthropic", "claude/x-ai/grok-4.1", "x-ai/grok-4.1"),
    ("anthropic", "anthropic/", "anthropic/"),
    ("copilot", "claude-sonnet-4-6", "claude-sonnet-4.6"),
    ("copilot", "anthropic/claude-haiku-4-5", "claude-haiku-4.5"),
    ("copilot", "claude-opus-4-7", "claude-opus-4-7"),
    ("copilot", "claude-opus-4-6-mini", "claude-opus-4.6"),
    ("copilot", "openai/gpt-5", "gpt-5-mini"),
    ("copilot", "openai/o3-nano", "gpt-5.3-codex"),
    ("copilot", "gpt-5", "gpt-5"),
    ("copilot", "github/gpt-5.4", "gpt-5.4"),
    ("copilot", "copilot/", "copilot/"),
    ("copilot", "openai/", ""),
    ("openai-codex", "openai/gpt-5.4", "gpt-5.4"),
    ("openai-codex", "OpenAI/gpt-5.4", "OpenAI/gpt-5.4"),
    ("openai-codex", "OpenAI-Codex/ gpt-5.4", "gpt-5.4"),
    ("openai-codex", "openai/ gpt-5.4", " gpt-5.4"),
    ("openai-codex", "codex/gpt-5.4", "codex/gpt-5.4"),
    ("openai-api", "openai/gpt-5.4", "gpt-5.4"),
    ("openai-api", "openrouter/openai/ GPT-5.4", "GPT-5.4"),
    ("openai-api", "openai/", "openai/"),
]

MODES = [
    *((model, "codex_responses") for model in ("gpt-5", "gpt-5.4", "copilot/gpt-12", "gpt-5-pro")),
    *((model, "chat_completions") for model in ("gpt-4.1", "gpt-5-mini", "openai/gpt-5", "gpt")),
    *((model, "chat_completions") for model in ("GPT-5.4", "claude-opus-4-6", "o3", "", "gpt-5/")),
]

SEED = [
    ("claude_code", "claude-opus-4", "claude-opus-4"),
    ("anthropic_api", "claude-sonnet-4.6", "claude-sonnet-4-6"),
    ("openai-codex", "gpt-5.4", "gpt-5.4"),
    ("openai_api", "gpt-5.4", "openai/gpt-5.4"),
    ("github-copilot", "claude-sonnet-4-6", "claude-sonnet-4.6"),
]


@pytest.mark.parametrize(("target", "model", "spelling"), SPELLINGS)
def test_a_model_is_spelled_as_hermes_spells_it(target: str, model: str, spelling: str) -> None:
    """Each target's own rule is followed, its oddities included."""
    assert normalise_model(model, target) == spelling


@pytest.mark.parametrize(("model", "mode"), MODES)
def test_copilot_talks_responses_from_gpt_5_on(model: str, mode: str) -> None:
    """The api_mode follows the name Hermes would use, by exact case."""
    assert copilot_api_mode(model) == mode


@pytest.mark.skipif(not MEASURED.exists(), reason="the measured cases are not beside the checkout")
def test_every_measured_case_is_reproduced() -> None:
    """What the real Hermes answered is answered here, row by row."""
    header, *lines = MEASURED.read_text(encoding="utf-8").rstrip("\n").split("\n")
    cases = [line.split("\t") for line in lines]
    assert header.split("\t") == ["target", "model", "normalised", "copilot_api_mode"]
    assert len(cases) > 400
    for target, model, spelling, mode in cases:
        assert (target, model, normalise_model(model, target)) == (target, model, spelling)
        assert mode in {"", copilot_api_mode(model)}, (target, model)


@pytest.mark.parametrize(("pid", "model", "spelling"), SEED)
def test_each_provider_of_bhoga_has_its_hermes_spelling(
    pid: str, model: str, spelling: str
) -> None:
    """A name is spelled for the Hermes provider that stands for bhoga's."""
    assert to_hermes_model(pid, model) == spelling
    assert to_hermes_model(pid, model) == normalise_model(model, HERMES_PROVIDERS[pid])


RECOMMENDED = [
    ("copilot", "openai/o3", "o3"),
    ("copilot", " openai/gpt-5 ", "gpt-5"),
    ("copilot", "openrouter/anthropic/claude-sonnet-4-6", "claude-sonnet-4.6"),
    ("copilot", "gpt-5.4", "gpt-5.4"),
    ("anthropic", "openrouter/anthropic/claude-sonnet-4.6", "claude-sonnet-4-6"),
    ("openai-codex", "OpenAI/gpt-5.4", "gpt-5.4"),
    ("openai-api", "openai/gpt-5.4", "gpt-5.4"),
    ("openrouter", "openai/gpt-5.4", "openai/gpt-5.4"),
    ("openrouter", "gpt-5.4", "openai/gpt-5.4"),
    ("copilot", "copilot/", "copilot/"),
]


@pytest.mark.parametrize(("target", "model", "name"), RECOMMENDED)
def test_a_recommendation_names_the_model_that_was_asked_for(
    target: str, model: str, name: str
) -> None:
    """Its vendor is taken off before a table of Hermes can make another model of the two."""
    assert recommended_name(model, target) == name


def test_every_provider_maps_to_a_known_target() -> None:
    """The mapping covers bhoga's five ids, only names targets there are, and cannot be changed."""
    assert sorted(HERMES_PROVIDERS) == sorted({pid for pid, _, _ in SEED})
    assert set(HERMES_PROVIDERS.values()) <= set(TARGETS)
    assert isinstance(HERMES_PROVIDERS, MappingProxyType)


@pytest.mark.parametrize("target", ["", "claude_code", "Copilot", "github-copilot"])
def test_an_unknown_target_is_refused_with_the_known_ones(target: str) -> None:
    """The error names the argument, the value and every target that is accepted."""
    with pytest.raises(ValueError, match=r"^target: ") as refusal:
        normalise_model("gpt-5.4", target)
    assert repr(target) in str(refusal.value)
    assert str(refusal.value).endswith(", ".join(TARGETS))


@pytest.mark.parametrize("pid", ["", "anthropic", "copilot", "openai-api"])
def test_an_unknown_provider_is_refused_with_the_known_ones(pid: str) -> None:
    """A Hermes id is not a bhoga id: the error says which ids are."""
    with pytest.raises(ValueError, match=r"^pid: ") as refusal:
        to_hermes_model(pid, "gpt-5.4")
    assert repr(pid) in str(refusal.value)
    assert str(refusal.value).endswith(", ".join(sorted(HERMES_PROVIDERS)))


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("model", lambda value: normalise_model(value, "copilot")),
        ("target", lambda value: normalise_model("gpt-5.4", value)),
        ("model", lambda value: recommended_name(value, "copilot")),
        ("target", lambda value: recommended_name("gpt-5.4", value)),
        ("pid", lambda value: to_hermes_model(value, "gpt-5.4")),
        ("mid", lambda value: to_hermes_model("claude_code", value)),
        ("model", copilot_api_mode),
    ],
)
@pytest.mark.parametrize("value", [None, 4, b"opus", ["opus"]])
def test_what_is_no_text_is_refused_by_name(
    argument: str, call: Callable[[object], str], value: object
) -> None:
    """A value that is no str, hashable or not, is refused by the name of its argument."""
    with pytest.raises(TypeError, match=rf"^{argument} must be a str, not {type(value).__name__}$"):
        call(value)


@settings(deadline=None)
@given(st.text())
@example("gpt-" + "9" * 5000)
def test_every_text_can_be_spelled(model: str) -> None:
    """No name is refused: what Hermes does not know it passes through."""
    assert all(isinstance(normalise_model(model, target), str) for target in TARGETS)
    assert copilot_api_mode(model) in {"chat_completions", "codex_responses"}


@settings(deadline=None)
@given(st.text(st.sampled_from("claudegpt-o134.56")), st.sampled_from(TARGETS))
def test_surrounding_spaces_never_matter(model: str, target: str) -> None:
    """A name is trimmed before anything else is done to it."""
    assert normalise_model(f" {model}\t", target) == normalise_model(model, target)
