"""Files that other programs have left: read whole if small, the newest of many at its end."""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import cast

from bhoga_core.probe import JsonAt, Place, ReadFile
from bhoga_core.reading import Declined, Reason
from bhoga_shell.durable import UnfitFileError, read_end, read_whole
from bhoga_shell.probes.places import locate, spelled

END = 1024 * 1024
"""Bytes of the end of the newest file that are read."""

MOST_FILES = 256
"""Files among which the one changed last is looked for."""

MOST_FOLDERS = 256
"""Folders that are gone through for them."""

MOST_ENTRIES = 20_000
"""Entries of one folder that are listed."""


_WILD = frozenset("*?[")


def find(probe: ReadFile, environ: Mapping[str, str]) -> Path | Declined:
    """The file that `probe` means, if it is there. It may still prove to be unfit to read."""
    root = locate(probe.place, environ)
    if root is None:
        return Declined(Reason.ABSENT, "there is no home folder to look in")
    name = spelled(probe.place, environ)
    try:
        found = _newest(root, probe.newest) if probe.newest else root
        if found is not None:
            found.stat()
            return found
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError) as error:
        return _unreadable(name, error)
    what = f"no {probe.newest} in {name}" if probe.newest else f"{name} is not there"
    return Declined(Reason.ABSENT, what)


def read(probe: ReadFile, path: Path, environ: Mapping[str, str]) -> bytes | Declined:
    """What stands in the file that was found for `probe`; with `newest`, its last 1 MiB.

    That may begin in the middle of a line.
    """
    try:
        return read_end(path, END) if probe.newest else read_whole(path)
    except FileNotFoundError:
        return Declined(Reason.ABSENT, f"{spelled(probe.place, environ)} is not there")
    except (OSError, ValueError, UnfitFileError) as error:
        return _unreadable(spelled(probe.place, environ), error)


def read_at(place: Place, environ: Mapping[str, str]) -> bytes | Declined:
    """What stands in the file at `place`."""
    probe = ReadFile(place)
    path = find(probe, environ)
    return path if isinstance(path, Declined) else read(probe, path, environ)


def value_at(where: JsonAt, environ: Mapping[str, str]) -> object:
    """The JSON value at `where`, None if there is none or the file cannot be read."""
    content = read_at(where.place, environ)
    if isinstance(content, Declined):
        return None
    try:
        value: object = json.loads(content)
    except (ValueError, RecursionError):
        return None
    for key in where.keys:
        value = cast("dict[str, object]", value).get(key) if isinstance(value, dict) else None
    return value


def _unreadable(name: str, error: Exception) -> Declined:
    match error:
        case UnfitFileError():
            why = str(error)
        case OSError(strerror=str(why)):
            pass
        case _:
            why = "its name is none"
    return Declined(Reason.UNAVAILABLE, f"{name} cannot be read: {why}")


def _newest(root: Path, pattern: str) -> Path | None:
    """The file below `root` that matches and was changed last, of the first few hundred.

    Years of files may lie there, in folders called by their date: what comes last by name is looked
    at first. `**` is any number of folders. Below `root` no link is followed where the pattern
    leaves the name open.
    """
    listings = iter(range(MOST_FOLDERS))
    newest: tuple[int, str] | None = None
    for entry in islice(_matching(str(root), pattern.split("/"), listings), MOST_FILES):
        with contextlib.suppress(OSError):  # gone since
            found = (entry.stat(follow_symlinks=False).st_mtime_ns, entry.path)
            newest = found if newest is None else max(newest, found)
    return None if newest is None else Path(newest[1])


def _matching(
    folder: str, segments: list[str], listings: Iterator[int]
) -> Iterator["os.DirEntry[str]"]:
    """The regular files below `folder` that match, those in the last folder by name first."""
    head, *rest = segments
    if head == "**":
        for entry in _listed(folder, "*", listings):
            if entry.is_dir(follow_symlinks=False):
                yield from _matching(entry.path, segments, listings)
        yield from _matching(folder, rest or ["*"], listings)
    elif not rest:
        for entry in _listed(folder, head, listings):
            if entry.is_file(follow_symlinks=False):
                yield entry
    elif not _WILD.isdisjoint(head):
        for entry in _listed(folder, head, listings):
            if entry.is_dir(follow_symlinks=False):
                yield from _matching(entry.path, rest, listings)
    else:
        yield from _matching(str(Path(folder, head)), rest, listings)


def _listed(folder: str, pattern: str, listings: Iterator[int]) -> list["os.DirEntry[str]"]:
    """The entries of `folder` whose names match, the last by name first."""
    if next(listings, None) is None:
        return []
    try:
        with os.scandir(folder) as entries:
            some = [it for it in islice(entries, MOST_ENTRIES) if fnmatchcase(it.name, pattern)]
    except OSError:
        return []
    return sorted(some, key=lambda entry: entry.name, reverse=True)
