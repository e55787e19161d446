"""What a person has to be told, and need not be told twice."""

from bhoga_shell.log import log

_told: dict[str, object] = {}


def warn_once(text: str) -> None:
    """Warn with `text`, which must hold nothing secret, the first time in this process."""
    mine = object()
    # One step, so that of two threads only one tells it.
    if _told.setdefault(text, mine) is mine:
        log().warning("%s", text)
