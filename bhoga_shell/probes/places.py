"""Where the files lie that other programs keep."""

import os
from collections.abc import Mapping
from pathlib import Path

from bhoga_core.probe import Place

_HOME = "USERPROFILE" if os.name == "nt" else "HOME"


def locate(place: Place, environ: Mapping[str, str]) -> Path | None:
    """The path of what `place` names, whether it is there or not; None where there is no home.

    The variable's value is trimmed, a blank one counts as unset, and `~` is the home directory.
    """
    named = environ.get(place.variable, "").strip()
    try:
        if not named:
            return _home(environ) / place.folder / place.name
        first, *others = Path(named).parts or (".",)
        folder = _home(environ).joinpath(*others) if first == "~" else Path(named).expanduser()
        return folder / place.name
    except RuntimeError:
        return None


def spelled(place: Place, environ: Mapping[str, str]) -> str:
    """How a person calls it, with the variable or `~` for a folder that may be called by a name."""
    if environ.get(place.variable, "").strip():
        return "/".join(part for part in (f"${place.variable}", place.name) if part)
    return "/".join(part for part in ("~", place.folder, place.name) if part)


def _home(environ: Mapping[str, str]) -> Path:
    # That of `environ`, as the programs that are run with it see it.
    named = environ.get(_HOME, "")
    return Path(named) if named else Path.home()
