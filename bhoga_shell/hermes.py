"""Writes the router's choice into Hermes' configuration, and nothing else of it."""

import os
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast, get_args

from returns.result import Success

from bhoga_core.hermes import OpenaiVia, hermes_settings, hermes_warnings
from bhoga_core.providers import PROVIDERS
from bhoga_core.selection import RouterRecommendation
from bhoga_shell.credentials import configured
from bhoga_shell.errors import HermesConfigError
from bhoga_shell.hermes_file import LOCK_PATIENCE, content_of, default_path, replace_kept, text_of
from bhoga_shell.locking import locked
from bhoga_shell.notices import warn_once
from bhoga_shell.router import Router

if TYPE_CHECKING:
    from bhoga_core.yaml_edit import Edited

# An address may carry a key, and people put a key where its variable's name should be.
_MAY_HOLD_A_SECRET = frozenset(
    {"api", "api_base", "api_key", "api_key_env", "base_url", "key_env", "summary_base_url"}
)


@dataclass(frozen=True, slots=True)
class HermesChange:
    """One key changed: its dotted path, its old and its new value; None is absent.

    An old value that may be a secret is shown as `…`; a new one never is any.
    """

    key: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class HermesApplied:
    """What `apply_to_hermes` did.

    `path` is the file, symlinks followed. Without `changes` it was not written. `backup` is the
    file as it was before, if there was one; None of a dry run. `warnings` say what keeps Hermes
    from following, and what to do.
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
    openai_via: OpenaiVia = "openrouter",
    dry_run: bool = False,
) -> HermesApplied | None:
    """Write the recommendation for `model` into Hermes' configuration.

    The file is `config_path`, else `config.yaml` in `HERMES_HOME`, else in `~/.hermes` (on Windows
    in `hermes` of the local application data). Only the keys that the recommendation means are
    changed; comments and everything else stay. On a change of provider its leftovers (`base_url`,
    keys, `context_length`) go. With `write_auxiliary` all auxiliary tasks are routed as well.
    `openai_via` names the Hermes provider for `openai_api`: "openrouter", or "openai-api", which is
    OpenAI itself. The file before is kept as `config.yaml.bhoga-<time>`, 0600, the newest five.
    With `dry_run` the answer is the same and nothing is written.

    Returns None, the file untouched, when there is no recommendation. Warnings are returned each
    time, and logged to `bhoga` once per process. Raises HermesConfigError where the file cannot be
    edited safely (then it is as it was), and ValueError for another `openai_via` and where the
    choice is a provider that Hermes has no name for.
    """
    if openai_via not in get_args(OpenaiVia):
        accepted = ", ".join(get_args(OpenaiVia))
        raise ValueError(f"openai_via: {openai_via!r} is none of {accepted}")
    recommendation = router.best_for(model)
    if recommendation is None:
        return None
    path = Path(os.path.realpath(default_path() if config_path is None else config_path))
    try:
        # Read inside the lock: two that write at once must not undo each other.
        with nullcontext() if dry_run else locked(path, LOCK_PATIENCE):
            plan = _plan(path, recommendation, openai_via, auxiliary=write_auxiliary)
            applied = plan.applied if dry_run else _carried_out(plan)
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        raise HermesConfigError(path, 1, f"it cannot be read or written: {reason}") from error
    for warning in applied.warnings:
        warn_once(warning)
    return applied


class _Plan(NamedTuple):
    """What a file holds, what it is to hold, and what that changes."""

    before: bytes | None
    after: str
    applied: HermesApplied


def _plan(
    path: Path,
    recommendation: RouterRecommendation,
    openai_via: OpenaiVia,
    *,
    auxiliary: bool,
) -> _Plan:
    before = content_of(path)
    text = text_of(path, before or b"")
    config = _config(path, text)
    settings = hermes_settings(recommendation, config, auxiliary=auxiliary, openai_via=openai_via)
    edited = _edited(path, text, settings)
    changes = tuple(
        HermesChange(
            ".".join(change.path),
            _shown(change.path[-1], change.old),
            change.new,
        )
        for change in edited.changes
    )
    logins = configured(PROVIDERS)
    warnings = hermes_warnings(recommendation, config, os.environ, logins, openai_via=openai_via)
    return _Plan(before, edited.text, HermesApplied(path, changes, None, warnings))


def _carried_out(plan: _Plan) -> HermesApplied:
    applied = plan.applied
    if not applied.changes:
        return applied
    backup = replace_kept(applied.path, plan.before, plan.after.encode("utf-8"))
    return replace(applied, backup=backup)


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


def _shown(key: str, old: str | None) -> str | None:
    return "…" if old and key in _MAY_HOLD_A_SECRET else old
