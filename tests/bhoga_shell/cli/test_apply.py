"""`bhoga apply`, as a person and a script meet it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from bhoga import Router

Run = Callable[..., subprocess.CompletedProcess[str]]
Scenario = Callable[[str], Mapping[str, str]]

MODEL = "claude-opus-4"

WRITTEN_BY_HAND = """\
# mine
model:
  default: gpt-5.4   # the old one
  provider: custom
  base_url: https://llm.example/v1?key=hush
  api_key: sk-hush
"""


@pytest.fixture(autouse=True)
def known(bhoga: Run) -> None:
    """A provider that can serve."""
    bhoga("set", "claude_code", "90")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration that a person wrote."""
    path = tmp_path / "config.yaml"
    path.write_text(WRITTEN_BY_HAND)
    return path


def test_it_is_written_and_the_changes_are_shown(bhoga: Run, config: Path) -> None:
    """A line for each old and each new value; what may be a secret is not shown."""
    run = bhoga("apply", MODEL, "--config", str(config))
    assert run.returncode == 0
    lines = run.stdout.splitlines()
    assert lines[0] == str(config)
    assert "- model.default: gpt-5.4" in lines
    assert "+ model.default: claude-opus-4" in lines
    assert "- model.base_url: …" in lines
    assert "- model.api_key: …" in lines
    assert "hush" not in run.stdout + run.stderr
    backup = config.with_name(lines[-1].removeprefix("before: "))
    assert backup.read_text() == WRITTEN_BY_HAND
    assert config.read_text().startswith("# mine\nmodel:\n  default: claude-opus-4   # the old one")


def test_it_finds_hermes_own_file(bhoga: Run, tmp_path: Path) -> None:
    """`config.yaml` in HERMES_HOME, which is made."""
    run = bhoga("apply", MODEL, "--auxiliary", HERMES_HOME=str(tmp_path / "hermes"))
    assert run.returncode == 0
    config = yaml.safe_load((tmp_path / "hermes" / "config.yaml").read_text())
    assert config["model"]["provider"] == "anthropic"
    assert config["auxiliary"]["vision"] == {"provider": "anthropic", "model": MODEL}


def test_the_second_time_there_is_nothing_to_change(bhoga: Run, config: Path) -> None:
    """And nothing is written."""
    bhoga("apply", MODEL, "--config", str(config))
    written = config.stat().st_mtime_ns
    run = bhoga("apply", MODEL, "--config", str(config))
    assert (run.returncode, run.stdout) == (0, f"{config}\nnothing to change\n")
    assert config.stat().st_mtime_ns == written


def test_a_dry_run_writes_nothing(bhoga: Run, config: Path) -> None:
    """The same lines, the file as it was, and no copy."""
    dry = bhoga("apply", MODEL, "--config", str(config), "--dry-run").stdout.splitlines()
    assert dry[-1] == "nothing was written"
    assert config.read_text() == WRITTEN_BY_HAND
    assert [it.name for it in config.parent.glob("config.yaml*")] == ["config.yaml"]
    wet = bhoga("apply", MODEL, "--config", str(config)).stdout.splitlines()
    assert dry[:-1] == wet[:-1]


def test_for_programs(bhoga: Run, config: Path) -> None:
    """The same as one object; warnings stand in it, and on stderr as always."""
    run = bhoga("apply", MODEL, "--config", str(config), "--json", "--dry-run")
    document = json.loads(run.stdout)
    assert (run.returncode, document["schema"], document["kind"]) == (0, 1, "apply")
    assert (document["path"], document["dry_run"], document["backup"]) == (str(config), True, None)
    changes = document["changes"]
    assert {"key": "model.api_key", "old": "…", "new": None} in changes
    assert {"key": "model.provider", "old": "custom", "new": "anthropic"} in changes
    assert "hush" not in run.stdout + run.stderr


def test_it_looks_first(bhoga: Run, scenario: Scenario, config: Path) -> None:
    """A reading that is old, or not there, is asked for; unless a person says otherwise."""
    home = scenario("exhausted")
    arguments = ("apply", MODEL, "--config", str(config), "--dry-run")
    assert bhoga(*arguments, "--no-probe", **home).returncode == 0
    assert bhoga(*arguments, **home).returncode == 1


def test_colours_are_for_a_terminal(bhoga: Run, config: Path) -> None:
    """A pipe gets no escape codes, and neither do values that hold some."""
    config.write_text('model:\n  default: "a\\eb"\n')
    run = bhoga("apply", MODEL, "--config", str(config))
    assert "\x1b" not in run.stdout
    assert "- model.default: a\\x1bb" in run.stdout


def test_without_utf_8(bhoga: Run, config: Path) -> None:
    """What a terminal cannot show is spelled."""
    run = bhoga("apply", MODEL, "--config", str(config), PYTHONIOENCODING="ascii")
    assert run.returncode == 0
    assert "- model.api_key: ..." in run.stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows tells of a closed pipe otherwise")
def test_a_reader_that_goes_away(config: Path) -> None:
    """Is no no: the exit code is the one that a shell gives for SIGPIPE."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "bhoga", "apply", MODEL, "--config", str(config), "--dry-run"]
    with open(writing, "wb") as pipe:  # noqa: PTH123 -- a descriptor has no path
        run = subprocess.run(command, stdout=pipe, stderr=subprocess.DEVNULL, check=False)
    assert run.returncode == 141


def test_without_an_answer_the_file_is_as_it_was(bhoga: Run, config: Path) -> None:
    """Exit code 1, and when the soonest opens."""
    bhoga("set", "claude_code", "0", "--ttl", "1h")
    run = bhoga("apply", MODEL, "--config", str(config))
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (1, "", 1)
    assert config.read_text() == WRITTEN_BY_HAND


def test_a_file_that_cannot_be_edited(bhoga: Run, config: Path) -> None:
    """Exit code 3, with the file and the line, and the file as it was."""
    config.write_text("model: [\n")
    run = bhoga("apply", MODEL, "--config", str(config))
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (3, "", 1)
    assert f"{config}, line " in run.stderr
    assert config.read_text() == "model: [\n"


@pytest.mark.parametrize(
    "arguments", [(), (MODEL, "--follow", "--json"), (MODEL, "--openai-via", "x")]
)
def test_misuse(bhoga: Run, arguments: tuple[str, ...]) -> None:
    """Exit code 2."""
    run = bhoga("apply", *arguments)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)


@pytest.mark.skipif(os.name != "posix", reason="there are no such signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_following_goes_on_until_it_is_ended(
    config: Path, number: signal.Signals, code: int
) -> None:
    """It writes at once, waits, and ends in order: by Ctrl-C, or as a service is ended."""
    command = [sys.executable, "-m", "bhoga", "apply", MODEL, "--follow", "--config", str(config)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        while "before: " not in process.stdout.readline():
            pass
        assert yaml.safe_load(config.read_text())["model"]["provider"] == "anthropic"
        with Router(eager=False, probes="off") as router:
            router.set_quota("claude_code", 0, ttl=3600)
        assert process.stderr is not None
        while "the file is left as it is" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(number)
        _, problems = process.communicate()
    assert (process.returncode, problems) == (code, "")
