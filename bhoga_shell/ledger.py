"""The one mutable cell: the current state, and the ways it changes.

Readers take `state`, one reference, without a lock. Writers join into it under one short lock,
inside which nothing is parsed, written or waited for; the file's lock is never taken inside it.
"""

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from bhoga_core.effects import effect
from bhoga_core.events import Event, StateMerged
from bhoga_core.merge import absorb, merge
from bhoga_core.polls import Moment
from bhoga_core.provider import Provider
from bhoga_core.quota import ProviderQuota, QuotaState
from bhoga_core.reducers import fold
from bhoga_core.register import BEGINNING, Stamp
from bhoga_shell.errors import StateError
from bhoga_shell.log import log
from bhoga_shell.store import Store, default_path


class Ledger:
    """The state of one process, kept with a file that other processes share.

    Without a place for a file everything works but for persistence; that is reported once.
    """

    def __init__(
        self, state_path: str | os.PathLike[str] | None, providers: Mapping[str, Provider]
    ) -> None:
        self.providers = providers
        self.state = QuotaState()
        self.ignored = 0
        self._saved = self.state
        self._sequence = itertools.count(1)
        self._lock = threading.Lock()
        self._reported: set[str] = set()
        self._store: Store | None = None
        try:
            path = default_path(os.environ) if state_path is None else Path(state_path)
            self._store = Store(path)
        except StateError as problem:
            self._report(problem)

    @property
    def path(self) -> Path | None:
        """The state file, None without a place for one."""
        return None if self._store is None else self._store.path

    def moment(self) -> tuple[float, int, int]:
        """Now, as Unix seconds, and the two parts of a stamp that is ahead of all that is known.

        It takes no lock. Two moments of one process are in order even when the clock is not.
        """
        return self._moment(self.state)

    def _moment(self, known: QuotaState) -> tuple[float, int, int]:
        at = time.time()
        micros = int(at * 1e6)
        latest = known.latest.micros
        return at, micros if micros > latest else latest + 1, next(self._sequence)

    def tell(self, event: Event) -> None:
        """Fold one event in."""
        self.fold((event,))

    def fold(self, events: Iterable[Event]) -> None:
        """Fold events in: their headers are read before the lock is taken."""
        records: list[ProviderQuota] = []
        latest, ignored = BEGINNING, 0
        for event in events:
            try:
                found = effect(event, self.providers)
            except Exception:  # noqa: BLE001 -- a third party's parser may do anything
                # It is not ours to trust; its one response is left out.
                log().debug("the headers of a response could not be read", exc_info=True)
                ignored += 1
                continue
            records += found.records
            ignored += found.ignored
            latest = max(latest, event.stamp)
            if isinstance(event, StateMerged):
                latest = max(latest, event.state.latest)
        with self._lock:
            self.state = absorb(self.state, records, latest)
            self.ignored += ignored

    @property
    def is_saved(self) -> bool:
        """Whether everything known is on disk."""
        return self.state is self._saved

    def load(self) -> None:
        """Take in what the file holds. Never raises: a problem is reported once."""
        if self._store is not None:
            try:
                loaded = self._store.load(time.time())
            except StateError as problem:
                self._report(problem)
                return
            with self._lock:
                self.state = merge(loaded, self.state)
                self._saved = loaded

    def look(self) -> None:
        """Take in what other processes have written since, if they have. Never raises."""
        if self._store is not None and self._store.changed():
            self.load()

    def claim(self, decide: Callable[[QuotaState, Moment], Event | None]) -> None:
        """Fold in the event that `decide` makes, at this moment, of what is known, if it makes one.

        What is known then is all that other processes have written, and nobody writes meanwhile.
        Without a file it holds for this process. `decide` may be asked twice; the last time counts.
        """

        def with_claim(state: QuotaState) -> QuotaState:
            at, *stamp = self._moment(state)
            event = decide(state, Moment(at, Stamp(*stamp)))
            return state if event is None else fold(state, (event,), self.providers)

        if not self._save(with_claim):
            with self._lock:
                self.state = with_claim(self.state)

    def save(self) -> bool:
        """Write what is known to the file and take in what it holds.

        False when it could not be written; the problem is reported once, and nothing is lost from
        memory.
        """
        return self._save(None)

    def _save(self, claim: Callable[[QuotaState], QuotaState] | None) -> bool:
        if self._store is None:
            return False
        known = self.state
        try:
            merged = self._store.save(known, time.time(), claim)
        except StateError as problem:
            self._report(problem)
            return False
        with self._lock:
            # `merged` holds all of `known` but for what can never count again, so it replaces it.
            # What was learned in the meantime is joined in, and is not saved yet.
            self.state = merged if self.state is known else merge(merged, self.state)
            self._saved = merged
        return True

    def _report(self, problem: StateError) -> None:
        text = str(problem)
        if text not in self._reported:
            self._reported.add(text)
            log().warning("%s", text)

    def after_fork(self) -> None:
        """Make the locks new in a child process: one of them may have been held at the fork."""
        self._lock = threading.Lock()
        if self._store is not None:
            self._store.after_fork()
