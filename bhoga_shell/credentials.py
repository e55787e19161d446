"""For which providers this process has a login or a key: a look, never a read."""

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from bhoga_core.provider import Credentials, Provider


def configured(
    providers: Iterable[Provider], environ: Mapping[str, str] = os.environ
) -> frozenset[str]:
    """The ids of the providers of which a login or key shows in `environ` or on this machine.

    A variable that is set but blank counts as unset. No file is opened and no program is run.
    """
    return frozenset(p.id for p in providers if _shows(p.credentials, environ))


def _shows(credentials: Credentials, environ: Mapping[str, str]) -> bool:
    if any(environ.get(name, "").strip() for name in credentials.environment):
        return True
    if any(_exists(environ, *file) for file in credentials.files):
        return True
    path = environ.get("PATH")
    return any(shutil.which(command, path=path) for command in credentials.commands)


def _exists(environ: Mapping[str, str], variable: str, folder: str, name: str) -> bool:
    try:
        home = environ.get(variable, "").strip()
        return (Path(home).expanduser() if home else Path.home() / folder).joinpath(name).is_file()
    except (OSError, RuntimeError, ValueError):
        # No home folder, or a path that is none: then nothing shows there.
        return False
