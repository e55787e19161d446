"""What a status line's input and a rate-limit event say."""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.result import Failure, Success

from bhoga_core.providers.claude_code.headers import read_headers
from bhoga_core.providers.claude_code.observations import read_observation
from bhoga_core.reading import Answered, Malformed, Reading
from bhoga_core.window import EVERY_MODEL, Window

AT = 1_800_000_000.0
HOUR, DAY = 3600.0, 86400.0
SOON, LATER = AT + 2 * HOUR, AT + 3 * DAY
LINE = {
    "session_id": "0",
    "model": {"id": "claude-fable-5"},
    "rate_limits": {
        "five_hour": {"used_percentage": 23.5, "resets_at": int(SOON)},
        "seven_day": {"used_percentage": 41, "resets_at": int(LATER)},
    },
}
BURST = Window("burst", 0.235, AT, "statusline", length=5 * HOUR, resets_at=SOON)
WEEKLY = Window("weekly", 0.41, AT, "statusline", length=7 * DAY, resets_at=LATER)
PREFIX = "anthropic-ratelimit-unified-"


def event(**info: object) -> dict[str, object]:
    """A `rate_limit_event` line with this information."""
    return {"type": "rate_limit_event", "rate_limit_info": info, "uuid": "0", "session_id": "0"}


def windows(observed: object) -> list[tuple[str, str, float, float | None]]:
    """The windows that the header parser finds in what an event answered."""
    answer = read_observation(observed, AT)
    assert isinstance(answer, Success), answer
    answered = answer.unwrap()
    assert isinstance(answered, Answered)
    reading = read_headers(dict(answered.headers), AT)
    assert reading.ignored == 0
    return [(one.name, one.scope, one.used, one.resets_at) for one in reading.windows]


@pytest.mark.parametrize(
    "observed",
    [json.dumps(LINE), json.dumps(LINE).encode() + b"\n", LINE, MappingProxyType(LINE)],
    ids=["str", "bytes", "dict", "mapping"],
)
def test_a_status_line_is_a_reading(observed: object) -> None:
    """Percent and Unix seconds, however it is handed over."""
    assert read_observation(observed, AT) == Success(Reading((BURST, WEEKLY)))


@pytest.mark.parametrize(
    ("limits", "read"),
    [
        ({"five_hour": {"used_percentage": 23.5, "resets_at": SOON}}, Reading((BURST,))),
        (
            {
                "five_hour": None,
                "seven_day": {"used_percentage": 41, "resets_at": LATER},
                "plan": "max",
            },
            Reading((WEEKLY,)),
        ),
        (
            {"five_hour": {"resets_at": SOON}, "seven_day": {"used_percentage": 41}},
            Reading((Window("weekly", 0.41, AT, "statusline", length=7 * DAY),)),
        ),
        (
            {"seven_day": {"used_percentage": 41, "resets_at": SOON * 1000}},
            Reading((Window("weekly", 0.41, AT, "statusline", length=7 * DAY),), ignored=1),
        ),
    ],
)
def test_any_part_of_a_status_line_may_be_missing(limits: object, read: Reading) -> None:
    """It is a floor: what it leaves out it does not deny."""
    assert read_observation({"rate_limits": limits}, AT) == Success(read)


def test_a_new_window_of_a_status_line_counts() -> None:
    """Under its own name, or for the model whose week it is."""
    limits = {"seven_day_opus": {"used_percentage": 7}, "amber_ladder": {"used_percentage": 9}}
    answer = read_observation({"rate_limits": limits}, AT)
    assert isinstance(answer, Success)
    reading = answer.unwrap()
    assert isinstance(reading, Reading)
    assert [(one.name, one.scope, one.used) for one in reading.windows] == [
        ("amber_ladder", EVERY_MODEL, 0.09),
        ("weekly", "opus", 0.07),
    ]


def test_a_status_line_before_the_first_answer_says_so() -> None:
    """A person learns why nothing came of it."""
    answer = read_observation({"session_id": "0", "model": {}}, AT)
    assert isinstance(answer, Failure)
    assert "from the first answer of a session" in answer.failure().reason


def test_an_event_is_an_answer_with_the_headers_it_came_from() -> None:
    """Fractions and Unix seconds, spelled as the headers are."""
    observed = event(
        status="allowed_warning",
        resetsAt=int(LATER),
        rateLimitType="seven_day",
        utilization=0.83,
        overageStatus="rejected",
        overageResetsAt=int(LATER),
        unifiedWindows={
            "five_hour": {"utilization": 0.07, "resetsAt": int(SOON), "status": "allowed"},
            "seven_day": {"utilization": 0.83, "resetsAt": int(LATER)},
            "seven_day_overage_included": {"utilization": 0.5, "resetsAt": int(LATER)},
            "seven_day_opus": {"utilization": 0.25},
        },
    )
    answer = read_observation(json.dumps(observed), AT)
    assert isinstance(answer, Success)
    answered = answer.unwrap()
    assert isinstance(answered, Answered)
    assert answered.status_code == 200
    assert (f"{PREFIX}5h-utilization", "0.07") in answered.headers
    assert (f"{PREFIX}7d-reset", "1800259200") in answered.headers
    assert windows(observed) == [
        ("burst", EVERY_MODEL, 0.07, SOON),
        ("weekly", EVERY_MODEL, 0.83, LATER),
        ("weekly", "fable", 0.5, LATER),
        ("weekly", "opus", 0.25, None),
    ]


def test_an_event_without_windows_speaks_of_its_own() -> None:
    """The number belongs to the window that the event names; without one nothing is said."""
    warned = event(status="allowed_warning", resetsAt=int(SOON), rateLimitType="five_hour")
    assert windows(warned) == []
    warned = event(status="allowed", utilization=0.9, rateLimitType="five_hour")
    assert windows(warned) == [("burst", EVERY_MODEL, 0.9, None)]


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("seven_day", ("weekly", EVERY_MODEL, 1.0, SOON)),
        ("seven_day_opus", ("weekly", "opus", 1.0, SOON)),
        ("seven_day_overage_included", ("weekly", "fable", 1.0, SOON)),
    ],
)
def test_a_rejection_is_a_429_of_the_window_it_names(claim: str, found: object) -> None:
    """Only a rejection is one."""
    observed = event(status="rejected", resetsAt=int(SOON), rateLimitType=claim)
    answer = read_observation(observed, AT)
    assert isinstance(answer, Success)
    answered = answer.unwrap()
    assert isinstance(answered, Answered)
    assert answered.status_code == 429
    assert windows(observed) == [found]


@pytest.mark.parametrize(
    ("observed", "path"),
    [
        (None, ""),
        (5, ""),
        ("no json", ""),
        (b"\xff", ""),
        ("[]", ""),
        ({"rate_limits": 5}, "rate_limits"),
        ({"rate_limits": {}}, "rate_limits"),
        ({"rate_limits": {"five_hour": 5}}, "rate_limits.five_hour"),
        (
            {"rate_limits": {"five_hour": {"used_percentage": "5"}}},
            "rate_limits.five_hour.used_percentage",
        ),
        ({"type": "rate_limit_event"}, "rate_limit_info.status"),
        (event(), "rate_limit_info.status"),
        (event(status=5), "rate_limit_info.status"),
        (event(status="a\nb"), "rate_limit_info.status"),
        (event(status="allowed", utilization="1"), "rate_limit_info.utilization"),
        (event(status="allowed", unifiedWindows=[]), "rate_limit_info.unifiedWindows"),
        (
            event(status="allowed", unifiedWindows={"five_hour": {"utilization": True}}),
            "rate_limit_info.unifiedWindows.five_hour.utilization",
        ),
    ],
)
def test_what_is_neither_is_malformed(observed: object, path: str) -> None:
    """It says where."""
    answer = read_observation(observed, AT)
    assert isinstance(answer, Failure)
    assert answer.failure().path == path


class Hostile(Mapping[str, object]):
    """A mapping that breaks as soon as it is looked at."""

    def __getitem__(self, key: str) -> object:
        raise RuntimeError(key)

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError

    def __len__(self) -> int:
        raise RuntimeError


def test_a_hostile_mapping_is_malformed() -> None:
    """What a foreign object raises does not leave."""
    assert read_observation(Hostile(), AT) == Failure(Malformed("a mapping that cannot be read"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8) | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        *("rate_limits", "five_hour", "seven_day", "seven_day_opus", "used_percentage"),
        *("rate_limit_info", "type", "status", "unifiedWindows", "overage", "utilization"),
        *("resets_at", "resetsAt"),
    ]
)
OBJECTS = st.recursive(
    VALUES, lambda inner: st.dictionaries(NAMES | st.text(max_size=4), inner), max_leaves=12
)


@given(OBJECTS)
def test_reading_an_observation_is_total(observed: object) -> None:
    """Whatever is handed over, it is a reading, an answer or malformed."""
    answer = read_observation(observed, AT)
    match answer:
        case Success(Reading() as reading):
            assert reading.windows
        case Success(Answered() as answered):
            assert read_headers(dict(answered.headers), AT).ignored >= 0
        case _:
            assert isinstance(answer, Failure)
