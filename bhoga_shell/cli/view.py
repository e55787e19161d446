"""What `bhoga status` shows, before it has a form."""

from collections.abc import Mapping
from typing import NamedTuple

from bhoga_core.explanation import Explanation
from bhoga_core.flip import Flip
from bhoga_core.selection import RouterRecommendation
from bhoga_shell.cli.known import Known

FAMILIES: Mapping[str, str] = {"anthropic": "claude-opus-4", "openai": "gpt-5.4"}
"""The families that providers serve, each with the model that stands for it."""


class View(NamedTuple):
    """All that is known, and for each family its candidates, the choice, and what would turn it."""

    known: Known
    candidates: Mapping[str, tuple[Explanation, ...]]
    best: Mapping[str, RouterRecommendation | None]
    flips: Mapping[str, Mapping[str, Flip]]

    def candidate(self, provider_id: str) -> Explanation:
        """What was made of a provider, in the first family that it serves."""
        return next(
            candidate
            for candidates in self.candidates.values()
            for candidate in candidates
            if candidate.provider_id == provider_id
        )


def view(known: Known) -> View:
    """The questions of the status screen, answered."""
    return View(
        known,
        {family: known.explain(model) for family, model in FAMILIES.items()},
        {family: known.best((model,)) for family, model in FAMILIES.items()},
        {family: known.flips(model) for family, model in FAMILIES.items()},
    )
