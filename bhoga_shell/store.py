"""One JSON file, many processes: every write is lock, read, merge, replace.

The file is a meeting point. Whoever writes takes in what others wrote, and what is written holds
all of it, so no update is lost. It is replaced, never changed, so a reader needs no lock and a kill
at any moment leaves the old file or the new one.
"""

import contextlib
import json
import logging
import os
import threading
from collections.abc import Generator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from returns.result import Failure, Success

from bhoga_core.codec import FORMAT, STATE_VERSION, decode_state, encode_quota
from bhoga_core.merge import merge
from bhoga_core.quota import ProviderQuota, QuotaState
from bhoga_core.reading import Malformed
from bhoga_core.retention import compact_state
from bhoga_core.trust import trusted
from bhoga_shell.durable import UnfitFileError, read_whole, replace_durably
from bhoga_shell.errors import StateError

LOCK_PATIENCE = 5.0
"""Seconds to wait for another process to finish its write: one takes milliseconds."""

log = logging.getLogger("bhoga")


def default_path(environ: Mapping[str, str]) -> Path:
    """`BHOGA_STATE`, else `~/.cache/bhoga/state.json`. Raises StateError where there is no home."""
    named = environ.get("BHOGA_STATE", "").strip()
    try:
        return Path(named).expanduser() if named else Path.home() / ".cache/bhoga/state.json"
    except RuntimeError as error:
        raise StateError(
            named or "~/.cache/bhoga/state.json",
            "there is no home folder to keep it in; name a file with BHOGA_STATE",
        ) from error


class _Mark(NamedTuple):
    """What tells one version of the file from another without reading it."""

    inode: int
    size: int
    modified: int


class Store:
    """The state file at `path`. A symlink stays one: what it points to is replaced."""

    def __init__(self, path: Path) -> None:
        # One name for the file whichever way it is reached, or its lock would not be one either.
        self.path = Path(os.path.realpath(path))
        self._turn = threading.Lock()
        self._known = QuotaState()
        self._mark: _Mark | None = None
        self._lines: dict[tuple[str, str, str], tuple[ProviderQuota, str]] = {}

    def load(self, now: float) -> QuotaState:
        """What the file holds; nothing if there is none. `now` is in Unix seconds.

        A file that is no state is put aside with a warning, and counts as none. Raises StateError
        for one of a newer version, which is left alone, and where it cannot be read.
        """
        with self._turn:
            try:
                return self._read(now)
            except _NoState:
                with self._locked():
                    return self._read_or_put_aside(now)

    def changed(self) -> bool:
        """Whether the file is another than the one read or written here last."""
        return self._look() != self._mark

    def save(self, state: QuotaState, now: float) -> QuotaState:
        """Merge `state` into the file, durably, and return what it then holds.

        Raises StateError where that cannot be done; then the file is as it was.
        """
        with self._turn, self._locked():
            held = self._read_or_put_aside(now)
            merged = compact_state(merge(held, state), now)
            if merged == held and self._mark is not None:
                return held
            try:
                replace_durably(self.path, self._text(merged).encode())
            except OSError as error:
                raise self._unusable("it could not be written", error) from error
            self._known, self._mark = merged, self._look()
            return merged

    def after_fork(self) -> None:
        """Renew, in a child process, the lock that a thread of the parent may have held."""
        self._turn = threading.Lock()

    @contextlib.contextmanager
    def _locked(self) -> Generator[None]:
        from filelock import FileLock, Timeout  # noqa: PLC0415 -- only who writes pays for it

        lock = FileLock(f"{self.path}.lock", timeout=LOCK_PATIENCE, mode=0o600, poll_interval=0.005)
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as error:
            problem = f"another process has held {self.path}.lock for {LOCK_PATIENCE:.0f} s"
            raise StateError(self.path, problem) from error
        except (OSError, NotImplementedError) as error:
            raise self._unusable("its lock could not be taken", error) from error
        try:
            yield
        finally:
            lock.release()

    def _look(self) -> _Mark | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return _Mark(found.st_ino, found.st_size, found.st_mtime_ns)

    def _read(self, now: float) -> QuotaState:
        mark = self._look()
        if mark is None or mark == self._mark:
            self._known = QuotaState() if mark is None else self._known
            self._mark = mark
            return self._known
        try:
            text = read_whole(self.path)
        except UnfitFileError as error:
            raise _NoState(str(error)) from error
        except OSError as error:
            raise self._unusable("it could not be read", error) from error
        self._known, self._mark = self._decoded(text, now), mark
        return self._known

    def _decoded(self, text: bytes, now: float) -> QuotaState:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _NoState(f"no JSON ({type(error).__name__})") from error
        match decode_state(value):
            case Success(state):
                believed, dropped = trusted(state, now)
                if dropped:
                    log.warning(
                        "state file %s: %d facts are dated more than a day ahead and left out",
                        self.path,
                        dropped,
                    )
                return believed
            case Failure(problem):
                if isinstance(problem, Malformed):
                    raise _NoState(f"{problem.reason} at {problem.path or 'the top'}")
                raise StateError(
                    self.path,
                    f"it is of version {problem.version}, and this bhoga knows {STATE_VERSION}. It"
                    " is left alone and nothing is saved: upgrade bhoga, or name another file with"
                    " BHOGA_STATE",
                )

    def _read_or_put_aside(self, now: float) -> QuotaState:
        try:
            return self._read(now)
        except _NoState as problem:
            aside = self._put_aside(now)
            log.warning(
                "state file %s is not readable: %s. It is kept as %s, and a new one is begun",
                self.path,
                problem,
                aside.name,
            )
            self._known, self._mark = QuotaState(), None
            return self._known

    def _put_aside(self, now: float) -> Path:
        when = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
        first = self.path.with_name(f"{self.path.name}.corrupt-{when}")
        aside, number = first, 1
        while aside.exists():
            number += 1
            aside = first.with_name(f"{first.name}-{number}")
        try:
            self.path.rename(aside)
        except OSError as error:
            raise self._unusable("it is not readable and cannot be put aside", error) from error
        return aside

    def _text(self, state: QuotaState) -> str:
        """The file's text, a line a record. A record that has not changed is not encoded again."""
        lines: dict[tuple[str, str, str], tuple[ProviderQuota, str]] = {}
        for record in state.records():
            kept = self._lines.get(record.key)
            if kept is None or kept[0] is not record:
                kept = (record, json.dumps(encode_quota(record), sort_keys=True))
            lines[record.key] = kept
        self._lines = lines
        quotas = ",\n".join(line for _, line in lines.values())
        head = json.dumps({"format": FORMAT, "version": STATE_VERSION, "latest": state.latest})
        return f'{head[:-1]}, "quotas": [\n{quotas}\n]}}\n'

    def _unusable(self, what: str, error: Exception) -> StateError:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return StateError(
            self.path, f"{what}: {reason}. Routing goes on; nothing is kept beyond this process"
        )


class _NoState(Exception):  # noqa: N818 -- never leaves this module
    """The file holds something else than a state."""
