"""One JSON file, many processes: every write is lock, read, merge, replace.

The file is a meeting point. Whoever writes takes in what others wrote, and what is written holds
all of it, so no update is lost. It is replaced, never changed, so a reader needs no lock and a kill
at any moment leaves the old file or the new one.
"""

import contextlib
import os
import threading
from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from returns.result import Failure, Success

from bhoga_core.codec.states import STATE_VERSION
from bhoga_core.merge import merge
from bhoga_core.quota import QuotaState
from bhoga_core.reading import Malformed
from bhoga_core.retention import compact_state
from bhoga_core.trust import trusted
from bhoga_shell.durable import (
    READ_LIMIT,
    UNSETTLED,
    Mark,
    UnfitFileError,
    look,
    put_aside,
    read_whole,
    replace_durably,
    settled,
)
from bhoga_shell.errors import StateError
from bhoga_shell.locking import locked
from bhoga_shell.log import log
from bhoga_shell.state_text import StateText

LOCK_PATIENCE = 5.0
"""Seconds to wait for another process to finish its write: one takes milliseconds."""


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


class Store:
    """The state file at `path`. A symlink stays one: what it points to is replaced."""

    def __init__(self, path: Path) -> None:
        # One name for the file whichever way it is reached, or its lock would not be one either.
        self.path = Path(os.path.realpath(path))
        self._turn = threading.Lock()
        self._known = QuotaState()
        self._content: bytes | None = None
        self._mark: Mark | None = None
        self._text = StateText()

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
        mark = look(self.path)
        if mark is None or self._mark is not UNSETTLED:
            return mark != self._mark
        with contextlib.suppress(OSError, UnfitFileError):
            if read_whole(self.path) == self._content:
                self._mark = settled(mark)
                return False
        return True

    def save(
        self,
        state: QuotaState,
        now: float,
        claim: Callable[[QuotaState], QuotaState] | None = None,
    ) -> QuotaState:
        """Merge `state` into the file, durably, and return what it then holds.

        A `claim` is made on what is then known while nobody else can write: it returns that with
        what it adds. Raises StateError where that cannot be done; then the file is as it was.
        """
        with self._turn, self._locked():
            held = self._read_or_put_aside(now)
            merged = compact_state(merge(held, state), now)
            if claim is not None:
                merged = claim(merged)
            if merged == held and self._content is not None:
                return held
            self._write(self._text.of(merged))
            self._known = merged
            return merged

    def after_fork(self) -> None:
        """Renew, in a child process, the lock that a thread of the parent may have held."""
        self._turn = threading.Lock()

    @contextlib.contextmanager
    def _locked(self) -> Generator[None]:
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(locked(self.path, LOCK_PATIENCE))
            except OSError as error:
                raise self._unusable("its lock could not be taken", error) from error
            yield

    def _read(self, now: float) -> QuotaState:
        mark = look(self.path)
        if mark is None:
            return self._nothing()
        try:
            content = read_whole(self.path)
        except FileNotFoundError:
            return self._nothing()  # put aside by another process since
        except UnfitFileError as error:
            if self.path.is_file() or self.path.is_fifo():
                raise _NoState(str(error)) from error
            # Somebody's folder, or /dev/null: renaming it could break more than bhoga.
            raise self._unusable("it is left alone", error) from error
        except OSError as error:
            raise self._unusable("it could not be read", error) from error
        # By content, not by mark: under the lock a write of a millisecond ago must not be missed.
        if content != self._content:
            self._known, self._content = self._decoded(content, now), content
        self._mark = settled(mark)
        return self._known

    def _write(self, content: bytes) -> None:
        if len(content) > READ_LIMIT:
            raise self._unusable("it would not be read again", f"it has {len(content)} bytes")
        try:
            replace_durably(self.path, content)
        except OSError as error:
            raise self._unusable("it could not be written", error) from error
        self._content, self._mark = content, UNSETTLED

    def _decoded(self, content: bytes, now: float) -> QuotaState:
        match self._text.parse(content):
            case Success(state):
                believed, dropped = trusted(state, now)
                if dropped:
                    log().warning(
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
            when = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
            try:
                aside = put_aside(self.path, f"corrupt-{when}")
            except OSError as error:
                what = f"it is not readable ({problem}) and cannot be put aside"
                raise self._unusable(what, error) from error
            text = "state file %s is not readable: %s. It is kept as %s, and a new one is begun"
            log().warning(text, self.path, problem, aside.name)
            return self._nothing()

    def _nothing(self) -> QuotaState:
        self._known, self._content, self._mark = QuotaState(), None, None
        return self._known

    def _unusable(self, what: str, why: Exception | str) -> StateError:
        reason = why.strerror if isinstance(why, OSError) and why.strerror else str(why)
        return StateError(
            self.path, f"{what}: {reason}. Routing goes on; nothing is kept beyond this process"
        )


class _NoState(Exception):  # noqa: N818 -- never leaves this module
    """The file holds something else than a state."""
