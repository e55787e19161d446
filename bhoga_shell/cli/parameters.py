"""What the commands take on their command line, with the completion of each in a shell."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, get_args

import click

from bhoga_core.policies import POLICIES, Metered
from bhoga_shell.arguments import LONGEST_MODEL

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    Text = click.ParamType[str]
    Seconds = click.ParamType[float]
else:
    Text = Seconds = click.ParamType  # not generic before click 8.4

ANTHROPIC_MODELS = ("claude-fable-5", "claude-haiku-4-5", "claude-opus-4-6", "claude-sonnet-5")
"""Names offered for completion; any other is taken too (Claude Code, November 2026)."""

UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
"""What a length of time may end in, and how many seconds each is."""


class ProviderId(Text):
    """The id of a provider that bhoga knows."""

    name = "pid"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The id itself. Fails with the list of those there are."""
        known = _provider_ids()
        if value not in known:
            self.fail(f"{value!r} is no provider; it takes {', '.join(known)}", param, ctx)
        return value

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 -- click's signature
        param: click.Parameter,  # noqa: ARG002 -- click's signature
        incomplete: str,
    ) -> "list[CompletionItem[str]]":
        """The ids that begin so."""
        return _beginning(incomplete, _provider_ids())


class ModelName(Text):
    """The name of a model, in any spelling."""

    name = "model"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name itself. Fails if it is blank, or nothing that a line of text can hold."""
        if not value.strip():
            self.fail("it is empty; it takes a model's name", param, ctx)
        if not value.isprintable():
            self.fail(f"{value!r} has a character that cannot be shown", param, ctx)
        if len(value) > LONGEST_MODEL:
            self.fail(f"it has {len(value)} characters; at most {LONGEST_MODEL}", param, ctx)
        return value

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 -- click's signature
        param: click.Parameter,  # noqa: ARG002 -- click's signature
        incomplete: str,
    ) -> "list[CompletionItem[str]]":
        """The well-known names that begin so, and those Codex lists."""
        return _beginning(incomplete, known_models())


class Duration(Seconds):
    """A length of time such as `90`, `90s`, `15m`, `2h` or `1.5d`, in seconds."""

    name = "duration"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The length in seconds, 0 or more. Fails with the forms that are taken."""
        if not isinstance(value, str):  # a default
            return float(value)
        text = value.strip().lower()
        number, unit = (text[:-1], UNITS[text[-1]]) if text[-1:] in UNITS else (text, 1.0)
        try:
            seconds = float(number) * unit
        except ValueError:
            seconds = -1.0
        if not 0.0 <= seconds < float("inf"):
            self.fail(f"{value!r} is no length of time; it takes 90, 90s, 15m, 2h, 1d", param, ctx)
        return seconds


PROVIDER_ID = ProviderId()
MODEL = ModelName()
DURATION = Duration()
POLICY = click.Choice(tuple(POLICIES))
METERED = click.Choice(get_args(Metered))


def known_models() -> tuple[str, ...]:
    """Names of models that people use: the well-known ones, and those Codex lists."""
    from bhoga_shell.codex_models import get_codex_models  # noqa: PLC0415 -- it reads a file

    return (*ANTHROPIC_MODELS, *get_codex_models())


def _provider_ids() -> list[str]:
    from bhoga_core.providers import PROVIDERS  # noqa: PLC0415 -- not every command needs them

    return [provider.id for provider in PROVIDERS]


def _beginning(incomplete: str, names: Iterable[str]) -> "list[CompletionItem[str]]":
    from click.shell_completion import CompletionItem  # noqa: PLC0415 -- only shells need it

    return [CompletionItem(name) for name in dict.fromkeys(names) if name.startswith(incomplete)]
