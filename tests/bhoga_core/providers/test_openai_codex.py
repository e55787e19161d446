"""Codex as a provider: its sources in order, and every captured sample."""

import json
from collections.abc import Iterator
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

import pytest
from returns.result import Success

from bhoga_core.probe import JsonAt, Place, ReadFile, RunCommand
from bhoga_core.providers.openai_codex import PROVIDER
from bhoga_core.reading import Declined, Malformed, Parser, Reading, Reason
from bhoga_core.window import EVERY_MODEL, WindowKind

WIRE = next(
    (
        folder / "shared" / "wire"
        for folder in Path(__file__).parents
        if (folder / "shared" / "wire").is_dir()
    ),
    None,
)
PAYLOADS = Path(__file__).parent / "payloads" / "openai_codex"
AT = 1_800_000_000.0
APP_SERVER, STATUS, ROLLOUT = (source.parse for source in PROVIDER.sources)


def zones(_name: str) -> tzinfo:
    """Every zone is UTC."""
    return UTC


def test_the_sources_are_in_order() -> None:
    """Codex itself, the text it may print, and what its sessions left: a floor."""
    assert [(source.name, source.floor) for source in PROVIDER.sources] == [
        ("codex app-server", False),
        ("codex /status", False),
        ("codex rollout", True),
    ]


def test_no_source_asks_a_model() -> None:
    """`codex exec` and a bare `codex` would; an interactive start is none of the commands."""
    commands = [s.probe.argv for s in PROVIDER.sources if isinstance(s.probe, RunCommand)]
    assert commands == [
        ("codex", "--disable", "plugins", "--disable", "apps", "app-server"),
        ("codex", "--non-interactive", "/status"),
    ]


def test_no_login_of_the_environment_answers() -> None:
    """What is shown is the plan of `codex login`, whatever tokens are set."""
    for source in PROVIDER.sources:
        if isinstance(source.probe, RunCommand):
            taken = set(source.probe.strip_env)
            assert taken >= {pitfall.variable for pitfall in PROVIDER.pitfalls}
            assert taken >= {"CODEX_ACCESS_TOKEN", "CODEX_API_KEY", "OPENAI_API_KEY"}


def test_the_files_are_codexs_own() -> None:
    """All lie where CODEX_HOME says, else in `.codex` under the home directory."""
    assert PROVIDER.account == JsonAt(
        Place("CODEX_HOME", ".codex", "auth.json"), ("tokens", "account_id")
    )
    assert PROVIDER.sources[2].probe == ReadFile(
        Place("CODEX_HOME", ".codex", ""), "sessions/*/*/*/rollout-*.jsonl"
    )


def read(parse: Parser, payload: bytes, at: float) -> Reading | Malformed | Declined:
    """What a parser makes of a payload, unwrapped."""
    answer = parse(payload, at, zones)
    return answer.unwrap() if isinstance(answer, Success) else answer.failure()


def sample(name: str) -> str:
    """The text of the one captured sample whose name holds `name`."""
    if WIRE is None:
        pytest.skip("the captured samples are not beside this checkout")
    (path,) = WIRE.glob(f"codex_*{name}*")
    return path.read_text(encoding="utf-8")


def replied(value: Any) -> bytes:
    """A captured answer, or only its result, as the reply to the question that bhoga asks."""
    members = value if "result" in value or "error" in value else {"result": value}
    return json.dumps(members | {"id": 1}).encode()


def facts(answer: object) -> Iterator[tuple[str, str, int]]:
    """Name, scope and percent used of every window."""
    for window in answer.windows if isinstance(answer, Reading) else ():
        yield window.name, window.scope, round(window.used * 100.0)


SPARK = "gpt-5.3-codex-spark"


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        (
            "read.2026-08-22.v0.147.0.pro",
            1787445000.0,
            {("weekly", "*", 10), ("burst", SPARK, 0), ("weekly", SPARK, 0)},
        ),
        (
            "prolite_exhausted_reserve",
            1789800000.0,
            {("weekly", "*", 100), ("weekly", "gpt-5.6-luna", 5)},
        ),
        ("v0.155.1.plus", 1789980000.0, {("burst", "*", 12), ("weekly", "*", 4)}),
    ],
)
def test_captured_answers_are_read(
    name: str, at: float, expected: set[tuple[str, str, int]]
) -> None:
    """The limits by id, by length, and the reserve by its model."""
    answer = read(APP_SERVER, replied(json.loads(sample(name))), at)
    assert set(facts(answer)) == expected
    assert isinstance(answer, Reading)
    assert all(window.resets_at is not None for window in answer.windows)


def test_captured_errors_are_told_apart() -> None:
    """Nobody logged in, or only a key; and the body that an older build could not read."""
    errors = [json.loads(line) for line in sample("appserver.errors").splitlines()]
    answers = [read(APP_SERVER, replied(error), 0.0) for error in errors]
    assert [one.reason for one in answers if isinstance(one, Declined)] == [Reason.NO_LOGIN] * 2
    message = sample("error_embeds_wham_body")
    answer = read(
        APP_SERVER, replied({"error": {"code": -32603, "message": message}}), 1776200000.0
    )
    assert set(facts(answer)) == {("burst", "*", 4), ("weekly", "*", 19)}


@pytest.mark.parametrize(
    "name", ["account_read", "unsolicited_notification", "rateLimits_updated.sparse"]
)
def test_captured_messages_of_other_kinds_are_no_answer(name: str) -> None:
    """What was not asked for is not taken for the reply, however alike it looks."""
    answer = read(APP_SERVER, json.dumps(json.loads(sample(name))).encode(), 1787445000.0)
    assert isinstance(answer, Malformed)


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        (
            "usage.2026-09-08.business_null",
            1788900000.0,
            {
                ("burst", "gpt-5.3-codex-spark-preview", 0),
                ("weekly", "gpt-5.3-codex-spark-preview", 0),
                ("spend", "*", 96),
            },
        ),
        ("usage.2026-09-24.pro_weekly_only", 1790270870.0, {("weekly", "*", 22)}),
        ("usage.free_weekly_only", 1775000000.0, {("weekly", "*", 0)}),
        (
            "usage.plus_two_windows_exhausted",
            1790299400.0,
            {("burst", "*", 100), ("weekly", "*", 45), ("burst", "gpt-5.6-sol", 10)}
            | {("credits", "*", 0)},
        ),
        ("usage.primary_null", 1786690000.0, {("weekly", "*", 69), ("burst", SPARK, 0)}),
        ("usage.self_serve_business", 1790000000.0, set()),
        ("status.2026-06-20", 1781900000.0, {("burst", "*", 0), ("weekly", "*", 19)}),
        (
            "status.2026-09-19.luna_reserve",
            1789800000.0,
            {("weekly", "*", 100), ("weekly", "luna reserve", 5)},
        ),
        (
            "status.2026-09.v0.154.0.weekly_only_spark",
            1789400000.0,
            {("weekly", "*", 28), ("burst", SPARK, 0), ("weekly", SPARK, 0)},
        ),
        ("status.v0.48.monthly_used", 1776700000.0, {("monthly", "*", 12)}),
        (
            "status.v0.94_shape.credits",
            1780000000.0,
            {("burst", "*", 45), ("weekly", "*", 30), ("credits", "*", 0)},
        ),
        ("status.2026-09.reserve_wrapped_stale", 1789400000.0, set()),
        ("status.refresh_requested", 1789400000.0, set()),
        ("status.stale_warning", 1789400000.0, set()),
    ],
)
def test_captured_status_is_read(name: str, at: float, expected: set[tuple[str, str, int]]) -> None:
    """JSON and text in every form; numbers that Codex calls old are not taken."""
    answer = read(STATUS, sample(name).encode(), at)
    assert set(facts(answer)) == expected
    assert isinstance(answer, Reading if expected else Declined)
    if isinstance(answer, Reading):
        assert answer.ignored == 0
        allowances = [one for one in answer.windows if one.kind is WindowKind.ALLOWANCE]
        assert all(one.resets_at is not None for one in allowances)


def test_captured_rows_without_their_warning_are_read() -> None:
    """The wrapped resets, and the row whose name stands before it."""
    text = sample("status.2026-09.reserve_wrapped_stale")
    fresh = "\n".join(line for line in text.splitlines() if "Warning" not in line)
    assert set(facts(read(STATUS, fresh.encode(), 1789100000.0))) == {
        ("weekly", "gpt-reserve", 0),
        ("weekly", EVERY_MODEL, 34),
        ("burst", SPARK, 0),
        ("weekly", SPARK, 0),
    }


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        ("2026-04-16.pro", 1776380000.0, {("burst", "*", 0), ("weekly", "*", 0)}),
        ("2026-09.plus", 1789470000.0, {("burst", "*", 45), ("weekly", "*", 20)}),
        ("2026-09.plus", 1788000000.0, {("weekly", "*", 37)}),
        ("2026-09-19.prolite_ambiguous", 1789800000.0, set()),
    ],
)
def test_captured_sessions_are_read(
    name: str, at: float, expected: set[tuple[str, str, int]]
) -> None:
    """What still stands at the instant; a fragment without a date says nothing."""
    answer = read(ROLLOUT, sample(f"rollout_token_count.{name}").encode(), at)
    assert set(facts(answer)) == expected
