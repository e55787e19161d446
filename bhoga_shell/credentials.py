"""For which providers this process has a login or a key: a look, never a read."""

import os
from collections.abc import Iterable, Mapping

from bhoga_core.probe import Place
from bhoga_core.provider import Credentials, Provider
from bhoga_shell.probes.places import locate


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
    if any(_exists(Place(*file), environ) for file in credentials.files):
        return True
    if not credentials.commands:
        return False
    from shutil import which  # noqa: PLC0415 -- mostly a file or a variable has told already

    path = environ.get("PATH")
    return any(which(command, path=path) for command in credentials.commands)


def _exists(place: Place, environ: Mapping[str, str]) -> bool:
    path = locate(place, environ)
    try:
        return path is not None and path.is_file()
    except (OSError, ValueError):
        return False  # a path that is none: then nothing shows there
