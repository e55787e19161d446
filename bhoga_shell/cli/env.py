"""`bhoga env`: the environment of the choice, for any shell and any harness."""

import os
import shlex
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import click

from bhoga_core.environment import Environment, environment
from bhoga_core.selection import RouterRecommendation
from bhoga_shell.cli.choosing import chosen
from bhoga_shell.cli.documents import dumped
from bhoga_shell.cli.opening import opened
from bhoga_shell.cli.parameters import MODEL

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
        "sh": Dialect("export {}={}", "unset {}", shlex.quote),
        "fish": Dialect("set -gx {} {}", "set -e {}", _fish),
        "powershell": Dialect("$env:{} = {}", "Remove-Item Env:{}", _powershell),
    }
)


@click.command(epilog='Example: eval "$(bhoga env claude-opus-4)"')
@click.argument("model", metavar="MODEL", type=MODEL)
@click.option(
    "--shell", type=click.Choice([*SHELLS]), default="sh", help="sh (also bash and zsh), or other."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
def command(model: str, shell: str, *, as_json: bool) -> None:
    """Print the environment that the choice for MODEL means.

    BHOGA_PROVIDER and BHOGA_MODEL, the model as that provider spells it, and the variables that
    known harnesses read it from. Never a secret. For a subscription, keys that its own program
    would bill in its place are unset. Exit code 1: nothing can serve MODEL now.
    """
    with opened() as router:
        answer = chosen(router, model)
    meant = environment(answer, os.environ)
    if as_json:
        click.echo(dumped(env_document(answer, meant)))
        return
    dialect = SHELLS[shell]
    for name, value in meant.settings:
        click.echo(dialect.setting.format(name, dialect.quoted(value)))
    for name in meant.removals:
        click.echo(dialect.removal.format(name))
    warn(answer, meant)


def env_document(answer: RouterRecommendation, meant: Environment) -> dict[str, object]:
    """`bhoga env --json`: what to set and what to unset."""
    return {
        "schema": 1,
        "kind": "env",
        "provider_id": answer.provider_id,
        "set": dict(meant.settings),
        "unset": [*meant.removals],
    }


def warn(answer: RouterRecommendation, meant: Environment) -> None:
    """Say on stderr, in a line, which variables are taken out and why."""
    if meant.removals:
        names = ", ".join(meant.removals)
        why = f"or the program of {answer.provider_id} would not use the subscription"
        click.echo(f"bhoga: unset {names}, {why}", err=True)
