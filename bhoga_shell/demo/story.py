"""The story of `bhoga demo`: a provider runs dry, routing moves, the reset comes, it moves back.

Everything in it happens: the router, the files and the programs are the real ones, the providers
are stand-ins. What it tells it has seen; where something else comes to pass, it says so and ends.
"""

import threading
from collections.abc import Generator
from dataclasses import replace
from math import ceil
from time import time

from bhoga_core.explanation import Explanation
from bhoga_core.gates import ProviderStatus
from bhoga_core.window import HEADERS
from bhoga_shell.demo.scenarios import Claude, Codex, Copilot, Scenario, month, session, week
from bhoga_shell.demo.stage import Stage, stage
from bhoga_shell.demo.steps import Choice, Left, Sent, Step, StrayedError, chosen, left_now, must
from bhoga_shell.demo.turns import claude_turn
from bhoga_shell.hermes import HermesChange, apply_to_hermes
from bhoga_shell.router import Router

MODEL = "claude-opus-4"
FIRST, SECOND = "claude_code", "github-copilot"
"""Who serves the model, and who does while the first cannot."""

SESSION = 5.0
"""Seconds of the demo's session, which stand for the five hours of a real one."""

PATIENCE = 5.0
"""Seconds for which anything may be late before the story has gone wrong."""

BEGINNING = Scenario(
    # A session begins with the first turn in it: until then it is whole, and has no reset.
    Claude(session(0.0), week(31.0)),
    Codex(session(8.0, 3.25 * 3600.0), week(22.0, 4.0 * 86400.0)),
    Copilot(month(88.0)),
)

SPENT = ((28.0, 35.0), (71.0, 41.0), (100.0, 46.0))
"""What each turn finds used of the session and of the week, in PERCENT."""

HERMES = """\
# Written by somebody, and by no program.
model:
  default: gpt-5.4
  provider: openrouter  # since spring
  base_url: https://openrouter.ai/api/v1
  api_key: sk-or-demo-of-nobody
display:
  personality: terse  # keep this
_config_version: 33
"""
KEPT = ("# Written by somebody, and by no program.", "  personality: terse  # keep this")
"""Lines of Hermes' file that nobody but its owner changes."""


def story() -> Generator[Step]:
    """The steps, each when it has happened; it takes about seven seconds.

    Raises StrayedError when one does not happen, and OSError without a temporary folder.
    """
    with stage(BEGINNING) as here:
        here.hermes.write_text(HERMES, encoding="utf-8")
        yield _discovery(here)
        yield _first_choice(here)
        # On a whole second, as providers have their resets.
        resets_at = float(ceil(time()) + SESSION)
        yield _turns(here, resets_at)
        yield _dry(here, resets_at)
        yield _reset(here, resets_at)


def _discovery(here: Stage) -> Step:
    here.router.refresh()
    reports = [it for it in here.router.discovery() if it.configured]
    for report in reports:
        must(report.answered is not None, f"{report.provider_id} answered")
    must(here.backends.model_calls == 0, "no model was called")
    return Step(
        "Look",
        f"bhoga found {len(reports)} logins and asked each how much is left.",
        "Each has a source of its own. No model was called for it.",
        left_now(here.router),
    )


def _first_choice(here: Stage) -> Step:
    choice = chosen(here.router, MODEL)
    must(choice.provider_id == FIRST, f"{MODEL} went to {FIRST} first")
    return Step(
        "Choose",
        f"{FIRST} has the most left for {MODEL}: Hermes is pointed there.",
        "Only these keys change; comments stay, and no secret is shown.",
        (choice, *_applied(here, "anthropic")),
    )


def _turns(here: Stage, resets_at: float) -> Step:
    asked = len(here.backends.requests)
    sent = tuple(_sent(here, spent, resets_at) for spent in SPENT[:-1])
    must(all(turn.status_code == 200 for turn in sent), "the turns were answered")
    choice = chosen(here.router, MODEL)
    must(choice.provider_id == FIRST, f"{MODEL} stayed with {FIRST}")
    must(round(choice.left * 100) == 29, "the headers of the last turn were taken in")
    must(len(here.backends.requests) == asked, "nobody was asked")
    return Step(
        "Work",
        f"{len(sent)} turns were sent (pretended; the headers are like real ones).",
        "Each response says what is left after it, so nobody was asked again.",
        (*sent, choice),
    )


def _dry(here: Stage, resets_at: float) -> Step:
    turn = _sent(here, SPENT[-1], resets_at)
    must(turn.status_code == 429, f"{FIRST} refused the turn")
    first = _candidate(here.router, FIRST)
    must(first.status is ProviderStatus.EXHAUSTED, f"{FIRST} counted as exhausted")
    must(first.window is not None and first.window.name == "burst", "the session was named")
    choice = chosen(here.router, MODEL)
    must(choice.provider_id == SECOND, f"{MODEL} moved to {SECOND}")
    return Step(
        "Run dry",
        f"{FIRST} answered 429, its session is used up: routing moves on.",
        "The 429 named the window and its reset: the way back is known.",
        (turn, choice, *_applied(here, "copilot")),
    )


def _reset(here: Stage, resets_at: float) -> Step:
    asked = len(here.backends.requests)
    choice = _moved_back(here.router)
    must(time() >= resets_at, "the reset had come")
    full = Left(FIRST, "burst", 1.0, HEADERS)
    must(full in left_now(here.router), "the session counted as full")
    must(len(here.backends.requests) == asked, "nobody was asked")
    return Step(
        "Reset",
        "The session was over (five hours, here as many seconds): back again.",
        "At that very moment: nobody had to be asked whether it is full.",
        (choice, *_applied(here, "anthropic")),
    )


def _moved_back(router: Router) -> Choice:
    """Wait until the first provider opens, as was told, and say where requests go then."""
    opens_at = _candidate(router, FIRST).opens_at
    if opens_at is None:
        raise StrayedError(f"it was known when {FIRST} opens")
    never = threading.Event()
    while (choice := chosen(router, MODEL)).provider_id != FIRST:
        must(time() < opens_at + PATIENCE, f"{MODEL} moved back to {FIRST}")
        never.wait(max(0.01, opens_at - time()))
    return choice


def _sent(here: Stage, spent: tuple[float, float], resets_at: float) -> Sent:
    """Pretend that a turn was sent, and record what was answered. It is known when this returns."""
    now = time()
    burst, weekly = spent
    claude = Claude(session(burst, resets_at - now), week(weekly))
    here.backends.scenario = replace(BEGINNING, claude=claude)
    response = claude_turn(claude, now, MODEL)
    here.router.record_turn(
        FIRST, MODEL, 1200, 800, headers=response.headers, status_code=response.status
    )
    must(here.router.flush(PATIENCE), "the turn was on disk")
    told = tuple(it for it in left_now(here.router) if it.provider_id == FIRST)
    return Sent(FIRST, response.status, told)


def _applied(here: Stage, provider: str) -> tuple[HermesChange, ...]:
    """What changes in Hermes' file when the choice is written into it."""
    applied = apply_to_hermes(here.router, MODEL)
    changes = () if applied is None else applied.changes
    written = here.hermes.read_text(encoding="utf-8")
    must(("model.provider", provider) in [(it.key, it.new) for it in changes], "Hermes moved")
    must(f"  provider: {provider}" in written, "Hermes' file was rewritten")
    must(all(line in written.splitlines() for line in KEPT), "the comments stayed")
    return changes


def _candidate(router: Router, provider_id: str) -> Explanation:
    return next(it for it in router.explain(MODEL) if it.provider_id == provider_id)
