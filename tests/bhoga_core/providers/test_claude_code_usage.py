"""The usage body of Anthropic's server: slots, lists, money, and what is not known yet."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from returns.result import Failure, Success

from bhoga_core.naming import scope_token
from bhoga_core.providers.claude_code.usage import read_usage
from bhoga_core.reading import Answer, Declined, Malformed, Reading, Reason
from bhoga_core.window import EVERY_MODEL, Window, WindowKind

PAYLOADS = Path(__file__).parent / "payloads" / "claude_code"
AT = 1_800_000_000.0
HOUR, DAY = 3600.0, 86400.0
SOON, LATER = AT + 2 * HOUR + 0.25, AT + 3 * DAY + 0.5
SOURCE = "oauth usage"
FABLE, SONNET = scope_token("claude-fable-5"), scope_token("claude-sonnet-5")
SESSION = {"utilization": 5, "resets_at": "2027-01-15T10:00:00Z"}
WEEK = {"utilization": 1, "resets_at": None}


def read(body: object) -> Answer:
    """What a body is read as."""
    return read_usage(json.dumps(body).encode(), AT, lambda _: None)


def case(name: str) -> Reading:
    """The reading of a recorded form."""
    answer = read_usage((PAYLOADS / f"oauth-usage.{name}.json").read_bytes(), AT, lambda _: None)
    assert isinstance(answer, Success), answer
    return answer.unwrap()


def burst(used: float, resets_at: float | None = SOON) -> Window:
    """The session of all models."""
    return Window("burst", used, AT, SOURCE, length=5 * HOUR, resets_at=resets_at)


def weekly(used: float, scope: str = EVERY_MODEL, resets_at: float | None = LATER) -> Window:
    """The week of all models, or of one."""
    return Window("weekly", used, AT, SOURCE, scope=scope, length=7 * DAY, resets_at=resets_at)


def stated(body: Mapping[str, object]) -> list[tuple[str, str, float]]:
    """Name, scope and fraction used of every window that a body is read to have."""
    answer = read(body)
    assert isinstance(answer, Success), answer
    return [(window.name, window.scope, window.used) for window in answer.unwrap().windows]


@pytest.mark.parametrize(
    ("name", "windows"),
    [
        ("slots", (burst(0.58), weekly(0.215), weekly(0.04, SONNET))),
        ("limits", (burst(0.436), weekly(0.71), weekly(0.88, FABLE))),
        ("idle", (burst(0.0, None), weekly(0.17))),
        ("exhausted", (burst(1.0), weekly(0.64))),
        (
            "scoped-exhausted",
            (burst(0.12), weekly(0.33), weekly(1.0, FABLE, LATER - 0.5)),
        ),
        ("weekly-only", (weekly(0.47),)),
    ],
)
def test_each_form_is_read_to_its_windows(name: str, windows: tuple[Window, ...]) -> None:
    """Percent used becomes a fraction, ISO an instant, and slots and rows of one window are one."""
    assert case(name) == Reading(windows)


def test_extra_usage_is_a_window_that_is_no_allowance() -> None:
    """Where it is on there is one window of it, from both of its spellings; off there is none."""
    extra = Window("extra_usage", 0.62, AT, SOURCE, WindowKind.EXTRA)
    assert [one for one in case("extra").windows if one.kind is not WindowKind.ALLOWANCE] == [extra]
    assert all(one.kind is WindowKind.ALLOWANCE for one in case("limits").windows)


@pytest.mark.parametrize("name", ["spend-only", "no-numbers"])
def test_a_plan_without_numbers_gives_no_signal(name: str) -> None:
    """What is paid by use says nothing of a quota: it is neither full nor spent."""
    payload = (PAYLOADS / f"oauth-usage.{name}.json").read_bytes()
    answer = read_usage(payload, AT, lambda _: None)
    assert answer == Failure(Declined(Reason.NO_SIGNAL, "no numbers for this plan"))


@pytest.mark.parametrize("name", ["error-401", "error-403", "error-429"])
def test_an_error_is_no_reading(name: str) -> None:
    """The body of an error has no window in it."""
    payload = (PAYLOADS / f"oauth-usage.{name}.json").read_bytes()
    assert read_usage(payload, AT, lambda _: None) == Failure(Malformed("no known window"))


def test_a_limit_of_a_surface_limits_no_model() -> None:
    """An app's exhausted week has a scope that no model's name meets."""
    *rest, surface = case("surface").windows
    assert rest == [burst(0.05), weekly(0.06)]
    assert (surface.name, surface.used) == ("weekly", 1.0)
    assert surface.scope == scope_token(surface.scope) == "surface_cowork"


def test_what_is_not_known_yet_counts_under_its_own_name() -> None:
    """A new slot and a new kind limit every model, unless they clearly are for one."""
    names = [(window.name, window.scope, window.used) for window in case("new-windows").windows]
    assert names == [
        ("amber_ladder", EVERY_MODEL, 0.81),
        ("burst", EVERY_MODEL, 0.05),
        ("monthly_all", EVERY_MODEL, 0.74),
        ("monthly_scoped", FABLE, 0.91),
        ("weekly", EVERY_MODEL, 0.06),
        ("weekly", "cowork", 0.99),
        ("weekly", "mythos", 0.52),
    ]


def test_of_two_numbers_for_one_window_the_fuller_counts() -> None:
    """A row that says more than the slot is believed, and the other way round."""
    for slot, row in ((30, 80), (80, 30)):
        body = {
            "seven_day": {"utilization": slot, "resets_at": None},
            "limits": [{"kind": "weekly_all", "percent": row, "resets_at": None}],
        }
        assert stated(body) == [("weekly", EVERY_MODEL, 0.8)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"data": {"five_hour": {"utilization": 90}}}, ("burst", EVERY_MODEL, 0.9)),
        ({"seven_day": {**SESSION, "five_hour": {"utilization": 90}}}, ("burst", "*", 0.9)),
        ({"spend": {"five_hour": {"utilization": 90}}}, ("burst", EVERY_MODEL, 0.9)),
        ({"caps": [{"kind": "weekly_all", "percent": 90}]}, ("weekly", EVERY_MODEL, 0.9)),
        (
            {
                "caps": [
                    {"kind": "weekly_scoped", "percent": 90, "scope": {"model": {"id": "Opus"}}}
                ]
            },
            ("weekly", "opus", 0.9),
        ),
        ({"caps": [{"kind": "x", "percent": 90, "scope": {"team": 1}}]}, ("x", EVERY_MODEL, 0.9)),
        ({"caps": [{"kind": "x", "percent": 90, "scope": 5}]}, ("x", EVERY_MODEL, 0.9)),
        (
            {"seven_day_new": {"utilization": 90, "scope": {"model": {"id": "Opus"}}}},
            ("weekly", "new", 0.9),
        ),
        ({"caps": [{"display_name": "Fable", "utilization": 90}]}, ("caps", FABLE, 0.9)),
        ({"cap": {"percent": 90, "resets_at": "2027-01-15T10:00:00Z"}}, ("cap", "*", 0.9)),
    ],
)
def test_a_limit_that_was_moved_is_found(body: dict[str, object], found: object) -> None:
    """It counts wherever it stands, by its name or its kind where that is known."""
    assert found in stated({"five_hour": SESSION, "seven_day": WEEK, **body})


@pytest.mark.parametrize(
    "money",
    [
        {"overflow": {"utilization": 100, "monthly_limit": 5}},
        {"plan": {"extra_usage": {"utilization": 100}}},
    ],
)
def test_money_that_was_renamed_or_moved_is_still_money(money: dict[str, object]) -> None:
    """Extra usage under a new name, or in a new place, exhausts nothing."""
    answer = read({"seven_day": WEEK, **money})
    assert isinstance(answer, Success)
    assert [one.kind for one in answer.unwrap().windows] == [
        WindowKind.EXTRA,
        WindowKind.ALLOWANCE,
    ]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ([], ""),
        ({"five_hour": 5}, "five_hour"),
        ({"five_hour": {"utilization": "5"}}, "five_hour.utilization"),
        ({"five_hour": {"utilization": True}}, "five_hour.utilization"),
        ({"five_hour": {"utilization": 1e12}}, "five_hour"),
        ({"five_hour": {"used": 5}}, "five_hour.utilization"),
        ({"five_hour": {"utilization": None, "resets_at": "2027-01-15T10:00:00Z"}}, "five_hour.*"),
        ({"five_hour": {"utilization": 5, "resets_at": 1800003600}}, "five_hour.resets_at"),
        ({"limits": {}}, "limits"),
        ({"limits": [5]}, "limits[0]"),
        ({"limits": [{"percent": 5}]}, "limits[0].kind"),
        ({"limits": [{"kind": "session"}]}, "limits[0].percent"),
        ({"limits": [{"kind": "tokens", "left": 5}]}, "limits[0].percent"),
        ({"limits": [{"kind": "weekly_scoped", "percent": 5}]}, "limits[0].scope"),
        ({"limits": [{"kind": "session", "percent": 5, "scope": {}}]}, "limits[0].scope"),
        ({"limits": [{"kind": "session", "percent": 5, "scope": "a"}]}, "limits[0].scope"),
        (
            {"limits": [{"kind": "x", "percent": 5, "scope": {"model": {"display_name": "a\nb"}}}]},
            "limits[0].scope.model",
        ),
        ({"model_scoped": [{"utilization": 5}]}, "model_scoped[0].display_name"),
        ({"extra_usage": {"is_enabled": 1}}, "extra_usage.is_enabled"),
        ({"spend": {"percent": "5"}}, "spend.percent"),
        ({"bad\nname": {"utilization": 5}}, "?"),
        ({"cap": {"utilization": "5"}}, "cap.utilization"),
        ({"cap": {"resets_at": "2027-01-15T10:00:00Z"}}, "cap.utilization"),
        ({"caps": [{"kind": "weekly_all", "percent": "5"}]}, "caps[0].percent"),
    ],
)
def test_a_known_part_of_another_form_refuses_all(body: object, path: str) -> None:
    """It says where, so that nobody has to guess, and no window beside it is believed."""
    if isinstance(body, dict):
        body = {"seven_day": WEEK, **body}
    answer = read(body)
    assert isinstance(answer, Failure)
    problem = answer.failure()
    assert isinstance(problem, Malformed)
    assert problem.path == path.replace("*", "utilization")


@pytest.mark.parametrize(
    "body",
    [
        {"five_hour": SESSION, "seven_day": None},
        {"five_hour": SESSION, "seven_day_v2": WEEK},
        {"five_hour": SESSION, "seven_day": {"utilization": None, "resets_at": None}},
        {"five_hour": SESSION, "seven_day_opus": WEEK},
        {"limits": [{"kind": kind, "percent": 5} for kind in ("session", "monthly_all")]},
        {"amber_ladder": WEEK},
    ],
)
def test_without_the_week_of_all_models_it_is_malformed(body: dict[str, object]) -> None:
    """A plan may have no session, but it has a week, whatever else it has."""
    assert read(body) == Failure(Malformed("no week of all models"))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"five_hour": SESSION}, ("burst", EVERY_MODEL, 0.05)),
        ({"limits": [{"kind": "session", "percent": 0}]}, ("burst", EVERY_MODEL, 0.0)),
    ],
)
def test_one_limit_alone_is_an_excerpt(body: dict[str, object], found: object) -> None:
    """Answers of the server have more members, so that nothing has been lost of such a body."""
    assert stated(body) == [found]


def test_a_reset_that_is_none_costs_only_itself() -> None:
    """A date of no format, or too far away, is counted; the window stays."""
    for text in ("soon", "2031-01-01T00:00:00Z"):
        answer = read({"five_hour": {"utilization": 5, "resets_at": text}})
        assert answer == Success(Reading((burst(0.05, None),), ignored=1))


def test_an_empty_slot_is_as_good_as_none() -> None:
    """A slot that is written out with nulls says nothing."""
    empty = {"utilization": None, "resets_at": None, "limit_dollars": None}
    assert stated({"five_hour": empty, "seven_day": SESSION}) == [("weekly", EVERY_MODEL, 0.05)]
