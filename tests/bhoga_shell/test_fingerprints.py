"""Salted hashes of logins."""

import os
import stat
import threading
from pathlib import Path

import pytest

from bhoga_shell.fingerprints import SALT_BYTES, Fingerprints


def test_one_login_has_one_fingerprint_in_every_process(tmp_path: Path) -> None:
    """The salt beside the state file sees to that; nothing has none."""
    state = tmp_path / "state.json"
    first, second = Fingerprints(state), Fingerprints(state)
    assert first.of("account-1") == second.of("account-1") != first.of("account-2")
    assert first.of("") == ""
    assert len(first.of("account-1")) == 12


def test_another_salt_gives_another_fingerprint(tmp_path: Path) -> None:
    """So a fingerprint that leaves the machine names nobody."""
    here, there = (Fingerprints(tmp_path / name / "state.json") for name in ("a", "b"))
    assert here.of("account-1") != there.of("account-1")


def test_the_salt_is_private_and_random(tmp_path: Path) -> None:
    """It is made once, for its owner alone."""
    Fingerprints(tmp_path / "state.json").of("x")
    salt = tmp_path / "state.json.salt"
    assert len(salt.read_bytes()) == SALT_BYTES
    if os.name == "posix":
        assert stat.S_IMODE(salt.stat().st_mode) == 0o600


def test_what_is_no_salt_is_replaced(tmp_path: Path) -> None:
    """A kill or a stranger may have left anything there."""
    (tmp_path / "state.json.salt").write_bytes(b"short")
    first = Fingerprints(tmp_path / "state.json").of("x")
    assert Fingerprints(tmp_path / "state.json").of("x") == first


def test_many_at_once_agree(tmp_path: Path) -> None:
    """The salt is made under a lock."""
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(Fingerprints(tmp_path / "s.json").of("x")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({*found}) == 1


@pytest.mark.parametrize("place", [None, Path("/dev/null/state.json")])
def test_without_a_place_it_holds_for_the_process(place: Path | None) -> None:
    """Then nothing is written, and nothing is lost but the memory of it."""
    one = Fingerprints(place)
    assert one.of("x") == one.of("x") != Fingerprints(place).of("x")
