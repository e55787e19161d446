"""bhoga knows how much of each AI subscription is left, and where the next request should go.

    from bhoga import Router

    router = Router()
    recommendation = router.best_for("claude-opus-4")

This is the front door: everything here comes from `bhoga_shell`, which has the effects, or from
`bhoga_core`, which is pure. It is opened when something is taken through it, not before: a program
that imports bhoga and never asks pays for nothing.
"""

from typing import TYPE_CHECKING

__all__ = [
    "Basis",
    "BhogaError",
    "Billing",
    "CodexModels",
    "CopilotToken",
    "Counters",
    "Explanation",
    "HermesApplied",
    "HermesChange",
    "HermesConfigError",
    "NoCopilotToken",
    "Policy",
    "Provider",
    "ProviderError",
    "ProviderQuota",
    "ProviderStatus",
    "Router",
    "RouterRecommendation",
    "StateError",
    "Window",
    "__version__",
    "apply_to_hermes",
    "calibrate",
    "check_quota",
    "codex_models",
    "get_codex_models",
    "mark_throttled",
    "model_family",
    "normalise_model",
    "resolve_copilot_token",
    "to_hermes_model",
]

if TYPE_CHECKING:
    from bhoga_core import (
        Basis,
        Billing,
        Explanation,
        Policy,
        Provider,
        ProviderQuota,
        ProviderStatus,
        RouterRecommendation,
        Window,
        model_family,
        normalise_model,
        to_hermes_model,
    )
    from bhoga_shell import (
        BhogaError,
        CodexModels,
        CopilotToken,
        Counters,
        HermesApplied,
        HermesChange,
        HermesConfigError,
        NoCopilotToken,
        ProviderError,
        Router,
        StateError,
        __version__,
        apply_to_hermes,
        calibrate,
        check_quota,
        codex_models,
        get_codex_models,
        mark_throttled,
        resolve_copilot_token,
    )
else:
    # Not seen by type checkers, so that a name that is not there stays an error for them.
    def __getattr__(name):
        from importlib import import_module  # noqa: PLC0415 -- only a first use gets here

        if name in __all__:
            # The shell before the core: its `calibrate` and `mark_throttled` have a clock.
            for home in ("bhoga_shell", "bhoga_core"):
                module = import_module(home)
                if hasattr(module, name):
                    globals()[name] = getattr(module, name)
                    return globals()[name]
        raise AttributeError(f"module 'bhoga' has no attribute {name!r}")

    def __dir__():
        return sorted({*globals(), *__all__})
