"""Keeping a file to the choice, in virtual time, with a real router and a real file."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest
import yaml

from bhoga import HermesConfigError, Router, apply_to_hermes
from bhoga_shell.cli.following import AT_MOST_EVERY, follow

Happening = tuple[float, Callable[[], object]]


class VirtualTime(Event):
    """A clock and an event to wait for: waiting passes time, in which things happen.

    It is set when the last of the happenings (at a second, what) is over.
    """

    def __init__(self, happenings: list[Happening]) -> None:
        super().__init__()
        self.now = 0.0
        self.waits: list[float] = []
        self._left = sorted(happenings, key=lambda it: it[0])

    def clock(self) -> float:
        """The time."""
        return self.now

    def wait(self, timeout: float | None = None) -> bool:
        """Pass the time and let happen what happens in it."""
        assert timeout is not None, "waited for ever"
        assert timeout > 0, "a busy loop"
        self.waits.append(timeout)
        self.now += timeout
        while self._left and self._left[0][0] <= self.now:
            self._left.pop(0)[1]()
        if not self._left:
            self.set()
        return self.is_set()


@pytest.fixture
def router() -> Iterator[Router]:
    """Two providers for Anthropic's models, the subscription ahead."""
    with Router(eager=False, switch_margin=0.1) as router:
        router.set_quota("claude_code", 80)
        router.set_quota("github-copilot", 60)
        yield router


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Where Hermes' configuration will be."""
    return tmp_path / "config.yaml"


def provider(config: Path) -> str:
    """The provider that the file names."""
    return yaml.safe_load(config.read_text())["model"]["provider"]


def run(router: Router, config: Path, happenings: list[Happening]) -> tuple[list[float], list[str]]:
    """Follow while these happen; when it wrote, and what it said."""
    time = VirtualTime(happenings)
    written: list[float] = []
    said: list[str] = []

    def write() -> None:
        written.append(time.now)
        apply_to_hermes(router, "claude-opus-4", config_path=config)

    follow(router, "claude-opus-4", write, said.append, time, time.clock)
    assert max(time.waits) <= 1.0
    return written, said


def test_it_is_written_once_while_nothing_changes(router: Router, config: Path) -> None:
    """Ten minutes of the same choice are one write."""
    assert run(router, config, [(600.0, lambda: None)]) == ([0.0], [])
    assert provider(config) == "anthropic"


def test_it_moves_when_the_provider_runs_dry_and_back(router: Router, config: Path) -> None:
    """The other one takes over within a look, and the first one has it again after its reset."""
    seen: list[str] = []
    written, said = run(
        router,
        config,
        [
            (100.0, lambda: router.set_quota("claude_code", 0, ttl=3600)),
            (150.0, lambda: seen.append(provider(config))),
            (300.0, lambda: router.clear_quota("claude_code")),
            (300.0, lambda: router.set_quota("claude_code", 100)),
            (400.0, lambda: None),
        ],
    )
    assert written == [0.0, 100.0, 300.0]
    assert (seen, provider(config), said) == (["copilot"], "anthropic", [])


def test_it_is_never_written_more_than_once_a_minute(router: Router, config: Path) -> None:
    """However often the choice moves."""
    to_and_fro: list[Happening] = [
        (10.0 + 7 * n, lambda n=n: router.set_quota("claude_code", 100 * (n % 2), ttl=3600))
        for n in range(60)
    ]
    written, _ = run(router, config, [*to_and_fro, (600.0, lambda: None)])
    gaps = [later - earlier for earlier, later in pairwise(written)]
    assert len(gaps) >= 3
    assert min(gaps) >= AT_MOST_EVERY
    assert provider(config) == "anthropic"


def test_while_nothing_is_available_the_file_stays(router: Router, config: Path) -> None:
    """It is said once, and the file names the last provider until there is another."""
    written, said = run(
        router,
        config,
        [
            (100.0, lambda: router.set_quota("claude_code", 0, ttl=3600)),
            (100.0, lambda: router.set_quota("github-copilot", 0, ttl=3600)),
            (300.0, lambda: None),
        ],
    )
    assert written == [0.0]
    assert said == ["nothing can serve claude-opus-4 now; the file is left as it is"]


def test_a_file_in_the_middle_of_an_edit_is_tried_again(router: Router, config: Path) -> None:
    """What cannot be read is said once, left alone, and written when it can be read again."""
    good: list[str] = []
    written, said = run(
        router,
        config,
        [
            (50.0, lambda: good.append(config.read_text())),
            (90.0, lambda: config.write_text("model: [")),
            (100.0, lambda: router.set_quota("claude_code", 0, ttl=3600)),
            (250.0, lambda: config.write_text(good[0])),
            (400.0, lambda: None),
        ],
    )
    assert written == [0.0, 100.0, 160.0, 220.0, 280.0]
    assert len(said) == 1
    assert "tried again in a minute" in said[0]
    assert provider(config) == "copilot"


def test_a_file_that_cannot_be_edited_at_first_is_an_error(router: Router, config: Path) -> None:
    """Who starts it is there to mend it."""
    config.write_text("- a list\n")
    with pytest.raises(HermesConfigError):
        run(router, config, [(100.0, lambda: None)])
    assert config.read_text() == "- a list\n"
