"""The snippets that the project was described with run as they were printed."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from bhoga import Router, apply_to_hermes, check_quota, get_codex_models, model_family


def test_the_first_snippet(tmp_path: Path) -> None:
    """A harness asks, records its turn, and writes the choice into Hermes' configuration."""
    response = SimpleNamespace(headers={}, status_code=200)
    router = Router()
    router.set_quota("claude_code", pct_remaining=80.0)
    rec = router.best_for("claude-opus-4")
    assert rec is not None
    assert rec.hermes_model == "claude-opus-4"
    assert (rec.provider_id, rec.quota_pct) == ("claude_code", 0.80)
    router.record_turn(
        pid="anthropic_api",
        model="claude-opus-4",
        input_tokens=1200,
        output_tokens=800,
        headers=dict(response.headers),
        status_code=response.status_code,
    )
    apply_to_hermes(router, "claude-opus-4")
    router.close()
    written = yaml.safe_load((tmp_path / "home/.hermes/config.yaml").read_text())
    assert written == {
        "model": {
            "default": "claude-opus-4",
            "provider": "anthropic",
            "api_mode": "anthropic_messages",
        },
        "compression": {"summary_provider": "anthropic"},
    }


def test_setting_quota_by_hand() -> None:
    """Every form of `set_quota` counts at once, the tighter of two windows where there are two."""
    with Router() as router:
        router.set_quota("openai-codex", pct_remaining=75.0)
        router.set_quota("claude_code", pct_remaining=90.0, weekly_pct=60.0)
        router.set_quota("github-copilot", pct_remaining=85.0)
        router.set_quota("anthropic_api", pct_remaining=50.0)
        router.set_quota("anthropic_api", pct_remaining=60.0, model="claude-opus-4")
        anthropic = {it.provider_id: it.headroom for it in router.explain("claude-opus-4")}
        assert anthropic == {"github-copilot": 0.85, "claude_code": 0.6, "anthropic_api": 0.6}
        chosen = router.best_for("gpt-5.4")
        assert chosen is not None
        assert chosen.provider_id == "github-copilot"


def test_monitoring_overrides_discovery() -> None:
    """What a person's own monitoring says replaces what was known."""
    my_monitoring = SimpleNamespace(claude_code_burst_pct=30.0, claude_code_weekly_pct=20.0)
    router = Router()
    rec = router.best_for("claude-opus-4")
    if my_monitoring.claude_code_burst_pct is not None:
        router.set_quota(
            "claude_code",
            pct_remaining=my_monitoring.claude_code_burst_pct,
            weekly_pct=my_monitoring.claude_code_weekly_pct,
        )
        rec = router.best_for("claude-opus-4")
    router.close()
    assert rec is not None
    assert rec.quota_pct == 0.2


def test_auxiliary_tasks_are_written(tmp_path: Path) -> None:
    """`write_auxiliary` routes every auxiliary task, provider and model together."""
    with Router() as router:
        router.set_quota("openai-codex", pct_remaining=75.0)
        apply_to_hermes(router, "gpt-5.4", write_auxiliary=True)
    written = yaml.safe_load((tmp_path / "home/.hermes/config.yaml").read_text())
    assert written["auxiliary"]["vision"] == {"provider": "openai-codex", "model": "gpt-5.4"}


def test_codex_models() -> None:
    """Without files of Codex there is a built-in line-up."""
    assert get_codex_models()[:3] == ["gpt-5.4", "gpt-5.3-codex", "gpt-5.4-mini"]


def test_functions() -> None:
    """The family of a model, and what is known of a provider."""
    assert model_family("claude-opus-4") == "anthropic"
    assert check_quota("claude_code") is None
    with pytest.raises(ValueError, match="anthropic_api, claude_code"):
        check_quota("claude")
