"""What GitHub says of a Copilot login's quota."""

import json
import re
from math import isfinite
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.result import Failure, Success

from bhoga_core.notation import rfc3339
from bhoga_core.providers.github_copilot.usage import read_user
from bhoga_core.reading import Answer, Declined, Malformed, Reading, Reason
from bhoga_core.window import Window, WindowKind

AT = 1_800_000_000.0  # 2027-01-15T08:00:00Z
MONTH_END = 1_801_440_000.0  # 2027-02-01T00:00:00Z
PAYLOADS = Path(__file__).parent / "payloads" / "github_copilot"
FOLDERS = [folder / "shared" / "wire" for folder in Path(__file__).parents]
WIRE = next((folder for folder in FOLDERS if folder.is_dir()), None)

Json = dict[str, object]


def answer(payload: object, at: float = AT) -> Answer:
    """What is read of a JSON value, or of bytes as they are."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return read_user(raw, at, lambda _: None)


def reading(payload: object, at: float = AT) -> Reading:
    """What is read of a payload that can be read."""
    match answer(payload, at):
        case Success(said):
            return cast("Reading", said)
        case refused:
            raise AssertionError(refused)


def refused(payload: object) -> Malformed | Declined:
    """Why a payload cannot be read."""
    match answer(payload):
        case Failure(why):
            return cast("Malformed | Declined", why)
        case read:
            raise AssertionError(read)


def recorded(case: str) -> bytes:
    """The fixture of this case."""
    return (PAYLOADS / f"copilot-usage.{case}.json").read_bytes()


def window(
    name: str,
    used: float,
    *counts: float,
    kind: WindowKind = WindowKind.ALLOWANCE,
    resets_at: float | None = MONTH_END,
) -> Window:
    """A window as this source says it; `counts` are its limit and what remains."""
    limit, remaining = (*counts, None, None)[:2]
    return Window(
        name, used, AT, "copilot usage", kind, resets_at=resets_at, limit=limit, remaining=remaining
    )


UNCOUNTED = window("completions", 0.0, kind=WindowKind.EXTRA)
CASES = {
    "paid": Reading(
        (window("chat", 0.0), UNCOUNTED, window("premium", 0.765, 6400.0, 1504.0)),
        "individual_pro",
    ),
    "seat": Reading((window("chat", 0.0), UNCOUNTED), "business"),
    "overage": Reading((window("premium", 1.02, 250.0),), "individual"),
    "overage-permitted": Reading(
        (window("chat", 0.0), window("premium", 1.15, 800.0, 0.0)), "enterprise"
    ),
    "credits": Reading((window("premium", 0.33, 2000.0, 1340.5),), "business"),
    "student": Reading(
        (window("chat", 0.0), UNCOUNTED, window("premium", 0.625, 240.0, 90.0)), "individual"
    ),
    "free": Reading(
        (
            window("chat", 0.725, 160.0, 44.0),
            window("completions", 0.2, 2500.0, 2000.0, kind=WindowKind.EXTRA),
        ),
        "individual",
    ),
    "free-unused": Reading(
        (
            window("chat", 0.0, 160.0, 160.0),
            window("completions", 0.0, 2500.0, 2500.0, kind=WindowKind.EXTRA),
        ),
        "individual",
    ),
    "free-legacy": Reading(
        (
            window("chat", 0.775, 400.0, 90.0),
            window("completions", 0.25, 1600.0, 1200.0, kind=WindowKind.EXTRA),
        ),
        "free",
    ),
    "new-quotas": Reading(
        (
            window("agent-runs", 0.65, resets_at=AT + 604_800.0),
            window("chat", 0.0),
            window("premium", 0.4, 500.0, 300.0),
        ),
        "max",
        ignored=1,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_every_plan_reads_as_what_it_says(case: str) -> None:
    """Each recorded form gives these windows, with these numbers, and no other."""
    assert reading(recorded(case)) == CASES[case]


def test_quotas_that_nobody_counts_are_no_signal() -> None:
    """Zeros with 100 percent left, as a seat that pays for tokens has, say nothing."""
    assert refused(recorded("uncounted")) == Declined(
        Reason.NO_SIGNAL, "it counts none of this login's quotas"
    )


def test_every_recorded_form_is_tested() -> None:
    """No fixture is there for nothing."""
    names = {path.name.removeprefix("copilot-usage.") for path in PAYLOADS.iterdir()}
    assert names == {f"{case}.json" for case in (*CASES, "uncounted")}


def snapshot(name: str = "premium_interactions", **fields: object) -> Json:
    """A payload with one snapshot."""
    return {"quota_snapshots": {name: fields}}


@pytest.mark.parametrize(
    ("fields", "used", "limit", "remaining"),
    [
        ({"percent_remaining": 62.5}, 0.375, None, None),
        ({"percent_remaining": 0.9}, 0.991, None, None),
        ({"percent_remaining": 0}, 1.0, None, None),
        ({"percent_remaining": 120}, 0.0, None, None),
        ({"percent_remaining": -4e5}, 10.0, None, None),
        ({"unlimited": True}, 0.0, None, None),
        ({"unlimited": True, "percent_remaining": 100, "entitlement": 300}, 0.0, None, None),
        ({"entitlement": -1, "percent_remaining": 100, "remaining": -1}, 0.0, None, None),
        ({"percent_remaining": 50, "entitlement": 40, "remaining": 20}, 0.5, 40.0, 20.0),
        ({"percent_remaining": 50, "entitlement": 40, "remaining": 10}, 0.75, 40.0, 10.0),
        ({"percent_remaining": 25, "entitlement": 40, "remaining": 20}, 0.75, 40.0, 20.0),
        (
            {"percent_remaining": 47, "entitlement": 50, "remaining": 23, "quota_remaining": 23.5},
            0.53,
            50.0,
            23.5,
        ),
        ({"percent_remaining": 0, "entitlement": 40, "quota_remaining": -6}, 1.15, 40.0, None),
        (
            {"percent_remaining": 3, "entitlement": 40, "remaining": 1, "overage_count": 10},
            1.25,
            40.0,
            1.0,
        ),
        ({"percent_remaining": 80, "overage_count": 2}, 1.0, None, None),
        ({"percent_remaining": 100, "entitlement": 0, "remaining": -2}, 1.0, None, None),
        (
            {"percent_remaining": 0, "entitlement": 0, "remaining": 0, "overage_count": 7},
            1.0,
            None,
            None,
        ),
        ({"percent_remaining": 0, "has_quota": False}, 1.0, None, None),
        (
            {"percent_remaining": 0, "entitlement": 0, "remaining": 0, "has_quota": True},
            1.0,
            None,
            None,
        ),
        ({"percent_remaining": 45, "entitlement": 0, "remaining": 0}, 0.55, None, None),
    ],
)
def test_the_tighter_of_percent_and_counts_is_believed(
    fields: Json, used: float, limit: float | None, remaining: float | None
) -> None:
    """Percent is of 100 and of what is left, whatever its size, and overuse is more than one."""
    (said,) = reading(snapshot(**fields)).windows
    assert (said.name, said.used, said.limit, said.remaining) == ("premium", used, limit, remaining)


@pytest.mark.parametrize("permitted", [True, False, None])
def test_a_permitted_overage_changes_nothing(permitted: bool | None) -> None:
    """What the plan includes is spent, whether or not GitHub goes on serving at a price."""
    spent = snapshot(percent_remaining=0, entitlement=300, remaining=0, overage_permitted=permitted)
    left = snapshot(
        percent_remaining=50, entitlement=300, remaining=150, overage_permitted=permitted
    )
    assert [said.used for said in reading(spent).windows] == [1.0]
    assert [said.used for said in reading(left).windows] == [0.5]


@pytest.mark.parametrize(
    "fields",
    [
        {"percent_remaining": 0, "entitlement": 0, "remaining": 0},
        {"percent_remaining": 0.0, "entitlement": 0, "quota_remaining": 0.0, "has_quota": False},
        {"percent_remaining": 100, "entitlement": 0, "remaining": 0, "has_quota": True},
    ],
)
def test_what_is_not_offered_is_neither_spent_nor_full(fields: Json) -> None:
    """A quota without entitlement is no window, and leaves the others alone."""
    free: Json = {"percent_remaining": 30, "entitlement": 10, "remaining": 3}
    both = {"quota_snapshots": {"premium_interactions": fields, "chat": free}}
    assert [said.name for said in reading(both).windows] == ["chat"]


RESETS = [
    ({}, {}, None, 0),
    ({"quota_reset_date": "2027-02-01"}, {}, MONTH_END, 0),
    ({"limited_user_reset_date": "2027-02-01"}, {}, MONTH_END, 0),
    ({"quota_reset_date": "2027-02-01T00:00:00Z"}, {}, MONTH_END, 0),
    ({"quota_reset_date_utc": "2027-01-20T06:00:00.000Z"}, {}, AT + 424_800.0, 0),
    (
        {"quota_reset_date": "2027-02-01", "quota_reset_date_utc": "2027-01-20T06:00:00.000Z"},
        {},
        AT + 424_800.0,
        0,
    ),
    ({"quota_reset_date": "2027-02-01", "quota_reset_date_utc": "soon"}, {}, MONTH_END, 1),
    ({"quota_reset_date": "2027-02-01"}, {"quota_reset_at": 1_800_086_400}, AT + 86_400.0, 0),
    ({"quota_reset_date": "2027-02-01"}, {"quota_reset_at": 0}, MONTH_END, 0),
    ({"quota_reset_date": "2027-02-01"}, {"quota_reset_at": 1_800_086_400_000}, MONTH_END, 1),
    ({"quota_reset_date": "2027-13-01"}, {}, None, 1),
    ({"quota_reset_date": "2027-01-01"}, {}, None, 1),
    ({"quota_reset_date": "2031-01-01"}, {}, None, 1),
]


@pytest.mark.parametrize(("dates", "own", "resets_at", "ignored"), RESETS)
def test_a_reset_is_the_quotas_own_or_everybodys(
    dates: Json, own: Json, resets_at: float | None, ignored: int
) -> None:
    """An instant or a day that begins at midnight UTC; a past, odd or far one costs itself."""
    said = reading(snapshot(percent_remaining=40, **own) | dates)
    assert [(each.used, each.resets_at) for each in said.windows] == [(0.6, resets_at)]
    assert said.ignored == ignored


def test_a_quota_of_another_name_gates_every_request() -> None:
    """What an unknown quota limits is unknown, so it is read as one that limits everything."""
    said = reading(snapshot("5Hour-Sessions", percent_remaining=7))
    assert said.windows == (window("5Hour-Sessions", 0.93, resets_at=None),)


@pytest.mark.parametrize("name", ["", "ein Konto", "a" * 65, "\ud800", "premium\n"])
def test_a_quota_without_a_readable_name_is_refused(name: str) -> None:
    """It may gate any request, and cannot be kept under its name."""
    why = Malformed("a quota of an unreadable name", "quota_snapshots")
    assert refused(snapshot(name, percent_remaining=7)) == why


@pytest.mark.parametrize("other", [1, "new", [], [{}], {}, {"title": "new"}, None, False])
def test_what_is_no_quota_is_passed_over(other: object) -> None:
    """An unknown member without one of a quota's fields changes nothing that is known."""
    payload = {"quota_snapshots": {"chat": {"percent_remaining": 40}, "news": other}}
    said = reading(payload | {"news": other})
    assert said.windows == (window("chat", 0.6, resets_at=None),)
    assert said.ignored == (other is not None)


@pytest.mark.parametrize(
    ("payload", "path"),
    [
        ({}, "quota_snapshots"),
        ({"message": "Not Found", "status": "404"}, "quota_snapshots"),
        ({"quota_snapshots": {}}, "quota_snapshots"),
        ({"quota_snapshots": None}, "quota_snapshots"),
        ({"quota_snapshots": {"chat": None}}, "quota_snapshots"),
        ({"quota_snapshots": {"news": 1}}, "quota_snapshots"),
        ({"quota_snapshots": []}, "quota_snapshots"),
        ({"quota_snapshots": {"chat": 40}}, "quota_snapshots.chat"),
        ({"quota_snapshots": {"chat": [40]}}, "quota_snapshots.chat"),
        (snapshot("chat"), "quota_snapshots.chat.percent_remaining"),
        (snapshot("chat", entitlement=9, remaining=3), "quota_snapshots.chat.percent_remaining"),
        (snapshot("chat", percent_remaining="40"), "quota_snapshots.chat.percent_remaining"),
        (snapshot("chat", percent_remaining=True), "quota_snapshots.chat.percent_remaining"),
        (snapshot("chat", percent_remaining=-1e12), "quota_snapshots.chat"),
        (snapshot("chat", percent_remaining=40, remaining=4), "quota_snapshots.chat.entitlement"),
        (snapshot("chat", percent_remaining=40, entitlement=4), "quota_snapshots.chat.remaining"),
        (snapshot("chat", percent_remaining=40, unlimited="no"), "quota_snapshots.chat.unlimited"),
        (snapshot("chat", percent_remaining=40, has_quota=1), "quota_snapshots.chat.has_quota"),
        (snapshot("chat", unlimited=True, entitlement="0"), "quota_snapshots.chat.entitlement"),
        (
            snapshot("chat", percent_remaining=40, quota_reset_at="2027-02-01"),
            "quota_snapshots.chat.quota_reset_at",
        ),
        (
            snapshot("chat", percent_remaining=40, overage_count="3"),
            "quota_snapshots.chat.overage_count",
        ),
        (
            snapshot("chat", percent_remaining=40, unlimited=True),
            "quota_snapshots.chat.percent_remaining",
        ),
        (
            snapshot("chat", percent_remaining=40, remaining=-1, entitlement=-1),
            "quota_snapshots.chat.percent_remaining",
        ),
        (snapshot("agents", quota_reset_at=0), "quota_snapshots.agents.percent_remaining"),
        (snapshot("agents", percent_remaining="4"), "quota_snapshots.agents.percent_remaining"),
        (snapshot("chat", percent_remaining=40) | {"copilot_plan": 3}, "copilot_plan"),
        (
            snapshot("chat", percent_remaining=40) | {"quota_reset_date": 1_801_440_000},
            "quota_reset_date",
        ),
        (
            snapshot("chat", percent_remaining=40) | {"premium": {"percent_remaining": 3}},
            "premium.percent_remaining",
        ),
        (
            snapshot("chat", percent_remaining=40) | {"more": [[{"x": {"percent_remaining": 3}}]]},
            "more.percent_remaining",
        ),
        (snapshot("chat", percent_remaining=40) | {"percent_remaining": 3}, "percent_remaining"),
        (
            snapshot("chat", percent_remaining=40) | {"a b": {"c": {"percent_remaining": 3}}},
            "?.percent_remaining",
        ),
        (
            snapshot("v2", chat={"percent_remaining": 3}),
            "quota_snapshots.percent_remaining",
        ),
        ({"monthly_quotas": {"chat": 5}}, "limited_user_quotas.chat"),
        ({"limited_user_quotas": {"chat": 5}}, "monthly_quotas.chat"),
        (
            {"monthly_quotas": {"chat": 5}, "limited_user_quotas": {"chat": "few"}},
            "limited_user_quotas.chat",
        ),
        (
            {"monthly_quotas": {"chat": [5]}, "limited_user_quotas": {"chat": 2}},
            "monthly_quotas.chat",
        ),
        (
            {"monthly_quotas": {"chat": 5}, "limited_user_quotas": {"chat": 6}},
            "limited_user_quotas.chat",
        ),
        (
            {"monthly_quotas": {"chat": -1}, "limited_user_quotas": {"chat": 0}},
            "limited_user_quotas.chat",
        ),
        ({"monthly_quotas": 5, "limited_user_quotas": {"chat": 2}}, "monthly_quotas"),
        ({"monthly_quotas": {"x": 5}, "limited_user_quotas": {"x": 2}}, "quota_snapshots"),
    ],
)
def test_a_changed_form_is_refused_by_its_place(payload: Json, path: str) -> None:
    """A known field of another type or without its number refuses the whole answer."""
    why = refused(payload)
    assert isinstance(why, Malformed)
    assert why.path == path
    assert why.reason


@pytest.mark.parametrize(
    "payload",
    [b"", b"null", b"[]", b"3", b'"text"', b"{", b"\xff\xfe\x00", b"[" * 100_000, b"<html>"],
)
def test_what_is_no_object_is_refused(payload: bytes) -> None:
    """Another page, a cut-off body or a hostile one is refused with the reason."""
    assert isinstance(refused(payload), Malformed)


def test_the_old_form_of_the_free_plan_may_offer_nothing() -> None:
    """Of a quota of none, none left is not spent; less than none left is."""
    zero = {"monthly_quotas": {"chat": 0}, "limited_user_quotas": {"chat": "0"}}
    over = {"monthly_quotas": {"chat": 5}, "limited_user_quotas": {"chat": -1}}
    assert isinstance(refused(zero), Declined)
    assert reading(over).windows == (window("chat", 1.2, 5.0, resets_at=None),)


def test_two_names_of_one_quota_are_the_tighter() -> None:
    """`premium_models` and `premium_interactions` are one window, and one is no way around it."""
    both = {
        "premium_models": {"percent_remaining": 10},
        "premium_interactions": {"percent_remaining": 60},
    }
    assert [said.used for said in reading({"quota_snapshots": both}).windows] == [0.9]


def assert_lawful(said: Answer) -> None:
    """What holds of every answer: windows of this source, finite and distinct, or a reason."""
    match said:
        case Success(read):
            windows = cast("Reading", read).windows
            assert windows
            assert len({each.name for each in windows}) == len(windows)
            for each in windows:
                facts = (each.used, each.resets_at, each.limit, each.remaining)
                assert all(isfinite(fact) for fact in facts if fact is not None)
                assert 0.0 <= each.used <= 10.0
                assert each.resets_at is None or AT < each.resets_at <= AT + 32 * 86_400.0
                assert (each.observed_at, each.source) == (AT, "copilot usage")
        case Failure(why):
            assert isinstance(why, Malformed | Declined)
            assert why.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    (
        *("percent_remaining", "entitlement", "remaining", "quota_remaining", "unlimited"),
        *("has_quota", "overage_count", "quota_reset_at", "chat", "quota_snapshots"),
    )
)
VALUES = JSON | st.sampled_from([0, 1, -1, 100, 1e-300, 1e14, -1e14, True, False])
SNAPSHOTS = st.dictionaries(
    st.sampled_from(["chat", "completions", "premium_interactions", "premium_models", "x"]),
    st.dictionaries(FIELDS, VALUES, max_size=6) | JSON,
)
USERS = st.fixed_dictionaries(
    {},
    optional={
        "quota_snapshots": SNAPSHOTS | JSON,
        "monthly_quotas": st.dictionaries(FIELDS, VALUES) | JSON,
        "limited_user_quotas": st.dictionaries(FIELDS, VALUES) | JSON,
        "quota_reset_date_utc": st.sampled_from(["2027-02-01T00:00:00Z", "x", 3]) | JSON,
        "copilot_plan": JSON,
    },
)


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_answered(payload: bytes) -> None:
    """Nothing raises, whatever the body is."""
    assert_lawful(answer(payload))


@given(USERS)
def test_anything_like_an_answer_is_answered(user: Json) -> None:
    """Nothing raises and what is read is lawful, whatever stands where a quota should."""
    assert_lawful(answer(user))


def sample_instant(raw: bytes) -> float:
    """An instant ten days before the reset that a sample states."""
    date = re.search(rb'quota_reset_date(?:_utc)?": *"([0-9-]{10})', raw)
    reset = None if date is None else rfc3339(f"{date[1].decode()}T00:00:00Z")
    return AT if reset is None else reset - 864_000.0


@pytest.mark.skipif(WIRE is None, reason="the captured samples are not beside this checkout")
def test_captured_answers_are_read() -> None:
    """Every captured answer reads as the fractions that its counts and percents state."""
    paths = sorted(cast("Path", WIRE).glob("copilot_internal_user.*.json"))
    assert paths
    for path in paths:
        raw = path.read_bytes()
        said = answer(raw, sample_instant(raw))
        expected = expected_uses(json.loads(raw))
        if not expected:
            assert isinstance(said.failure(), Declined), path.name
            continue
        read = said.unwrap()
        assert isinstance(read, Reading)
        uses = {each.name: each.used for each in read.windows}
        assert uses == pytest.approx(expected, abs=1e-9), path.name
        assert read.ignored == 0, path.name


def expected_uses(user: Json) -> dict[str, float]:
    """The fraction used of each quota that a sample states, worked out without the parser."""
    uses: dict[str, float] = {}
    snapshots = cast("dict[str, dict[str, float]]", user.get("quota_snapshots", {}))
    for name, fields in snapshots.items():
        window_name = name.removesuffix("_interactions")
        left = fields.get("quota_remaining", fields.get("remaining", 0.0))
        if fields.get("unlimited"):
            uses[window_name] = 0.0
        elif fields["entitlement"]:
            by_count = 1.0 - left / fields["entitlement"]
            uses[window_name] = max(1.0 - fields["percent_remaining"] / 100.0, by_count)
    given_quotas = cast("dict[str, str]", user.get("monthly_quotas", {}))
    left_quotas = cast("dict[str, str]", user.get("limited_user_quotas", {}))
    for name, limit in given_quotas.items():
        uses[name] = 1.0 - float(left_quotas[name]) / float(limit)
    return uses
