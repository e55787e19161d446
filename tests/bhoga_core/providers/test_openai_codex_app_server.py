"""What `codex app-server` answers, and every reason why it may not."""

import json
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from returns.result import Failure, Success

from bhoga_core.providers.openai_codex import APP_SERVER_PROBE
from bhoga_core.providers.openai_codex.app_server import read_app_server
from bhoga_core.reading import Declined, Malformed, Reading, Reason
from bhoga_core.window import Window, WindowKind

AT = 1_800_000_000.0
SOON, LATER = AT + 4321.0, AT + 345_678.0
SOURCE = "codex app-server"
PAYLOADS = Path(__file__).parent / "payloads" / "openai_codex"
SECRETS = ("example", "account-of-nobody", "user-of-nobody", "secret", "refresh token")


def zones(_name: str) -> tzinfo:
    """Every zone is UTC."""
    return UTC


def payload(case: str) -> bytes:
    """The fixture of a case."""
    return (PAYLOADS / f"app-server.{case}.jsonl").read_bytes()


def read(stdout: bytes) -> Reading | Malformed | Declined:
    """What the parser makes of it, unwrapped."""
    answer = read_app_server(stdout, AT, zones)
    return answer.unwrap() if isinstance(answer, Success) else answer.failure()


def window(name: str, used: float, **facts: Any) -> Window:
    """A window of this source, read now."""
    return Window(name, used, AT, SOURCE, **facts)


def burst(used: float, resets_at: float = SOON, **facts: Any) -> Window:
    """A window of five hours."""
    return window("burst", used, length=18000.0, resets_at=resets_at, **facts)


def weekly(used: float, resets_at: float = LATER, **facts: Any) -> Window:
    """A window of seven days."""
    return window("weekly", used, length=604800.0, resets_at=resets_at, **facts)


def left(answer: object) -> dict[str, float]:
    """The least that is left in each scope, of allowances."""
    tightest: dict[str, float] = {}
    for one in answer.windows if isinstance(answer, Reading) else ():
        if one.kind is WindowKind.ALLOWANCE:
            tightest[one.scope] = min(tightest.get(one.scope, 1.0), 1.0 - one.used)
    return tightest


@pytest.mark.parametrize(
    ("case", "plan", "windows"),
    [
        (
            "plus",
            "plus",
            [
                burst(0.37),
                burst(0.08, SOON + 60.0, scope="gpt-6-nova"),
                window("credits", 0.0, kind=WindowKind.EXTRA, remaining=7.25),
                weekly(0.61),
            ],
        ),
        (
            "weekly-only-spark",
            "pro",
            [
                burst(0.03, scope="gpt-5.3-codex-spark"),
                weekly(0.14),
                weekly(0.21, scope="gpt-5.3-codex-spark"),
            ],
        ),
        (
            "exhausted-reserve",
            "prolite",
            [weekly(1.0), weekly(0.06, LATER + 99.0, scope="gpt-6-luna")],
        ),
        ("one-limit", "plus", [burst(0.23), weekly(0.09)]),
        (
            "free-month",
            "free",
            [window("monthly", 0.55, length=2592000.0, resets_at=AT + 2e6)],
        ),
        ("zero-secondary", "plus", [weekly(0.2)]),
        ("weekly-in-secondary", None, [weekly(0.69)]),
        (
            "business-spend",
            "business",
            [
                burst(0.0, scope="gpt-5.3-codex-spark-preview"),
                window("spend", 0.88, resets_at=LATER, limit=500.0, remaining=60.0),
                weekly(0.0, scope="gpt-5.3-codex-spark-preview"),
            ],
        ),
        (
            "spend-reached",
            "business",
            [
                burst(0.3),
                window("spend", 1.0, resets_at=LATER, limit=500.0, remaining=0.0),
                weekly(0.4),
            ],
        ),
        ("spend-reached-without-limit", "business", [window("spend", 1.0)]),
        ("workspace-depleted", "team", [window("usage", 1.0), weekly(0.4)]),
        ("usage-not-allowed", "plus", [window("usage", 1.0), weekly(0.4)]),
        (
            "quoted-body",
            "promax",
            [
                burst(0.17),
                burst(0.44, AT + 100.0, scope="gpt-6-nova"),
                window("credits", 1.0, kind=WindowKind.EXTRA, remaining=0.0),
                weekly(0.29),
            ],
        ),
    ],
)
def test_every_limit_is_read(case: str, plan: str | None, windows: list[Window]) -> None:
    """Percent is a fraction, minutes tell the window, and a limit of one model is kept apart."""
    assert read(payload(case)) == Reading(tuple(windows), plan)


@pytest.mark.parametrize(
    ("case", "reason", "word"),
    [
        ("no-login", Reason.NO_LOGIN, "codex login"),
        ("api-key", Reason.NO_LOGIN, "API key"),
        ("http-401", Reason.REFUSED, "401"),
        ("http-403", Reason.REFUSED, "403"),
        ("http-404", Reason.UNAVAILABLE, "404"),
        ("http-429", Reason.RATE_LIMITED, "too often"),
        ("http-500", Reason.UNAVAILABLE, "500"),
        ("http-503", Reason.UNAVAILABLE, "503"),
        ("unreachable", Reason.UNAVAILABLE, "OpenAI"),
        ("not-renewed", Reason.EXPIRED, "codex login"),
        ("unknown-method", Reason.UNSUPPORTED, "version"),
        ("no-parameters", Reason.UNSUPPORTED, "version"),
        ("method-not-found", Reason.UNSUPPORTED, "version"),
        ("not-initialized", Reason.UNAVAILABLE, "refused"),
        ("ended-early", Reason.UNAVAILABLE, "ended"),
        ("business", Reason.NO_SIGNAL, "no limit"),
    ],
)
def test_why_there_is_no_answer(case: str, reason: Reason, word: str) -> None:
    """Each error has its reason, in words that hold nothing of the URL or the body."""
    answer = read(payload(case))
    assert isinstance(answer, Declined)
    assert answer.reason is reason
    assert word in answer.detail
    assert not [secret for secret in SECRETS if secret in answer.detail]


def test_silence_is_no_change_of_format() -> None:
    """A program that fails at its start writes nothing where the replies are read."""
    assert read(b" \n") == read(payload("ended-early"))


@pytest.mark.parametrize(
    ("stdout", "path"),
    [
        (b"hello", ""),
        (b'{"id": true, "result": {}}', ""),
        (b'{"id": 1}', "result"),
        (b'{"id": 1, "result": []}', "result"),
        (b'{"id": 1, "error": "no"}', "error"),
        (b'{"id": 1, "error": {"code": "-32603"}}', "error.code"),
        (b'{"id": 1, "error": {"code": -32603, "message": 7}}', "error.message"),
        (payload("quoted-body-changed"), "error.message.body.rate_limit.primary_window"),
    ],
)
def test_a_changed_format_is_told_by_its_place(stdout: bytes, path: str) -> None:
    """What is not where it was, or of another type, is named without its value."""
    answer = read(stdout)
    assert isinstance(answer, Malformed)
    assert answer.path.startswith(path)
    assert "much" not in repr(answer)


def limit(**members: Any) -> dict[str, Any]:
    """A limit of 40 % of a week, with some members changed."""
    week = {"usedPercent": 40, "windowDurationMins": 10080, "resetsAt": LATER}
    return {"limitId": "codex", "primary": week, "secondary": None} | members


def answering(result: object) -> bytes:
    """The reply that has this result."""
    return json.dumps({"id": 1, "result": result}).encode()


def test_a_limit_of_unknown_kind_blocks_no_model() -> None:
    """Beside the plan's own, an id without a name is certainly not the plan's."""
    other = limit(limitId="codex_new", primary={"usedPercent": 100, "windowDurationMins": 300})
    other["secondary"] = None
    stdout = answering({"rateLimitsByLimitId": {"codex": limit(), "codex_new": other}})
    assert left(read(stdout)) == {"*": 0.6, "codex_new": 0.0}


@pytest.mark.parametrize(
    "result",
    [
        {"rateLimitsByLimitId": {"codex_new": limit(limitId="codex_new")}},
        {"rateLimits": limit(limitId="codex_new"), "rateLimitsByLimitId": None},
        {"rateLimitsByLimitId": {"codex": limit(normalModelSlug="gpt-6-luna")}},
        {"rateLimitsByLimitId": {"codex": limit(limitId="codex_new")}},
        {"rateLimitsByLimitId": {}},
        {"rateLimitsByLimitId": {str(number): limit() for number in range(99)}},
    ],
)
def test_an_answer_without_the_plans_own_limit_is_malformed(result: object) -> None:
    """A limit of another model never passes for the plan's own."""
    assert isinstance(read(answering(result)), Malformed)


@pytest.mark.parametrize("limit_id", ["", "*", "\x1b[2J", "x" * 200])
def test_the_name_of_a_limit_can_stand_on_a_screen(limit_id: str) -> None:
    """An id that is no word is not shown, and never means all models."""
    own, other = limit(), limit(limitId=limit_id)
    stdout = answering({"rateLimitsByLimitId": {"codex": own, limit_id: other}})
    assert left(read(stdout)).keys() == {"*", "unnamed"}


def test_the_two_copies_of_a_limit_are_both_believed() -> None:
    """Of two that differ, the fuller counts."""
    fuller = limit(primary={"usedPercent": 77, "windowDurationMins": 10080})
    for pair in [(limit(), fuller), (fuller, limit())]:
        stdout = answering({"rateLimits": pair[0], "rateLimitsByLimitId": {"codex": pair[1]}})
        assert left(read(stdout)) == {"*": pytest.approx(0.23)}


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({"secondary": {"usedPercent": 100, "windowDurationMins": 300}}, 0.0),
        ({"tertiary": {"usedPercent": 100, "windowDurationMins": 43200}}, 0.0),
        ({"secondary": {"usedPercent": 0, "windowDurationMins": 0, "resetsAt": 0}}, 0.6),
        ({"secondary": {"usedPercent": 70, "windowDurationMins": None}}, 0.3),
    ],
)
def test_a_window_counts_in_whatever_slot(slots: dict[str, Any], expected: float) -> None:
    """Told by its length, else called by its slot; all zeros are no window."""
    assert left(read(answering({"rateLimits": limit(**slots)}))) == {"*": pytest.approx(expected)}


def test_an_unbelievable_reset_is_counted_and_left_out() -> None:
    """Milliseconds are not seconds: the use stands, without a reset."""
    week = {"usedPercent": 40, "windowDurationMins": 10080, "resetsAt": LATER * 1000}
    answer = read(answering({"rateLimits": limit(primary=week)}))
    assert answer == Reading((window("weekly", 0.4, length=604800.0),), ignored=1)


@pytest.mark.parametrize(
    ("written", "used", "remaining", "ignored"),
    [
        ({"hasCredits": True, "balance": "12.5"}, 0.0, 12.5, 0),
        ({"hasCredits": True, "balance": 12.5}, 0.0, 12.5, 0),
        ({"hasCredits": True, "balance": "0"}, 1.0, 0.0, 0),
        ({"hasCredits": True, "unlimited": True, "balance": None}, 0.0, None, 0),
        ({"hasCredits": True, "balance": None}, None, None, 0),
        ({"hasCredits": True, "balance": "much"}, None, None, 1),
        ({"hasCredits": False, "balance": "12.5"}, None, None, 0),
    ],
)
def test_credits_are_extra(
    written: object, used: float | None, remaining: float | None, ignored: int
) -> None:
    """A balance that is not said is not made up, and credits are no headroom."""
    answer = read(answering({"rateLimits": limit(credits=written)}))
    assert isinstance(answer, Reading)
    extra = [one for one in answer.windows if one.kind is WindowKind.EXTRA]
    assert [(one.used, one.remaining) for one in extra] == (
        [] if used is None else [(used, remaining)]
    )
    assert answer.ignored == ignored
    assert left(answer) == {"*": 0.6}


def test_spent_credits_do_not_hide_that_a_limit_is_reached() -> None:
    """Credits are extra: that they are spent is not what closes the plan."""
    spent = {"hasCredits": True, "unlimited": False, "balance": "0"}
    answer = read(
        answering({"rateLimits": limit(credits=spent, rateLimitReachedType="rate_limit_reached")})
    )
    assert left(answer) == {"*": 0.0}


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"primary": {"windowDurationMins": 300}}, "rateLimits.primary.usedPercent"),
        ({"primary": {"usedPercent": "40"}}, "rateLimits.primary.usedPercent"),
        ({"primary": {"usedPercent": -1}}, "rateLimits.primary.usedPercent"),
        ({"primary": {"usedPercent": 1e9}}, "rateLimits.primary.usedPercent"),
        ({"primary": {"usedPercent": True}}, "rateLimits.primary.usedPercent"),
        ({"primary": {"usedPercent": 4, "windowDurationMins": -300}}, "windowDurationMins"),
        ({"primary": {"usedPercent": 4, "windowDurationMins": 1e9}}, "windowDurationMins"),
        ({"primary": {"usedPercent": 4, "resetsAt": "soon"}}, "rateLimits.primary.resetsAt"),
        ({"primary": []}, "rateLimits.primary"),
        ({"secondary": 0}, "rateLimits.secondary"),
        ({"credits": "none"}, "rateLimits.credits"),
        ({"credits": {"hasCredits": "True"}}, "rateLimits.credits.hasCredits"),
        ({"individualLimit": {"limit": "5"}}, "individualLimit.remainingPercent"),
        ({"individualLimit": {"remainingPercent": 101}}, "individualLimit.remainingPercent"),
        ({"spendControlReached": "no"}, "rateLimits.spendControlReached"),
        ({"planType": 3}, "rateLimits.planType"),
        ({"normalModelSlug": 3}, "rateLimits.normalModelSlug"),
        ({"limitName": []}, "rateLimits.limitName"),
        ({"rateLimitReachedType": {}}, "rateLimits.rateLimitReachedType"),
        ({"limitId": 1}, "rateLimits.limitId"),
    ],
)
def test_a_known_member_of_another_kind_is_malformed(members: dict[str, Any], path: str) -> None:
    """A window is never quietly left out: the whole answer is refused, with the place."""
    answer = read(answering({"rateLimits": limit(**members)}))
    assert isinstance(answer, Malformed)
    assert answer.path.endswith(path)


@pytest.mark.parametrize("lost", ["primary", "secondary"])
def test_a_lost_slot_is_malformed(lost: str) -> None:
    """Both slots are always written, null where there is no window."""
    fields = limit(primary={"usedPercent": 4, "windowDurationMins": 300})
    del fields[lost]
    answer = read(answering({"rateLimits": fields}))
    assert isinstance(answer, Malformed)
    assert answer.path.endswith(lost)


def test_an_unknown_plan_changes_no_number() -> None:
    """New plans come without notice."""
    answer = read(answering({"rateLimits": limit(planType="something_new")}))
    assert left(answer) == {"*": 0.6}


def test_a_limit_that_is_reached_is_closed_whatever_its_kind() -> None:
    """New kinds come without notice, and null is how it is written that none is reached."""
    answer = read(answering({"rateLimits": limit(rateLimitReachedType="something_new")}))
    assert left(answer) == {"*": 0.0}


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"limits": {"codex_new": {"primary": {"usedPercent": 90}}}}, "limits.codex_new.primary"),
        ({"limits": [{"used_percent": 90}]}, "limits[0]"),
        ({"rateLimitsByLimitId": {"codex": limit(credits={"week": {"usedPercent": 1}})}}, "week"),
    ],
)
def test_a_limit_in_a_place_that_is_not_known_is_malformed(
    members: dict[str, Any], path: str
) -> None:
    """Nothing that is said to be used is left out."""
    answer = read(answering({"rateLimits": limit(), **members}))
    assert isinstance(answer, Malformed)
    assert answer.path.endswith(path)


def test_a_limit_beside_the_result_is_malformed() -> None:
    """It has been moved out of it."""
    reply = {"id": 1, "result": {"rateLimits": limit()}, "codex_new": {"usedPercent": 90}}
    answer = read(json.dumps(reply).encode())
    assert answer == Malformed("a limit in a place that is not known", "codex_new")


@given(st.binary(max_size=200))
def test_it_is_total_on_bytes(stdout: bytes) -> None:
    """Whatever a program writes, nothing raises."""
    assert isinstance(read(stdout), Malformed | Declined)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("rateLimits", "rateLimitsByLimitId", "codex", "primary", "secondary", "x"),
                    *("usedPercent", "windowDurationMins", "resetsAt", "credits", "balance"),
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON, st.sampled_from(["result", "error"]))
def test_it_is_total_on_json(value: object, member: str) -> None:
    """Whatever a reply holds, nothing raises, and what is read is finite and in range."""
    answer = read(json.dumps({"id": 1, member: value}).encode())
    if isinstance(answer, Reading):
        assert answer.windows
        assert all(0.0 <= one.used <= 10.0 for one in answer.windows)


@given(st.data())
@settings(deadline=None)
def test_it_is_total_on_damaged_payloads(data: st.DataObject) -> None:
    """A valid payload with bytes replaced or cut off still reads, or is refused."""
    stdout = bytearray(
        payload(data.draw(st.sampled_from(["plus", "business-spend", "quoted-body"])))
    )
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(stdout) - 1))
        stdout[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=3))
        if not stdout:
            break
    read(bytes(stdout))


def test_the_dialogue_waits_for_each_reply() -> None:
    """A reply has the id of the question and no method; anything else is passed over."""
    hello, ask = APP_SERVER_PROBE.dialogue
    assert [json.loads(line)["method"] for line in hello.send.splitlines()] == ["initialize"]
    assert [json.loads(line)["method"] for line in ask.send.splitlines()] == [
        "initialized",
        "account/rateLimits/read",
    ]
    lines = payload("plus").splitlines(keepends=True)
    assert [hello.answered(line) for line in lines] == [True, False, False, False, False]
    assert [ask.answered(line) for line in lines] == [False, False, False, True, False]
    assert ask.answered(payload("no-login").splitlines()[-1])


@given(st.binary(max_size=60) | st.sampled_from([b'{"id":1', b'"id"', b'{"id":true}', b'[["id"]]']))
def test_telling_an_answer_is_total(line: bytes) -> None:
    """Whatever line comes, the question stays open and nothing raises."""
    assert not any(exchange.answered(line) for exchange in APP_SERVER_PROBE.dialogue)


def test_failure_and_success_are_both_unwrapped() -> None:
    """The parser answers the two forms of `Answer`, as everything that reads it expects."""
    assert isinstance(read_app_server(payload("plus"), AT, zones), Success)
    assert isinstance(read_app_server(b"", AT, zones), Failure)
