"""The environment variables that decide for which login Codex works.

Measured with Codex 0.169 (2026-11) against stand-ins on loopback. With `CODEX_ACCESS_TOKEN` set,
the login of `codex login` is not looked at; the OPENAI_ variables of a workload's login come first
too; `CODEX_API_KEY` counts for `codex exec` alone; `OPENAI_API_KEY` and `OPENAI_BASE_URL` change
nothing beside a login. The keys are taken away all the same: no answer needs them.
"""

from bhoga_core.probe import Pitfall

IDENTITY = (
    "CODEX_ACCESS_TOKEN",
    "CODEX_API_KEY",
    "OPENAI_API_KEY",
    "OPENAI_FEDERATION_RULE_ID",
    "OPENAI_IDENTITY_TOKEN_FILE",
)
"""What is taken out of the environment of a probe, so that it answers for `codex login`."""

PITFALLS = (
    Pitfall(
        "CODEX_ACCESS_TOKEN",
        "Codex then works for that token, not for the login whose quota is shown",
    ),
    Pitfall(
        "CODEX_API_KEY",
        "`codex exec` then bills that key, and not the plan whose quota is shown",
    ),
)
