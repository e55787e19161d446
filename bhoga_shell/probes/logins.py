"""The login that a request is sent with: found, used, and kept nowhere."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from returns.result import Failure, Success

from bhoga_core.probe import LoginFile, LoginVariables, RunCommand
from bhoga_core.reading import Declined, Reason
from bhoga_shell.probes import command, files
from bhoga_shell.probes.places import spelled

PROGRAM_PATIENCE = 5.0
"""Seconds that a program has to print the token it keeps."""

LONGEST_SECRET = 16 * 1024
"""Characters of the longest token that is sent."""


@dataclass(frozen=True, slots=True)
class FoundLogin:
    """A secret, which is in no repr, and where it was found, in a person's words."""

    secret: str = field(repr=False)
    origin: str


@dataclass(frozen=True, slots=True)
class NoLogin:
    """Why none was found: one clause for each place that was looked at, in that order."""

    reason: Reason
    clauses: tuple[str, ...]


def login(
    spec: LoginFile | LoginVariables, environ: Mapping[str, str], now: float
) -> FoundLogin | Declined:
    """The login that `spec` describes, readable and unexpired at `now` (Unix seconds), or why none.

    Never raises. Of programs, only the `command` of a `LoginVariables` is run.
    """
    if isinstance(spec, LoginFile):
        return _from_file(spec, environ, now)
    found = first_token(spec, environ, lambda token: _objection(token, spec.prefixes))
    if isinstance(found, NoLogin):
        return Declined(found.reason, "; ".join(found.clauses))
    return found


def first_token(
    spec: LoginVariables, environ: Mapping[str, str], objection: Callable[[str], str]
) -> FoundLogin | NoLogin:
    """The first token of `spec`'s variables and, where none has one, its program.

    Space around a token is taken off, and a blank variable counts as unset. `objection` says why a
    token is not taken, as in "a classic token", `""` if it is; it must not repeat the token.
    """
    clauses: list[str] = []
    is_refused = False
    for name in spec.variables:
        token = environ.get(name, "").strip()
        why = objection(token) if token else ""
        if token and not why:
            return FoundLogin(token, name)
        clauses.append(f"{name} holds {why}" if token else f"{name} is not set")
        is_refused = is_refused or bool(token)
    if not spec.command:
        return NoLogin(Reason.NO_LOGIN if is_refused else Reason.ABSENT, tuple(clauses))
    words = " ".join(spec.command)
    printed = _printed(spec, environ)
    if isinstance(printed, Declined):
        # A program that is not there is no news where a token is: that one is what to mend.
        absent = printed.reason is Reason.ABSENT
        reason = Reason.NO_LOGIN if absent and is_refused else printed.reason
        return NoLogin(reason, (*clauses, f"{words}: {printed.detail}"))
    why = objection(printed)
    if why:
        return NoLogin(Reason.NO_LOGIN, (*clauses, f"{words} printed {why}"))
    return FoundLogin(printed, words)


def _printed(spec: LoginVariables, environ: Mapping[str, str]) -> str | Declined:
    """The token that the program of `spec` prints. What else it says is not repeated."""
    name = spec.command[0]
    program = command.find(name, environ)
    if program is None:
        return Declined(Reason.ABSENT, f"{name} is not on PATH")
    # It would only repeat what the variables hold, which was looked at before.
    question = RunCommand(spec.command, strip_env=spec.variables, timeout=PROGRAM_PATIENCE)
    answer = command.run(question, program, environ)
    if isinstance(answer, bytes):
        return answer.decode(errors="replace").strip()
    if answer.reason is Reason.UNAVAILABLE:
        return Declined(Reason.NO_LOGIN, f"{answer.detail}: is anybody logged in?")
    return answer


def _objection(token: str, prefixes: tuple[str, ...]) -> str:
    if not _is_sendable(token):
        return "something that is no token"
    if token.startswith(prefixes):
        return ""
    taken = ", ".join(prefixes)
    # Only a kind that differs from a known one in a letter is named: of anything else, a beginning
    # could be a piece of a secret.
    for prefix in prefixes:
        kind = token[: len(prefix)]
        if kind[:2] == prefix[:2] and kind.endswith("_"):
            return f"a token of the kind {kind}, which is not taken: only {taken} are"
    return f"a token of another kind than {taken}"


def _is_sendable(token: str) -> bool:
    """Whether it can stand in a header, and nothing beside it."""
    fits = 0 < len(token) <= LONGEST_SECRET
    return fits and token.isascii() and token.isprintable() and " " not in token


def _from_file(spec: LoginFile, environ: Mapping[str, str], now: float) -> FoundLogin | Declined:
    content = files.read_at(spec.place, environ)
    if isinstance(content, Declined):
        if content.reason is Reason.ABSENT and sys.platform == "darwin":
            what = "the login is in the Keychain, which would prompt: the CLI is asked instead"
            return Declined(Reason.ABSENT, what)
        return content
    origin = spelled(spec.place, environ)
    try:
        found = spec.read(content, now)
    except Exception as error:  # noqa: BLE001 -- a third party's; its text may hold the file's
        return Declined(Reason.CHANGED, f"{origin} could not be read ({type(error).__name__})")
    match found:
        case Success(held) if _is_sendable(held.secret):
            return FoundLogin(held.secret, origin)
        case Success(_):
            return Declined(Reason.CHANGED, f"{origin} holds something that is no token")
        case Failure(declined):
            return declined
