"""What becomes of files as nasty as people make them, line by line."""

import difflib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bhoga_core.hermes import AUXILIARY_TASKS
from bhoga_shell.hermes import apply_to_hermes
from bhoga_shell.router import Router

TORTURE = Path(__file__).parents[2].parent / "shared" / "hermes" / "user_config.yaml"

NASTY = """\
%YAML 1.1
---
# agent on the tin can   \n\
'_config_version' : 0x21   # thirty-three
x-lab: &lab
    base_url: 'http://127.0.0.1:9/v1'   # mine
    context_length: 32_768
x-slow: &slow {timeout: 99, extra: [a, "b, }", {c: d}]}   # flow

model: decoy            # the key below wins
"model" :
      <<: *lab
      # six columns, and a key that is quoted
      "default" : &main 'openrouter/horizon'   # it's "quoted"
      provider : !!str openrouter
      api_key: ${OPENROUTER_API_KEY}   # not a secret
      nested: {model: {default: decoy}, provider: decoy}
base_url: http://0.0.0.0:1/v1   # read where model has none

? long
: - provider: decoy
  - model: *main
auxiliary: {vision: &vis {<<: *slow, provider: auto, model: "", key_env: LAB}, # eyes
    compression: {provider: "openrouter", base_url: ''},   # shorter
    'web_extract': *vis, my-plugin: {timeout: 1.10}, retries: 010}
compression: {enabled: on, threshold: .5}
prompt: |2+
   model:
     default: text, not a key   # nor a comment

  # text as well
motto: >-
  folded 🜁 text that
  a dumper would wrap: provider: decoy

tail: ~   # no line ends here"""

MAIN = [
    '-      "default" : &main \'openrouter/horizon\'   # it\'s "quoted"',
    "-      provider : !!str openrouter",
    "-      api_key: ${OPENROUTER_API_KEY}   # not a secret",
    '+      "default" : \'gpt-5.4\'   # it\'s "quoted"',
    "+      provider : openai-codex",
    "+      # not a secret",
    "-base_url: http://0.0.0.0:1/v1   # read where model has none",
    "+      api_mode: codex_responses",
    '+      base_url: ""',
    '+      context_length: ""',
    "+# read where model has none",
    "-  - model: *main",
    "+  - model: &main 'openrouter/horizon'",
]
"""The lines that differ for the model, without those of the auxiliary tasks."""


@pytest.fixture
def router() -> Iterator[Router]:
    """A router that recommends Codex."""
    with Router(eager=False) as router:
        router.set_quota("openai-codex", pct_remaining=75.0)
        yield router


def differing(before: str, after: str) -> list[str]:
    """The lines that went (`-`) and came (`+`)."""
    old, new = before.split("\n"), after.split("\n")
    diff = difflib.unified_diff(old, new, n=0, lineterm="")
    return [line for line in diff if not line.startswith(("---", "+++", "@@"))]


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_only_the_intended_lines_differ(
    router: Router, tmp_path: Path, eol: str, mark: str
) -> None:
    """Comments, anchors, merge keys, quotes, look-alikes, mark, line ends and tail stay."""
    path = tmp_path / "config.yaml"
    path.write_bytes((mark + NASTY.replace("\n", eol)).encode())
    apply_to_hermes(router, "gpt-5.4", config_path=path)
    after = path.read_bytes().decode()
    assert after.startswith(f"{mark}%YAML")
    assert after.count("\n") == after.count(eol)
    lines = differing(NASTY, after.removeprefix(mark).replace(eol, "\n"))
    assert lines == [
        *MAIN,
        "-    compression: {provider: \"openrouter\", base_url: ''},   # shorter",
        '+    compression: {provider: "openai-codex", model: gpt-5.4},   # shorter',
    ]


def test_what_was_not_meant_reads_as_before(router: Router, tmp_path: Path) -> None:
    """With every task routed, each is what it was but for its provider."""
    path = tmp_path / "config.yaml"
    path.write_text(NASTY, encoding="utf-8")
    apply_to_hermes(router, "gpt-5.4", config_path=path, write_auxiliary=True)
    before, after = yaml.safe_load(NASTY), yaml.safe_load(path.read_text(encoding="utf-8"))
    chosen = {"provider": "openai-codex", "model": "gpt-5.4"}
    tasks = after.pop("auxiliary")
    assert {tasks[name].pop("key_env", "") for name in ("vision", "web_extract")} == {""}
    assert tasks == dict.fromkeys(AUXILIARY_TASKS, chosen) | {
        "vision": before["x-slow"] | chosen,
        "web_extract": before["x-slow"] | chosen,
        "my-plugin": {"timeout": 1.10} | chosen,
        "retries": 8,
    }
    meant = {"auxiliary", "base_url", "model"}
    assert {key: after[key] for key in before if key not in meant} == {
        key: before[key] for key in before if key not in meant
    }


@pytest.mark.skipif(not TORTURE.exists(), reason="the torture file is not beside the checkout")
@pytest.mark.parametrize("tasks", [False, True])
def test_a_torture_file_keeps_its_other_bytes(
    router: Router, tmp_path: Path, *, tasks: bool
) -> None:
    """In a file of somebody else's making, too: the backup is the file, and the diff is small."""
    path = tmp_path / "config.yaml"
    before = TORTURE.read_bytes()
    path.write_bytes(before)
    applied = apply_to_hermes(router, "gpt-5.4", config_path=path, write_auxiliary=tasks)
    assert applied is not None
    assert applied.backup is not None
    assert applied.backup.read_bytes() == before
    lines = differing(before.decode(), path.read_bytes().decode())
    gone = [line.partition(":")[0].strip("- ") for line in lines if line[0] == "-"]
    of_model = ["default", "provider", "base_url", "context_length"]
    of_tasks = ["provider", "model", "provider", "model", "web_extract"]
    assert gone == of_model + (of_tasks if tasks else of_tasks[:2])
    remarks = [line.partition(" #")[2] for line in lines if line[0] == "-" and " #" in line]
    assert remarks == [line.partition(" #")[2] for line in lines if line[0] == "+" and " #" in line]
