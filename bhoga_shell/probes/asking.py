"""Asking a source, in two steps: all that can be known without asking, then the question."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from time import perf_counter, time

from returns.result import Failure, Success

from bhoga_core.probe import HttpGet, JsonAt, Kind, ReadFile, RunCommand, Source
from bhoga_core.reading import Answer, Declined, Malformed, Reading, Reason
from bhoga_core.replies import Reply, answer_of
from bhoga_shell.log import log
from bhoga_shell.probes import command, files, logins
from bhoga_shell.probes.endpoint import endpoint
from bhoga_shell.probes.kinds import EVERY_KIND
from bhoga_shell.probes.zones import zone

LATEST = 1e15
"""Milliseconds below which a date lies: some 30 000 years from 1970."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a source told.

    `dated_at` is the Unix second at which the answer was true, `took` the seconds of asking.
    """

    answer: Answer
    dated_at: float
    took: float


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A source that can be asked. What it is asked with is in no repr.

    `credential` is what a fingerprint of the login may be made of: the secret of a request, or the
    token that a command's source points at; `""` where there is none. `origin` says in words where
    the login was found, `""` where none was looked for.
    """

    source: Source
    credential: str = field(repr=False)
    origin: str
    _ask: Callable[[], Reply | bytes | Declined] = field(repr=False)
    _environ: Mapping[str, str] = field(repr=False)

    def ask(self) -> Told:
        """Run the probe, which takes as long as its deadline, and read the answer. Never raises."""
        asked_at, began = time(), perf_counter()
        before = _milliseconds(self.source.dated_by, self._environ)
        told = self._ask()
        after = _milliseconds(self.source.dated_by, self._environ)
        dated_at = _dated_at(asked_at, before, after)
        answer = _answer(self.source, told, dated_at)
        return Told(answer, dated_at, perf_counter() - began)


def prepare(
    source: Source,
    environ: Mapping[str, str],
    now: float,
    kinds: Collection[Kind] = EVERY_KIND,
) -> Prepared | Declined:
    """The source, ready to be asked, or why it cannot be; `now` is in Unix seconds.

    A probe of a kind that is not among `kinds` is off. The rest is found out without the network,
    and without running anything but the program of a `LoginVariables`: whether the program is on
    PATH, the file there, the login readable and unexpired, another endpoint legal. Never raises.
    """
    if source.kind not in kinds:
        return Declined(Reason.OFF, f"probes of the kind {source.kind} are switched off")
    try:
        match source.probe:
            case HttpGet() as probe:
                return _request(source, probe, environ, now)
            case RunCommand() as probe:
                return _command(source, probe, environ)
            case ReadFile() as probe:
                return _file(source, probe, environ)
    except Exception as error:  # noqa: BLE001 -- a third party's probe; its text may hold a token
        what = f"{source.name} is no probe that could be asked ({type(error).__name__})"
        return Declined(Reason.UNAVAILABLE, what)


def _request(
    source: Source, probe: HttpGet, environ: Mapping[str, str], now: float
) -> Prepared | Declined:
    # The endpoint first: a token that could be stolen is not even read.
    where = endpoint(probe, environ)
    if isinstance(where, Declined):
        return where
    login = logins.login(probe.login, environ, now)
    if isinstance(login, Declined):
        return login
    secret = login.secret

    def ask() -> Reply | Declined:
        from bhoga_shell.probes import http  # noqa: PLC0415 -- only who asks pays for it

        return http.get(probe, where, secret)

    return Prepared(source, secret, login.origin, ask, environ)


def _command(source: Source, probe: RunCommand, environ: Mapping[str, str]) -> Prepared | Declined:
    program = command.find(probe.argv[0], environ)
    if program is None:
        return Declined(Reason.ABSENT, f"{probe.argv[0]} is not on PATH")
    held = None if source.login is None else files.value_at(source.login, environ)
    credential = held if isinstance(held, str) else ""
    return Prepared(source, credential, "", lambda: command.run(probe, program, environ), environ)


def _file(source: Source, probe: ReadFile, environ: Mapping[str, str]) -> Prepared | Declined:
    path = files.find(probe, environ)
    if isinstance(path, Declined):
        return path
    return Prepared(source, "", "", lambda: files.read(probe, path, environ), environ)


def _answer(source: Source, told: Reply | bytes | Declined, dated_at: float) -> Answer:
    if isinstance(told, Declined):
        return Failure(told)
    try:
        answer = (
            source.parse(told, dated_at, zone)
            if isinstance(told, bytes)
            else answer_of(told, source.parse, dated_at, zone)
        )
    except Exception as error:  # noqa: BLE001 -- a third party's parser; its text may hold the payload
        why = type(error).__name__
    else:
        if _is_answer(answer):
            return answer
        why = "what it returns is no answer"
    what = f"the parser of {source.name} failed ({why})"
    log().warning("%s", what)
    return Failure(Declined(Reason.CHANGED, what))


def _is_answer(told: object) -> bool:
    # Nobody has checked the types of a third party.
    match told:
        case Success(Reading()) | Failure(Malformed() | Declined()):
            return True
        case _:
            return False


def _milliseconds(where: JsonAt | None, environ: Mapping[str, str]) -> float | None:
    value = None if where is None else files.value_at(where, environ)
    if isinstance(value, int | float) and 0 < value < LATEST:  # which NaN is not either
        return float(value)
    return None


def _dated_at(asked_at: float, before: float | None, after: float | None) -> float:
    """When an answer was true: at the question, or when its program last fetched what it repeats.

    It was fetched for us if the date has moved meanwhile, even by a clock that is behind ours.
    """
    if after is None or (before is not None and after > before):
        return asked_at
    return min(asked_at, after / 1000.0)
