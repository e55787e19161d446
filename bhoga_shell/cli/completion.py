"""`bhoga completion`: the script that teaches a shell to complete the command."""

import click

from bhoga_shell.cli.ending import COMPLETION

SHELLS = ("bash", "zsh", "fish")


@click.command(
    epilog='Example: add `eval "$(bhoga completion bash)"` to ~/.bashrc, the same with zsh to'
    " ~/.zshrc; for fish: bhoga completion fish > ~/.config/fish/completions/bhoga.fish"
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    With it the shell completes commands, options, provider ids, model names and policies.
    """
    from click.shell_completion import get_completion_class  # noqa: PLC0415 -- no other needs it

    completer = get_completion_class(shell)
    if completer is None:
        raise click.UsageError(f"this version of click knows no completion for {shell}")
    click.echo(completer(context.find_root().command, {}, "bhoga", COMPLETION).source())
