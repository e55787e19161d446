"""Lengths of time and instants, as people read them."""

import time
from collections.abc import Iterator
from math import inf

import pytest

from bhoga_shell.cli.printing import TIE
from bhoga_shell.cli.words import ago, loose, moment, span, until

NOW = 1_800_000_000.0  # 2027-01-15, a Friday, 08:00 UTC


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock on the wall shows UTC, where a process can choose."""
    if not hasattr(time, "tzset"):
        pytest.skip("the zone of a process cannot be set here")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3.0, "0 s"),
        (59.9, "59 s"),
        (60.0, "1 min"),
        (3599.0, "59 min"),
        (3600.0, "1 h"),
        (8940.0, "2 h 29 min"),
        (172_740.0, "47 h 59 min"),
        (172_800.0, "2 d"),
        (290_000.0, "3 d 8 h"),
    ],
)
def test_a_length_of_time(seconds: float, words: str) -> None:
    """Its two largest units, rounded down, in one piece."""
    assert span(seconds) == words.replace(" ", TIE)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (3600.0, "at 09:00"),
        (86_400.0, "on Sat 08:00"),
        (12 * 86_400.0, "on 2027-01-27 08:00"),
        (-86_400.0, "on 2027-01-14 08:00"),
        (inf, "at an unknown time"),
    ],
)
def test_an_instant(after: float, words: str) -> None:
    """With its day where that is another than today."""
    assert moment(NOW + after, NOW) == words.replace(" ", TIE)


def test_an_instant_to_come() -> None:
    """How long it is, and when: a line may end between the two alone."""
    assert loose(until(NOW + 3660.0, NOW)) == "in 1 h 1 min, at 09:01"
    assert until(NOW + 3660.0, NOW).count(" ") == 1


@pytest.mark.parametrize(
    ("seconds", "words"), [(-9.0, "just now"), (0.9, "just now"), (1.0, "1 s ago")]
)
def test_how_long_ago(seconds: float, words: str) -> None:
    """What is not a second past is just now."""
    assert loose(ago(seconds)) == words
