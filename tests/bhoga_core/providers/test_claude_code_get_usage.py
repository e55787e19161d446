"""The control request `get_usage`: the line that is sent, its reply, and what stands in for it."""

import json
from pathlib import Path

import pytest
from returns.result import Failure, Success

from bhoga_core.providers.claude_code import USAGE_REQUEST
from bhoga_core.providers.claude_code.get_usage import read_get_usage
from bhoga_core.reading import Declined, Malformed, Reading, Reason
from bhoga_core.window import EVERY_MODEL, WindowKind

PAYLOADS = Path(__file__).parent / "payloads" / "claude_code"
AT = 1_800_000_000.0
SOON, LATER = AT + 2 * 3600.0 + 0.25, AT + 3 * 86400.0 + 0.5
EXTRA = ("extra_usage", EVERY_MODEL, 0.62, None)
SLOTS = [
    ("burst", EVERY_MODEL, 0.436, SOON),
    EXTRA,
    ("weekly", EVERY_MODEL, 0.71, LATER),
    ("weekly", "opus", 0.09, LATER),
    ("weekly", "sonnet", 0.0, None),
]


def payload(name: str) -> bytes:
    """All that a run printed."""
    return (PAYLOADS / f"get-usage.{name}.jsonl").read_bytes()


def test_the_request_is_one_line_without_the_search_of_transcripts() -> None:
    """One JSON object and a newline, as the program reads its stdin."""
    assert USAGE_REQUEST.send.endswith(b"}\n")
    assert USAGE_REQUEST.send.count(b"\n") == 1
    assert json.loads(USAGE_REQUEST.send) == {
        "type": "control_request",
        "request_id": "bhoga-usage",
        "request": {"subtype": "get_usage", "skip_behaviors": True},
    }


def test_the_reply_is_told_by_its_id() -> None:
    """Whatever else the program prints, and a reply to somebody else, is none."""
    lines = payload("among-others").splitlines(keepends=True)
    assert [USAGE_REQUEST.answered(line) for line in lines] == [False, False, True, False]
    for line in (b"", b"control_response", b'{"response": {"request_id": "bhoga-usage"}}', b"\xff"):
        assert not USAGE_REQUEST.answered(line)
    # A refusal is an answer too: there is nothing more to wait for.
    assert USAGE_REQUEST.answered(payload("error"))


@pytest.mark.parametrize(
    ("name", "plan", "windows"),
    [
        ("slots", "pro", SLOTS),
        ("among-others", "max", SLOTS),
        ("limits", "max", [*SLOTS[:3], ("weekly", "fable", 0.88, LATER), *SLOTS[3:]]),
        (
            "model-scoped",
            "max",
            [
                ("burst", EVERY_MODEL, 0.16, SOON),
                ("weekly", EVERY_MODEL, 0.28, LATER),
                ("weekly", "fable", 0.39, LATER),
            ],
        ),
    ],
)
def test_each_form_is_read_to_its_windows(name: str, plan: str, windows: object) -> None:
    """The usage body inside the reply, and the plan beside it."""
    answer = read_get_usage(payload(name), AT, lambda _: None)
    assert isinstance(answer, Success), answer
    reading = answer.unwrap()
    read = [(one.name, one.scope, one.used, one.resets_at) for one in reading.windows]
    assert (read, reading.plan, reading.ignored) == (windows, plan, 0)
    for window in reading.windows:
        assert (window.observed_at, window.source) == (AT, "claude get_usage")
        assert (window.kind is WindowKind.EXTRA) == (window.name == "extra_usage")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no-login", Reason.NO_LOGIN),
        ("not-fetched", Reason.UNAVAILABLE),
        ("spend-only", Reason.NO_SIGNAL),
        ("unsupported", Reason.UNSUPPORTED),
        ("error", Reason.UNAVAILABLE),
    ],
)
def test_a_reply_without_numbers_says_why(name: str, reason: Reason) -> None:
    """In a clause for people that repeats nothing of what the program said."""
    answer = read_get_usage(payload(name), AT, lambda _: None)
    assert isinstance(answer, Failure)
    declined = answer.failure()
    assert isinstance(declined, Declined)
    assert declined.reason is reason
    assert "secret" not in declined.detail


def test_a_program_that_says_nothing_has_failed() -> None:
    """Older versions end without a word when their stdin does."""
    answer = read_get_usage(b"\n", AT, lambda _: None)
    assert answer == Failure(Declined(Reason.UNAVAILABLE, "claude ended without a word"))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"subtype": "partial"}, "response"),
        ({"response": None}, "response"),
        ({"response": {"rate_limits": None}}, "response.response"),
        ({"response": {"rate_limits_available": True}}, "response.response"),
        ({"response": {"rate_limits": []}}, "response.response.rate_limits"),
        (
            {"response": {"rate_limits": {}, "subscription_type": "a\nb"}},
            "response.response.subscription_type",
        ),
        (
            {"response": {"rate_limits": {"five_hour": {}}, "rate_limits_available": True}},
            "response.response.rate_limits.five_hour.utilization",
        ),
        (
            {
                "response": {
                    "rate_limits": {"seven_day": {"utilization": 5}},
                    "five_hour": {"utilization": 90},
                }
            },
            "response.response.five_hour",
        ),
        (
            {
                "response": {"rate_limits": {"seven_day": {"utilization": 5}}},
                "model_scoped": [{"display_name": "Fable", "utilization": 90}],
            },
            "response.model_scoped[0]",
        ),
    ],
)
def test_a_reply_of_another_form_is_malformed(change: dict[str, object], path: str) -> None:
    """It says where in the reply."""
    response = {"subtype": "success", "request_id": "bhoga-usage", **change}
    line = json.dumps({"type": "control_response", "response": response}).encode()
    answer = read_get_usage(line, AT, lambda _: None)
    assert isinstance(answer, Failure)
    problem = answer.failure()
    assert isinstance(problem, Malformed)
    assert problem.path == path


def test_without_a_reply_the_output_is_malformed() -> None:
    """Lines of other kinds are no answer, and never an empty reading."""
    answer = read_get_usage(payload("no-reply"), AT, lambda _: None)
    assert answer == Failure(Malformed("no reply to get_usage"))
    assert answer != Success(Reading())
