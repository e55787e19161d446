"""GitHub Copilot as a provider: where its login is, and what is asked with it."""

from bhoga_core.probe import HttpGet, LoginVariables
from bhoga_core.providers.github_copilot import PROVIDER, TOKEN_PREFIXES, TOKEN_VARIABLES


def test_one_request_tells_what_is_left() -> None:
    """GitHub's API is asked, with the word before the token that it knows and a fixed version."""
    (source,) = PROVIDER.sources
    assert source.name == "copilot usage"
    assert source.probe == HttpGet(
        "https://api.github.com/copilot_internal/user",
        "token",
        LoginVariables(
            ("COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"),
            ("gho_", "ghu_", "github_pat_"),
            ("gh", "auth", "token", "--hostname", "github.com"),
        ),
        "BHOGA_COPILOT_ENDPOINT",
        (("accept", "application/json"), ("x-github-api-version", "2025-04-01")),
    )
    assert not source.floor
    assert source.dated_by is None


def test_a_classic_token_is_never_sent() -> None:
    """Copilot refuses a `ghp_` token, so it does not leave the machine."""
    assert not "ghp_abc".startswith(TOKEN_PREFIXES)
    assert "github_pat_abc".startswith(TOKEN_PREFIXES)


def test_a_login_shows_in_the_variables_that_are_asked() -> None:
    """What counts as configured is what a token is taken from."""
    assert PROVIDER.credentials.environment == TOKEN_VARIABLES
