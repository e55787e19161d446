"""The form that files hold for years: exact both ways, strict, and total."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from returns.result import Failure, Success

from bhoga_core.codec.events import decode_event, encode_event
from bhoga_core.codec.plain import NewerVersion
from bhoga_core.codec.quotas import decode_quota, encode_quota
from bhoga_core.codec.states import decode_state, encode_state
from bhoga_core.events import Event, StateMerged, TurnRecorded
from bhoga_core.evidence import Evidence
from bhoga_core.quota import Attempt, Block, Outcome, ProviderQuota, QuotaState, Strike, state_of
from bhoga_core.reading import Malformed
from bhoga_core.register import Register, Stamp
from bhoga_core.window import HEADERS, MANUAL, Window, WindowKind
from bhoga_properties.strategies import NOW, PLAIN_VALUES, events, states

STAMP = Stamp(1_800_000_000_000_000, 3)
SAID = Window("burst", 0.25, NOW, MANUAL, length=18_000.0, expires_at=NOW + 60.5)
SEEN = Window("burst", 1.5, NOW, HEADERS, WindowKind.RATE, "opus", None, NOW + 1.25, 40.0, 0.0)
FULL = ProviderQuota(
    "claude_code",
    "claude-opus-4",
    "1f9a",
    (
        Evidence("burst", "opus", Register(STAMP, SAID), Register(STAMP, SEEN)),
        Evidence("weekly", said=Register(STAMP, None)),
    ),
    Register(STAMP, Block(503, NOW, NOW + 7.0)),
    (Strike(STAMP, NOW, None), Strike(STAMP, NOW, Stamp(5, 0))),
    STAMP,
    Stamp(7, 0),
    Register(STAMP, Block(401, NOW, NOW + 900.0)),
    Register(STAMP, "max"),
    (("cli", STAMP),),
    (("cli", Register(STAMP, Outcome("changed", "at x", NOW, NOW + 300.0, 300.0, 0.5, "5d41"))),),
    (Attempt(STAMP, NOW, "cli", NOW + 35.0),),
)
WINDOW_PLAIN = {"name": "burst", "used": 1.5, "observed_at": NOW, "source": "headers"}
FULL_PLAIN = {
    "provider_id": "claude_code",
    "model": "claude-opus-4",
    "account": "1f9a",
    "evidence": [
        {
            "name": "burst",
            "scope": "opus",
            "said": {
                "stamp": [1_800_000_000_000_000, 3],
                "value": {
                    "name": "burst",
                    "used": 0.25,
                    "observed_at": 1_800_000_000.0,
                    "source": "manual",
                    "length": 18_000.0,
                    "expires_at": 1_800_000_060.5,
                },
            },
            "seen": {
                "stamp": [1_800_000_000_000_000, 3],
                "value": {
                    "name": "burst",
                    "used": 1.5,
                    "observed_at": 1_800_000_000.0,
                    "source": "headers",
                    "kind": "rate",
                    "scope": "opus",
                    "resets_at": 1_800_000_001.25,
                    "limit": 40.0,
                    "remaining": 0.0,
                },
            },
        },
        {"name": "weekly", "said": {"stamp": [1_800_000_000_000_000, 3]}},
    ],
    "throttle": {
        "stamp": [1_800_000_000_000_000, 3],
        "value": {"status_code": 503, "at": 1_800_000_000.0, "until": 1_800_000_007.0},
    },
    "strikes": [
        {"stamp": [1_800_000_000_000_000, 3], "at": 1_800_000_000.0},
        {"stamp": [1_800_000_000_000_000, 3], "at": 1_800_000_000.0, "begun": [5, 0]},
    ],
    "served": [1_800_000_000_000_000, 3],
    "served_from": [7, 0],
    "refusal": {
        "stamp": [1_800_000_000_000_000, 3],
        "value": {"status_code": 401, "at": 1_800_000_000.0, "until": 1_800_000_900.0},
    },
    "plan": {"stamp": [1_800_000_000_000_000, 3], "value": "max"},
    "polls": {"cli": [1_800_000_000_000_000, 3]},
    "outcomes": {
        "cli": {
            "stamp": [1_800_000_000_000_000, 3],
            "value": {
                "reason": "changed",
                "detail": "at x",
                "at": 1_800_000_000.0,
                "retry_at": 1_800_000_300.0,
                "wait": 300.0,
                "took": 0.5,
                "credential": "5d41",
            },
        }
    },
    "attempts": [
        {
            "stamp": [1_800_000_000_000_000, 3],
            "at": 1_800_000_000.0,
            "source": "cli",
            "until": 1_800_000_035.0,
        }
    ],
}


class Hostile:
    """An object that breaks whoever compares, hashes, measures or prints it."""

    def __eq__(self, _: object) -> bool:
        raise AssertionError

    def __hash__(self) -> int:
        return hash("format")

    def __len__(self) -> int:
        raise AssertionError

    def __repr__(self) -> str:
        raise AssertionError


class Lying(dict[str, object]):
    """An object that is not what it says it is."""

    def __contains__(self, _: object) -> bool:
        raise AssertionError


def refusal(result: object) -> Malformed | NewerVersion:
    """Why something was not decoded."""
    match result:
        case Failure(Malformed() | NewerVersion() as problem):
            return problem
        case _:
            raise AssertionError(result)


def through_json(value: object) -> object:
    """What a file gives back of what was written to it."""
    return json.loads(json.dumps(value))


def test_version_1_reads_and_writes_as_it_did_when_it_was_frozen() -> None:
    """Every field by name, in the one form that files written today hold."""
    assert encode_quota(FULL) == FULL_PLAIN
    assert decode_quota(through_json(FULL_PLAIN), "") == Success(FULL)


def test_what_has_its_default_is_left_out() -> None:
    """An empty record is its provider's id, a plain turn what nobody can guess."""
    assert encode_quota(ProviderQuota("openai_api")) == {"provider_id": "openai_api"}
    assert encode_state(QuotaState()) == {
        "format": "bhoga-state",
        "version": 1,
        "latest": [0, 0],
        "quotas": [],
    }
    assert encode_event(TurnRecorded("openai_api", "o3", NOW, STAMP)) == {
        "event": "TurnRecorded",
        "version": 1,
        "provider_id": "openai_api",
        "model": "o3",
        "at": NOW,
        "stamp": [*STAMP],
    }


@settings(deadline=None, max_examples=50)
@given(states())
def test_a_state_comes_back_through_json(state: QuotaState) -> None:
    """Through text, too, nothing is rounded and nothing lost."""
    assert decode_state(through_json(encode_state(state))) == Success(state)


@settings(deadline=None, max_examples=100)
@given(events())
def test_an_event_comes_back_through_json(event: Event) -> None:
    """Every kind of event, with everything it can hold."""
    assert decode_event(through_json(encode_event(event))) == Success(event)


def test_lists_are_read_in_any_order() -> None:
    """A file edited by hand need not be sorted; what is read from it is."""
    plain = deepcopy(FULL_PLAIN)
    cast("list[object]", plain["evidence"]).reverse()
    cast("list[object]", plain["strikes"]).reverse()
    assert decode_quota(plain, "") == Success(FULL)


def test_a_later_version_is_told_from_what_is_malformed() -> None:
    """Whatever else a later version holds, it is known as one, so that it can be left alone."""
    newer = {"format": "bhoga-state", "version": 2, "quotas": "elsewhere", "shape": 1}
    assert decode_state(newer) == Failure(NewerVersion(2))
    assert decode_event({"event": "Foreseen", "version": 9}) == Failure(NewerVersion(9))
    merged = encode_event(StateMerged(NOW, STAMP, QuotaState()))
    assert decode_event({**merged, "state": newer}) == Failure(NewerVersion(2))


@pytest.mark.parametrize("value", [{}, [], None, 1, "bhoga-state", {"version": 1}, Hostile()])
def test_something_else_is_no_state_and_no_event(value: object) -> None:
    """Whatever is not the form is refused, not misread."""
    assert isinstance(refusal(decode_state(value)), Malformed)
    assert isinstance(refusal(decode_event(value)), Malformed)
    assert isinstance(refusal(decode_quota(value, "quotas[3]")), Malformed)


def _set(*path: str | int) -> Callable[[object, object], None]:
    def put(plain: object, value: object) -> None:
        place = plain
        for step in path[:-1]:
            place = cast("dict[str | int, object]", place)[step]
        cast("dict[str | int, object]", place)[path[-1]] = value

    return put


BAD_PLACES: list[tuple[str, Callable[[object, object], None], tuple[object, ...]]] = [
    ("provider_id", _set("provider_id"), (None, 1, ["x"], "x" * 4097, Hostile())),
    ("extra", _set("extra"), (None,)),
    ("evidence", _set("evidence"), ({}, "x", None, [{"name": "a"}] * 5000)),
    ("evidence[0].seen", _set("evidence", 0, "seen"), ([], None, Lying(stamp=[1, 1]))),
    (
        "evidence[0].seen.stamp",
        _set("evidence", 0, "seen", "stamp"),
        ([1], [1, 2, 3], [-1, 0], [True, 0], [1.0, 0], [2**63, 0], (1, 2), None),
    ),
    (
        "evidence[0].seen.value.used",
        _set("evidence", 0, "seen", "value", "used"),
        (float("nan"), float("inf"), True, "0.5", None, 2**63, -(2**63), 10**400),
    ),
    ("evidence[0].seen.value.kind", _set("evidence", 0, "seen", "value", "kind"), ("x", 1)),
    ("evidence[0].seen.value.limit", _set("evidence", 0, "seen", "value", "limit"), (None, "1")),
    ("evidence[0].said.value", _set("evidence", 0, "said", "value"), (None, [])),
    ("throttle.value.status_code", _set("throttle", "value", "status_code"), (429.0, True)),
    ("strikes", _set("strikes"), ([{"stamp": [1, 1], "at": 1.0}] * 2, [{}] * 17)),
    ("strikes[1].begun", _set("strikes", 1, "begun"), (None, 5)),
    ("served", _set("served"), (0, None, [0])),
    ("plan.value", _set("plan", "value"), (None, 3)),
    ("polls.cli", _set("polls", "cli"), (None, [1])),
    ("polls", _set("polls"), ([], {1: [1, 1]}, {"x" * 4097: [1, 1]})),
    ("outcomes.cli.value.reason", _set("outcomes", "cli", "value", "reason"), (None,)),
    ("outcomes.cli.value.retry_at", _set("outcomes", "cli", "value", "retry_at"), (None, "x")),
    ("attempts[0].until", _set("attempts", 0, "until"), (None, True)),
]


@pytest.mark.parametrize(
    ("place", "put", "value"),
    [
        pytest.param(place, put, value, id=f"{place}-{number}")
        for place, put, values in BAD_PLACES
        for number, value in enumerate(values)
    ],
)
def test_a_wrong_value_is_refused_by_its_place(
    place: str, put: Callable[[object, object], None], value: object
) -> None:
    """The refusal names the path of what is wrong, however deep it is."""
    plain = deepcopy(FULL_PLAIN)
    put(plain, value)
    problem = refusal(decode_quota(plain, "quotas[2]"))
    assert isinstance(problem, Malformed)
    expected = "quotas[2]" if place == "extra" else f"quotas[2].{place}"
    assert problem.path == expected


@pytest.mark.parametrize(
    "change",
    [
        {"version": 0},
        {"version": True},
        {"version": 1.0},
        {"latest": None},
        {"latest": [1]},
        {"quotas": None},
        {"quotas": {}},
        {"quotas": [{"provider_id": "a"}, {"provider_id": "a", "model": "*"}]},
        {"quotas": [{"provider_id": "a"}] * 65_537},
        {"format": "bhoga-states"},
        {"saved_by": "somebody"},
        {1: 2},
    ],
    ids=str,
)
def test_a_state_that_is_not_as_it_must_be_is_refused(change: dict[object, object]) -> None:
    """Nothing is guessed and nothing dropped: two records of one key are one too many."""
    plain = {**encode_state(state_of([FULL])), **change}
    assert isinstance(refusal(decode_state(plain)), Malformed)


@pytest.mark.parametrize(
    "change",
    [
        {"event": "TurnForgotten"},
        {"event": None},
        {"headers": [["a"]]},
        {"headers": [["a", 1]]},
        {"headers": [("a", "b")]},
        {"headers": [["a", "b" * 4096]]},
        {"headers": {}},
        {"windows": []},
        {"at": None},
        {"input_tokens": 1.0},
        {"started_at": float("nan")},
    ],
    ids=str,
)
def test_an_event_that_is_not_as_it_must_be_is_refused(change: dict[str, object]) -> None:
    """A turn bears no windows, a header is two texts, a count is whole."""
    plain = {**encode_event(TurnRecorded("openai_api", "o3", NOW, STAMP)), **change}
    assert isinstance(refusal(decode_event(plain)), Malformed)


def test_a_refusal_does_not_repeat_what_it_read() -> None:
    """What stands in a file that is not ours may be anybody's secret."""
    plain = {"provider_id": "claude_code", "account": ["sk-secret"], "plan": "sk-secret"}
    assert "sk-secret" not in repr(decode_quota(plain, ""))


@settings(deadline=None, max_examples=200)
@given(PLAIN_VALUES)
def test_any_value_is_answered(value: object) -> None:
    """No value raises, wherever it stands."""
    for plain in (
        value,
        {"format": "bhoga-state", "version": 1, "latest": [0, 0], "quotas": value},
    ):
        decode_state(plain)
    decode_event(value)
    decode_quota(value, "")


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_any_value_at_any_place_is_answered(data: st.DataObject) -> None:
    """A state in which one thing is replaced by anything is decoded or refused, and never raises.

    What is decoded comes back from encoding: nothing was dropped on the way.
    """
    plain: object = encode_state(state_of([FULL]))
    place, step = plain, cast("str | int", "quotas")
    for _ in range(data.draw(st.integers(0, 6))):
        inner = cast("dict[str | int, object]", place)[step]
        if not isinstance(inner, dict | list) or not inner:
            break
        place = inner
        step = data.draw(
            st.sampled_from(sorted(inner) if isinstance(inner, dict) else range(len(inner)))
        )
    cast("dict[str | int, object]", place)[step] = data.draw(PLAIN_VALUES)
    match decode_state(plain):
        case Success(state):
            assert decode_state(encode_state(state)) == Success(state)
        case _:
            pass
