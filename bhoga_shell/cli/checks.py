"""What has to be right on this machine for routing to work. Nothing of it is changed."""

import os
import platform
import stat
import time
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from returns.result import Failure, Success

from bhoga_core.gates import CLOCK_SLACK
from bhoga_core.probe import Kind, RunCommand
from bhoga_core.quota import QuotaState
from bhoga_core.reading import Malformed
from bhoga_shell import __version__
from bhoga_shell.cli.words import loose, span
from bhoga_shell.durable import UnfitFileError, read_whole
from bhoga_shell.errors import StateError
from bhoga_shell.locking import locked
from bhoga_shell.preferences import preferences_from
from bhoga_shell.probes import command
from bhoga_shell.probes.kinds import kinds_from
from bhoga_shell.state_text import StateText
from bhoga_shell.store import default_path

LOCK_PATIENCE = 2.0
"""Seconds to wait for the lock: a write of another process takes milliseconds."""

VERSION_PATIENCE = 5.0
"""Seconds that a program gets to say its version."""

PROGRAMS = ("claude", "codex")
"""The programs of the subscriptions."""


class Verdict(StrEnum):
    """What a check found."""

    GOOD = "good"
    NOTE = "note"
    """Worth knowing; routing works."""
    WRONG = "wrong"
    """Routing does not work, or what is learned is not kept."""


class Check(NamedTuple):
    """What was looked at, what was found, and the one thing to do about it (`""`: nothing)."""

    name: str
    verdict: Verdict
    text: str
    remedy: str = ""


def checks(environ: Mapping[str, str]) -> Iterator[Check]:
    """All that does not need a router: settings, state file, lock, permissions, clock, versions."""
    yield _settings(environ)
    try:
        path = Path(os.path.realpath(default_path(environ)))
    except StateError as problem:
        yield Check("state file", Verdict.WRONG, str(problem), "set BHOGA_STATE to a file's path")
    else:
        yield from _state(path, time.time())
        yield _lock(path)
    yield Check("bhoga", Verdict.GOOD, f"{__version__} on Python {platform.python_version()}")
    for name in PROGRAMS:
        yield _version(name, environ)


def _settings(environ: Mapping[str, str]) -> Check:
    try:
        preferences_from(None, None, 0.0, 0.0, environ)
        kinds = kinds_from(None, environ)
    except (TypeError, ValueError) as problem:
        variable = str(problem).partition(" ")[0]
        return Check("settings", Verdict.WRONG, str(problem), f"correct or unset {variable}")
    policy = environ.get("BHOGA_POLICY", "").strip() or "most_remaining"
    metered = environ.get("BHOGA_METERED", "").strip() or "allow"
    probes = " ".join(sorted(kinds)) or "off"
    return Check("settings", Verdict.GOOD, f"{policy}, metered {metered}, probes {probes}")


def _state(path: Path, now: float) -> Iterator[Check]:
    """The state file as it stands: a router would put one aside that cannot be read."""
    name = "state file"
    try:
        content, found = read_whole(path), path.stat()
    except FileNotFoundError:
        yield Check(name, Verdict.GOOD, f"{path} is not there yet")
        return
    except (OSError, UnfitFileError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        remedy = "make it a file of yours, or set BHOGA_STATE to another"
        yield Check(name, Verdict.WRONG, f"{path} cannot be read: {why}", remedy)
        return
    match StateText().parse(content):
        case Success(state):
            known = len(state.quotas)
            text = f"{path}, {len(content)} bytes, {known} provider{'' if known == 1 else 's'}"
            yield Check(name, Verdict.GOOD, text)
            yield _clock(state, now)
        case Failure(Malformed() as problem):
            text = f"{path} is no state ({problem.reason}): it is put aside at the next use"
            yield Check(name, Verdict.NOTE, text, "nothing, or restore it from a copy before")
        case Failure():
            text = f"{path} was written by a newer bhoga, and is left alone"
            yield Check(name, Verdict.WRONG, text, "upgrade bhoga, or set BHOGA_STATE to another")
    yield _permissions(path, found)


def _permissions(path: Path, found: os.stat_result) -> Check:
    name = "permissions"
    if os.name != "posix":
        return Check(name, Verdict.GOOD, "those of the folder")
    if found.st_uid != os.geteuid():
        text = f"the state file belongs to user {found.st_uid}, not to you ({os.geteuid()})"
        return Check(name, Verdict.NOTE, text, f"chown {os.geteuid()} {path}")
    mode = stat.S_IMODE(found.st_mode)
    if mode & 0o077:
        text = f"others may open the state file (mode {mode:04o})"
        return Check(name, Verdict.NOTE, text, f"chmod 600 {path}")
    return Check(name, Verdict.GOOD, f"mode {mode:04o}, yours")


def _clock(state: QuotaState, now: float) -> Check:
    ahead = state.latest.micros / 1e6 - now
    if ahead <= CLOCK_SLACK:
        return Check("clock", Verdict.GOOD, "agrees with the state file")
    text = f"the state file has stamps {loose(span(ahead))} ahead of this clock"
    return Check("clock", Verdict.NOTE, text, "set the clock (and see that it is kept in time)")


def _lock(path: Path) -> Check:
    try:
        with locked(path, LOCK_PATIENCE):
            return Check("lock", Verdict.GOOD, "free")
    except TimeoutError:
        text = f"another process has held {path}.lock for {LOCK_PATIENCE:g} s"
        return Check("lock", Verdict.WRONG, text, "end the process that hangs")
    except OSError as error:
        text = f"{path}.lock cannot be taken: {error.strerror or error}"
        remedy = f"make {path.parent} a folder of yours, or set BHOGA_STATE to a file elsewhere"
        return Check("lock", Verdict.WRONG, text, remedy)


def _version(name: str, environ: Mapping[str, str]) -> Check:
    program = command.find(name, environ)
    if program is None:
        return Check(name, Verdict.NOTE, "not on PATH")
    if Kind.CLI not in _kinds(environ):
        return Check(name, Verdict.NOTE, f"{program}; its version was not asked: probes are off")
    asked = RunCommand((name, "--version"), timeout=VERSION_PATIENCE)
    told = command.run(asked, program, environ)
    if not isinstance(told, bytes):
        return Check(name, Verdict.NOTE, f"{program}: {told.detail}", f"run `{name} --version`")
    lines = told.decode("utf-8", "replace").split("\n")
    return Check(name, Verdict.GOOD, lines[0].strip()[:80])


def _kinds(environ: Mapping[str, str]) -> frozenset[Kind]:
    try:
        return kinds_from(None, environ)
    except (TypeError, ValueError):
        return frozenset()  # told by `settings`: what was meant is not known, so nothing is run
