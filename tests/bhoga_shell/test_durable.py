"""Small files, whole or not at all."""

import os
from pathlib import Path

import pytest

from bhoga_shell import durable
from bhoga_shell.durable import (
    READ_LIMIT,
    UNSETTLED,
    Mark,
    Owner,
    UnfitFileError,
    look,
    put_aside,
    read_whole,
    replace_durably,
    settled,
)

posix = pytest.mark.skipif(os.name != "posix", reason="only where files have modes and links")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with nothing in it."""
    made = tmp_path / "folder"
    made.mkdir()
    return made


def descriptors() -> int:
    """How many files this process holds open."""
    return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").is_dir() else 0


def test_what_is_put_there_is_read(folder: Path) -> None:
    """It replaces what was there, and leaves nothing beside it."""
    path = folder / "file"
    for content in (b"first", b"", b"second" * 10_000):
        replace_durably(path, content)
        assert read_whole(path) == content
    assert [it.name for it in folder.iterdir()] == ["file"]


@posix
def test_the_mode_is_as_asked_whatever_was_there(tmp_path: Path) -> None:
    """0600 unless another is asked for; what stood there does not matter."""
    path = tmp_path / "file"
    path.touch(mode=0o666)
    replace_durably(path, b"")
    assert path.stat().st_mode & 0o777 == 0o600
    replace_durably(path, b"", 0o640)
    assert path.stat().st_mode & 0o777 == 0o640


@posix
def test_the_umask_takes_nothing_from_the_mode(tmp_path: Path) -> None:
    """A file that others may write stays one."""
    path = tmp_path / "file"
    before = os.umask(0o077)
    try:
        replace_durably(path, b"", 0o666)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o666


@posix
def test_the_owner_is_as_asked_where_that_can_be(tmp_path: Path) -> None:
    """Root can give a file to anybody; who is not root keeps it, and that is no failure."""
    path = tmp_path / "file"
    replace_durably(path, b"", owner=Owner(12345, 23456))
    found = path.stat()
    mine = (os.geteuid(), os.getegid())
    assert (found.st_uid, found.st_gid) == ((12345, 23456) if mine[0] == 0 else mine)


@posix
def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    """What a kill or an enemy left under the name of the new file is removed, not written to."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / "file.tmp").symlink_to(victim)
    replace_durably(tmp_path / "file", b"new")
    assert victim.read_bytes() == b"precious"
    assert (tmp_path / "file").read_bytes() == b"new"


@posix
def test_a_disk_that_is_full_leaves_what_was_there(folder: Path) -> None:
    """The real refusal of the system: no file may grow. The old one stands, nothing is left."""
    import resource  # noqa: PLC0415 -- there is none on Windows
    import signal  # noqa: PLC0415

    path = folder / "file"
    replace_durably(path, b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
        with pytest.raises(OSError, match="too large"):
            replace_durably(path, b"new" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert path.read_bytes() == b"old"
    assert [it.name for it in folder.iterdir()] == ["file"]


@posix
def test_it_is_on_the_disk_before_it_has_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written and synced, then renamed, then the folder synced: a power cut finds old or new."""
    path, calls = tmp_path / "file", list[str]()
    real_sync, real_replace = os.fsync, Path.replace

    def sync(number: int) -> None:
        is_folder = os.path.samestat(os.fstat(number), tmp_path.stat())
        calls.append("sync folder" if is_folder else f"sync {os.fstat(number).st_size} bytes")
        real_sync(number)

    def rename(self: Path, target: Path) -> Path:
        calls.append("rename")
        return real_replace(self, target)

    monkeypatch.setattr(durable.os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", rename)
    replace_durably(path, b"12345")
    assert calls == ["sync 5 bytes", "rename", "sync folder"]


@posix
@pytest.mark.parametrize("place", ["folder", "pipe", "/dev/null", "huge"])
def test_what_is_no_file_to_read_is_refused_at_once(tmp_path: Path, place: str) -> None:
    """Nothing blocks, nothing huge is taken in, and no descriptor stays open."""
    path = tmp_path / place
    if place == "folder":
        path.mkdir()
    elif place == "pipe":
        os.mkfifo(path)
    elif place == "huge":
        path.touch()
        os.truncate(path, READ_LIMIT + 1)
    before = descriptors()
    with pytest.raises(UnfitFileError):
        read_whole(path)
    assert descriptors() == before


def test_a_missing_file_is_the_callers_to_expect(tmp_path: Path) -> None:
    """Reading it is the system's own error; looking at it finds nothing."""
    with pytest.raises(FileNotFoundError):
        read_whole(tmp_path / "none")
    assert look(tmp_path / "none") is None


def test_a_mark_is_kept_only_of_a_file_that_has_settled(tmp_path: Path) -> None:
    """Of two files made in one tick of the clock, one may look just like the other."""
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    young = look(path)
    assert young is not None
    assert young.size == 5
    assert settled(young) is UNSETTLED
    os.utime(path, (1e9, 1e9))
    old = look(path)
    assert old == Mark(young.inode, 5, 10**18)
    assert settled(old) is old


def test_what_is_put_aside_hides_nothing_put_aside_before(tmp_path: Path) -> None:
    """Each gets the first number that is free, a dangling link's included."""
    path = tmp_path / "file"
    names: list[str] = []
    for content in (b"1", b"2", b"3"):
        path.write_bytes(content)
        names.append(put_aside(path, "old").name)
    assert names == ["file.old", "file.old-2", "file.old-3"]
    assert [(tmp_path / name).read_bytes() for name in names] == [b"1", b"2", b"3"]
