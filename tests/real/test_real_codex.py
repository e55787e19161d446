"""bhoga against the real Codex: what it is asked, what it answers, and what it never does.

Opt-in: `pytest -m real tests/real`, with `BHOGA_REAL_PATH=<folders of codex and of node>` where
PATH does not find them; `--log-cli-level=INFO` shows the version. Every login is invented, and all
that the program reaches are stand-ins on loopback.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bhoga_core import PROVIDERS, ProviderStatus, WindowKind
from bhoga_core.probe import RunCommand
from bhoga_shell import Router, check_quota
from bhoga_shell.demo import logins
from bhoga_shell.demo.scenarios import SCENARIOS, Codex, session, week
from real_clis import HOME, SetUp, needs, told, windows_of

CODEX = "openai-codex"
APP_SERVER, STATUS = "codex app-server", "codex /status"
USAGE_PATH = "/backend-api/wham/usage"
TELLING = ("fresh", "low", "exhausted", "scoped-exhausted", "weekly-only")
"""The scenarios in which ChatGPT says what is left."""

pytestmark = [pytest.mark.real, needs("codex"), pytest.mark.usefixtures("versions")]


@pytest.mark.parametrize("scenario", TELLING)
def test_the_app_server_tells_every_window(set_up: SetUp, scenario: str) -> None:
    """Each with its fraction, and its reset to the second; that of a model too."""
    stage, codex = set_up(SCENARIOS[scenario]), SCENARIOS[scenario].codex
    said = stage.ask(CODEX, APP_SERVER)
    assert said.reasons == {APP_SERVER: ""}
    assert said.used == pytest.approx({k: w.used / 100 for k, w in windows_of(codex).items()})
    assert said.resets == pytest.approx(stage.resets(codex))
    assert stage.backends.counts[USAGE_PATH] == 1


def test_what_is_beside_the_plan_is_told_apart(set_up: SetUp) -> None:
    """Credits are no headroom; a plan that the program has never heard of has no name."""
    plan = Codex(session(100.0), week(61.0), plan="never_heard_of", balance="9.99")
    stage = set_up(replace(SCENARIOS["fresh"], codex=plan))
    said = stage.ask(CODEX, APP_SERVER)
    assert said.reasons == {APP_SERVER: ""}
    assert said.used == pytest.approx(
        {("burst", "*"): 1.0, ("weekly", "*"): 0.61, ("credits", "*"): 0.0}
    )
    assert said.windows["credits", "*"].kind is WindowKind.EXTRA
    assert said.windows["credits", "*"].remaining == 9.99
    with Router(eager=False, probes="off") as router:
        (ours,) = (it for it in router.explain("gpt-5.4") if it.provider_id == CODEX)
        (record,) = (it for it in router.quotas() if it.provider_id == CODEX and it.evidence)
    assert ours.status is ProviderStatus.EXHAUSTED
    assert record.plan is None


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        ("unauthorised", "refused"),
        ("forbidden", "refused"),
        ("rate-limited", "rate_limited"),
        ("rate-limited-zero", "rate_limited"),
        ("rate-limited-1600", "rate_limited"),
        ("garbage", "unavailable"),
        ("huge", "changed"),
    ],
)
def test_a_refusal_goes_through_all_sources(set_up: SetUp, scenario: str, reason: str) -> None:
    """The endpoint's own word is told, the others know nothing, and it is asked once."""
    stage = set_up(SCENARIOS[scenario])
    said = stage.ask(CODEX)
    assert said.reasons[APP_SERVER] == reason
    assert said.reasons[STATUS] == "unsupported"
    assert all(said.reasons.values())
    assert said.windows == {}
    assert stage.backends.counts[USAGE_PATH] == 1


def test_without_a_login_it_says_so(set_up: SetUp) -> None:
    """And nobody is asked."""
    stage = set_up(SCENARIOS["logged-out"])
    said = stage.ask(CODEX, APP_SERVER)
    assert said.reasons == {APP_SERVER: "no_login"}
    assert said.windows == {}
    assert stage.backends.requests == ()


def test_the_status_is_refused_at_once(set_up: SetUp) -> None:
    """The command line is turned down before the program starts anything (0.169.0)."""
    stage = set_up()
    said = stage.ask(CODEX, STATUS)
    assert said.reasons == {STATUS: "unsupported"}
    took = said.sources[STATUS].took
    assert took is not None
    assert took < 5.0  # of the 30 s that it may take
    assert (stage.backends.requests, stage.proxy.requests) == ((), ())


def test_what_is_set_around_it_changes_nothing(
    set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other logins are kept from it."""
    stage = set_up()
    (probe,) = (
        it.probe
        for provider in PROVIDERS
        for it in provider.sources
        if provider.id == CODEX and it.name == APP_SERVER
    )
    assert isinstance(probe, RunCommand)
    for name in probe.strip_env:
        monkeypatch.setenv(name, "demo")
    assert stage.ask(CODEX, APP_SERVER).used["burst", "*"] == pytest.approx(0.08)


def test_a_router_finds_it_by_itself(set_up: SetUp) -> None:
    """And routes by what it says."""
    stage = set_up()
    with Router() as router:
        router.refresh(CODEX)
        assert told(router, CODEX).reasons[APP_SERVER] == ""
        best = router.best_for("gpt-5.4")
    assert best is not None
    assert (best.provider_id, best.quota_pct) == (CODEX, 0.78)
    assert stage.backends.counts[USAGE_PATH] == 1


def test_check_quota_asks_it(set_up: SetUp) -> None:
    """For a script that wants one number."""
    set_up(SCENARIOS["low"])
    quota = check_quota(CODEX)
    assert quota is not None
    assert quota.plan is not None
    assert quota.plan.value == "plus"
    assert {it.key for it in quota.evidence} == {*windows_of(SCENARIOS["low"].codex)}


@pytest.fixture
def left_alone() -> Iterator[None]:
    """The home of whoever runs the tests has the same in it afterwards, and no login of ours."""
    before = (HOME / ".codex").exists()
    yield
    assert (HOME / ".codex").exists() == before
    login = HOME / ".codex" / "auth.json"
    if login.is_file():
        assert logins.CODEX not in login.read_text(encoding="utf-8", errors="replace")


@pytest.mark.usefixtures("left_alone")
def test_a_persons_home_is_left_alone(set_up: SetUp) -> None:
    """What it writes is on the stage."""
    stage = set_up()
    assert stage.ask(CODEX, APP_SERVER).windows
    home = Path(os.environ["CODEX_HOME"])
    assert (home / "installation_id").is_file()
    assert home.is_relative_to(stage.folder)
