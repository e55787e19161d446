"""What bhoga raises: one family, each member knowing what it is about."""

from pathlib import Path

from bhoga_shell.errors import BhogaError, HermesConfigError, ProviderError, StateError


def test_a_state_error_knows_its_file() -> None:
    """The path is a text, whatever it was given as, and the message names it."""
    error = StateError(Path("x") / "state.json", "it is a folder")
    assert error.path == str(Path("x") / "state.json")
    assert str(error) == f"state file {error.path}: it is a folder"


def test_a_provider_error_knows_its_provider() -> None:
    """The message begins with the provider's id."""
    error = ProviderError("claude_code", "the login has expired")
    assert error.pid == "claude_code"
    assert str(error) == "claude_code: the login has expired"


def test_a_configuration_error_knows_file_and_line() -> None:
    """Lines are counted from 1, as editors do."""
    error = HermesConfigError("config.yaml", 7, "a tab")
    assert (error.path, error.line) == ("config.yaml", 7)
    assert str(error) == "config.yaml, line 7: a tab"


def test_one_except_clause_catches_them_all() -> None:
    """They share a base that is no other library's."""
    errors = (StateError("p", ""), ProviderError("p", ""), HermesConfigError("p", 1, ""))
    assert all(isinstance(error, BhogaError) for error in errors)
    assert BhogaError.__base__ is Exception
