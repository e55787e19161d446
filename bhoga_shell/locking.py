"""The lock that the processes of one user take turns by, beside the file that it is for."""

import contextlib
from collections.abc import Generator
from pathlib import Path


@contextlib.contextmanager
def locked(path: Path, patience: float) -> Generator[None]:
    """Hold the lock `<path>.lock`, whose folder is made. Waits at most `patience` seconds.

    Raises TimeoutError when another process holds it for longer, and OSError.
    """
    # Only who writes pays for the import. A new object each time has nothing to renew after a fork.
    from filelock import FileLock  # noqa: PLC0415

    _make_private(path.parent)
    lock = FileLock(f"{path}.lock", timeout=patience, mode=0o600, poll_interval=0.005)
    try:
        lock.acquire()
    except NotImplementedError as error:
        raise OSError(str(error)) from error
    try:
        yield
    finally:
        lock.release()


def _make_private(folder: Path) -> None:
    # `mkdir(parents=True)` makes the parents readable by everybody.
    if not folder.is_dir():
        _make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
