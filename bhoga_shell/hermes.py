"""Writes the router's choice into Hermes' configuration, and nothing else of it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from returns.result import Success

from bhoga_core.hermes import hermes_settings
from bhoga_shell.durable import UnfitFileError, read_whole, replace_durably
from bhoga_shell.errors import HermesConfigError
from bhoga_shell.router import Router


@dataclass(frozen=True, slots=True)
class HermesApplied:
    """What `apply_to_hermes` did: the file, and each key it changed with its new value or None.

    No old value is shown, because it may be a secret.
    """

    path: Path
    changes: tuple[tuple[str, str | None], ...]


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
    auxiliary tasks are routed as well. Returns None, the file untouched, when there is no
    recommendation. Raises HermesConfigError where the file cannot be edited safely.
    """
    recommendation = router.best_for(model)
    if recommendation is None:
        return None
    import yaml  # noqa: PLC0415 -- only who writes the configuration pays for it

    from bhoga_core.yaml_edit import edit  # noqa: PLC0415 -- it imports yaml

    path = Path(os.path.realpath(_default_path() if config_path is None else config_path))
    text = _read(path)
    try:
        loaded: object = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = 1 if mark is None else int(mark.line) + 1
        raise HermesConfigError(path, line, "it is no YAML that Hermes could read") from error
    config: Mapping[str, object] = {}
    if isinstance(loaded, Mapping):
        config = cast("Mapping[str, object]", loaded)
    settings = hermes_settings(recommendation, config, auxiliary=write_auxiliary)
    edited = edit(text, settings)
    if not isinstance(edited, Success):
        problem = edited.failure()
        raise HermesConfigError(path, problem.line, problem.reason)
    changed = edited.unwrap()
    if changed.changes:
        _write(path, changed.text)
    return HermesApplied(
        path, tuple((".".join(change.path), change.new) for change in changed.changes)
    )


def _default_path() -> Path:
    home = os.environ.get("HERMES_HOME", "").strip()
    if home:
        return Path(home).expanduser() / "config.yaml"
    local = os.environ.get("LOCALAPPDATA", "").strip()
    if os.name == "nt" and local:
        return Path(local) / "hermes" / "config.yaml"
    return Path.home() / ".hermes" / "config.yaml"


def _read(path: Path) -> str:
    try:
        return read_whole(path).decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnfitFileError, UnicodeDecodeError) as error:
        raise HermesConfigError(path, 1, f"it cannot be read ({type(error).__name__})") from error


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
        replace_durably(path, text.encode("utf-8"), mode)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise HermesConfigError(path, 1, f"it cannot be written: {reason}") from error
