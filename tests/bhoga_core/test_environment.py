"""Which environment variables a recommendation means."""

from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhoga_core.environment import HARNESSES, Environment, environment
from bhoga_core.gates import ProviderStatus
from bhoga_core.hermes_names import HERMES_PROVIDERS, to_hermes_model
from bhoga_core.provider import Billing
from bhoga_core.providers import PROVIDERS
from bhoga_core.selection import RouterRecommendation
from bhoga_core.window import Basis

SECRET = ("KEY", "TOKEN", "SECRET", "PASSWORD", "BASE_URL", "ENDPOINT")
"""What the name of a variable ends in that holds a secret, or says where requests go."""


def choice(pid: str, model: str) -> RouterRecommendation:
    """A recommendation of `pid` for `model`."""
    return RouterRecommendation(
        pid,
        model,
        0.5,
        ProviderStatus.AVAILABLE,
        to_hermes_model(pid, model) if pid in HERMES_PROVIDERS else model,
        1,
        Basis.MEASURED,
        None,
        Billing.PLAN,
    )


def told(pid: str, model: str, present: Collection[str] = ()) -> Environment:
    """The environment of a recommendation of `pid`."""
    return environment(choice(pid, model), present)


@pytest.mark.parametrize(
    ("pid", "model", "name", "variables"),
    [
        ("claude_code", "claude-opus-4.6", "claude-opus-4-6", {"ANTHROPIC_MODEL"}),
        ("anthropic_api", "claude-opus-4.6", "claude-opus-4-6", {"ANTHROPIC_MODEL"}),
        ("github-copilot", "claude-opus-4-6", "claude-opus-4.6", {"COPILOT_MODEL"}),
        ("openai-codex", "gpt-5.4", "gpt-5.4", set[str]()),
        ("openai_api", "gpt-5.4", "gpt-5.4", {"OPENAI_MODEL", "OPENAI_DEFAULT_MODEL"}),
    ],
)
def test_the_model_is_spelled_as_its_provider_spells_it(
    pid: str, model: str, name: str, variables: set[str]
) -> None:
    """Bhoga's two variables are always there, with those that the provider's programs read."""
    settings = dict(told(pid, model).settings)
    assert settings.pop("BHOGA_PROVIDER") == pid
    assert settings == dict.fromkeys({"BHOGA_MODEL", *variables}, name)


def test_a_subscription_is_not_billed_to_a_key() -> None:
    """What Claude Code would take before its login is taken out; what is not there is not named."""
    present = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_USE_BEDROCK", "PATH"]
    removals = told("claude_code", "claude-opus-4", present).removals
    assert sorted(removals) == sorted(present[:3])
    assert told("claude_code", "claude-opus-4", ["PATH"]).removals == ()


def test_a_key_that_was_chosen_stays() -> None:
    """Who is sent to a key needs it."""
    assert told("anthropic_api", "claude-opus-4", ["ANTHROPIC_API_KEY"]).removals == ()
    assert told("openai_api", "gpt-5.4", ["OPENAI_API_KEY"]).removals == ()


def test_a_provider_of_somebody_else_gets_the_two_variables() -> None:
    """A provider without a known harness is no error."""
    settings = told("theirs", "claude-opus-4").settings
    assert settings == (("BHOGA_MODEL", "claude-opus-4"), ("BHOGA_PROVIDER", "theirs"))


def test_it_is_applied_to_an_environment() -> None:
    """Set, taken out, and everything else as it was; the environment given stays as it is."""
    given_environment = {"ANTHROPIC_API_KEY": "k", "BHOGA_MODEL": "old", "PATH": "/bin"}
    applied = told("claude_code", "claude-opus-4", given_environment).applied_to(given_environment)
    assert applied == {
        "ANTHROPIC_MODEL": "claude-opus-4",
        "BHOGA_MODEL": "claude-opus-4",
        "BHOGA_PROVIDER": "claude_code",
        "PATH": "/bin",
    }
    assert given_environment["BHOGA_MODEL"] == "old"


def test_every_provider_has_its_harness() -> None:
    """The table names the providers there are, and no other."""
    assert sorted(HARNESSES) == sorted(provider.id for provider in PROVIDERS)


@given(st.sampled_from(sorted(HARNESSES)), st.text(min_size=1, max_size=40))
def test_nothing_secret_and_no_address_is_ever_set(pid: str, model: str) -> None:
    """Whatever the model is called, what is set is a name of a provider or of a model."""
    for name, _ in told(pid, model).settings:
        assert not name.endswith(SECRET)
