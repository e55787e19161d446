"""What happens to every router when the interpreter ends or the process forks."""

import atexit
import os
import sys
import weakref
from typing import Protocol


class Mortal(Protocol):
    """What can be closed, and can be made new in a child process."""

    def close(self) -> None:
        """Finish what is under way."""

    def after_fork(self) -> None:
        """Become usable in a child process."""


_alive: "weakref.WeakSet[Mortal]" = weakref.WeakSet()


def enrol(mortal: Mortal) -> None:
    """From now on, close it when the interpreter ends and renew it after a fork."""
    _alive.add(mortal)


def _close_all() -> None:
    for mortal in list(_alive):
        mortal.close()


def _renew_all() -> None:
    for mortal in list(_alive):
        mortal.after_fork()
    # A child that multiprocessing forks leaves by os._exit, past atexit. It runs its own
    # finalizers, which it forgets at the fork; what is registered for after that runs later still.
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util.register_after_fork(_alive, _finalize_with_child)


def _finalize_with_child(_: object) -> None:
    sys.modules["multiprocessing.util"].Finalize(None, _close_all, exitpriority=10)


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):  # there is no fork on Windows
    os.register_at_fork(after_in_child=_renew_all)
