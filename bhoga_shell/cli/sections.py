"""A group of commands under headings, each imported when it is asked for."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

SHORT = 56
"""Characters of what a command does, in the list of commands: that fits 80 columns."""


class Sections(click.Group):
    """A click group whose commands are `sections`: heading -> name -> module."""

    def __init__(self, *, sections: Mapping[str, Mapping[str, str]], **settings: Any) -> None:
        super().__init__(**settings)
        self._sections = sections

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """The names, in the order of the table."""
        return [name for commands in self._sections.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """The command of this name, or None."""
        for commands in self._sections.values():
            if cmd_name in commands:
                command: click.Command = import_module(commands[cmd_name]).command
                return command
        return None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a line for each command, its heading before the first, and no more of options.

        Thus all of it fits a screen.
        """
        widest = max(map(len, self._sections))
        rows: list[tuple[str, str]] = []
        for heading, commands in self._sections.items():
            for place, name in enumerate(commands):
                command = self.get_command(ctx, name)
                if command is not None:
                    text = command.get_short_help_str(SHORT)
                    rows.append((f"{'' if place else heading:<{widest}}  {name}", text))
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_dl(rows)
