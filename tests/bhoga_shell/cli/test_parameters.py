"""What the commands take on their command line."""

import click
import pytest

from bhoga_shell.cli.parameters import DURATION, METERED, PROVIDER_ID


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("90", 90.0),
        ("90s", 90.0),
        ("15m", 900.0),
        ("2H", 7200.0),
        (" 1.5d ", 129_600.0),
    ],
)
def test_a_length_of_time(text: str, seconds: float) -> None:
    """A number, and a unit if it is not seconds."""
    assert DURATION.convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "m", "-1", "1w", "inf", "nan", "1e999", "15 m m"])
def test_no_length_of_time(text: str) -> None:
    """It is refused with what is taken."""
    with pytest.raises(click.BadParameter, match="15m"):
        DURATION.convert(text, None, None)


def test_a_provider() -> None:
    """Its id, and nothing like it."""
    assert PROVIDER_ID.convert("claude_code", None, None) == "claude_code"
    with pytest.raises(click.BadParameter, match="anthropic_api, claude_code"):
        PROVIDER_ID.convert("claude", None, None)


def test_the_ways_of_metered_billing() -> None:
    """They are those of the core."""
    assert tuple(METERED.choices) == ("allow", "last", "never")
