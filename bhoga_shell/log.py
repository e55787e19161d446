"""The logger `bhoga`, which is silent until the program that uses the library wants to hear it.

It is made when something is logged: most runs of the command log nothing, and need not wait until
`logging` is imported.
"""

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from logging import Handler, Logger


def log() -> "Logger":
    """The logger."""
    import logging  # noqa: PLC0415 -- only who logs something pays for it

    logger = logging.getLogger("bhoga")
    with suppress(IndexError):
        while True:  # taken out one by one, so that no thread adds what another has added
            logger.addHandler(_handlers.pop()())
    return logger


def heard_by(handler: "Callable[[], Handler]") -> None:
    """Have what is logged from here on handled by what `handler` makes when something is."""
    _handlers.append(handler)


def _nobody() -> "Handler":
    from logging import NullHandler  # noqa: PLC0415

    return NullHandler()


_handlers: "list[Callable[[], Handler]]" = [_nobody]
