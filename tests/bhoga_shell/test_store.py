"""The state file: what it survives, and what it never loses."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from bhoga_core import QuotaState, Stamp, state_of
from bhoga_core.evidence import Evidence
from bhoga_core.quota import ProviderQuota
from bhoga_core.register import Register
from bhoga_core.window import Window
from bhoga_shell import durable
from bhoga_shell.errors import StateError
from bhoga_shell.store import Store, default_path

NOW = 1_800_000_000.0
LATER = Stamp(int(NOW * 1e6), 7)


def known(pid: str = "claude_code", used: float = 0.25, stamp: Stamp = LATER) -> QuotaState:
    """A state in which one provider was polled."""
    window = Window("weekly", used, NOW, "poll", resets_at=NOW + 1000.0)
    evidence = (Evidence("weekly", asked=Register(stamp, window)),)
    return state_of([ProviderQuota(pid, evidence=evidence)])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A place for a state file in a folder that does not exist yet."""
    return tmp_path / "cache" / "bhoga" / "state.json"


def beside(path: Path) -> list[str]:
    """What stands in the folder, but for the file and its lock."""
    return sorted({it.name for it in path.parent.iterdir()} - {path.name, f"{path.name}.lock"})


def test_what_is_saved_is_loaded(path: Path) -> None:
    """Another process finds exactly what was saved; nothing but the file and its lock is left."""
    assert Store(path).save(known(), NOW) == known()
    assert Store(path).load(NOW) == known()
    assert beside(path) == []


def test_a_missing_file_is_an_empty_state(path: Path) -> None:
    """Nothing is made by looking."""
    assert Store(path).load(NOW) == QuotaState()
    assert not path.parent.exists()


@pytest.mark.skipif(os.name != "posix", reason="modes mean something else here")
def test_only_the_owner_may_read_it(path: Path) -> None:
    """The file is 0600 and its folder, when it is made, 0700, whatever the umask."""
    before = os.umask(0)
    try:
        Store(path).save(known(), NOW)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_saving_takes_in_what_others_saved(path: Path) -> None:
    """Two stores on one file each end with what both know."""
    one, other = Store(path), Store(path)
    one.save(known("claude_code"), NOW)
    both = other.save(known("openai-codex"), NOW)
    assert {it.provider_id for it in both.records()} == {"claude_code", "openai-codex"}
    assert one.changed()
    assert one.load(NOW) == both
    assert not one.changed()


def test_nothing_new_is_not_written(path: Path) -> None:
    """Saving what the file holds already leaves it alone."""
    store = Store(path)
    store.save(known(), NOW)
    before = path.stat()
    assert store.save(known(), NOW) == known()
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_deleted_file_comes_back(path: Path) -> None:
    """A file that somebody removed is written again in full."""
    store = Store(path)
    store.save(known(), NOW)
    path.unlink()
    assert store.changed()
    store.save(known(), NOW)
    assert Store(path).load(NOW) == known()


@pytest.mark.skipif(os.name != "posix", reason="links need a privilege here")
def test_a_symlink_stays_one(tmp_path: Path) -> None:
    """What the link points to is replaced, and both names share one lock."""
    real, link = tmp_path / "real.json", tmp_path / "state.json"
    link.symlink_to(real)
    Store(link).save(known(), NOW)
    assert link.is_symlink()
    assert Store(real).load(NOW) == known()
    assert (tmp_path / "real.json.lock").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"format": "something else", "version": 1}',
        b'{"format": "bhoga-state", "version": 1, "latest": [1, 1], "quotas": [{"x": 1}]}',
        b'{"format": "bhoga-state", "version": 1, "latest": [NaN, 1], "quotas": []}',
        b"[" * 100_000,
        '{"format": "bhoga-state"}'.encode("utf-16"),
        b"\xff\xfe\x00",
    ],
    ids=range(9),
)
def test_a_file_that_is_no_state_is_kept_beside(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """One warning, the file under another name, and a new one is begun."""
    path.parent.mkdir(parents=True)
    store = Store(path)
    for number in (1, 2):
        path.write_bytes(content)
        caplog.clear()
        with caplog.at_level(logging.WARNING, "bhoga"):
            store.save(known(used=number / 10), NOW)
        assert len(caplog.records) == 1
        assert "corrupt-20270115T080000Z" in caplog.text
    names = ["state.json.corrupt-20270115T080000Z", "state.json.corrupt-20270115T080000Z-2"]
    assert beside(path) == names
    assert [(path.parent / name).read_bytes() for name in names] == [content, content]
    assert Store(path).load(NOW).records()


def test_a_newer_versions_file_is_left_alone(path: Path) -> None:
    """It is neither read nor overwritten, and the error says what to do."""
    path.parent.mkdir(parents=True)
    newer = '{"format": "bhoga-state", "version": 2, "anything": "else"}'
    path.write_text(newer)
    store = Store(path)
    for attempt in (lambda: store.load(NOW), lambda: store.save(known(), NOW)):
        with pytest.raises(StateError, match=r"version 2.*upgrade bhoga") as raised:
            attempt()
        assert raised.value.path == str(path)
    assert path.read_text() == newer
    assert beside(path) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_pipe_in_its_place_never_blocks(path: Path) -> None:
    """What is not a regular file is put aside like any other that is no state."""
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    Store(path).save(known(), NOW)
    assert Store(path).load(NOW) == known()


def test_a_place_that_cannot_be(tmp_path: Path) -> None:
    """Below a regular file there is no folder: the error says so and names the path."""
    (tmp_path / "file").touch()
    with pytest.raises(StateError, match="Routing goes on"):
        Store(tmp_path / "file" / "state.json").save(known(), NOW)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file(
    path: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a write fails the old state stands, nothing is left over, and it works again after."""
    store = Store(path)
    store.save(known(), NOW)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(durable.os if call == "fsync" else Path, call, fail)
        with pytest.raises(StateError, match="No space left"):
            store.save(known("openai-codex"), NOW)
    assert Store(path).load(NOW) == known()
    assert beside(path) == []
    store.save(known("openai-codex"), NOW)
    assert len(Store(path).load(NOW).records()) == 2


def test_what_is_dated_in_the_future_is_not_believed(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A stamp more than a day ahead would win over everything for as long as it is ahead."""
    Store(path).save(known(), NOW)
    with caplog.at_level(logging.WARNING, "bhoga"):
        assert Store(path).load(NOW - 2 * 86_400.0) == QuotaState()
    assert "ahead" in caplog.text


@pytest.mark.parametrize(
    ("environ", "expected"),
    [({"BHOGA_STATE": "~/s.json"}, "s.json"), ({"BHOGA_STATE": " "}, ".cache/bhoga/state.json")],
)
def test_the_default_path(environ: Mapping[str, str], expected: str) -> None:
    """`BHOGA_STATE` names the file; else it is in the home folder's cache."""
    assert default_path(environ) == Path.home() / expected


def test_no_home_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a home folder the error says what to set."""

    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(StateError, match="BHOGA_STATE"):
        default_path({})


WRITER = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
from bhoga_core import Stamp, state_of
from bhoga_core.quota import ProviderQuota
from bhoga_shell.store import Store
store, name, count = Store(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
for i in range(1, count + 1):
    store.save(state_of([ProviderQuota(name, served=Stamp(1_700_000_000_000_000 + i, i))]), 1.8e9)
    print(i, flush=True)
"""


def writer(path: Path, name: str, count: int) -> "subprocess.Popen[str]":
    """A process that saves `count` times, and says when each save has returned."""
    code = WRITER.format(path=sys.path)
    return subprocess.Popen(
        [sys.executable, "-c", code, str(path), name, str(count)], stdout=subprocess.PIPE, text=True
    )


def test_writers_lose_no_update_of_each_other(path: Path) -> None:
    """Of four processes that write at once, every last word stands."""
    processes = [writer(path, f"p{number}", 25) for number in range(4)]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    held = {it.provider_id: it.served.counter for it in Store(path).load(NOW).records()}
    assert held == {f"p{number}": 25 for number in range(4)}


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL here")
def test_a_kill_at_any_moment_leaves_a_readable_file(path: Path) -> None:
    """After each of many kills the file is whole and holds what was acknowledged."""
    for attempt in range(12):
        process = writer(path, "p", 100_000)
        assert process.stdout is not None
        acknowledged = 0
        stop = time.monotonic() + 0.02 * attempt
        for line in process.stdout:
            acknowledged = int(line)
            if time.monotonic() > stop:
                break
        process.send_signal(signal.SIGKILL)
        acknowledged = max([acknowledged, *(int(it) for it in process.stdout if it.strip())])
        process.wait()
        process.stdout.close()
        held = json.loads(path.read_text())
        assert held["quotas"][0]["served"][1] >= acknowledged
    Store(path).save(known("another"), NOW)
    assert beside(path) == []


@pytest.mark.skipif(os.name != "posix", reason="a folder cannot be opened at all here")
@pytest.mark.parametrize("place", ["folder", "/dev/null"])
def test_a_folder_and_a_device_are_left_alone(tmp_path: Path, place: str) -> None:
    """They are somebody's: putting them aside could break more than bhoga."""
    at = tmp_path / place
    if place == "folder":
        at.mkdir()
    store = Store(at)
    with pytest.raises(StateError, match="left alone"):
        store.load(NOW)
    assert at.exists()
    assert not at.is_file()


def test_a_file_that_looks_the_same_is_told_apart(path: Path) -> None:
    """Inode, size and time may all be another's again within one tick of the clock."""
    store = Store(path)
    store.save(known(used=0.25), NOW)
    look = path.stat()
    path.write_bytes(path.read_bytes().replace(b"0.25", b"0.75"))
    os.utime(path, ns=(look.st_atime_ns, look.st_mtime_ns))
    now = path.stat()
    assert (now.st_ino, now.st_size, now.st_mtime_ns) == (
        look.st_ino,
        look.st_size,
        look.st_mtime_ns,
    )
    assert store.changed()
    assert store.save(known("openai-codex"), NOW).of("claude_code", "*") == known(used=0.75).of(
        "claude_code", "*"
    )


def test_one_unreadable_record_does_not_cost_the_others(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It stays in memory, is told of once, and the file can be read. Damage is still seen."""
    store = Store(path)
    endless = ProviderQuota("mine", plan=Register(LATER, "secret" * 1000))
    both = state_of([*known().records(), endless])
    with caplog.at_level(logging.WARNING, "bhoga"):
        assert store.save(both, NOW) == both
        assert store.save(both, NOW) == both
    assert len(caplog.records) == 1
    assert "secret" not in caplog.text
    assert Store(path).load(NOW) == known()
    head, rest = path.read_bytes().split(b"\n", 1)
    path.write_bytes(head + b"\nrubbish\n" + rest)
    assert store.load(NOW) == QuotaState()
    assert len(beside(path)) == 1


def test_more_than_is_read_back_is_not_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file too large to be read would be put aside with all that is known."""
    store = Store(path)
    store.save(known(), NOW)
    monkeypatch.setattr("bhoga_shell.store.READ_LIMIT", 300)
    with pytest.raises(StateError, match="would not be read again"):
        store.save(state_of([ProviderQuota("p", plan=Register(LATER, "x" * 300))]), NOW)
    assert Store(path).load(NOW) == known()


def test_threads_of_one_process_take_turns(path: Path) -> None:
    """Eight threads on one store lose none of each other's words."""
    store = Store(path)

    def save(number: int) -> None:
        for count in range(1, 6):
            store.save(state_of([ProviderQuota(f"p{number}", served=Stamp(5, count))]), NOW)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = {it.provider_id: it.served.counter for it in Store(path).load(NOW).records()}
    assert held == {f"p{number}": 5 for number in range(8)}


def test_a_child_does_not_wait_for_its_parents_thread(path: Path) -> None:
    """A lock that was held at the fork is held for ever in the child, unless it is renewed."""
    store = Store(path)
    assert store._turn.acquire(blocking=False)
    store.after_fork()
    assert store.save(known(), NOW) == known()
