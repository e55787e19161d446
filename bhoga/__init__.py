"""bhoga knows how much of each AI subscription is left, and where the next request should go.

    from bhoga import Router

    router = Router()
    recommendation = router.best_for("claude-opus-4")

This is the front door: everything here comes from `bhoga_shell`, which has the effects, or from
`bhoga_core`, which is pure.
"""

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
    Counters,
    HermesConfigError,
    ProviderError,
    Router,
    StateError,
    __version__,
    apply_to_hermes,
    calibrate,
    check_quota,
    get_codex_models,
    mark_throttled,
)

__all__ = [
    "Basis",
    "BhogaError",
    "Billing",
    "Counters",
    "Explanation",
    "HermesConfigError",
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
    "get_codex_models",
    "mark_throttled",
    "model_family",
    "normalise_model",
    "to_hermes_model",
]
