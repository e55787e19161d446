"""The login that Claude Code keeps in `.credentials.json` (seen 2025-12 to 2026-11).

Only the access token is ever looked at. The refresh token beside it is good for one use: whoever
uses it but its owner logs that person out everywhere.
"""

from typing import cast

from returns.result import Failure, Success

from bhoga_core.payload import (
    Members,
    UnexpectedError,
    malformed,
    members,
    members_of,
    number,
    parsed,
    text,
)
from bhoga_core.probe import Login
from bhoga_core.reading import Declined, Malformed, Reason

_LOGIN = "claudeAiOauth"
_USAGE_SCOPE = "user:profile"
_LONGEST_TOKEN = 8192
_RUN = "run claude"


def read_login(payload: bytes, now: float) -> Success[Login] | Failure[Declined]:
    """The access token in the file, or why there is none to use at the Unix second `now`. Total."""
    try:
        return Success(Login(_token(payload, now)))
    except UnexpectedError as unexpected:
        problem = unexpected.problem
    if type(problem) is Malformed:
        where = problem.path or "the file"
        return Failure(Declined(Reason.CHANGED, f"{where}: {problem.reason}"))
    return Failure(cast("Declined", problem))


def _token(payload: bytes, now: float) -> str:
    login = members(members_of(parsed(payload)), _LOGIN)
    if login is None:
        # What is logged in to MCP servers is written into the same file.
        raise _declined(Reason.NO_LOGIN, f"nobody is logged in: {_RUN} and /login")
    token = text(login, "accessToken", _LOGIN, _LONGEST_TOKEN)
    expires_at = number(login, "expiresAt", _LOGIN)
    if not token or expires_at == 0.0:
        raise _declined(Reason.NO_LOGIN, f"the login is blank: {_RUN} and /login")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise malformed("no token", f"{_LOGIN}.accessToken")
    scopes = _scopes(login)
    if scopes and _USAGE_SCOPE not in scopes:
        raise _declined(Reason.SCOPE, "the login may not read usage: log in with claude and /login")
    if expires_at is not None and expires_at <= now * 1000.0:
        ago = _span(now - expires_at / 1000.0)
        raise _declined(Reason.EXPIRED, f"the login expired {ago} ago: {_RUN}")
    return token


def _scopes(login: Members) -> list[object]:
    scopes = login.get("scopes")
    if scopes is None:
        return []
    if type(scopes) is not list or any(
        type(scope) is not str for scope in cast("list[object]", scopes)
    ):
        raise malformed("not a list of texts", f"{_LOGIN}.scopes")
    return cast("list[object]", scopes)


def _declined(reason: Reason, detail: str) -> UnexpectedError:
    return UnexpectedError(Declined(reason, detail))


def _span(seconds: float) -> str:
    for unit, size in (("d", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:.0f} s"
