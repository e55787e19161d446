"""Probes as data: what a source is asked, where its login is, and how its answer is read.

A provider's file says all of this in values; the shell interprets the three kinds of probe and
knows no provider. Reading an answer is a pure function, so a recorded one replays.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from returns.result import Failure, Success

from bhoga_core.reading import Declined, Parser


class Place(NamedTuple):
    """A file that a program keeps.

    It is called `name` and lies in the folder that the environment's `variable` names, else in
    `folder` under the home directory (`""`: in the home directory itself).
    """

    variable: str
    folder: str
    name: str


class JsonAt(NamedTuple):
    """A value inside a JSON file: the keys that lead to it."""

    place: Place
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Login:
    """A credential that a file holds. It is used and forgotten, never kept or shown."""

    secret: str = field(repr=False)


class LoginFile(NamedTuple):
    """A login that another program keeps in a file, and renews: it is only read.

    `read` takes the file's bytes and the Unix second, is total, and answers why there is no usable
    login as a `Declined`.
    """

    place: Place
    read: Callable[[bytes, float], Success[Login] | Failure[Declined]]


class LoginVariables(NamedTuple):
    """A token in the first of these environment variables that holds a usable one, else a program.

    Only what begins with one of `prefixes` is ever sent. `command` prints the token of a login that
    a program keeps; the variables are taken out of its environment.
    """

    variables: tuple[str, ...]
    prefixes: tuple[str, ...]
    command: tuple[str, ...]


class HttpGet(NamedTuple):
    """One GET request. `scheme` is the word before the token in `Authorization`.

    `endpoint_variable` is the environment variable that may name another origin than that of `url`,
    on a loopback address only. `timeout` is in seconds, from the first byte to the last.
    """

    url: str
    scheme: str
    login: LoginFile | LoginVariables
    endpoint_variable: str
    headers: tuple[tuple[str, str], ...] = ()
    timeout: float = 10.0


class Exchange(NamedTuple):
    """A line to write to a program, and how to tell the line of its output that answers it."""

    send: bytes
    answered: Callable[[bytes], bool]


class RunCommand(NamedTuple):
    """One run of a program that is looked up on PATH, in an empty folder, without a shell.

    The exchanges of `dialogue` go on one after the other; with the answer to the last, stdin is
    closed. Without any, stdin is empty and the program is waited for. `strip_env` are the variables
    that would make it answer for another login. `timeout` is in seconds.
    """

    argv: tuple[str, ...]
    dialogue: tuple[Exchange, ...] = ()
    strip_env: tuple[str, ...] = ()
    timeout: float = 30.0


class ReadFile(NamedTuple):
    """One file that a program has left.

    With `newest`, a glob pattern below the place's folder, it is the matching file changed last,
    of which only the end is read.
    """

    place: Place
    newest: str = ""


class Kind(StrEnum):
    """The kinds of probe, as a person allows them."""

    FILES = "files"
    CLI = "cli"
    HTTP = "http"


class Source(NamedTuple):
    """One way to learn what is left of a provider.

    `name` is what windows, records and screens call it. `dated_by` holds the Unix MILLISECOND of
    what a program answers with, for one that may answer with old numbers without saying so. The
    windows of a `floor` are dated by themselves, and say no more than "at least this much is used".
    """

    name: str
    probe: HttpGet | RunCommand | ReadFile
    parse: Parser
    dated_by: JsonAt | None = None
    floor: bool = False

    @property
    def kind(self) -> Kind:
        """The kind of its probe. A program that a login needs belongs to the probe it is for."""
        match self.probe:
            case HttpGet():
                return Kind.HTTP
            case RunCommand():
                return Kind.CLI
            case ReadFile():
                return Kind.FILES

    @property
    def timeout(self) -> float:
        """Seconds after which a question to it is over, whatever happens. Reading a file is."""
        return 0.0 if isinstance(self.probe, ReadFile) else self.probe.timeout


class Pitfall(NamedTuple):
    """An environment variable that makes a number lie while it is set, and how.

    The warning goes on after "VARIABLE is set: ", and says what to do.
    """

    variable: str
    warning: str
