"""Claude Code as a value, and what holds of all its sources together."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, timedelta, timezone, tzinfo
from math import isfinite
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.result import Failure, Success

from bhoga_core.doorway import AtFirstCall
from bhoga_core.notation import rfc3339
from bhoga_core.probe import HttpGet, JsonAt, LoginFile, Place, ReadFile, RunCommand, Source
from bhoga_core.providers.claude_code import PROVIDER
from bhoga_core.providers.claude_code.headers import read_headers
from bhoga_core.providers.claude_code.login import read_login
from bhoga_core.providers.claude_code.observations import read_observation
from bhoga_core.reading import Answer, Answered, Declined, Malformed, Reading
from bhoga_core.window import EVERY_MODEL, WindowKind

HERE = Path(__file__).parent
PAYLOADS = HERE / "payloads" / "claude_code"
WIRE = next(
    (one / "shared" / "wire" for one in HERE.parents if (one / "shared" / "wire").is_dir()), None
)
AT = 1_800_000_000.0
SLUGS = {
    "oauth-usage": "oauth usage",
    "get-usage": "claude get_usage",
    "usage-text": "claude /usage",
    "claude-json": ".claude.json",
}
SOURCES = {source.name: source for source in PROVIDER.sources}
SETTINGS = Place("CLAUDE_CONFIG_DIR", "", ".claude.json")
ZONES: dict[str, tzinfo] = {
    "": UTC,
    "UTC": UTC,
    "Asia/Ho_Chi_Minh": timezone(timedelta(hours=7)),
    "Asia/Tokyo": timezone(timedelta(hours=9)),
    "America/Chicago": timezone(timedelta(hours=-5)),
    "America/Denver": timezone(timedelta(hours=-6)),
    "America/Sao_Paulo": timezone(timedelta(hours=-3)),
    "Europe/Prague": timezone(timedelta(hours=2)),
}
FILES = sorted(PAYLOADS.iterdir())
Json = Any


def source_of(path: Path) -> Source:
    """The source that answers in the form of a file."""
    return SOURCES[SLUGS[path.name.partition(".")[0]]]


def assert_lawful(answer: Answer, source: Source, at: float = AT) -> None:
    """What holds of every answer: a reading has windows, and they are finite, sorted, distinct."""
    if isinstance(answer, Failure):
        assert isinstance(answer.failure(), Malformed | Declined)
        return
    reading = answer.unwrap()
    keys = [(window.name, window.scope) for window in reading.windows]
    assert keys == sorted(set(keys))
    assert any(window.kind is WindowKind.ALLOWANCE for window in reading.windows)
    assert reading.ignored >= 0
    for window in reading.windows:
        facts = (window.used, window.resets_at, window.length, window.observed_at)
        assert all(isfinite(fact) for fact in facts if fact is not None)
        assert 0.0 <= window.used <= 10.0
        assert repr(window.used) != "-0.0"
        assert window.observed_at <= at
        assert window.source == source.name
        assert window.name.isprintable()
        assert window.scope.isprintable()


def test_the_sources_are_in_their_order() -> None:
    """The endpoint first, then the program, its text, and what it keeps."""
    assert [source.name for source in PROVIDER.sources] == list(SLUGS.values())
    assert [type(source.probe) for source in PROVIDER.sources] == [
        HttpGet,
        RunCommand,
        RunCommand,
        ReadFile,
    ]


def test_the_endpoint_is_asked_with_the_login_that_claude_keeps() -> None:
    """One origin, a bearer token, and the beta that the endpoint needs."""
    probe = PROVIDER.sources[0].probe
    assert isinstance(probe, HttpGet)
    assert probe.url == "https://api.anthropic.com/api/oauth/usage"
    assert probe.scheme == "Bearer"
    assert probe.endpoint_variable == "BHOGA_CLAUDE_ENDPOINT"
    assert dict(probe.headers) == {
        "anthropic-beta": "oauth-2025-04-20",
        "accept": "application/json",
    }
    assert isinstance(probe.login, LoginFile)
    assert probe.login.place == Place("CLAUDE_CONFIG_DIR", ".claude", ".credentials.json")
    assert isinstance(probe.login.read, AtFirstCall)
    assert probe.login.read.function is read_login


def test_the_program_is_asked_apart_from_any_project_and_other_login() -> None:
    """No servers, settings or transcripts of a project, and no variable that changes who asks."""
    commands = [one.probe for one in PROVIDER.sources if isinstance(one.probe, RunCommand)]
    assert [len(command.dialogue) for command in commands] == [1, 0]
    for command in commands:
        assert command.argv[:2] == ("claude", "-p")
        assert {"--strict-mcp-config", "--setting-sources=", "--no-session-persistence"} < set(
            command.argv
        )
        assert {
            "ANTHROPIC_API_KEY",
            "ANTHROPIC_AUTH_TOKEN",
            "ANTHROPIC_BASE_URL",
            "CLAUDECODE",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
            "CLAUDE_CODE_OAUTH_TOKEN",
            "CLAUDE_CODE_USE_BEDROCK",
            "CLAUDE_CODE_USE_VERTEX",
        } <= set(command.strip_env)
        # It would look for the login in another folder than the one that is meant.
        assert "CLAUDE_CONFIG_DIR" not in command.strip_env


def test_what_the_program_answers_is_dated_by_what_it_keeps() -> None:
    """It may answer with numbers an hour old; only what it keeps is a floor."""
    date = JsonAt(SETTINGS, ("cachedUsageUtilization", "fetchedAtMs"))
    assert [source.dated_by for source in PROVIDER.sources] == [None, date, date, None]
    assert [source.floor for source in PROVIDER.sources] == [False, False, False, True]
    assert PROVIDER.account == JsonAt(SETTINGS, ("oauthAccount", "accountUuid"))


def test_the_pitfalls_are_told_in_a_sentence() -> None:
    """Every variable that makes the numbers those of something else, once."""
    warnings = dict(PROVIDER.pitfalls)
    assert len(warnings) == len(PROVIDER.pitfalls)
    assert {"ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_BASE_URL"} <= set(warnings)
    assert all("unset it" in warning for warning in warnings.values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_form_is_read_lawfully(path: Path) -> None:
    """Whatever a recorded form says, its answer keeps the laws."""
    source = source_of(path)
    assert_lawful(source.parse(path.read_bytes(), AT, ZONES.get), source)


# --- Totality ---

Path_ = tuple[str | int, ...]


def members_in(value: Json, path: Path_ = ()) -> Iterator[Path_]:
    """The path of every member and item inside a JSON value."""
    pairs = value.items() if isinstance(value, dict) else ()
    pairs = enumerate(value) if isinstance(value, list) else pairs
    for key, inner in pairs:
        yield (*path, key)
        yield from members_in(inner, (*path, key))


def at_path(value: Json, path: Path_) -> Json:
    """What stands at a path."""
    for key in path:
        value = value[key]
    return value


def decoded(path: Path) -> list[Json]:
    """The JSON values of a file, one a line or one in all."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines() if path.suffix == ".jsonl" else [text]
    return [json.loads(line) for line in lines]


def encoded(values: list[Json]) -> bytes:
    """JSON values as a program prints them."""
    return "\n".join(map(json.dumps, values)).encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@pytest.mark.parametrize("source", PROVIDER.sources, ids=lambda source: source.name)
@given(payload=st.binary(max_size=64) | JSON.map(lambda value: json.dumps(value).encode()))
def test_a_parser_is_total(source: Source, payload: bytes) -> None:
    """Any bytes and any JSON are answered."""
    assert_lawful(source.parse(payload, AT, ZONES.get), source)


@pytest.mark.parametrize("source", PROVIDER.sources, ids=lambda source: source.name)
@given(data=st.data())
def test_damage_is_survived(source: Source, data: st.DataObject) -> None:
    """A valid payload with anything in the place of some of its members, or of some bytes."""
    path = data.draw(st.sampled_from([one for one in FILES if source_of(one) is source]))
    payload = path.read_bytes()
    if path.suffix.startswith(".json"):
        values = decoded(path)
        for _ in range(data.draw(st.integers(1, 3))):
            place = data.draw(st.sampled_from([*members_in(values)]))
            at_path(values, place[:-1])[place[-1]] = data.draw(JSON)
        payload = encoded(values)
    start = data.draw(st.integers(0, len(payload)))
    end = data.draw(st.integers(start, min(len(payload), start + 8)) | st.just(start))
    payload = payload[:start] + data.draw(st.binary(max_size=4) | st.just(b"")) + payload[end:]
    assert_lawful(source.parse(payload, AT, ZONES.get), source)


@pytest.mark.parametrize("source", PROVIDER.sources, ids=lambda source: source.name)
def test_depth_is_survived(source: Source) -> None:
    """Objects inside each other, as deep as they parse, and deeper."""
    for depth in (5, 50, 900, 100_000):
        body = b'{"five_hour":' * depth + b"1" + b"}" * depth
        reply = b'{"type":"control_response","response":{"request_id":"bhoga-usage","response":'
        for payload in (body, reply + body + b"}}", b"[" * depth):
            assert_lawful(source.parse(payload, AT, ZONES.get), source)


# --- The captured samples, where they are beside this checkout ---

needs_samples = pytest.mark.skipif(WIRE is None, reason="the captured samples are not here")
FABLE, SONNET = ("weekly", "fable"), ("weekly", "sonnet")
SESSION, WEEK = ("burst", EVERY_MODEL), ("weekly", EVERY_MODEL)
SAMPLES: dict[str, dict[tuple[str, str], float] | None] = {
    "claude_oauth_usage.2026-03-09.legacy_max.json": {SESSION: 0.37, WEEK: 0.26, SONNET: 0.01},
    "claude_oauth_usage.2026-04-11.legacy_max.json": {SESSION: 0.33, WEEK: 0.13},
    "claude_oauth_usage.2026-07-03.limits_first_seen.json": {
        SESSION: 0.11,
        WEEK: 0.09,
        FABLE: 0.05,
    },
    "claude_oauth_usage.2026-08-04.max.json": {SESSION: 0.1, WEEK: 0.29, FABLE: 0.32},
    "claude_oauth_usage.2026-08-08.idle_session.fragment.json": {SESSION: 0.0},
    "claude_oauth_usage.2026-09-03.scoped_exhausted.fragment.json": {FABLE: 1.0},
    "claude_oauth_usage.enterprise_spend_only.json": None,
    "claude_oauth_usage.error_401.json": None,
    "claude_oauth_usage.error_403_scope.json": None,
    "claude_oauth_usage.error_429.txt": None,
    "claude_get_usage.control_response_payload.2026-07-13.model_scoped.json": {
        SESSION: 0.1,
        WEEK: 0.3,
        FABLE: 0.4,
    },
    "claude_get_usage.control_response_payload.2026-08-09.json": {
        SESSION: 0.34,
        WEEK: 0.39,
        SONNET: 0.12,
        ("nimbus_quill", EVERY_MODEL): 0.0,
    },
    "claude_cli_usage.2026-07-06.txt": {SESSION: 0.34, WEEK: 0.46, FABLE: 0.32},
    "claude_cli_usage.2026-07-29.at_form.txt": {SESSION: 0.21, WEEK: 0.42},
    "claude_cli_usage.2026-08-23.v2.1.241.txt": {SESSION: 0.04, WEEK: 0.14, FABLE: 0.0},
    "claude_cli_usage.2026-09-11.comma_form.txt": {SESSION: 0.22, WEEK: 0.1, FABLE: 0.18},
    "claude_cli_usage.2026-09-17.v2.1.267.trimmed.txt": {SESSION: 0.02, WEEK: 0.0},
    "claude_cli_usage.logged_out.2026-09-11.txt": None,
    "claude_tui_usage_panel.2026-03-15.txt": {SESSION: 0.34, WEEK: 0.18},
    "claude_tui_usage_panel.2026-05.sonnet_only.txt": {SESSION: 0.11, WEEK: 0.18, SONNET: 0.01},
    "claude_tui_usage_panel.2026-07.pty_scraped.txt": {SESSION: 0.09, WEEK: 0.67, FABLE: 0.68},
    "claude_dotclaude_json.cachedUsageUtilization.2026-08-19.fragment.json": {SESSION: 0.46},
}
SAMPLE_SOURCES = {
    "claude_oauth_usage": "oauth usage",
    "claude_get_usage": "claude get_usage",
    "claude_cli_usage": "claude /usage",
    "claude_tui_usage_panel": "claude /usage",
    "claude_dotclaude_json": ".claude.json",
}


def sample_instant(name: str, text: str) -> float:
    """An instant at which a sample can have been true: its earliest reset, or its date."""
    resets = re.findall(r'"resets_at": "([^"]+)"', text)
    if resets:
        return min(rfc3339(reset) or AT for reset in resets) - 600.0
    dated = re.search(r"20[0-9]{2}-[0-9]{2}(?:-[0-9]{2})?", name)
    if dated is None:
        return AT
    day = dated[0] if len(dated[0]) == 10 else f"{dated[0]}-{'22' if '2026-05' in name else '08'}"
    return rfc3339(f"{day}T00:00:00Z") or AT


@needs_samples
@pytest.mark.parametrize("name", SAMPLES)
def test_captured_usage_is_read(name: str) -> None:
    """Every captured form gives the windows it states, or none and why."""
    assert WIRE is not None
    payload = (WIRE / name).read_bytes()
    at = sample_instant(name, payload.decode())
    source = SOURCES[SAMPLE_SOURCES[name.partition(".")[0]]]
    if source.name == "claude get_usage":
        response = {
            "subtype": "success",
            "request_id": "bhoga-usage",
            "response": json.loads(payload),
        }
        payload = json.dumps({"type": "control_response", "response": response}).encode()
    answer = source.parse(payload, at, ZONES.get)
    assert_lawful(answer, source, at)
    expected = SAMPLES[name]
    if expected is None:
        assert isinstance(answer, Failure)
        return
    assert isinstance(answer, Success), answer
    reading = answer.unwrap()
    assert {(one.name, one.scope): one.used for one in reading.windows} == expected
    # One scraped reset has lost a letter. All others are instants within their window's length.
    assert reading.ignored == ("pty" in name)
    for window in reading.windows:
        if window.resets_at is not None:
            assert window.length is not None
            assert -86400.0 <= window.resets_at - at <= window.length + 86400.0
        elif window.used > 0.0:
            assert "pty" in name


@needs_samples
def test_captured_logins_are_read() -> None:
    """A login, one that a race has blanked, and one for other servers alone."""
    assert WIRE is not None
    found = {
        path.name.removeprefix("claude_credentials_file."): read_login(path.read_bytes(), AT)
        for path in WIRE.glob("claude_credentials_file.*")
    }
    assert isinstance(found.pop("2026-08.json"), Success)
    assert len(found) == 2
    assert all(isinstance(answer, Failure) for answer in found.values())


@needs_samples
def test_captured_observations_are_read() -> None:
    """Events become headers that are read whole, and a status line is a reading."""
    assert WIRE is not None
    lines = [
        line
        for path in sorted(WIRE.glob("claude_rate_limit_event.*"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    statuses: list[int] = []
    found: list[tuple[str, float]] = []
    for line in lines:
        answer = read_observation(line, AT)
        assert isinstance(answer, Success)
        answered = answer.unwrap()
        assert isinstance(answered, Answered)
        statuses.append(answered.status_code)
        resets_at = json.loads(line)["rate_limit_info"]["resetsAt"]
        reading = read_headers(dict(answered.headers), resets_at - 600.0)
        assert reading.ignored == 0
        found += [(window.name, window.used) for window in reading.windows]
    assert sorted(statuses) == [200] * (len(lines) - 1) + [429]
    assert sorted(found) == [("burst", 0.07), ("weekly", 0.02), ("weekly", 0.37), ("weekly", 1.0)]
    (path,) = WIRE.glob("claude_statusline_stdin.*")
    answer = read_observation(path.read_bytes(), 1_738_420_000.0)
    assert isinstance(answer, Success)
    reading = answer.unwrap()
    assert isinstance(reading, Reading)
    assert [(one.name, one.used, one.resets_at) for one in reading.windows] == [
        ("burst", 0.235, 1_738_425_600.0),
        ("weekly", 0.412, 1_738_857_600.0),
    ]
