"""The GitHub token with which Copilot is used, and where it comes from.

The order and the rules are those of Hermes and of the Copilot CLI (hermes-agent 0.19.0, measured
2026-11-23): only classic personal access tokens are refused; what else a token is, GitHub says.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field

from bhoga_core.providers.github_copilot import TOKEN_PREFIXES, TOKEN_VARIABLES
from bhoga_shell.notices import warn_once

GH_PATIENCE = 5.0
"""Seconds that `gh` has to answer."""

_GH = "gh auth token"
_CLASSIC = "ghp_"


@dataclass(frozen=True, slots=True)
class CopilotToken:
    """A token and where it was found: the name of a variable, or `gh auth token`.

    The token is in no repr.
    """

    token: str = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True)
class NoCopilotToken:
    """Why there is no token: one sentence for each place that was looked at, in that order."""

    reasons: tuple[str, ...]


def resolve_copilot_token(
    environ: Mapping[str, str] = os.environ,
) -> CopilotToken | NoCopilotToken:
    """The token of COPILOT_GITHUB_TOKEN, GH_TOKEN, GITHUB_TOKEN or `gh auth token`: the first.

    Space around a token is taken off, and a blank variable counts as unset. A classic token
    (`ghp_`), which Copilot refuses, is skipped with a warning, once per process, and the next place
    is tried. `gh` is run only where no variable has a token, for the host that COPILOT_GH_HOST
    names, and without those variables, which it would only repeat. Never raises.
    """
    reasons: list[str] = []
    for name in TOKEN_VARIABLES:
        token = environ.get(name, "").strip()
        if token and not _is_classic(token, name, reasons):
            return CopilotToken(token, name)
        if not token:
            reasons.append(f"{name} is not set")
    token = _asked_of_gh(environ, reasons)
    if token and not _is_classic(token, _GH, reasons):
        return CopilotToken(token, _GH)
    return NoCopilotToken(tuple(reasons))


def _is_classic(token: str, source: str, reasons: list[str]) -> bool:
    if not token.startswith(_CLASSIC):
        return False
    reason = (
        f"{source} holds a classic token ({_CLASSIC}), which Copilot refuses: supported are"
        f" {', '.join(TOKEN_PREFIXES)}"
    )
    reasons.append(reason)
    warn_once(reason)
    return True


def _asked_of_gh(environ: Mapping[str, str], reasons: list[str]) -> str:
    """What `gh` prints, or nothing; then `reasons` says why, without its own words."""
    import subprocess  # noqa: PLC0415 -- most have a variable and need no program

    program = shutil.which("gh", path=environ.get("PATH"))
    if program is None:
        reasons.append(f"{_GH}: gh is not installed")
        return ""
    host = environ.get("COPILOT_GH_HOST", "").strip()
    try:
        answer = subprocess.run(  # noqa: S603 -- the program is gh, and no shell reads the words
            [program, "auth", "token", *(("--hostname", host) if host else ())],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=GH_PATIENCE,
            env={name: value for name, value in environ.items() if name not in TOKEN_VARIABLES},
        )
        token = answer.stdout.decode().strip()
    except subprocess.TimeoutExpired:
        reasons.append(f"{_GH} did not answer within {GH_PATIENCE:g} seconds")
        return ""
    except (OSError, ValueError) as error:
        reasons.append(f"{_GH} could not be run: {type(error).__name__}")
        return ""
    if answer.returncode != 0 or not token:
        reasons.append(f"{_GH} has no token: log in with `gh auth login`")
        return ""
    return token
