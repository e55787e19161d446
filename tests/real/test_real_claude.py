"""bhoga against the real Claude Code: what it is asked, what it answers, and what it never does.

Opt-in: `pytest -m real tests/real`, with `BHOGA_REAL_PATH=<folder of claude>` where PATH does not
find it; `--log-cli-level=INFO` shows the version. Every login is invented, and all that the program
reaches are stand-ins on loopback.
"""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bhoga_core import PROVIDERS, Basis, WindowKind
from bhoga_core.probe import RunCommand
from bhoga_shell import Router, check_quota
from bhoga_shell.demo import logins
from bhoga_shell.demo.claude import usage_body
from bhoga_shell.demo.scenarios import SCENARIOS, Claude, ExtraUsage, session, week
from real_clis import HOME, SetUp, needs, told, windows_of

CLAUDE = "claude_code"
ENDPOINT, GET_USAGE, USAGE_TEXT = "oauth usage", "claude get_usage", "claude /usage"
KEPT = ".claude.json"
USAGE_PATH, RENEW_PATH = "/api/oauth/usage", "/v1/oauth/token"
TELLING = ("fresh", "low", "exhausted", "scoped-exhausted", "weekly-only")
"""The scenarios in which Claude says what is left."""

pytestmark = [pytest.mark.real, needs("claude"), pytest.mark.usefixtures("versions")]


def settings() -> Path:
    """Where the program keeps what it remembers."""
    return Path(os.environ["CLAUDE_CONFIG_DIR"], KEPT)


@pytest.mark.parametrize("scenario", TELLING)
def test_get_usage_tells_every_window(set_up: SetUp, scenario: str) -> None:
    """Each with its fraction and its reset to the second, that of a model too."""
    stage, claude = set_up(SCENARIOS[scenario]), SCENARIOS[scenario].claude
    said = stage.ask(CLAUDE, GET_USAGE)
    assert said.reasons == {GET_USAGE: ""}
    assert said.used == pytest.approx({k: w.used / 100 for k, w in windows_of(claude).items()})
    assert said.resets == pytest.approx(stage.resets(claude))
    assert stage.backends.counts[USAGE_PATH] == 1


def test_what_is_not_there_does_not_arrive_as_something_else(set_up: SetUp) -> None:
    """A session that has not begun has no reset, a fraction stays one, extra usage is beside."""
    extra = ExtraUsage(limit=5000, used=1250, enabled=True)
    plan = Claude(session(0.0), week(33.7), extra=extra, plan="pro")
    stage = set_up(replace(SCENARIOS["fresh"], claude=plan))
    said = stage.ask(CLAUDE, GET_USAGE)
    assert said.used == pytest.approx(
        {("burst", "*"): 0.0, ("weekly", "*"): 0.337, ("extra_usage", "*"): 0.25}
    )
    assert said.resets["burst", "*"] is None
    assert said.windows["extra_usage", "*"].kind is WindowKind.EXTRA
    stage.forget()
    text = stage.ask(CLAUDE, USAGE_TEXT)
    assert text.used == pytest.approx({("burst", "*"): 0.0, ("weekly", "*"): 0.33})
    assert text.resets["burst", "*"] is None


def test_an_answer_that_is_too_long_is_left_for_the_text(set_up: SetUp) -> None:
    """The program passes all of it on, of which bhoga reads no more than it should keep."""
    said = set_up(SCENARIOS["huge"]).ask(CLAUDE, GET_USAGE, USAGE_TEXT)
    assert said.reasons == {GET_USAGE: "changed", USAGE_TEXT: ""}
    assert said.used["burst", "*"] == pytest.approx(0.12)


@pytest.mark.parametrize("zone", ["UTC", "America/St_Johns", "Asia/Kolkata"])
@pytest.mark.parametrize("scenario", TELLING)
def test_the_text_tells_the_plans_windows(
    set_up: SetUp, monkeypatch: pytest.MonkeyPatch, scenario: str, zone: str
) -> None:
    """Its resets are those of the minute, in whatever zone it writes them.

    It shows a model's own week for some models only (2.1.331).
    """
    stage, claude = set_up(SCENARIOS[scenario]), SCENARIOS[scenario].claude
    monkeypatch.setenv("TZ", zone)
    said = stage.ask(CLAUDE, USAGE_TEXT)
    assert said.reasons == {USAGE_TEXT: ""}
    allowed, resets = windows_of(claude), stage.resets(claude)
    shared = {key for key in allowed if key[1] == "*"}
    assert shared <= {*said.used} <= {*allowed}
    for key, used in said.used.items():
        assert used == pytest.approx(allowed[key].used / 100)
        assert said.resets[key] == pytest.approx(resets[key], abs=60.0)


@pytest.mark.parametrize("source", [GET_USAGE, USAGE_TEXT])
def test_an_answer_from_its_memory_is_dated_back(set_up: SetUp, source: str) -> None:
    """Half an hour old numbers count as half an hour old, though the program does not say so."""
    stage = set_up()
    stage.ask(CLAUDE, GET_USAGE)
    remembered = json.loads(settings().read_bytes())
    if "cachedUsageUtilization" not in remembered:
        pytest.skip("this claude remembers no usage: it came after 2.1.197")
    fetched_at = time.time() - 1800.0
    remembered["cachedUsageUtilization"] = {
        "fetchedAtMs": int(fetched_at * 1000),
        "accountUuid": logins.ACCOUNT,
        "utilization": usage_body(SCENARIOS["low"].claude, fetched_at),
    }
    settings().write_text(json.dumps(remembered))
    stage.forget()
    stage.backends.scenario = SCENARIOS["rate-limited"]
    said = stage.ask(CLAUDE, source)
    assert said.reasons == {source: ""}
    assert said.used["burst", "*"] == pytest.approx(0.88)
    for window in said.windows.values():
        assert window.observed_at == pytest.approx(fetched_at, abs=1.0)
    with Router(eager=False, probes="off") as router:
        (explained,) = (it for it in router.explain("claude-opus-4") if it.provider_id == CLAUDE)
    assert explained.basis is Basis.STALE
    assert explained.age == pytest.approx(1800.0, abs=60.0)


@pytest.mark.parametrize("source", [GET_USAGE, USAGE_TEXT])
def test_an_answer_just_fetched_is_dated_now(set_up: SetUp, source: str) -> None:
    """The date of what it remembers has moved while it was asked."""
    stage = set_up()
    began = time.time()
    said = stage.ask(CLAUDE, source)
    assert said.windows
    for window in said.windows.values():
        assert began - 1.0 <= window.observed_at <= time.time()


@pytest.mark.parametrize("source", [GET_USAGE, USAGE_TEXT])
def test_without_a_login_it_says_so(set_up: SetUp, source: str) -> None:
    """And it is no plan that has nothing left."""
    stage = set_up(SCENARIOS["logged-out"])
    said = stage.ask(CLAUDE, source)
    assert said.reasons == {source: "no_login"}
    assert said.windows == {}
    assert stage.backends.counts[USAGE_PATH] == 0


@pytest.mark.parametrize(
    ("scenario", "endpoint"),
    [
        ("unauthorised", "refused"),
        ("forbidden", "scope"),
        ("rate-limited", "rate_limited"),
        ("rate-limited-zero", "rate_limited"),
        ("rate-limited-1600", "rate_limited"),
    ],
)
def test_a_refusal_goes_through_all_sources(set_up: SetUp, scenario: str, endpoint: str) -> None:
    """The endpoint's own word is told, the program could not fetch it either, nothing is known.

    Of a login that is refused, and that cannot be renewed, the program may let go (2.1.331).
    """
    stage = set_up(SCENARIOS[scenario])
    said = stage.ask(CLAUDE)
    assert said.reasons[ENDPOINT] == endpoint
    assert said.reasons[GET_USAGE] == "unavailable"
    let_go = said.reasons[USAGE_TEXT] == "no_login" and scenario == "unauthorised"
    assert let_go or said.reasons[USAGE_TEXT] == "unavailable"
    assert said.reasons[KEPT] == "absent"
    assert said.windows == {}
    # bhoga's own question, and one of each run of the program that still had a login.
    assert 2 <= stage.backends.counts[USAGE_PATH] <= 3


def test_a_login_that_cannot_be_renewed_is_gone(set_up: SetUp) -> None:
    """The program lets go of it, and whoever asks next is told to log in."""
    stage = set_up(SCENARIOS["unauthorised"], claude_expires_in=-3600.0)
    said = stage.ask(CLAUDE)
    assert said.reasons[ENDPOINT] == "expired"
    assert said.reasons[USAGE_TEXT] == "no_login"
    assert said.windows == {}
    assert stage.backends.counts[RENEW_PATH] == 1
    assert stage.ask(CLAUDE, ENDPOINT).reasons == {ENDPOINT: "no_login"}


def test_it_renews_its_own_login(set_up: SetUp) -> None:
    """Bhoga sees that it has expired, asks the program, and next time sends what that has renewed.

    A refresh token is the program's to use: one renewal is all there is.
    """
    stage = set_up(claude_expires_in=-3600.0)
    said = stage.ask(CLAUDE)
    assert (said.reasons[ENDPOINT], said.reasons[GET_USAGE]) == ("expired", "")
    assert said.used["burst", "*"] == pytest.approx(0.12)
    again = stage.ask(CLAUDE)
    assert again.reasons[ENDPOINT] == ""
    assert stage.backends.counts[RENEW_PATH] == 1
    assert [it.path for it in stage.proxy.requests].count(RENEW_PATH) == 1


@pytest.mark.parametrize("source", [GET_USAGE, USAGE_TEXT])
def test_what_is_set_around_it_changes_nothing(
    set_up: SetUp, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """Keys, other addresses and marks of a session that bhoga may be run in are kept from it."""
    stage = set_up()
    (probe,) = (
        it.probe
        for provider in PROVIDERS
        for it in provider.sources
        if provider.id == CLAUDE and it.name == source
    )
    assert isinstance(probe, RunCommand)
    for name in probe.strip_env:
        monkeypatch.setenv(name, "1")
    said = stage.ask(CLAUDE, source)
    assert said.reasons == {source: ""}
    assert said.used["burst", "*"] == pytest.approx(0.12)


def test_check_quota_asks_it(set_up: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a script that wants one number, where HTTP is switched off."""
    set_up(SCENARIOS["low"])
    monkeypatch.setenv("BHOGA_PROBES", "cli")
    quota = check_quota(CLAUDE)
    assert quota is not None
    assert quota.plan is not None
    assert quota.plan.value == "max"
    assert {it.key for it in quota.evidence} == {*windows_of(SCENARIOS["low"].claude)}


def test_a_router_finds_it_by_itself(set_up: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every source switched on, the endpoint answers and the program is not even started."""
    stage = set_up()
    with Router() as router:
        router.refresh(CLAUDE)
        assert told(router, CLAUDE).reasons[ENDPOINT] == ""
        (ours,) = (it for it in router.explain("claude-opus-4") if it.provider_id == CLAUDE)
    assert (ours.headroom, ours.basis) == (0.69, Basis.MEASURED)
    unasked = stage.proxy.requests
    assert unasked == ()
    monkeypatch.setenv("BHOGA_PROBES", "cli")
    stage.forget()
    with Router() as router:
        router.refresh(CLAUDE)
        assert told(router, CLAUDE).reasons[GET_USAGE] == ""
    assert USAGE_PATH in [request.path for request in stage.proxy.requests]


@pytest.fixture
def left_alone() -> Iterator[None]:
    """The home of whoever runs the tests holds the same afterwards, and no login of ours."""
    names = (".claude", KEPT, ".cache/claude-cli-nodejs", ".local/share/claude", ".config/claude")
    before = [(HOME / name).exists() for name in names]
    yield
    assert [(HOME / name).exists() for name in names] == before
    for path in (HOME / KEPT, HOME / ".claude" / ".credentials.json"):
        if path.is_file():
            content = path.read_text(encoding="utf-8", errors="replace")
            assert logins.ACCOUNT not in content
            assert logins.CLAUDE not in content


@pytest.mark.usefixtures("left_alone")
def test_a_persons_home_is_left_alone(set_up: SetUp) -> None:
    """What it writes is on the stage, whichever way it is asked."""
    stage = set_up()
    for source in (GET_USAGE, USAGE_TEXT):
        assert stage.ask(CLAUDE, source).windows
    assert "userID" in json.loads(settings().read_bytes())
    assert settings().is_relative_to(stage.folder)
