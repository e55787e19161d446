"""Writes the router's choice into Hermes' configuration, and nothing else of it."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar, get_args

from returns.result import Failure, Success

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
    from bhoga_core.yaml_edit import Unwritable

_T = TypeVar("_T")

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
        plan = _plan(path, recommendation, openai_via, auxiliary=write_auxiliary)
        applied = plan.applied
        if applied.changes and not dry_run:
            with locked(path, LOCK_PATIENCE):
                # Read again: two that write at once must not undo each other.
                if content_of(path) != plan.before:
                    plan = _plan(path, recommendation, openai_via, auxiliary=write_auxiliary)
                applied = _carried_out(plan)
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
    from bhoga_core.yaml_edit import edit, mapping  # noqa: PLC0415 -- it imports yaml

    before = content_of(path)
    text = text_of(path, before or b"")
    config = _or_refused(path, mapping(text))
    settings = hermes_settings(recommendation, config, auxiliary=auxiliary, openai_via=openai_via)
    edited = _or_refused(path, edit(text, settings))
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


def _or_refused(path: Path, answer: Success[_T] | Failure["Unwritable"]) -> _T:
    if isinstance(answer, Success):
        return answer.unwrap()
    problem = answer.failure()
    raise HermesConfigError(path, problem.line, problem.reason)


def _shown(key: str, old: str | None) -> str | None:
    return "…" if old and key in _MAY_HOLD_A_SECRET else old
