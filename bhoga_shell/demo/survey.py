"""What `bhoga demo --scenario` shows: what each source says in a scenario, and where routing goes.

It is told like the story: what comes out otherwise than it is written here ends it.
"""

from collections.abc import Generator, Iterator, Mapping
from math import inf
from threading import Thread
from types import MappingProxyType
from typing import NamedTuple

from bhoga_core.probe import Kind
from bhoga_core.reading import Reason
from bhoga_core.report import UNASKED
from bhoga_shell.demo.answers import REDIRECTED
from bhoga_shell.demo.scenarios import SCENARIOS
from bhoga_shell.demo.stage import Stage, stage
from bhoga_shell.demo.steps import Found, Left, Step, chosen, left_now, must

MODELS = ("claude-opus-4", "claude-fable-5", "gpt-5.4", "gpt-5.3-codex-spark")
"""A model of each family, and of each family one that may have a limit of its own."""

CLAUDE, CODEX, COPILOT = "claude_code", "openai-codex", "github-copilot"
_OWN = (CLAUDE, CLAUDE, CODEX, CODEX)

RELEASE_EVERY = 0.2
"""Seconds for which an answer is held back in a scenario in which answers are."""


class Told(NamedTuple):
    """What a scenario is about, what to notice, and where the next request for each model goes.

    `rests` are the seconds for which a source that was asked too often is left alone, at the least.
    """

    about: str
    notice: str
    choices: tuple[str | None, ...]
    rests: float = 0.0


_BLIND = "Where nothing is known of what is left, priority decides: no request is held up."

TOLD: Mapping[str, Told] = MappingProxyType(
    {
        "fresh": Told(
            "All three plans have most of their quota left.",
            "Of those that serve a model, the one with the most left is chosen.",
            (COPILOT, COPILOT, CODEX, CODEX),
        ),
        "low": Told(
            "All three plans are nearly used up.",
            "A provider has as little left as the tightest of its windows.",
            _OWN,
        ),
        "exhausted": Told(
            "All three plans are used up.",
            "bhoga recommends none of them: it knows when the soonest opens.",
            (None, None, None, None),
        ),
        "scoped-exhausted": Told(
            "The weeks of single models are used up, those of the plans are not.",
            "Another model's exhausted limit blocks nothing.",
            (COPILOT, COPILOT, CODEX, COPILOT),
        ),
        "weekly-only": Told(
            "The plans have weeks and no sessions.",
            "Windows are told apart by their length, not by where they stand.",
            _OWN,
        ),
        "unauthorised": Told("The providers refuse the logins (401).", _BLIND, _OWN),
        "forbidden": Told("The logins may not read usage (403).", _BLIND, _OWN),
        "rate-limited": Told(
            "The usage endpoints have been asked too often (429).",
            "That says nothing about the quota; the source rests for five minutes or more.",
            _OWN,
            300.0,
        ),
        "rate-limited-zero": Told(
            "The same, and Retry-After says 0 seconds.",
            "It is not believed: the source rests for five minutes or more.",
            _OWN,
            300.0,
        ),
        "rate-limited-1600": Told(
            "The same, and Retry-After says 1600 seconds.",
            "It is kept to, and a minute more.",
            _OWN,
            1660.0,
        ),
        "slow": Told(
            "The answers are held back for a while.",
            "Only who asks waits for them. Routing goes by what is known meanwhile.",
            (COPILOT, COPILOT, CODEX, CODEX),
        ),
        "garbage": Told("The providers answer with something else than JSON.", _BLIND, _OWN),
        "huge": Told(
            "The answers are larger than anybody should read.",
            "They are not read to their end. Where another source answers, it counts.",
            _OWN,
        ),
        "redirect": Told(
            "The usage endpoints send one elsewhere (302).",
            "No login is sent after a redirect.",
            _OWN,
        ),
        "logged-out": Told("Nobody is logged in.", _BLIND, _OWN),
    }
)
"""What is told of each scenario that has a name."""


def survey(name: str) -> Generator[Step]:
    """The steps of the scenario `name`, each when it has happened.

    Raises StrayedError when routing goes elsewhere than is told, and OSError without a temporary
    folder.
    """
    told = TOLD[name]
    with stage(SCENARIOS[name]) as here:
        _look(here)
        seen: list[Found | Left] = [*_found(here), *left_now(here.router)]
        seen.sort(key=lambda it: it.provider_id)
        yield Step(
            "Look",
            told.about,
            "Sources are asked in order until one answers, and no model is called.",
            tuple(seen),
        )
        must(here.backends.model_calls == 0, "no model was called")
        must(here.backends.counts[REDIRECTED] == 0, "nobody followed a redirect")
        must(_shortest_rest(here) >= told.rests, f"a source rests for {told.rests:.0f} s")
        choices = tuple(chosen(here.router, model) for model in MODELS)
        for choice, expected in zip(choices, told.choices, strict=True):
            where = "nowhere" if expected is None else f"to {expected}"
            must(choice.provider_id == expected, f"{choice.model} went {where}")
            opens = here.router.next_available(choice.model)
            must(opens is not None, f"it was known when {choice.model} can be served")
        yield Step("Choose", "Where the next request would go:", told.notice, choices)


def _look(here: Stage) -> None:
    looking = Thread(target=here.router.refresh, name="bhoga demo", daemon=True)
    looking.start()
    while looking.is_alive():
        looking.join(RELEASE_EVERY)
        here.backends.release()


def _found(here: Stage) -> Iterator[Found]:
    for report in here.router.discovery():
        for source in report.sources:
            if source.reason != UNASKED:
                yield Found(report.provider_id, source.name, source.text, source.reason == "")


def _shortest_rest(here: Stage) -> float:
    return min(
        (
            source.retry_at - source.at
            for report in here.router.discovery()
            for source in report.sources
            # A program does not pass on what the endpoint told it of that.
            if source.reason == Reason.RATE_LIMITED and source.kind is Kind.HTTP
            if source.retry_at is not None and source.at is not None
        ),
        default=inf,
    )
