"""The file that Hermes' configuration is in: where it is, what it holds, how it is replaced.

Who replaces it holds its lock; Hermes itself has none (hermes-agent 0.19.0).
"""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from bhoga_shell.durable import Owner, UnfitFileError, read_whole, replace_durably
from bhoga_shell.errors import HermesConfigError

LOCK_PATIENCE = 10.0
"""Seconds to wait for other processes that write the same configuration."""

BACKUPS_KEPT = 5
"""How many backups of a configuration are kept, the newest."""

_WRITTEN_AT = "%Y%m%dT%H%M%S.%fZ"
_BACKUP = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}Z(\.tmp)?")


def default_path() -> Path:
    """`config.yaml` in `HERMES_HOME`, else where Hermes has its home. Raises HermesConfigError."""
    home = os.environ.get("HERMES_HOME", "").strip()
    try:
        if home:
            return Path(home).expanduser() / "config.yaml"
        if os.name == "nt":
            local = os.environ.get("LOCALAPPDATA", "").strip()
            data = Path(local) if local else Path.home() / "AppData" / "Local"
            return data / "hermes" / "config.yaml"
        return Path.home() / ".hermes" / "config.yaml"
    except RuntimeError as error:
        problem = "there is no home folder to look for it in; name it with HERMES_HOME"
        raise HermesConfigError(home or "~/.hermes/config.yaml", 1, problem) from error


def content_of(path: Path) -> bytes | None:
    """What the file holds; None where there is none. Raises HermesConfigError, OSError."""
    try:
        return read_whole(path)
    except FileNotFoundError:
        return None
    except UnfitFileError as error:
        raise HermesConfigError(path, 1, str(error)) from error


def text_of(path: Path, content: bytes) -> str:
    """The text that `content`, read from `path`, is. Raises HermesConfigError."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        torn = error.start
    # Raised out here: that error holds the whole content, and would go along as this one's context.
    raise HermesConfigError(path, content[:torn].count(b"\n") + 1, "it is not UTF-8")


def replace_kept(path: Path, before: bytes | None, after: bytes) -> Path | None:
    """Replace what `path` holds, `before`, with `after`. Returns the backup of it, if there is one.

    Mode and owner stay what they are; a new file is for its owner alone, as every backup is. The
    lock is held. Raises OSError.
    """
    if before is None:
        replace_durably(path, after)
        return None
    found = path.stat()
    owner = Owner(found.st_uid, found.st_gid)
    if os.name == "posix" and os.geteuid() == 0:
        # Else a lock that root made would keep out the person whose file it is.
        os.chown(f"{path}.lock", *owner, follow_symlinks=False)
    backup = _back_up(path, before, owner)
    replace_durably(path, after, found.st_mode & 0o777, owner)
    return backup


def _back_up(path: Path, content: bytes, owner: Owner) -> Path:
    beginning = f"{path.name}.bhoga-"
    backup = path.with_name(f"{beginning}{datetime.now(UTC):{_WRITTEN_AT}}")
    replace_durably(backup, content, owner=owner)
    times = [
        found
        for it in path.parent.iterdir()
        if it.name.startswith(beginning)
        and (found := _BACKUP.fullmatch(it.name.removeprefix(beginning)))
    ]
    whole = sorted(time[0] for time in times if not time[1])
    torn = [time[0] for time in times if time[1]]  # what a kill has left
    for older in (*torn, *whole[:-BACKUPS_KEPT]):
        path.with_name(f"{beginning}{older}").unlink(missing_ok=True)
    return backup
