"""The GitHub token with which Copilot is used, and where it comes from.

The order and the rules are those of Hermes and of the Copilot CLI (hermes-agent 0.19.0, measured
2026-11-23): only classic personal access tokens are refused; what else a token is, GitHub says.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from bhoga_core.probe import LoginVariables
from bhoga_core.providers.github_copilot import TOKEN_PREFIXES, TOKEN_VARIABLES
from bhoga_shell.notices import warn_once
from bhoga_shell.probes.logins import NoLogin, first_token

_GH = ("gh", "auth", "token")
_CLI = " ".join(_GH)
_CLASSIC = "ghp_"
_REFUSED = (
    f"a classic token ({_CLASSIC}), which Copilot refuses: supported are"
    f" {', '.join(TOKEN_PREFIXES)}"
)


@dataclass(frozen=True, slots=True)
class CopilotToken:
    """A token and where it was found: the name of a variable, or `gh auth token`.

    The token is in no repr.
    """

    token: str = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True)
class NoCopilotToken:
    """Why there is no token: a sentence for each place that was looked at, in that order."""

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
    host = environ.get("COPILOT_GH_HOST", "").strip()
    command = (*_GH, "--hostname", host) if host else _GH
    places = LoginVariables(TOKEN_VARIABLES, TOKEN_PREFIXES, command)
    found = first_token(places, environ, _objection)
    if isinstance(found, NoLogin):
        for reason in found.clauses:
            if reason.endswith(_REFUSED):
                warn_once(reason)
        return NoCopilotToken(found.clauses)
    for name in takewhile(lambda name: name != found.origin, TOKEN_VARIABLES):
        if environ.get(name, "").strip():
            warn_once(f"{name} holds {_REFUSED}")
    return CopilotToken(found.secret, found.origin if found.origin in TOKEN_VARIABLES else _CLI)


def _objection(token: str) -> str:
    return _REFUSED if token.startswith(_CLASSIC) else ""
