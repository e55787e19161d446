"""bhoga against the real Hermes: how names are spelled, and what becomes of written files.

Opt-in: `BHOGA_REAL_HERMES_PYTHON=<python of a venv with hermes-agent> pytest -m real tests/real`;
`--log-cli-level=INFO` shows the version and the counts.
Every login is invented, and no connection leaves the process in which Hermes runs.
"""

import base64
import itertools
import json
import logging
import os
import random
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from bhoga_core.hermes import AUXILIARY_TASKS, OpenaiVia
from bhoga_core.hermes_names import normalise_model
from bhoga_shell.hermes import apply_to_hermes
from bhoga_shell.router import Router

log = logging.getLogger(__name__)

# Taken before conftest hides the machine's settings from the tests.
PYTHON = os.environ.get("BHOGA_REAL_HERMES_PYTHON", "")
ANSWERS = Path(__file__).with_name("hermes_answers.py")
TORTURE = Path(__file__).parents[2].parent / "shared" / "hermes" / "user_config.yaml"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not Path(PYTHON).is_file(),
        reason="BHOGA_REAL_HERMES_PYTHON does not name the Python of a venv with hermes-agent",
    ),
]


def asked_of_hermes(names: object = (), homes: object = ()) -> Any:
    """What the real Hermes answers."""
    run = subprocess.run(
        [PYTHON, str(ANSWERS)],
        input=json.dumps({"names": names, "homes": homes}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={"PATH": "", "SYSTEMROOT": os.environ.get("SYSTEMROOT", "")},
    )
    answer = json.loads(run.stdout)
    log.info("hermes-agent %s", answer["version"])
    return answer


# Names

VENDORS = (
    *("", "anthropic/", "claude/", "claude-code/", "openai/", "OpenAI/", "openai-codex/", "codex/"),
    *(
        "copilot/",
        "github/",
        "github-copilot/",
        "google/",
        "x-ai/",
        "openrouter/anthropic/",
        "a/b/",
    ),
    *("anthropic/ ", " openai /", "/", "Anthropic/", "openrouter/openai/"),
)
FAMILIES = (
    *("claude-opus-4", "claude-sonnet-4", "claude-haiku-4", "claude-fable-5", "claude-3-5-sonnet"),
    *("gpt-4.1", "gpt-4o", "gpt-5", "gpt-5.4", "gpt-5.3-codex", "gpt-12", "gpt-oss", "chatgpt-4o"),
    *(
        "o1",
        "o3",
        "o4",
        "codex",
        "gemini-3-pro",
        "gemma-3",
        "glm-5",
        "grok-4",
        "kimi-k3",
        "llama-4",
    ),
    *("deepseek-v4", "qwen3", "mimo-2", "minimax-m3", "nemotron-3", "step-3", "trinity-1", "opus"),
    *("mistral-large", "", "Claude-Sonnet-4", "GPT-5.4"),
)
TAILS = ("", "-5", ".5", "-6", ".6", "-0", "-mini", "-nano", "-chat", "-preview", "-latest")
TAILS = (*TAILS, "-20251101", "[1m]", ":thinking", "-codex-max", " ", "-4-6-mini")
TARGETS = ("anthropic", "copilot", "openai-codex", "openrouter")


def generated_names() -> list[str]:
    """Every vendor with every family and tail, and words without sense of the same letters."""
    names = ["".join(parts) for parts in itertools.product(VENDORS, FAMILIES, TAILS)]
    chance = random.Random(7)  # noqa: S311 -- the same names each time
    letters = "claudegpt-codexo1345.6/ :[]m_GÄ"
    words = ("".join(chance.choices(letters, k=chance.randrange(1, 24))) for _ in range(4000))
    return [*names, *words]


def test_names_are_spelled_as_hermes_spells_them() -> None:
    """For every generated name and target, Hermes' normalisation gives what bhoga's does."""
    cases = [[target, name] for target in TARGETS for name in generated_names()]
    spelled = asked_of_hermes(names=cases)["names"]
    differing = [
        (target, name, theirs, normalise_model(name, target))
        for (target, name), theirs in zip(cases, spelled, strict=True)
        if normalise_model(name, target) != theirs
    ]
    log.info("%d names, %d differ", len(cases), len(differing))
    assert differing[:20] == []


# Files

OWN = """\
# by hand
x: &old
  base_url: https://proxy.invalid/anthropic   # would be followed
  api_key: sk-left-behind
model: {<<: *old, default: old-model, provider: auto, context_length: 1000}   # flow
base_url: https://root.invalid/anthropic
auxiliary:
  vision: {provider: custom, model: eyes, base_url: 'https://eyes.invalid', api_key: sk-eyes}
  web_extract: &web
    <<: *old
    provider: custom:proxy
    key_env: OPENROUTER_API_KEY   # would be sent along
    api_mode: anthropic_messages
  mcp: *web
"""


class Case(NamedTuple):
    """A provider and a model, with what Hermes is to make of the file that is written for it."""

    pid: str
    model: str
    provider: str
    name: str
    api_mode: str
    base_url: str
    key: str
    via: OpenaiVia = "openrouter"


CASES = (
    Case(
        "claude_code",
        "anthropic/claude-sonnet-4.6",
        "anthropic",
        "claude-sonnet-4-6",
        "anthropic_messages",
        "https://api.anthropic.com",
        "CLAUDE_CODE_OAUTH_TOKEN",
    ),
    Case(
        "anthropic_api",
        "claude-sonnet-4.6",
        "anthropic",
        "claude-sonnet-4-6",
        "anthropic_messages",
        "https://api.anthropic.com",
        "ANTHROPIC_API_KEY",
    ),
    Case(
        "openai-codex",
        "openai/gpt-5.4",
        "openai-codex",
        "gpt-5.4",
        "codex_responses",
        "https://chatgpt.com/backend-api/codex",
        "Codex' login",
    ),
    Case(
        "openai_api",
        "gpt-5.4",
        "openrouter",
        "openai/gpt-5.4",
        "chat_completions",
        "https://openrouter.ai/api/v1",
        "OPENROUTER_API_KEY",
    ),
    Case(
        "openai_api",
        "openai/gpt-5.4",
        "openai-api",
        "gpt-5.4",
        "codex_responses",
        "https://api.openai.com/v1",
        "OPENAI_API_KEY",
        "openai-api",
    ),
    Case(
        "github-copilot",
        "claude-sonnet-4-6",
        "copilot",
        "claude-sonnet-4.6",
        "chat_completions",
        "https://api.githubcopilot.com",
        "COPILOT_GITHUB_TOKEN",
    ),
    Case(
        "github-copilot",
        "openai/o3",
        "copilot",
        "o3",
        "chat_completions",
        "https://api.githubcopilot.com",
        "COPILOT_GITHUB_TOKEN",
    ),
    Case(
        "github-copilot",
        "gpt-5.3-codex",
        "copilot",
        "gpt-5.3-codex",
        "codex_responses",
        "https://api.githubcopilot.com",
        "COPILOT_GITHUB_TOKEN",
    ),
)

KEYS = {
    "ANTHROPIC_API_KEY": "sk-ant-api03-invented",
    "CLAUDE_CODE_OAUTH_TOKEN": "sk-ant-oat01-invented",
    "COPILOT_GITHUB_TOKEN": "gho_invented",
    "OPENAI_API_KEY": "sk-proj-invented",
    "OPENROUTER_API_KEY": "sk-or-v1-invented",
}


def invented_token() -> str:
    """A token for Codex that has not run out and that nobody has signed."""
    claims = {
        "exp": 4_000_000_000,
        "https://api.openai.com/auth": {"chatgpt_account_id": "acct-invented"},
    }
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
    return ".".join([*(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in parts), "sig"])


TOKEN = invented_token()
CODEX_LOGIN = {
    "version": 1,
    "providers": {
        "openai-codex": {
            "tokens": {"access_token": TOKEN, "refresh_token": "rt", "account_id": "acct-invented"},
            "last_refresh": "2026-11-01T00:00:00Z",
            "auth_mode": "chatgpt",
        }
    },
}


def home_with(folder: Path, text: str, version: int | None) -> Path:
    """A home for Hermes whose configuration is `text` at a version; none where both are nothing."""
    folder.mkdir()
    (folder / "auth.json").write_text(json.dumps(CODEX_LOGIN))
    lines = [line for line in text.splitlines(keepends=True) if "_config_version" not in line]
    if version is not None:
        lines.insert(0, f"_config_version: {version}\n")
    if lines:
        (folder / "config.yaml").write_text("".join(lines), encoding="utf-8")
    return folder


def environ_of(case: Case) -> dict[str, str]:
    """Every key at once, but for the login that Hermes would take before the key that is meant."""
    hidden = "CLAUDE_CODE_OAUTH_TOKEN" if case.pid == "anthropic_api" else ""
    return {name: key for name, key in KEYS.items() if name != hidden} | {"Codex' login": TOKEN}


@pytest.mark.parametrize("auxiliary", [False, True])
@pytest.mark.parametrize("version", [None, 12, 33])
@pytest.mark.parametrize("file", ["fresh", "own", "torture"])
def test_hermes_does_as_the_file_says(
    tmp_path: Path, file: str, version: int | None, *, auxiliary: bool
) -> None:
    """Each provider's file leads Hermes to that provider, model, mode, host and key."""
    if file == "torture" and not TORTURE.exists():
        pytest.skip("the torture file is not beside the checkout")
    text = {"fresh": lambda: "", "own": lambda: OWN, "torture": TORTURE.read_text}[file]()
    homes: list[dict[str, object]] = []
    for number, case in enumerate(CASES):
        home = home_with(tmp_path / str(number), text, version)
        with Router(eager=False, state_path=tmp_path / f"{number}.json") as router:
            router.set_quota(case.pid, pct_remaining=99.0)
            applied = apply_to_hermes(
                router,
                case.model,
                config_path=home / "config.yaml",
                write_auxiliary=auxiliary,
                openai_via=case.via,
            )
        assert applied is not None
        homes.append({"home": str(home), "environ": environ_of(case)})
    answers = asked_of_hermes(homes=homes)["homes"]
    for case, answer, home in zip(CASES, answers, homes, strict=True):
        assert "error" not in answer, (case, answer)
        found = (answer["provider"], answer["model"], answer["api_mode"])
        assert found == (case.provider, case.name, case.api_mode), case
        assert answer["base_url"].rstrip("/") == case.base_url, case
        assert answer["key"] == case.key, case
        assert not answer["context_length"], case
        own = yaml.safe_load((Path(str(home["home"])) / "config.yaml").read_text(encoding="utf-8"))
        tasks = set(AUXILIARY_TASKS) if auxiliary else set()
        tasks |= {"compression"} if version == 33 else set()
        for task in tasks:
            chosen = [case.provider, case.name, None, None, None]
            assert answer["tasks"][task] == chosen, (case, task)
        if version != 33:
            assert own["compression"]["summary_provider"] == case.provider
