"""What is told of the sources, from what is known and from what is here."""

from bhoga_core.probe import Kind
from bhoga_core.providers import PROVIDERS
from bhoga_core.quota import QuotaState
from bhoga_shell.reports import reports, unaskable

NOWHERE = {"HOME": "/nonexistent", "USERPROFILE": "/nonexistent", "PATH": ""}


def test_on_a_bare_machine_no_source_can_be_asked() -> None:
    """Each source says why, and what is told of each provider is just that."""
    here = unaskable(PROVIDERS, NOWHERE, frozenset(Kind))
    assert {pid: set(sources) for pid, sources in here.items()} == {
        provider.id: {source.name for source in provider.sources} for provider in PROVIDERS
    }
    told = reports(QuotaState(), PROVIDERS, NOWHERE, here)
    assert [it.provider_id for it in told] == [provider.id for provider in PROVIDERS]
    assert not any(it.configured or it.answered or it.warnings for it in told)
    assert all(source.reason == "absent" for it in told for source in it.sources)


def test_a_kind_that_is_switched_off_is_not_looked_for() -> None:
    """What nobody may ask is off, whether it is there or not."""
    here = unaskable(PROVIDERS, NOWHERE, frozenset())
    assert {why.reason.value for sources in here.values() for why in sources.values()} == {"off"}


def test_what_makes_a_number_lie_is_warned_of() -> None:
    """A variable that is set, and not one that is set to nothing."""
    set_here = {**NOWHERE, "ANTHROPIC_API_KEY": "key", "CODEX_ACCESS_TOKEN": " "}
    here = unaskable(PROVIDERS, set_here, frozenset())
    told = {it.provider_id: it for it in reports(QuotaState(), PROVIDERS, set_here, here)}
    (warning,) = told["claude_code"].warnings
    assert warning.startswith("ANTHROPIC_API_KEY is set: ")
    assert told["openai-codex"].warnings == ()
    assert told["anthropic_api"].configured
