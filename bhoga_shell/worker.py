"""The queue of recorded turns, and the single thread that drains it.

The caller's side is an append. Everything else happens on the worker's thread: turning what was
appended into events, folding them, saving, and looking whether another process has saved. A turn
waits at most one batch and `SAVE_EVERY` before it is on its way to the disk, however long a burst
lasts ("drain until empty, then write" would write once, at its end). There are at most
`QUEUE_LIMIT` items in memory: when they are reached, the older half is folded into one item in
place, which loses nothing (law 13).
"""

import threading
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from time import monotonic

from bhoga_core.events import StateMerged, TurnRecorded
from bhoga_core.reducers import compacted
from bhoga_shell.ledger import Ledger
from bhoga_shell.turns import Turn, as_event

QUEUE_LIMIT = 1024
"""Items in the queue before its older half is folded into one. The caller who fills it does that:
the fewer, the shorter it is held, and a burst that long is faster than any network."""

BATCH = 128
"""Turns folded in one go: few enough that a burst cannot keep what is folded from being saved."""

SAVE_EVERY = 0.05
"""Seconds between two writes of the state file, at the least."""

LOOK_EVERY = 0.4
"""Seconds between two looks at what other processes have written."""

RETRY_EVERY = 5.0
"""Seconds until a write that failed is tried again."""


Item = Turn | StateMerged | threading.Event | None
"""What waits in the queue: a turn, folded turns, somebody waiting for a flush, or the end."""


class Worker:
    """Drains turns into a ledger on a thread of its own, which `start` starts.

    `tick` is called on it each time it has looked at the file; it must return at once.
    """

    def __init__(self, ledger: Ledger, tick: Callable[[], None]) -> None:
        self._ledger = ledger
        self._tick = tick
        self._queue: SimpleQueue[Item] = SimpleQueue()
        self._compacting = threading.Lock()
        self._thread: threading.Thread | None = None
        self.folded_away = 0

    @property
    def is_running(self) -> bool:
        """Whether the thread was started here. In a child process after a fork it was not."""
        return self._thread is not None

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(
            target=self._worker_loop, name="bhoga _worker_loop", daemon=True
        )
        self._thread.start()

    def put(self, turn: Turn) -> None:
        """Queue a turn. Takes no lock that the worker holds while it works."""
        self._queue.put(turn)
        if self._queue.qsize() > QUEUE_LIMIT:
            self._compact()

    def flush(self, timeout: float | None) -> bool:
        """Wait until all that was queued before is folded and saved; False if time runs out."""
        flushed = threading.Event()
        self._queue.put(flushed)
        return flushed.wait(timeout) and self._ledger.is_saved

    def end(self) -> None:
        """Let the thread end when it has saved what was queued before; do not wait for it."""
        self._queue.put(None)

    def stop(self, timeout: float) -> None:
        """End the thread, waiting at most `timeout` seconds for it, and drain what it left."""
        if self._thread is not None:
            self.end()
            self._thread.join(timeout)
            self._thread = None
        self._drain(self._waiting(QUEUE_LIMIT + 1))
        if not self._ledger.is_saved:
            self._ledger.save()

    def after_fork(self) -> None:
        """Forget, in a child process, the parent's thread and the turns that the parent drains."""
        self._queue = SimpleQueue()
        self._compacting = threading.Lock()
        self._thread = None

    def _worker_loop(self) -> None:
        save_at = look_at = monotonic()
        running = True
        while running:
            due = look_at if self._ledger.is_saved else min(save_at, look_at)
            items = [*self._next(due - monotonic()), *self._waiting(BATCH)]
            running = None not in items
            waiting = self._drain(items)
            now = monotonic()
            if not self._ledger.is_saved and (waiting or not running or now >= save_at):
                # From the beginning of a write: what is folded next must not wait for it twice.
                save_at = now + (SAVE_EVERY if self._ledger.save() else RETRY_EVERY)
            elif now >= look_at:
                self._ledger.look()
                self._tick()
                look_at = now + LOOK_EVERY
            for flushed in waiting:
                flushed.set()

    def _next(self, timeout: float) -> Iterable[Item]:
        try:
            yield self._queue.get(timeout=timeout) if timeout > 0 else self._queue.get_nowait()
        except Empty:
            return

    def _waiting(self, most: int) -> Iterable[Item]:
        try:
            for _ in range(most):
                yield self._queue.get_nowait()
        except Empty:
            return

    def _drain(self, items: Iterable[Item]) -> list[threading.Event]:
        """Fold the turns among these items in; return those who wait for that."""
        waiting: list[threading.Event] = []
        events: list[TurnRecorded | StateMerged] = []
        for item in items:
            if isinstance(item, threading.Event):
                waiting.append(item)
            elif item is not None:
                events.append(item if isinstance(item, StateMerged) else self._event(item))
        if events:
            self._ledger.fold(events)
        return waiting

    def _compact(self) -> None:
        """Fold the older half of the queue into one item. One caller does it; no other waits."""
        if not self._compacting.acquire(blocking=False):
            return
        try:
            events: list[TurnRecorded | StateMerged] = []
            others: list[Item] = []
            for item in self._waiting(QUEUE_LIMIT // 2):
                if isinstance(item, Turn):
                    events.append(self._event(item))
                elif isinstance(item, StateMerged):
                    events.append(item)
                else:
                    others.append(item)
            # For what is folded order is no matter. Who waits for it must stay behind it.
            self._queue.put(compacted(events, self._ledger.providers))
            for item in others:
                self._queue.put(item)
            self.folded_away += len(events)
        finally:
            self._compacting.release()

    def _event(self, turn: Turn) -> TurnRecorded:
        event, ignored = as_event(turn, self._ledger.providers)
        self._ledger.ignored += ignored
        return event
