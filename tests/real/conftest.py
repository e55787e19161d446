"""The real programs run when they are asked for, never because they happen to be installed."""

import logging
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bhoga_shell.demo.scenarios import SCENARIOS, Scenario
from real_clis import SetUp, Stage, found, stage

log = logging.getLogger(__name__)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without `-m real` they are skipped at once, with the reason."""
    if re.search(r"\breal\b", config.getoption("markexpr")):
        return
    opt_in = pytest.mark.skip(reason="it runs real programs, which is opt-in: pytest -m real")
    for item in items:
        if item.get_closest_marker("real") is not None:
            item.add_marker(opt_in)


@pytest.fixture
def set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SetUp]:
    """Sets the stage of a test. Whatever the test was about, no model may have been called."""
    folder = tmp_path / "real"
    with ExitStack() as opened:
        stages: list[Stage] = []

        def setting_up(
            scenario: Scenario = SCENARIOS["fresh"], *, claude_expires_in: float = 8 * 3600.0
        ) -> Stage:
            setting = stage(scenario, folder, monkeypatch, claude_expires_in=claude_expires_in)
            stages.append(opened.enter_context(setting))
            return stages[-1]

        folder.mkdir()
        yield setting_up
        for each in stages:
            log.info("refused: %s", ", ".join(sorted({*each.proxy.refused})) or "nothing")
            assert each.backends.model_calls == 0
            assert each.model_calls == ()


@pytest.fixture(scope="session")
def versions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the real programs say that they are, for the log. It needs no network and no home."""
    told: dict[str, str] = {}
    home = tmp_path_factory.mktemp("home")
    for program in ("claude", "codex"):
        path, node = found(program), found("node")
        if path is None:
            continue
        run = subprocess.run(
            [str(path), "--version"],
            capture_output=True,
            check=False,
            encoding="utf-8",
            env={"HOME": str(home), "PATH": "" if node is None else str(node.parent)},
            stdin=subprocess.DEVNULL,
            timeout=30,
        )
        told[program] = run.stdout.strip()
        log.info("%s: %s", program, told[program])
    return told
