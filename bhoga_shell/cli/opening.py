"""How a command comes to a router."""

from bhoga_shell.cli.ending import misuse
from bhoga_shell.router import Router


def opened(
    *, asking: bool = False, eager: bool | None = None, switch_margin: float = 0.0
) -> Router:
    """A router. A preference in the environment that does not exist is misuse.

    Unless `asking` it asks no source of a provider, and what it says rests on what is known. One
    that asks begins with it at once, unless it is not `eager`.
    """
    with misuse():
        return Router(
            eager=asking if eager is None else eager,
            probes=None if asking else "off",
            switch_margin=switch_margin,
        )
