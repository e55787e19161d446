"""The stand-in programs are where PATH finds them, and start at once."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bhoga_shell.demo.programs import PROGRAMS, install

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_is_found_on_path(tmp_path: Path, program: str) -> None:
    """And nothing else is in the folder than the programs."""
    install(tmp_path / "bin")
    assert shutil.which(program, path=str(tmp_path / "bin")) is not None
    assert {path.stem for path in (tmp_path / "bin").iterdir()} == set(PROGRAMS)


def test_installing_twice_is_installing_once(tmp_path: Path) -> None:
    """The programs are written anew."""
    install(tmp_path)
    (tmp_path / "claude").write_text("broken", encoding="utf-8")
    install(tmp_path)
    assert "claude_program" in (tmp_path / "claude").read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="a .cmd names its Python otherwise")
def test_a_python_with_a_blank_in_its_path_runs_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one whose path is longer than the line that names an interpreter may be."""
    folder = tmp_path / "it's a python" / ("x" * 200)
    folder.mkdir(parents=True)
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(python))
    install(tmp_path / "bin")
    told = subprocess.run(
        [tmp_path / "bin" / "codex", "--version"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert told.stdout.startswith("codex-cli ")


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(
    "origin",
    ["", "http://192.0.2.1:80", "https://127.0.0.1:1", "http://127.0.0.1:1@example.invalid:2"],
)
def test_a_program_talks_to_this_machine_alone(run: Run, program: str, origin: str) -> None:
    """It refuses to run with the backends anywhere else."""
    arguments = {"claude": (), "codex": ("exec", "hello")}[program]
    told = run(program, *arguments, BHOGA_DEMO_BACKENDS=origin)
    assert told.returncode == 1
    assert "BHOGA_DEMO_BACKENDS must be http://127.0.0.1:" in told.stderr


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_loads_little(home: Mapping[str, str], program: str) -> None:
    """Neither bhoga's own start nor what a request needs: it is run over and over."""
    script = Path(home["PATH"], program)
    told = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "importtime", script, "--version"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}
    assert f"bhoga_shell.demo.{program}_program" in loaded
    assert loaded.isdisjoint(
        {"bhoga_shell.router", "dataclasses", "http.client", "pathlib", "typing"}
    )
