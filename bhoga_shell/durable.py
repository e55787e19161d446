"""Reading and replacing a small file so that no kill and no power cut leaves half of one."""

import contextlib
import os
import stat
import time
from collections.abc import Generator
from pathlib import Path
from typing import BinaryIO, NamedTuple

READ_LIMIT = 16 * 1024 * 1024
"""Bytes of the largest file that is read."""

SETTLED_AFTER = 2.0
"""Seconds from which on a file's time tells it from one that replaces it: of file systems still in
use, FAT counts in steps of two seconds, and any may give an inode away again at once."""

# Windows has none of them, and needs none: there the default is what the flag asks for elsewhere.
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_NEVER_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_BINARY = getattr(os, "O_BINARY", 0)


class UnfitFileError(Exception):
    """What stands there is not a file that could be meant: a pipe, a folder, something huge."""


class Mark(NamedTuple):
    """What tells one version of a file from another without reading it."""

    inode: int
    size: int
    modified: int


class Owner(NamedTuple):
    """The user and the group whose file it is."""

    user: int
    group: int


UNSETTLED = Mark(-1, -1, -1)
"""The mark kept of a file so young that the next one could look just like it: no file bears it."""


def look(path: Path) -> Mark | None:
    """The mark of what stands at `path`, None if nothing can be seen there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Mark(found.st_ino, found.st_size, found.st_mtime_ns)


def settled(mark: Mark) -> Mark:
    """`mark`, just taken, as it may be kept to compare later ones with."""
    return mark if time.time_ns() - mark.modified > SETTLED_AFTER * 1e9 else UNSETTLED


def read_whole(path: Path) -> bytes:
    """The bytes of a regular file. Raises UnfitFileError, or OSError. Never waits for a writer."""
    with _regular(path) as (file, size):
        if size > READ_LIMIT:
            raise UnfitFileError(f"it has {size} bytes")
        return file.read(READ_LIMIT + 1) or b""


def read_end(path: Path, most: int) -> bytes:
    """The last `most` bytes of a regular file, however large it is. Raises as `read_whole`."""
    with _regular(path) as (file, size):
        file.seek(max(0, size - most))
        return file.read(most) or b""


@contextlib.contextmanager
def _regular(path: Path) -> Generator[tuple[BinaryIO, int]]:
    """A regular file, opened, and its size."""
    # Looked at first, since opening alone makes some devices do things, and then once more, since
    # it may be another by now. Without O_NONBLOCK, opening a pipe would wait until somebody writes
    # into it.
    if not stat.S_ISREG(path.stat().st_mode):
        raise UnfitFileError("it is not a regular file")
    number = os.open(path, os.O_RDONLY | _NEVER_WAIT | _BINARY)
    try:
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode):
            raise UnfitFileError("it is not a regular file")
        with os.fdopen(number, "rb", closefd=False) as file:
            yield file, found.st_size
    finally:
        os.close(number)


def replace_durably(
    path: Path, content: bytes, mode: int = 0o600, owner: Owner | None = None
) -> None:
    """Make `content` what stands at `path`; on return it is on the disk. Raises OSError.

    The order is the whole of it: write beside it, fsync, rename over it, fsync the folder. The
    caller holds a lock, so the name beside it is free but for what a kill has left. It gets its
    mode, whatever the umask, and its owner before anybody can see it.
    """
    beside = path.with_name(f"{path.name}.tmp")
    beside.unlink(missing_ok=True)
    number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW | _BINARY, mode)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            if os.name == "posix":
                if owner is not None:
                    _give(number, owner)
                os.fchmod(number, mode)
            os.fsync(number)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _give(number: int, owner: Owner) -> None:
    made = os.fstat(number)
    if owner == (made.st_uid, made.st_gid):
        return
    try:
        os.fchown(number, *owner)
    except PermissionError:
        # Only root can give a file away; of anybody else it is not asked.
        if os.geteuid() == 0:
            raise


def put_aside(path: Path, suffix: str) -> Path:
    """Rename what stands at `path` to `<path>.<suffix>`, or `<path>.<suffix>-2` and so on.

    Returns the name it has then. Raises OSError.
    """
    aside, number = path.with_name(f"{path.name}.{suffix}"), 1
    while os.path.lexists(aside):
        number += 1
        aside = path.with_name(f"{path.name}.{suffix}-{number}")
    return path.rename(aside)
