"""`bhoga status --watch` in a real pseudo-terminal: refresh, resize, interrupt."""

from collections.abc import Callable
from typing import Any

import pytest

from bhoga import Router

INTERRUPT = b"\x03"

Started = Callable[..., Any]


@pytest.mark.usefixtures("known")
def test_it_is_shown_and_left_as_it_was(in_terminal: Started) -> None:
    """On a screen of its own, without a cursor; an interrupt gives both back, and exits 130."""
    terminal = in_terminal("status", "--watch", "60")
    terminal.until(b"nothing is available now")
    assert b"\x1b[?1049h" in terminal.shown
    assert b"\x1b[?25l" in terminal.shown
    assert any("▸ weekly           ████░░░░░░  38 %" in line for line in terminal.lines())
    terminal.type(INTERRUPT)
    assert terminal.end() == 130
    assert terminal.shown.rfind(b"\x1b[?1049l") > terminal.shown.rfind(b"\x1b[?1049h")
    assert b"Traceback" not in terminal.shown
    assert terminal.is_restored()


@pytest.mark.usefixtures("known")
def test_it_is_refreshed(in_terminal: Started) -> None:
    """What another process learns is there at the next look."""
    terminal = in_terminal("status", "--watch", "0.2")
    seen = terminal.until(b"nothing is available now")
    with Router(eager=False) as router:
        router.set_quota("openai-codex", 77)
    terminal.until(b"77 %", since=seen)
    terminal.type(INTERRUPT)
    assert terminal.end() == 130


@pytest.mark.usefixtures("known")
def test_it_follows_the_size(in_terminal: Started) -> None:
    """A narrower terminal gets shorter lines at once, a lower one keeps the answers."""
    terminal = in_terminal("status", "--watch", "60")
    seen = terminal.until(b"nothing is available now")
    terminal.resize(50, lines=12)
    # Only what was drawn for the new size is cut: the rest of what was drawn before comes first.
    cut = terminal.until(b"more lines", since=seen)
    end = terminal.until(b"opens in 59 min", since=terminal.until(b"nothing is", since=cut))
    shown = terminal.lines(terminal.shown.rindex(b"\x1b[H", 0, cut), end)
    assert max(map(len, shown)) <= 50
    assert len(shown) <= 12
    assert any(line.startswith("anthropic →") for line in shown)
    terminal.type(INTERRUPT)
    assert terminal.end() == 130
