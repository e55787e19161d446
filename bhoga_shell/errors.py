"""What bhoga raises. A caller's mistake is a ValueError or a TypeError instead."""

from os import PathLike, fspath


class BhogaError(Exception):
    """The base of everything here."""


class StateError(BhogaError):
    """The state file at `path` cannot be used. The text says why, and what to do."""

    def __init__(self, path: str | PathLike[str], problem: str) -> None:
        super().__init__(f"state file {fspath(path)}: {problem}")
        self.path = fspath(path)


class ProviderError(BhogaError):
    """The provider `pid` could not be asked. The text says why, and what to do."""

    def __init__(self, pid: str, problem: str) -> None:
        super().__init__(f"{pid}: {problem}")
        self.pid = pid


class HermesConfigError(BhogaError):
    """Hermes' configuration at `path` cannot be edited safely, from `line` (1 is the first) on."""

    def __init__(self, path: str | PathLike[str], line: int, problem: str) -> None:
        super().__init__(f"{fspath(path)}, line {line}: {problem}")
        self.path = fspath(path)
        self.line = line
