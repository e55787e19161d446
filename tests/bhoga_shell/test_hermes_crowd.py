"""Hermes' configuration while a hundred processes write it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bhoga_shell.hermes_file import BACKUPS_KEPT
from bhoga_shell.router import Router

WRITERS = 100

OWN = """\
# my agent
model:   # the main one
  default: gpt-5.2   # for now
  provider: openai-codex
agent:
  max_turns: 0x1F  # odd, but mine
"""

CROWD = """\
import json, os, sys
from bhoga import Router, apply_to_hermes
from bhoga_shell import hermes
import bhoga_core.yaml_edit, filelock  # once, not a hundred times

path, writers = sys.argv[1], int(sys.argv[2])
hermes.LOCK_PATIENCE = 100.0  # a slow disk is no failure
starts, start = os.pipe()

def write(number):
    os.close(start)
    os.read(starts, 1)  # until the parent lets go of the other end, for all at once
    with Router(eager=False) as router:
        applied = apply_to_hermes(router, f"gpt-5.4-{number}", config_path=path)
    (change,) = (each for each in applied.changes if each.key == "model.default")
    os.write(1, f"{json.dumps([change.old, change.new])}\\n".encode())

children = []
for number in range(writers):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            write(number)
            code = 0
        finally:
            os._exit(code)
    children.append(child)
os.close(start)
sys.exit(sum(os.waitpid(child, 0)[1] != 0 for child in children))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a hundred processes take too long to start")
def test_a_hundred_writers_take_turns(tmp_path: Path) -> None:
    """The file is whole at every instant, no write is lost, and the last writer's choice stands."""
    with Router(eager=False) as router:
        router.set_quota("openai-codex", pct_remaining=75.0)
    path = tmp_path / "config.yaml"
    path.write_text(OWN)
    looks = 0
    with subprocess.Popen(
        [sys.executable, "-c", CROWD, str(path), str(WRITERS)], stdout=subprocess.PIPE, text=True
    ) as crowd:
        while crowd.poll() is None:
            text = path.read_text()
            seen = yaml.safe_load(text)
            assert seen["model"]["default"].startswith("gpt-5.")
            assert seen["agent"] == {"max_turns": 31}
            assert text.startswith("# my agent\nmodel:   # the main one\n")
            looks += 1
        assert crowd.stdout is not None
        written = [json.loads(line) for line in crowd.stdout]
    assert crowd.returncode == 0
    assert looks > 1
    # Each writer found what the one before it wrote: a single chain, from the file's first choice.
    after = dict(written)
    assert len(after) == len(written) == WRITERS
    choice = "gpt-5.2"
    for _ in range(WRITERS):
        choice = after.pop(choice)
    assert yaml.safe_load(path.read_text())["model"]["default"] == choice
    assert len([*tmp_path.glob("config.yaml.bhoga-*")]) == BACKUPS_KEPT
    assert not [*tmp_path.glob("*.tmp")]
