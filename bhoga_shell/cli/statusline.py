"""`bhoga statusline`: a line for Claude Code, from what it says and from what else is known.

Claude Code runs the command of its setting `statusLine` after each answer, with JSON on stdin
(since 2.1.80 with the plan's limits in it), and shows the first line of what it prints. It blanks
the line when a command fails or prints nothing.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from time import time
from typing import cast

import click
from returns.result import Success

from bhoga_core.assessment import standings
from bhoga_core.naming import canonical_model, scope_token
from bhoga_core.providers.claude_code.observations import read_observation
from bhoga_core.quota import state_of
from bhoga_core.reading import Reading
from bhoga_core.window import EVERY_MODEL, Standing, Window, WindowKind
from bhoga_shell.cli.known import Known, blank, look
from bhoga_shell.cli.printing import printable
from bhoga_shell.cli.words import moment, percent
from bhoga_shell.errors import StateError

PROVIDER = "claude_code"
"""Whose numbers Claude Code tells."""

PAYLOAD_LIMIT = 1 << 20
"""Bytes of stdin that are read: a payload has some thousand."""

DAY, HOUR = 86_400.0, 3_600.0


@click.command(
    epilog='Example: in ~/.claude/settings.json, "statusLine": {"type": "command", "command":'
    ' "bhoga statusline"}'
)
def command() -> None:
    """Print a line for Claude Code, and learn its limits.

    What Claude Code says on stdin of its limits is kept as "at least this much is used"; nobody is
    asked. The exit code is 0 whatever happens: a failure would blank the line.
    """
    try:
        line = _line(_payload())
    except click.ClickException as problem:
        line = f"bhoga: {problem.format_message()}"
    except Exception as error:  # noqa: BLE001 -- a line that goes blank helps nobody
        line = f"bhoga: {type(error).__name__}; `bhoga doctor` may tell more"
    click.echo(printable(line, sys.stdout))


def _payload() -> Mapping[str, object]:
    """What stands on stdin; nothing where it is no JSON object."""
    if sys.stdin.isatty():
        return {}
    with suppress(ValueError, RecursionError):
        found = json.loads(sys.stdin.buffer.read(PAYLOAD_LIMIT))
        if isinstance(found, dict):
            return cast("dict[str, object]", found)
    return {}


def _line(payload: Mapping[str, object]) -> str:
    known = _known()
    if _is_news(payload, known):
        known = _told(payload, known)
    model = _model(payload)
    parts = [*_windows(known, model)]
    if model:
        parts.append(_route(known, model))
    return " · ".join(parts) or "bhoga: no limits are known yet"


def _known() -> Known:
    """What the state file says, and nothing where it cannot be used: the line goes on without."""
    try:
        return look()
    except StateError:
        return blank()


def _told(payload: Mapping[str, object], known: Known) -> Known:
    """The same after it was told what Claude Code says."""
    from bhoga_shell.cli.opening import opened  # noqa: PLC0415 -- most payloads are no news

    with opened() as router:
        router.observe(PROVIDER, payload)
        return known._replace(state=state_of(router.quotas()), now=time())


def _is_news(payload: Mapping[str, object], known: Known) -> bool:
    """Whether it says more than was told before: most of them repeat, and a write is not free."""
    match read_observation(payload, known.now):
        case Success(Reading() as reading):
            floors = {
                evidence.key: evidence.floor.value
                for record in known.state.quotas.get(PROVIDER, ())
                for evidence in record.evidence
                if evidence.floor is not None
            }
            return any(_is_higher(it, floors.get((it.name, it.scope))) for it in reading.windows)
        case Success():
            return True
        case _:
            return False  # no limits in it, as before the first answer of a session


def _is_higher(window: Window, known: Window | None) -> bool:
    if known is None:
        return True
    said, before = (window.resets_at or 0.0, window.used), (known.resets_at or 0.0, known.used)
    return said > before


def _model(payload: Mapping[str, object]) -> str:
    """The model of the session, `""` where it is not told."""
    told = payload.get("model")
    if isinstance(told, dict):
        named = cast("dict[str, object]", told)
        told = named.get("id") or named.get("display_name")
    return told.strip() if isinstance(told, str) else ""


def _windows(known: Known, model: str) -> Iterator[str]:
    """What is left of each window that bears on the model, the shortest first."""
    name = canonical_model(model or EVERY_MODEL)
    records = known.state.of(PROVIDER, name)
    counting = [it for it in standings(records, known.now, scope_token(name)) if _counts(it)]
    for place, stands in enumerate(sorted(counting, key=lambda it: it.window.length or 0.0)):
        scope = "" if stands.window.scope == EVERY_MODEL else f" {stands.window.scope}"
        yield f"{_length(stands)}{scope} {percent(stands.left)} %{'' if place else ' left'}"


def _counts(stands: Standing) -> bool:
    return stands.window.kind is not WindowKind.EXTRA


def _length(stands: Standing) -> str:
    length = stands.window.length
    if length is None:
        return stands.window.name
    return f"{length / DAY:.0f}d" if length > DAY else f"{length / HOUR:.0f}h"


def _route(known: Known, model: str) -> str:
    """Where the next request for the session's model should go."""
    answer, short = known.best((model,)), scope_token(model)
    if answer is not None:
        return f"{short} → {answer.provider_id}"
    opens_at = known.next_available((model,))
    until = "" if opens_at is None else f" until {moment(opens_at, known.now)}"
    return f"{short} → nothing{until}"
