"""The demo's turns say what the real ones would: bhoga's own header parsers read them."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bhoga_core.provider import Provider
from bhoga_core.providers import PROVIDERS
from bhoga_core.window import Window
from bhoga_shell.demo.answers import Response
from bhoga_shell.demo.copilot import reset_at
from bhoga_shell.demo.scenarios import SCENARIOS, Copilot, ExtraUsage, Scenario, month
from bhoga_shell.demo.turns import claude_turn, codex_turn, copilot_turn

NOW = 1_800_000_000.0
BY_ID = {provider.id: provider for provider in PROVIDERS}
CLAUDE, CODEX, COPILOT = (BY_ID[name] for name in ("claude_code", "openai-codex", "github-copilot"))
MODEL = "claude-fable-5"
WIRE = Path(__file__).parents[3].parent / "shared" / "wire"


def windows(provider: Provider, response: Response) -> dict[tuple[str, str], Window]:
    """The windows that bhoga reads from a turn's headers, by name and model."""
    reading = provider.read_headers(dict(response.headers), NOW)
    assert reading.ignored == 0
    return {(window.name, window.scope): window for window in reading.windows}


@pytest.mark.parametrize("name", ["fresh", "low", "scoped-exhausted", "weekly-only"])
def test_a_turn_of_claude_says_the_windows_of_the_scenario(name: str) -> None:
    """A model's own week only to turns of that model."""
    claude = SCENARIOS[name].claude
    read = windows(CLAUDE, claude_turn(claude, NOW))
    expected = {
        label: window
        for label, window in (("burst", claude.session), ("weekly", claude.week))
        if window is not None
    }
    assert {label for label, _ in read} == set(expected)
    for (label, _), window in read.items():
        assert window.used == pytest.approx(expected[label].used / 100.0)
        assert window.resets_at == NOW + expected[label].resets_in
        assert window.length == expected[label].length
    own = windows(CLAUDE, claude_turn(claude, NOW, MODEL))
    assert len(own) == len(read) + 1


@pytest.mark.parametrize(
    ("name", "model", "status", "wait"),
    [
        ("low", MODEL, 200, None),
        ("exhausted", "", 429, "9000"),
        ("scoped-exhausted", "", 200, None),
        ("scoped-exhausted", MODEL, 429, "259200"),
    ],
)
def test_a_turn_of_claude_is_refused_when_its_allowance_is_gone(
    name: str, model: str, status: int, wait: str | None
) -> None:
    """Until the reset of what refuses it."""
    response = claude_turn(SCENARIOS[name].claude, NOW, model)
    headers = dict(response.headers)
    assert response.status == status
    assert headers.get("retry-after") == wait
    assert (headers["anthropic-ratelimit-unified-status"] == "rejected") is (status == 429)
    if wait is not None:
        assert headers["anthropic-ratelimit-unified-reset"] == str(round(NOW) + int(wait))


def test_a_turn_of_claude_says_whether_extra_usage_may_follow() -> None:
    """It is a status of its own."""
    paid = replace(SCENARIOS["fresh"].claude, extra=ExtraUsage(5000, 0, enabled=True))
    name = "anthropic-ratelimit-unified-overage-status"
    assert dict(claude_turn(paid, NOW).headers)[name] == "allowed"
    assert dict(claude_turn(SCENARIOS["fresh"].claude, NOW).headers)[name] == "rejected"


@pytest.mark.parametrize("name", ["fresh", "low", "exhausted", "scoped-exhausted", "weekly-only"])
def test_a_turn_of_codex_says_the_windows_of_the_scenario(name: str) -> None:
    """Those of the plan, and those of a model under its name."""
    codex = SCENARIOS[name].codex
    response = codex_turn(codex, NOW)
    read = windows(CODEX, response)
    used = {window.length: window.used for (_, scope), window in read.items() if scope == "*"}
    assert used == {
        window.length: pytest.approx(window.used / 100.0, abs=0.01) for window in codex.windows
    }
    assert len(read) == len(codex.windows) + len(codex.models)
    assert CODEX.read_headers(dict(response.headers), NOW).plan == codex.plan
    assert response.status == (429 if name == "exhausted" else 200)


def test_a_refused_turn_of_codex_says_when_in_its_body() -> None:
    """It has no `Retry-After`."""
    response = codex_turn(SCENARIOS["exhausted"].codex, NOW)
    error = json.loads(response.body)["error"]
    assert error["type"] == "usage_limit_reached"
    assert error["resets_in_seconds"] == 2700
    assert error["resets_at"] == NOW + 2700
    assert "retry-after" not in dict(response.headers)


@pytest.mark.parametrize("copilot", [SCENARIOS["fresh"].copilot, SCENARIOS["low"].copilot])
def test_a_turn_of_copilot_says_what_is_left(copilot: Copilot) -> None:
    """Premium requests, and chat, which is unlimited."""
    read = windows(COPILOT, copilot_turn(copilot, NOW))
    assert read["premium", "*"].used == pytest.approx(copilot.premium.used / 100.0)
    assert read["premium", "*"].limit == copilot.entitlement
    assert read["premium", "*"].remaining == pytest.approx(copilot.left)
    assert read["premium", "*"].resets_at == reset_at(copilot, NOW).timestamp()
    assert read["chat", "*"].used == 0.0


def test_a_turn_of_copilot_beyond_the_entitlement_says_how_far() -> None:
    """Where that is permitted."""
    response = copilot_turn(Copilot(month(110.0), overage_permitted=True), NOW)
    assert response.status == 200
    assert windows(COPILOT, response)["premium", "*"].used == pytest.approx(1.1)


def test_a_turn_of_copilot_without_quota_is_unpaid() -> None:
    """And has no header of a quota."""
    response = copilot_turn(SCENARIOS["exhausted"].copilot, NOW)
    assert response.status == 402
    assert json.loads(response.body)["error"]["code"] == "quota_exceeded"
    assert windows(COPILOT, response) == {}
    reset = reset_at(SCENARIOS["exhausted"].copilot, NOW).timestamp()
    assert dict(response.headers)["retry-after"] == str(round(reset - NOW))


@pytest.mark.parametrize(
    ("samples", "turn"),
    [
        ("anthropic_unified_headers.*", lambda each: claude_turn(each.claude, NOW, MODEL)),
        ("codex_headers.*", lambda each: codex_turn(each.codex, NOW)),
        ("copilot_headers.*", lambda each: copilot_turn(each.copilot, NOW)),
    ],
)
def test_every_header_is_one_that_has_been_seen(
    samples: str, turn: Callable[[Scenario], Response]
) -> None:
    """In some answer of the real backend."""
    paths = sorted(WIRE.glob(samples))
    if not paths:
        pytest.skip(f"there are no samples in {WIRE}")
    seen = {
        line.partition(":")[0].lower()
        for path in paths
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    told = {name for each in SCENARIOS.values() for name, _ in turn(each).headers}
    extra = told - seen - {"content-type", "retry-after"}
    # Of a family beside the plan, the primary slot is written as the plan's own is.
    assert {name for name in extra if "bengalfox" not in name} == set()
