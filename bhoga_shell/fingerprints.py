"""Salted hashes of logins: two can be told apart by them, and nobody can be named by them."""

import os
from hashlib import blake2b
from pathlib import Path

from bhoga_shell.durable import UnfitFileError, read_whole, replace_durably
from bhoga_shell.locking import locked

SALT_BYTES = 16
"""Bytes of the salt, which is random and lies beside the state file as `<state>.salt`."""

PATIENCE = 5.0
"""Seconds to wait for another process that makes the salt: it takes milliseconds."""


class Fingerprints:
    """Makes fingerprints with the salt beside a state file; without a file, for this process."""

    def __init__(self, state_path: Path | None) -> None:
        self._path = None if state_path is None else state_path.with_name(f"{state_path.name}.salt")
        self._salt: bytes | None = None
        # Made at once: two threads that each made one would take one login for two.
        self._own = os.urandom(SALT_BYTES)

    def of(self, secret: str) -> str:
        """Twelve hexadecimal digits; `""` of nothing."""
        if not secret:
            return ""
        if self._salt is None:
            self._salt = self._kept() or self._own
        return blake2b(secret.encode("utf-8", "replace"), digest_size=6, key=self._salt).hexdigest()

    def _kept(self) -> bytes | None:
        if self._path is None:
            return None
        try:
            return self._read(self._path) or self._made(self._path)
        except (OSError, UnfitFileError):
            return None

    def _made(self, path: Path) -> bytes:
        with locked(path, PATIENCE):
            salt = self._read(path)
            if salt is None:
                salt = os.urandom(SALT_BYTES)
                replace_durably(path, salt)
            return salt

    def _read(self, path: Path) -> bytes | None:
        try:
            salt = read_whole(path)
        except FileNotFoundError:
            return None
        # Anything else than a salt was put there by a kill or a stranger: a new one is made.
        return salt if len(salt) == SALT_BYTES else None
