"""Asking a source, from its value to its answer."""

import json
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from returns.result import Failure, Success

from bhoga_core.probe import (
    Exchange,
    HttpGet,
    JsonAt,
    Kind,
    Login,
    LoginFile,
    LoginVariables,
    Place,
    ReadFile,
    RunCommand,
    Source,
)
from bhoga_core.reading import Answer, Declined, Reading, Reason, Zones
from bhoga_shell.probes.asking import Prepared, Told, prepare
from bhoga_shell.probes.zones import zone

Programs = Any
Serve = Callable[..., Any]

CANARY = "c4n4ry"
SECRET = f"tok-{CANARY}"
NOW = 1_800_000_000.0
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\npayload"

ENVIRONMENT = LoginVariables(("TOKEN",), ("tok-",), ("keeper",))
CACHE = JsonAt(Place("TOOL_HOME", "", "cache.json"), ("usage", "fetchedAtMs"))


def parse(payload: bytes, at: float, zones: Zones) -> Answer:
    """A parser that tells what it was given."""
    assert zones is zone
    return Success(Reading(plan=f"{payload!r} at {at}"))


def broken(payload: bytes, at: float, zones: Zones) -> Answer:
    """A parser of a third party that raises, with the payload in its error."""
    raise KeyError(payload, at, zones)


def request(**fields: Any) -> Source:
    """A source that is asked by a request."""
    url = "https://api.example.invalid/usage"
    probe = HttpGet(url, "Bearer", ENVIRONMENT, "TOOL_URL", timeout=30.0)
    return Source("tool_api", probe, **{"parse": parse} | fields)


def program(*dialogue: Exchange, timeout: float = 60.0, **fields: Any) -> Source:
    """A source that is a program."""
    probe = RunCommand(("tool",), dialogue, timeout=timeout)
    return Source("tool_cli", probe, **{"parse": parse} | fields)


def ready(source: Source, environ: dict[str, str]) -> Prepared:
    """The source, which can be asked."""
    prepared = prepare(source, environ, NOW)
    assert isinstance(prepared, Prepared)
    assert CANARY not in repr(prepared)
    return prepared


def plan(told: Told) -> str:
    """What the parser was given."""
    assert isinstance(told.answer, Success)
    return str(told.answer.unwrap().plan)


def problem(told: Told) -> Declined:
    """Why there is no answer."""
    assert isinstance(told.answer, Failure)
    declined = told.answer.failure()
    assert isinstance(declined, Declined)
    assert CANARY not in repr(told)
    return declined


def test_a_request_is_asked_and_parsed(serve: Serve) -> None:
    """What it is asked with is at hand for a fingerprint, and in no repr."""
    server = serve(OK)
    prepared = ready(request(), {"TOKEN": SECRET, "TOOL_URL": server.origin})
    assert (prepared.credential, prepared.origin) == (SECRET, "TOKEN")
    assert server.received == []
    before = time.time()
    told = prepared.ask()
    assert before <= told.dated_at <= time.time()
    assert plan(told) == f"b'payload' at {told.dated_at}"
    assert told.took >= 0
    assert b"GET /usage HTTP/1.1" in server.received[0]
    assert f"bearer {SECRET}".encode() in server.received[0].lower()


def test_a_source_may_be_asked_again(serve: Serve) -> None:
    """Each time is a question of its own."""
    server = serve(OK)
    prepared = ready(request(), {"TOKEN": SECRET, "TOOL_URL": server.origin})
    first, second = prepared.ask(), prepared.ask()
    assert first.dated_at <= second.dated_at
    assert len(server.received) == 2


def test_a_status_that_is_no_answer_is_why_there_is_none(serve: Serve) -> None:
    """The parser sees a 200 alone."""
    server = serve(b"HTTP/1.1 429 No\r\nretry-after: 1600\r\ncontent-length: 0\r\n\r\n")
    told = ready(request(), {"TOKEN": SECRET, "TOOL_URL": server.origin}).ask()
    limited = problem(told)
    assert limited.reason is Reason.RATE_LIMITED
    assert limited.retry_at is not None
    assert 1600 <= limited.retry_at - told.dated_at <= 1700


def test_another_endpoint_that_could_steal_is_refused_before_the_login_is_read() -> None:
    """The file is not even opened."""
    read: list[bytes] = []

    def reader(content: bytes, _: float) -> Success[Login]:
        read.append(content)
        return Success(Login(CANARY))

    login = LoginFile(Place("TOOL_HOME", "", "none.json"), reader)
    probe = HttpGet("https://api.example.invalid", "Bearer", login, "TOOL_URL")
    source = Source("tool_api", probe, parse)
    refused = prepare(source, {"TOOL_URL": "https://evil.example"}, NOW)
    assert isinstance(refused, Declined)
    assert refused.reason is Reason.UNAVAILABLE
    assert refused.detail.startswith("TOOL_URL is refused")
    assert "evil" not in repr(refused)
    absent = prepare(source, {"TOOL_URL": "http://127.0.0.1:1"}, NOW)
    assert isinstance(absent, Declined)
    assert absent.reason is Reason.ABSENT
    assert read == []


def test_without_a_login_nobody_is_asked() -> None:
    """That is known before."""
    refused = prepare(request(), {"TOKEN": "another kind"}, NOW)
    assert isinstance(refused, Declined)
    assert refused.reason is Reason.NO_LOGIN


def test_a_program_is_run_and_parsed(programs: Programs) -> None:
    """Its login is its own."""
    programs.add("tool", "print(sys.stdin.readline().strip(), flush=True)")
    source = program(Exchange(b"hello", lambda line: line == b"hello"))
    prepared = ready(source, programs.environ | {"KEY": CANARY})
    assert (prepared.credential, prepared.origin) == ("", "")
    told = prepared.ask()
    assert plan(told) == f"b'hello\\n' at {told.dated_at}"


def test_a_program_that_is_not_there_is_absent() -> None:
    """That is known before."""
    assert prepare(program(), {"PATH": ""}, NOW) == Declined(Reason.ABSENT, "tool is not on PATH")


def test_a_program_that_has_gone_since_is_no_error(programs: Programs) -> None:
    """It may be replaced by a newer one at any moment."""
    path = programs.add("tool", "")
    prepared = ready(program(), programs.environ)
    path.unlink()
    assert problem(prepared.ask()).reason is Reason.UNAVAILABLE


def test_preparing_runs_nothing_and_asks_nobody(programs: Programs) -> None:
    """Only who keeps a token is asked for it."""
    programs.add("tool", "(left / 'tool').touch()")
    programs.add("keeper", f"(left / 'keeper').touch(); print('{SECRET}')")
    ready(program(), programs.environ)
    prepared = ready(request(), programs.environ)
    assert prepared.origin == "keeper"
    assert [it.name for it in programs.left.iterdir()] == ["keeper"]


def test_a_file_is_read_and_parsed(tmp_path: Path) -> None:
    """What is not there is known before; what has gone since is no error."""
    source = Source("tool_file", ReadFile(Place("TOOL_HOME", "", "usage.json")), parse)
    environ = {"TOOL_HOME": str(tmp_path)}
    absent = Declined(Reason.ABSENT, "$TOOL_HOME/usage.json is not there")
    assert prepare(source, environ, NOW) == absent
    (tmp_path / "usage.json").write_bytes(b"{}")
    prepared = ready(source, environ)
    told = prepared.ask()
    assert plan(told) == f"b'{{}}' at {told.dated_at}"
    (tmp_path / "usage.json").unlink()
    assert problem(prepared.ask()) == absent


def test_the_newest_of_many_files_is_read(tmp_path: Path) -> None:
    """The one that was found."""
    source = Source("tool_logs", ReadFile(Place("TOOL_HOME", "", ""), "logs/**/*.jsonl"), parse)
    for number, name in enumerate(("b", "a")):
        path = tmp_path / "logs" / name / "log.jsonl"
        path.parent.mkdir(parents=True)
        path.write_text(name)
        os.utime(path, (number, number))
    assert plan(ready(source, {"TOOL_HOME": str(tmp_path)}).ask()).startswith("b'a' at")


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (request(), Kind.HTTP),
        (program(), Kind.CLI),
        (Source("tool_file", ReadFile(Place("TOOL_HOME", "", "x")), parse), Kind.FILES),
    ],
)
def test_a_source_of_a_kind_that_is_off_is_off(source: Source, kind: Kind) -> None:
    """Whatever else may be said of it."""
    off = Declined(Reason.OFF, f"probes of the kind {kind} are switched off")
    others = frozenset(Kind) - {kind}
    for kinds in (frozenset[Kind](), others):
        assert prepare(source, {"TOKEN": SECRET}, NOW, kinds) == off
    assert prepare(source, {"TOKEN": SECRET, "PATH": ""}, NOW, {kind}) != off


@pytest.mark.parametrize("kind", ["request", "program", "file"])
def test_a_parser_that_raises_is_a_format_that_has_changed(
    serve: Serve,
    programs: Programs,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    kind: str,
) -> None:
    """It is logged by name; its text may hold the payload."""
    caplog.set_level(logging.DEBUG)
    server = serve(OK.replace(b"payload", CANARY.encode() + b"."))
    programs.add("tool", f"print('{CANARY}')")
    (tmp_path / "usage.json").write_text(CANARY)
    environ = programs.environ | {"TOKEN": SECRET, "TOOL_URL": server.origin}
    source = {
        "request": request(parse=broken),
        "program": program(parse=broken),
        "file": Source("tool_file", ReadFile(Place("TOOL_HOME", "", "usage.json")), broken),
    }[kind]
    told = ready(source, environ | {"TOOL_HOME": str(tmp_path)}).ask()
    text = f"the parser of {source.name} failed (KeyError)"
    assert problem(told) == Declined(Reason.CHANGED, text)
    assert text in caplog.text
    assert CANARY not in caplog.text


WRITES = (
    "import json, time\n"
    "folder = pathlib.Path(os.environ['TOOL_HOME'])\n"
    "def fetched(ms):\n"
    "    usage = {'usage': {'fetchedAtMs': ms}}\n"
    "    (folder / 'cache.json').write_text(json.dumps(usage))\n"
)
"""The beginning of a program that notes when it has fetched what it prints."""


def dated(programs: Programs, folder: Path, code: str, before: object) -> tuple[float, Told]:
    """When a program was asked, and what it told, with a cache as it was before."""
    programs.add("tool", f"{WRITES}{code}\nprint('answer')")
    if before is not None:
        (folder / "cache.json").write_text(json.dumps({"usage": {"fetchedAtMs": before}}))
    prepared = ready(program(dated_by=CACHE), programs.environ | {"TOOL_HOME": str(folder)})
    asked_at = time.time()
    told = prepared.ask()
    assert plan(told) == f"b'answer\\n' at {told.dated_at}"
    return asked_at, told


@pytest.mark.parametrize("before", [None, NOW * 1000, "no number", True, 0, -5, 1e300])
def test_what_a_program_has_fetched_for_us_is_fresh(
    programs: Programs, tmp_path: Path, before: object
) -> None:
    """Its date is later than the question."""
    asked_at, told = dated(programs, tmp_path, "fetched(int(time.time() * 1000) + 1)", before)
    assert asked_at <= told.dated_at <= time.time()


def test_what_a_program_repeats_is_as_old_as_it_says(programs: Programs, tmp_path: Path) -> None:
    """It answers with numbers of an hour ago without saying so; its cache says so."""
    old = int(time.time() * 1000) - 3_600_000
    _, told = dated(programs, tmp_path, "", old)
    assert told.dated_at == old / 1000


def test_a_clock_that_is_behind_ours_does_not_make_it_old(
    programs: Programs, tmp_path: Path
) -> None:
    """The date has moved while it was asked."""
    old = int(time.time() * 1000) - 3_600_000
    asked_at, told = dated(programs, tmp_path, f"fetched({old} + 3_000_000)", old)
    assert told.dated_at >= asked_at


def test_a_date_in_the_future_is_not_believed(programs: Programs, tmp_path: Path) -> None:
    """An answer is never of later than the question."""
    ahead = int(time.time() * 1000) + 86_400_000
    asked_at, told = dated(programs, tmp_path, "", ahead)
    assert asked_at <= told.dated_at <= time.time()


@pytest.mark.parametrize("before", [None, "no number", False, 0, -5, 1e300, [1]])
def test_without_a_date_an_answer_is_fresh(
    programs: Programs, tmp_path: Path, before: object
) -> None:
    """There is no cache that it could have come from."""
    asked_at, told = dated(programs, tmp_path, "", before)
    assert told.dated_at >= asked_at


def test_a_file_is_as_old_as_it_says(tmp_path: Path) -> None:
    """It may be its own date."""
    (tmp_path / "cache.json").write_text('{"usage": {"fetchedAtMs": 1700000000500}}')
    source = Source("tool_file", ReadFile(CACHE.place), parse, dated_by=CACHE)
    told = ready(source, {"TOOL_HOME": str(tmp_path)}).ask()
    assert told.dated_at == 1_700_000_000.5
    assert plan(told).endswith("at 1700000000.5")


def test_no_failure_shows_what_it_was_asked_with(
    serve: Serve, programs: Programs, caplog: pytest.LogCaptureFixture
) -> None:
    """The canary is in the environment, the login, the bodies and what programs print."""
    for logger in ("", "bhoga", "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger)
    body = json.dumps({"error": {"message": CANARY}}).encode()
    told: list[object] = []
    for status in (200, 302, 400, 401, 403, 404, 429, 500):
        head = f"HTTP/1.1 {status} {CANARY}\r\nlocation: http://{CANARY}/\r\n".encode()
        server = serve(head + b"content-length: %d\r\n\r\n" % len(body) + body)
        environ = {"TOKEN": SECRET, "TOOL_URL": server.origin}
        prepared = ready(request(parse=broken), environ)
        told += [prepared, prepared.ask()]
    for code in (f"print('{CANARY}', file=sys.stderr); sys.exit(1)", f"print('{CANARY}')", CANARY):
        programs.add("tool", code)
        prepared = ready(program(parse=broken), programs.environ | {"KEY": CANARY})
        told += [prepared, prepared.ask()]
    told.append(prepare(request(), {"TOKEN": f"x{CANARY}", "PATH": ""}, NOW))
    told.append(prepare(request(), {"TOOL_URL": f"http://{CANARY}"}, NOW))
    assert CANARY not in repr(told)
    ours = [it for it in caplog.records if it.name.startswith("bhoga")]
    assert CANARY not in repr([it.__dict__ for it in ours])
    assert ours
    assert SECRET not in repr([it.__dict__ for it in caplog.records])
