"""Reading and replacing a small file so that no kill and no power cut leaves half of one."""

import os
import stat
from pathlib import Path

READ_LIMIT = 16 * 1024 * 1024
"""Bytes of the largest file that is read."""

# Windows has neither, and needs neither: there the default is what the flag asks for elsewhere.
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_BINARY = getattr(os, "O_BINARY", 0)


class UnfitFileError(Exception):
    """What stands there is not a file that could be meant: a pipe, a folder, something huge."""


def read_whole(path: Path) -> bytes:
    """The bytes of a regular file. Raises UnfitFileError, or OSError. Never waits for a writer."""
    # Without O_NONBLOCK, opening a pipe would wait until somebody writes into it.
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    with os.fdopen(number, "rb") as file:
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode):
            raise UnfitFileError("it is not a regular file")
        if found.st_size > READ_LIMIT:
            raise UnfitFileError(f"it has {found.st_size} bytes")
        return file.read(READ_LIMIT + 1)


def replace_durably(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Make `content` what stands at `path`; on return it is on the disk. Raises OSError.

    The order is the whole of it: write beside it, fsync, rename over it, fsync the folder. The
    caller holds a lock, so the name beside it is free but for what a kill has left.
    """
    beside = path.with_name(f"{path.name}.tmp")
    beside.unlink(missing_ok=True)
    number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW | _BINARY, mode)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
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
