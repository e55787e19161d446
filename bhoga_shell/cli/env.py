"""`bhoga env`: the environment of the choice, for any shell and any harness."""

import os
from collections.abc import Callable, Mapping
from shlex import quote
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import click

from bhoga_shell.cli.ending import No
from bhoga_shell.cli.parameters import MODEL

if TYPE_CHECKING:
    from bhoga_core.environment import Environment
    from bhoga_core.selection import RouterRecommendation

POWERSHELL_QUOTES = "'\u2018\u2019\u201a\u201b"
"""What PowerShell takes for a single quote (about_Quoting_Rules, 7.4)."""


class Dialect(NamedTuple):
    """How a shell sets and removes a variable. `quoted` makes any text one word of it."""

    setting: str
    removal: str
    quoted: Callable[[str], str]


def _fish(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _powershell(text: str) -> str:
    return "'" + "".join(it * 2 if it in POWERSHELL_QUOTES else it for it in text) + "'"


SHELLS: Mapping[str, Dialect] = MappingProxyType(
    {
        "sh": Dialect("export {}={}", "unset {}", quote),
        "fish": Dialect("set -gx {} {}", "set -e {}", _fish),
        "powershell": Dialect("$env:{} = {}", "Remove-Item Env:{}", _powershell),
    }
)


@click.command(epilog='Example: eval "$(bhoga env claude-opus-4)"')
@click.argument("model", metavar="MODEL", type=MODEL)
@click.option(
    "--shell", type=click.Choice([*SHELLS]), default="sh", help="sh (also bash and zsh), or other."
)
@click.option("--no-probe", is_flag=True, help="Never ask the providers, however old a reading is.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(model: str, shell: str, *, no_probe: bool, as_json: bool) -> None:
    """Print the environment that the choice for MODEL means.

    BHOGA_PROVIDER and BHOGA_MODEL, the model as that provider spells it, and the variables that
    known harnesses read it from. Never a secret. For a subscription, keys that its own program
    would bill in its place are unset. Exit code 1: nothing can serve MODEL now.
    """
    from bhoga_core.environment import Environment, environment  # noqa: PLC0415 -- not for --help
    from bhoga_shell.cli.choosing import known_for, why_not  # noqa: PLC0415
    from bhoga_shell.cli.known import FRESH  # noqa: PLC0415

    known = known_for((model,), FRESH, no_probe=no_probe)
    answer = known.best((model,))
    meant = Environment((), ()) if answer is None else environment(answer, os.environ)
    if as_json:
        from bhoga_shell.cli.documents import document, dumped  # noqa: PLC0415

        fields = {"set": dict(meant.settings), "unset": [*meant.removals]}
        provider_id = None if answer is None else answer.provider_id
        click.echo(dumped(document("env", known.now, provider_id=provider_id, **fields)))
    if answer is None:
        opens_at = known.next_available((model,))
        raise No(why_not((model,), opens_at, known.now, is_served=known.serve((model,))))
    if not as_json:
        dialect = SHELLS[shell]
        for name, value in meant.settings:
            click.echo(dialect.setting.format(name, dialect.quoted(value)))
        for name in meant.removals:
            click.echo(dialect.removal.format(name))
        warn(answer, meant)


def warn(answer: "RouterRecommendation", meant: "Environment") -> None:
    """Say on stderr, in a line, which variables are taken out and why."""
    if meant.removals:
        names = ", ".join(meant.removals)
        why = f"or the program of {answer.provider_id} would not use the subscription"
        click.echo(f"bhoga: unset {names}, {why}", err=True)
