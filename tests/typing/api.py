"""The public API as type checkers see it. Checked by mypy and pyright, never run."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, assert_type

from bhoga import (
    Basis,
    BhogaError,
    Billing,
    CodexModels,
    CopilotToken,
    Counters,
    Explanation,
    HermesApplied,
    HermesChange,
    HermesConfigError,
    NoCopilotToken,
    ProviderError,
    ProviderQuota,
    ProviderStatus,
    Router,
    RouterRecommendation,
    StateError,
    Window,
    __version__,
    apply_to_hermes,
    calibrate,
    check_quota,
    codex_models,
    get_codex_models,
    mark_throttled,
    model_family,
    normalise_model,
    resolve_copilot_token,
    to_hermes_model,
)


def routing(router: Router) -> None:
    """Asking."""
    assert_type(router.best_for("claude-opus-4"), RouterRecommendation | None)
    assert_type(router.best_for(["claude-opus-4", "gpt-5.4"]), RouterRecommendation | None)
    assert_type(router.explain("o3"), tuple[Explanation, ...])
    assert_type(router.next_available("o3"), float | None)
    assert_type(router.quotas(), tuple[ProviderQuota, ...])


def recording(router: Router) -> None:
    """Telling."""
    router.record_turn("claude_code", "claude-opus-4", 1, 2, {"retry-after": "1"}, 429)
    router.record_turn(
        pid="claude_code",
        model="claude-opus-4",
        input_tokens=1,
        output_tokens=2,
        headers=[(b"a", b"b")],
        status_code=200,
        started_at=1.0,
    )
    router.set_quota("claude_code", 90, weekly_pct=60.0, model="*", ttl=60)
    router.clear_quota("claude_code", model="*")
    assert_type(router.httpx_hook("openai_api"), Callable[[Any], None])
    assert_type(router.async_httpx_hook("openai_api"), Callable[[Any], Awaitable[None]])
    router.refresh()
    router.refresh("claude_code")
    assert_type(router.flush(timeout=1.0), bool)
    assert_type(router.counters, Counters)
    assert_type(router.counters.folded_away, int)


def life() -> None:
    """Its own."""
    with Router(state_path="state.json", eager=False, policy="soonest_reset") as router:
        assert_type(router, Router)
    Router(state_path=Path("state.json"), metered="last", reserve=0.2, switch_margin=0.1).close()


def recommendation(choice: RouterRecommendation) -> None:
    """What is answered."""
    assert_type(choice.provider_id, str)
    assert_type(choice.model_id, str)
    assert_type(choice.quota_pct, float)
    assert_type(choice.status, ProviderStatus)
    assert_type(choice.hermes_model, str)
    assert_type(choice.priority, int)
    assert_type(choice.basis, Basis)
    assert_type(choice.resets_at, float | None)
    assert_type(choice.billing, Billing)


def quota(q: ProviderQuota) -> None:
    """What is known."""
    assert_type(q.remaining_at(0.0, "o3"), float)
    assert_type(q.status_at(0.0), ProviderStatus)
    assert_type(calibrate(q, {"retry-after": "1"}), ProviderQuota)
    assert_type(mark_throttled(q, 5.0, now=0.0), ProviderQuota)


def explanation(why: Explanation) -> None:
    """Why it was answered."""
    assert_type(why.provider_id, str)
    assert_type(why.chosen, bool)
    assert_type(why.headroom, float)
    assert_type(why.reason, str)
    assert_type(why.window, Window | None)
    assert_type(why.age, float | None)
    assert_type(why.opens_at, float | None)


def hermes(router: Router, path: Path) -> None:
    """Writing the answer down."""
    applied = apply_to_hermes(router, "gpt-5.4", config_path=path, write_auxiliary=True)
    assert_type(applied, HermesApplied | None)
    if applied is not None:
        assert_type(applied.path, Path)
        assert_type(applied.changes, tuple[HermesChange, ...])
        assert_type(applied.changes[0].old, str | None)
        assert_type(applied.backup, Path | None)
        assert_type(applied.warnings, tuple[str, ...])
    apply_to_hermes(router, "gpt-5.4", openai_via="openai-api", dry_run=True)


def errors(state: StateError, hermes: HermesConfigError, provider: ProviderError) -> None:
    """What is raised: all of it is caught as one."""
    everything: list[BhogaError] = [state, hermes, provider]
    assert_type(everything[0], BhogaError)
    assert_type(state.path, str)
    assert_type(hermes.path, str)
    assert_type(hermes.line, int)
    assert_type(provider.pid, str)


def functions() -> None:
    """The rest."""
    assert_type(model_family("o3"), str)
    assert_type(normalise_model("o3", "copilot"), str)
    assert_type(to_hermes_model("claude_code", "claude-opus-4"), str)
    assert_type(get_codex_models(), list[str])
    assert_type(codex_models(), CodexModels)
    assert_type(codex_models({}).source, str)
    assert_type(codex_models().models, tuple[str, ...])
    assert_type(resolve_copilot_token(), CopilotToken | NoCopilotToken)
    assert_type(resolve_copilot_token({}), CopilotToken | NoCopilotToken)
    assert_type(check_quota("claude_code"), ProviderQuota | None)
    assert_type(len(__version__), int)
