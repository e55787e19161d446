"""What a model is called: families, canonical keys, and the tokens that limits and models share."""

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bhoga_core.naming import canonical_model, model_family, require_text, scope_token

# What names are made of, and wrapped in; arbitrary text alone never finds these.
PIECES = [
    *("claude", "opus", "sonnet", "fable", "opusplan", "mythos"),
    *("gpt-5.4", "o3", "codex", "gemini"),
    *("openrouter/", "anthropic/", "us.anthropic.", "openai:", "7d_", "seven_day_", "7d_oi", "/"),
    *("[1m]", ":thinking", "-latest", "@default", "-20250101", "-2025-01-01", "-v1:0", "-v1", "*"),
    *("-", ".", "_", " ", "\n", "4", "Σ", "İ", "\u212a", "é", " only", " 6.1"),
]
names = st.text() | st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
laws = settings(deadline=None, max_examples=300)

FAMILIES = {
    "anthropic": (
        *("claude", "claude-opus-4", "claude-sonnet-4-6", "CLAUDE-SONNET-4-6", "claude_sonnet_4_6"),
        *("  claude-opus-4.6  ", "claude-3-haiku-20240307", "claude3-opus", "Claude Fable 5"),
        *("anthropic/claude-haiku-4.5", "openrouter/anthropic/claude-opus-4.6", "claude-code/opus"),
        *("github-copilot/claude-sonnet-4.6", "us.anthropic.claude-sonnet-4-20250514-v1:0"),
        *("bedrock/anthropic.claude-opus-4-6-v1", "vertex_ai/claude-opus-4-1@20250805"),
        *("claude-opus-4-6[1m]", "claude-sonnet-4.6:thinking", "anthropic:claude-opus-4-6"),
        *("opus", "sonnet", "haiku", "fable", "opusplan"),
        *("opus[1m]", "Opus", "sonnet-4.5", "opus4"),
    ),
    "openai": (
        *("gpt", "gpt-5.4", "GPT-5.3-Codex-Spark", "gpt5", "gpt-4o-2024-11-20", "gpt-oss:20b"),
        *("o1", "o3", "o4-mini", "O3-Pro", "o1:thinking", "codex-mini-latest", "chatgpt-4o-latest"),
        *("openai/gpt-5.4", "openrouter/openai/o3", "openai-codex/gpt-5.4", "openai:gpt-5.4"),
        *("openai.gpt-oss-120b-1:0", "ft:gpt-4o-mini:acme::a1", "openai/gpt-oss-120b:free"),
    ),
    "google": ("gemini-2.5-pro", "google/gemini-3-flash", "models/gemini-3-pro", "gemma3", "GEMMA"),
    "other": (
        *("", " ", "*", "/", "llama-3", "o", "open", "o-series", "o3x", "o200k_base", "opusculum"),
        *("gptq", "claudette", "codexter", "geminid"),
        *("text-embedding-3-small", "grok-4", "default"),
        *("anthropic/", "anthropic/mythos", "not-claude", "my/o", "sonnetto", "7d_opus"),
    ),
}

CANONICAL = {
    "claude-opus-4-6": (
        *("claude-opus-4-6", "claude-opus-4.6", " Claude-Opus-4.6 ", "claude_opus_4_6"),
        *("Claude Opus 4.6", "anthropic/claude-opus-4.6", "openrouter/anthropic/claude-opus-4.6"),
        *("claude-code/claude-opus-4-6", "anthropic/ claude-opus-4.6", "anthropic:claude-opus-4-6"),
        *("claude-opus-4-6[1m]", "claude-opus-4-6 [1M]", "claude-opus-4.6:thinking"),
        *("claude-opus-4-6-20260115", "claude-opus-4-6@20260115", "claude-opus-4-6-latest"),
        *("claude-opus-4-6@default", "claude-opus-4-6[1m]:beta", "claude-opus-4-6:thinking[1m]"),
        *("anthropic.claude-opus-4-6-v1", "global.anthropic.claude-opus-4-6-20260115-v1:0"),
        *("bedrock/eu.anthropic.claude-opus-4-6-20260115-v2:0:200k", "claude-opus-4-6/"),
        "arn:aws:bedrock:eu-west-1:000000000000:inference-profile/eu.anthropic.claude-opus-4-6-v1",
        "projects/p/locations/l/publishers/anthropic/models/claude-opus-4-6@20260115",
    ),
    "claude-3-5-sonnet": (
        "claude-3.5-sonnet",
        "claude-3-5-sonnet-20241022",
        "claude-3-5-sonnet-latest",
    ),
    "gpt-5.4": ("gpt-5.4", "GPT-5.4", "openai/gpt-5.4", "gpt-5.4-2026-03-05", "gpt-5.4:high"),
    "gpt-5.3-codex-spark": ("GPT-5.3-Codex-Spark", "GPT-5.3 Codex Spark", "gpt-5.3-codex-spark"),
    "gpt-oss-120b": ("openai.gpt-oss-120b-1:0", "openai/gpt-oss-120b:free"),
    "gemini-3-pro": ("models/gemini-3-pro", "Gemini 3 Pro", "google/gemini-3-pro"),
    "opus": ("opus", "Opus[1m]", "claude-code/opus"),
    "*": ("*", " * "),
    "": ("", "  ", "/", " / "),
}

DISTINCT = (
    *("claude-opus-4-6", "claude-opus-4-6-fast", "claude-opus-4-6-1m", "claude-2-1", "claude-v2"),
    *("gpt-oss:20b", "gpt-oss:120b", "gpt-5.4-mini", "gpt-4-0613", "deepseek-v3", "gemini-2.5-pro"),
    *("-latest", "[1m]", "-20250514", "anthropic:", "llama 3", "my_model.v1", "7d_oi"),
)

# FROZEN: these tokens stand in files that live for years. Add rows; never change one.
TOKENS = {
    "*": ("*", " * "),
    "fable": (
        *("fable", "Fable", "Fable 5.1", "claude-fable-5", "anthropic/claude-fable-5[1m]"),
        *("7d_oi", "7D_OI", "seven_day_overage_included", "Claude Fable"),
    ),
    "opus": (
        *("opus", "Opus", "Opus only", "7d_opus", "seven_day_opus", "claude-opus-4", "opus[1m]"),
        *("claude-3-opus-20240229", "us.anthropic.claude-opus-4-6-v1", "opusplan", "opus4.6"),
    ),
    "sonnet": (
        *("sonnet", "Sonnet only", "7d_sonnet", "seven_day_sonnet", "claude-3-5-sonnet"),
        *("claude-3.7-sonnet-thought", "claude-sonnet-4.6"),
    ),
    "haiku": ("haiku", "claude-3-haiku-20240307", "Claude Haiku 4.5"),
    "mythos": (
        *("Mythos", "Mythos 6", "Mythos 6.1 only", "mythos only", "claude-mythos-6", "7d_mythos"),
    ),
    "claude": ("claude", "Claude", "claude-latest"),
    "claude-2-1": ("claude-2.1",),
    "claude-v2": ("claude-v2",),
    "gpt-5.3-codex-spark": ("GPT-5.3-Codex-Spark", "gpt-5.3-codex-spark", "GPT-5.3 Codex Spark"),
    "gpt-5.4": ("gpt-5.4", "openai/gpt-5.4", "GPT-5.4-2026-03-05"),
    "gemini-2.5-pro": ("gemini-2.5-pro", "Gemini 2.5 Pro"),
    "llama-3": ("llama-3", "meta-llama/llama-3"),
    "7d_": ("7d_",),
    "7d": ("7d",),
    "all models": ("All models",),
    "": ("", " "),
}


def rows(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """The (spelling, answer) pairs of a table of answers."""
    return [(spelling, answer) for answer, spellings in table.items() for spelling in spellings]


@pytest.mark.parametrize(("model", "family"), rows(FAMILIES))
def test_a_family_is_told_from_any_spelling(model: str, family: str) -> None:
    """Prefixed, dated, wrapped and bare names belong to the family their vendor says."""
    assert model_family(model) == family


@pytest.mark.parametrize(("model", "key"), rows(CANONICAL))
def test_the_spellings_of_one_model_share_one_key(model: str, key: str) -> None:
    """What is no part of a model's identity is no part of its key."""
    assert canonical_model(model) == key


@pytest.mark.parametrize("model", DISTINCT)
def test_what_makes_another_model_stays_in_the_key(model: str) -> None:
    """A size tag, a variant that is priced apart, or a name that is all suffix is left as it is."""
    assert canonical_model(model) == model


@pytest.mark.parametrize(("name", "token"), rows(TOKENS))
def test_a_limit_and_a_model_meet_in_one_token(name: str, token: str) -> None:
    """Wire ids, display names and model names of one tier give the token frozen for it."""
    assert scope_token(name) == token


@pytest.mark.parametrize("function", [canonical_model, model_family, scope_token])
@pytest.mark.parametrize("value", [None, 4, b"opus", ["opus"], {"opus": 1}])
def test_what_is_no_text_is_refused_by_name(
    function: Callable[[object], str], value: object
) -> None:
    """A value that is no str, hashable or not, is refused with its type and what is accepted."""
    with pytest.raises(TypeError, match=rf"must be a str, not {type(value).__name__}$") as refusal:
        function(value)
    assert str(refusal.value).split()[0] in {"model", "name"}


def test_the_refusal_names_the_argument() -> None:
    """The parameter's own name stands in the error, and a str comes back as it was."""
    assert require_text("mid", " Opus ") == " Opus "
    with pytest.raises(TypeError, match=r"^mid must be a str, not list$"):
        require_text("mid", ["opus"])


@laws
@given(names)
@example("7d_" * 2000 + "oi")
@example("a" + "[1m]" * 2000)
def test_every_text_has_a_family_a_key_and_a_token(name: str) -> None:
    """No text is refused, however strange or long."""
    assert model_family(name) in {"anthropic", "google", "openai", "other"}
    assert canonical_model(name) == canonical_model(name).strip().lower()
    assert scope_token(name) == scope_token(name).strip().lower()


@laws
@given(names)
def test_a_canonical_name_is_final(name: str) -> None:
    """Making a canonical name canonical changes nothing."""
    assert canonical_model(canonical_model(name)) == canonical_model(name)


@laws
@given(names)
def test_a_token_is_final(name: str) -> None:
    """The token of a token is that token, so a stored one can be read like a name."""
    assert scope_token(scope_token(name)) == scope_token(name)


@laws
@given(names)
def test_family_and_token_depend_on_the_canonical_name_alone(name: str) -> None:
    """Two spellings of one model never disagree about its family or its limits."""
    key = canonical_model(name)
    assert model_family(key) == model_family(name)
    assert scope_token(key) == scope_token(name)


@laws
@given(st.from_regex(r"(?!claude$)[a-z]{2,12}", fullmatch=True), st.integers(0, 99))
def test_a_tier_nobody_told_of_meets_its_models(tier: str, version: int) -> None:
    """The display name of a tier not yet invented meets the models that will bear its name."""
    assert scope_token(f"claude-{tier}-{version}") == scope_token(tier.title())
