"""The lock by which processes take turns."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bhoga_shell.locking import locked

HOLDER = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
from bhoga_shell.locking import locked
with locked(Path(sys.argv[1]), 5.0):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_it_keeps_another_process_out_until_that_one_ends(tmp_path: Path) -> None:
    """Who waits too long is told so; a process that dies lets go."""
    path = tmp_path / "state.json"
    code = HOLDER.format(path=sys.path)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        with pytest.raises(TimeoutError), locked(path, 0.05):
            pass
        holder.kill()
        holder.wait(30)
    with locked(path, 5.0):
        assert path.with_name("state.json.lock").exists()


def test_it_lets_go_after_an_error(tmp_path: Path) -> None:
    """An error inside is the caller's, and the next one gets the lock."""
    path = tmp_path / "state.json"
    with pytest.raises(ZeroDivisionError), locked(path, 1.0):
        raise ZeroDivisionError
    with locked(path, 0.05):
        pass


@pytest.mark.skipif(os.name != "posix", reason="modes mean something else here")
def test_every_folder_it_makes_is_private(tmp_path: Path) -> None:
    """The parents, too, and whatever the umask; what stood there before keeps its mode."""
    there = tmp_path / "there"
    there.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        with locked(there / "a" / "b" / "state.json", 1.0):
            pass
    finally:
        os.umask(before)
    modes = [it.stat().st_mode & 0o777 for it in (there, there / "a", there / "a" / "b")]
    assert modes == [0o755, 0o700, 0o700]
    assert (there / "a" / "b" / "state.json.lock").stat().st_mode & 0o777 == 0o600


def test_a_place_that_cannot_be_is_an_os_error(tmp_path: Path) -> None:
    """Below a regular file there is no folder."""
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"), locked(tmp_path / "file" / "state.json", 1.0):
        pass
