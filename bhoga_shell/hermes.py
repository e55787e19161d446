"""Writes the router's choice into Hermes' configuration, and nothing else of it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from returns.result import Success

from bhoga_core.hermes import hermes_settings, hermes_warnings
from bhoga_core.selection import RouterRecommendation
from bhoga_shell.durable import UnfitFileError, read_whole, replace_durably
from bhoga_shell.errors import HermesConfigError
from bhoga_shell.locking import locked
from bhoga_shell.router import Router

if TYPE_CHECKING:
    from bhoga_core.yaml_edit import Edited

LOCK_PATIENCE = 10.0
"""Seconds to wait for other processes that write the same configuration."""

BACKUPS_KEPT = 5
"""How many backups of a configuration are kept, the newest."""

_MAY_HOLD_A_SECRET = frozenset({"api", "api_key", "base_url"})  # an address may carry a key


@dataclass(frozen=True, slots=True)
class HermesChange:
    """One key changed: its dotted path, its old and its new value; None is absent.

    A value that may hold a secret is shown as `…`.
    """

    key: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class HermesApplied:
    """What `apply_to_hermes` did.

    `path` is the file, symlinks followed. Without `changes` it was not written. `backup` is the
    file as it was before, if there was one. `warnings` say what keeps Hermes from following.
    """

    path: Path
    changes: tuple[HermesChange, ...]
    backup: Path | None
    warnings: tuple[str, ...]


def apply_to_hermes(
    router: Router,
    model: str,
    *,
    config_path: str | os.PathLike[str] | None = None,
    write_auxiliary: bool = False,
) -> HermesApplied | None:
    """Write the recommendation for `model` into Hermes' configuration.

    The file is `config_path`, else `config.yaml` in `HERMES_HOME`, else in `~/.hermes`. Only the
    keys that the recommendation means are changed; comments and everything else stay. On a change
    of provider its leftovers (`base_url`, keys, `context_length`) go. With `write_auxiliary` all
    auxiliary tasks are routed as well. The file before is kept as `config.yaml.bhoga-<time>`, 0600,
    the newest five. Returns None, the file untouched, when there is no recommendation. Raises
    HermesConfigError where the file cannot be edited safely (then it is as it was), and ValueError
    where the choice is a provider that Hermes has no name for.
    """
    recommendation = router.best_for(model)
    if recommendation is None:
        return None
    path = Path(os.path.realpath(_default_path() if config_path is None else config_path))
    try:
        # Read again inside the lock: two that write at once must not undo each other.
        with locked(path, LOCK_PATIENCE):
            return _apply(path, recommendation, auxiliary=write_auxiliary)
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        raise HermesConfigError(path, 1, f"it cannot be read or written: {reason}") from error


def _apply(path: Path, recommendation: RouterRecommendation, *, auxiliary: bool) -> HermesApplied:
    content = _content(path)
    text = _text(path, content or b"")
    config = _config(path, text)
    edited = _edited(path, text, hermes_settings(recommendation, config, auxiliary=auxiliary))
    backup = None
    if edited.changes:
        if content is not None:
            backup = _back_up(path, content)
        mode = 0o600 if content is None else path.stat().st_mode & 0o777
        replace_durably(path, edited.text.encode("utf-8"), mode)
        if path.stat().st_mode & 0o777 != mode:
            path.chmod(mode)  # the umask took something away
    return HermesApplied(
        path,
        tuple(
            HermesChange(
                ".".join(change.path),
                _shown(change.path[-1], change.old),
                _shown(change.path[-1], change.new),
            )
            for change in edited.changes
        ),
        backup,
        hermes_warnings(recommendation, config, os.environ),
    )


def _default_path() -> Path:
    home = os.environ.get("HERMES_HOME", "").strip()
    local = os.environ.get("LOCALAPPDATA", "").strip()
    try:
        if home:
            return Path(home).expanduser() / "config.yaml"
        if os.name == "nt" and local:
            return Path(local) / "hermes" / "config.yaml"
        return Path.home() / ".hermes" / "config.yaml"
    except RuntimeError as error:
        problem = "there is no home folder to look for it in; name it with HERMES_HOME"
        raise HermesConfigError(home or "~/.hermes/config.yaml", 1, problem) from error


def _content(path: Path) -> bytes | None:
    try:
        return read_whole(path)
    except FileNotFoundError:
        return None
    except UnfitFileError as error:
        raise HermesConfigError(path, 1, str(error)) from error


def _text(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise HermesConfigError(path, line, "it is not UTF-8") from error


def _config(path: Path, text: str) -> Mapping[str, object]:
    """What the text reads as; nothing where it is no mapping: the edit refuses that, or starts it.

    It is read by the core's reader, which refuses what would bring PyYAML down.
    """
    from bhoga_core.yaml_text.reading import load, read  # noqa: PLC0415 -- it imports yaml
    from bhoga_core.yaml_text.tree import RefusedError  # noqa: PLC0415

    body = text.removeprefix("\ufeff")
    try:
        read(body)
        loaded = load(body)
    except RefusedError as refused:
        raise HermesConfigError(path, refused.line, refused.reason) from refused
    return cast("Mapping[str, object]", loaded) if isinstance(loaded, Mapping) else {}


def _edited(path: Path, text: str, settings: Mapping[tuple[str, ...], str | None]) -> "Edited":
    from bhoga_core.yaml_edit import edit  # noqa: PLC0415 -- it imports yaml

    edited = edit(text, settings)
    if isinstance(edited, Success):
        return edited.unwrap()
    problem = edited.failure()
    raise HermesConfigError(path, problem.line, problem.reason)


def _back_up(path: Path, content: bytes) -> Path:
    beginning = f"{path.name}.bhoga-"
    backup = path.with_name(f"{beginning}{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
    replace_durably(backup, content)
    kept = sorted(it for it in path.parent.iterdir() if it.name.startswith(beginning))
    for older in kept[:-BACKUPS_KEPT]:
        older.unlink(missing_ok=True)
    return backup


def _shown(key: str, value: str | None) -> str | None:
    return "…" if value and key in _MAY_HOLD_A_SECRET else value
