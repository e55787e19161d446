"""The imperative shell: the only place of bhoga with a clock, threads and files.

A name is loaded when it is first taken from here, so that the command does not wait for what it
does not use.
"""

from typing import TYPE_CHECKING

from bhoga_core.doorway import doorway

__version__ = "0.1.0"

__all__ = [
    "BhogaError",
    "CodexModels",
    "CopilotToken",
    "Counters",
    "HermesApplied",
    "HermesChange",
    "HermesConfigError",
    "NoCopilotToken",
    "ProviderError",
    "Router",
    "StateError",
    "__version__",
    "apply_to_hermes",
    "calibrate",
    "check_quota",
    "codex_models",
    "get_codex_models",
    "mark_throttled",
    "resolve_copilot_token",
]

HOMES = (
    "clock",
    "codex_models",
    "copilot_token",
    "errors",
    "hermes",
    "quota_check",
    "router",
)
"""The modules in which the names above are looked for, in this order."""

if TYPE_CHECKING:
    from bhoga_shell.clock import calibrate, mark_throttled
    from bhoga_shell.codex_models import CodexModels, codex_models, get_codex_models
    from bhoga_shell.copilot_token import (
        CopilotToken,
        NoCopilotToken,
        resolve_copilot_token,
    )
    from bhoga_shell.errors import BhogaError, HermesConfigError, ProviderError, StateError
    from bhoga_shell.hermes import HermesApplied, HermesChange, apply_to_hermes
    from bhoga_shell.quota_check import check_quota
    from bhoga_shell.router import Counters, Router
else:
    # Not seen by type checkers, so that a name that is not there stays an error for them.
    __getattr__, __dir__ = doorway(__name__, __all__, HOMES)
