"""`bhoga statusline`: a line for Claude Code, and what Claude Code knows for bhoga."""

import click


@click.command()
def command() -> None:
    """Print a status line for Claude Code, from what it says on stdin."""
