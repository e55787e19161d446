"""Discovery through a real Router, on loopback stand-ins of the backends and the programs."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bhoga_core.gates import ProviderStatus
from bhoga_core.probe import HttpGet, LoginVariables, Place, ReadFile, RunCommand, Source
from bhoga_core.provider import Provider
from bhoga_core.providers import PROVIDERS
from bhoga_core.quota import ProviderQuota
from bhoga_core.report import SourceReport
from bhoga_core.window import Basis
from bhoga_shell.demo import logins
from bhoga_shell.demo.backends import Backends
from bhoga_shell.demo.claude import usage_body
from bhoga_shell.demo.scenarios import SCENARIOS
from bhoga_shell.quota_check import check_quota
from bhoga_shell.router import Router

SUBSCRIPTIONS = ("claude_code", "github-copilot", "openai-codex")
CLAUDE_PATH = "/api/oauth/usage"
CODEX_PATH = "/backend-api/wham/usage"

Furnished = Callable[[str], Backends]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in programs are POSIX scripts")


@pytest.fixture
def router() -> Iterator[Callable[..., Router]]:
    """Makes routers, and closes them."""
    made: list[Router] = []

    def make(
        *,
        eager: bool = False,
        probes: str | None = None,
        providers: Sequence[Provider] = PROVIDERS,
    ) -> Router:
        made.append(Router(eager=eager, probes=probes, providers=providers))
        return made[-1]

    yield make
    for one in made:
        one.close()


def record(router: Router, pid: str) -> ProviderQuota | None:
    """What is known of a provider for all models."""
    return next((it for it in router.quotas() if (it.provider_id, it.model) == (pid, "*")), None)


def used(router: Router, pid: str) -> dict[tuple[str, str], float]:
    """The fraction used of each window that was polled."""
    known = record(router, pid)
    return {
        evidence.key: (evidence.asked or evidence.floor).value.used
        for evidence in ([] if known is None else known.evidence)
        if evidence.asked is not None or evidence.floor is not None
    }


def sources(router: Router, pid: str) -> dict[str, SourceReport]:
    """What discovery tells of a provider's sources, by name."""
    (report,) = (it for it in router.discovery() if it.provider_id == pid)
    return {source.name: source for source in report.sources}


def test_a_router_finds_all_three_by_itself(
    furnished: Furnished, router: Callable[..., Router]
) -> None:
    """Without being told anything, and without a model call."""
    backends = furnished("fresh")
    one = router(eager=True)
    one.refresh()
    assert used(one, "claude_code") == {
        ("burst", "*"): 0.12,
        ("weekly", "*"): 0.31,
        ("weekly", "fable"): 0.18,
    }
    codex = used(one, "openai-codex")
    assert (codex["burst", "*"], codex["weekly", "*"]) == (0.08, 0.22)
    assert used(one, "github-copilot")["premium", "*"] == 0.27
    assert backends.model_calls == 0
    best = one.best_for("gpt-5.4")
    assert best is not None
    assert (best.provider_id, best.quota_pct) == ("openai-codex", 0.78)


def test_what_the_eager_round_asks_a_refresh_waits_for(
    furnished: Furnished, router: Callable[..., Router]
) -> None:
    """One question serves both."""
    backends = furnished("fresh")
    router(eager=True).refresh()
    assert backends.counts[CLAUDE_PATH] == 1


@pytest.mark.parametrize(
    ("scenario", "pid", "model", "status", "headroom"),
    [
        ("low", "claude_code", "claude-opus-4", ProviderStatus.AVAILABLE, 0.09),
        ("low", "openai-codex", "gpt-5.4", ProviderStatus.AVAILABLE, 0.06),
        ("exhausted", "claude_code", "claude-opus-4", ProviderStatus.EXHAUSTED, 0.0),
        ("exhausted", "openai-codex", "gpt-5.4", ProviderStatus.EXHAUSTED, 0.0),
        ("exhausted", "github-copilot", "gpt-5.4", ProviderStatus.EXHAUSTED, 0.0),
        ("scoped-exhausted", "claude_code", "claude-fable-5", ProviderStatus.EXHAUSTED, 0.0),
        ("scoped-exhausted", "claude_code", "claude-opus-4", ProviderStatus.AVAILABLE, 0.34),
        ("scoped-exhausted", "openai-codex", "gpt-5.3-codex-spark", ProviderStatus.EXHAUSTED, 0.0),
        ("scoped-exhausted", "openai-codex", "gpt-5.4", ProviderStatus.AVAILABLE, 0.62),
        ("weekly-only", "claude_code", "claude-opus-4", ProviderStatus.AVAILABLE, 0.57),
        ("weekly-only", "openai-codex", "gpt-5.4", ProviderStatus.AVAILABLE, 0.44),
    ],
)
def test_numbers_arrive_as_they_are(
    furnished: Furnished,
    router: Callable[..., Router],
    scenario: str,
    pid: str,
    model: str,
    status: ProviderStatus,
    headroom: float,
) -> None:
    """A limit of one model closes that model alone, and windows are told by their length."""
    furnished(scenario)
    one = router()
    one.refresh(pid)
    (told,) = (it for it in one.explain(model) if it.provider_id == pid)
    assert (told.status, told.headroom) == (status, headroom)


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        ("unauthorised", "refused"),
        ("forbidden", "scope"),
        ("rate-limited", "rate_limited"),
        ("rate-limited-zero", "rate_limited"),
        ("rate-limited-1600", "rate_limited"),
        ("garbage", "changed"),
        ("redirect", "unavailable"),
        ("logged-out", "absent"),
    ],
)
def test_no_numbers_come_with_the_reason(
    furnished: Furnished, router: Callable[..., Router], scenario: str, reason: str
) -> None:
    """Every source was tried, each says why in plain words, and routing works on priorities."""
    backends = furnished(scenario)
    one = router()
    one.refresh()
    told = sources(one, "claude_code")
    assert told["oauth usage"].reason == reason
    assert all(source.reason and source.text for source in told.values())
    assert not used(one, "claude_code")
    best = one.best_for("claude-opus-4")
    assert best is not None
    assert best.quota_pct == -1.0
    assert backends.model_calls == 0


def test_an_answer_that_is_too_long_is_left_for_the_next_source(
    furnished: Furnished, router: Callable[..., Router]
) -> None:
    """No more than a MiB is read of it; the program's text is short."""
    furnished("huge")
    one = router()
    one.refresh("claude_code")
    told = sources(one, "claude_code")
    assert "larger than 1 MiB" in told["oauth usage"].text
    assert told["claude /usage"].reason == ""
    assert used(one, "claude_code")["burst", "*"] == 0.12


def test_a_blocked_endpoint_is_left_for_the_next_source_and_left_alone(
    furnished: Furnished, router: Callable[..., Router]
) -> None:
    """A person who asks again does not break the back-off."""
    backends = furnished("rate-limited")
    one = router(probes="http")
    one.refresh("claude_code")
    one.refresh("claude_code")
    assert backends.counts[CLAUDE_PATH] == 1
    told = sources(one, "claude_code")
    assert "429" in told["oauth usage"].text
    retry_at = told["oauth usage"].retry_at
    assert retry_at is not None
    assert retry_at > time.time()
    assert told["claude get_usage"].reason == "off"


def test_a_program_that_answers_from_its_cache_is_dated_by_it(
    furnished: Furnished, router: Callable[..., Router]
) -> None:
    """Half an hour old numbers of a blocked endpoint count as half an hour old."""
    furnished("rate-limited")
    config = Path(os.environ["CLAUDE_CONFIG_DIR"]) / ".claude.json"
    fetched_at = time.time() - 1800.0
    cached = {
        "fetchedAtMs": int(fetched_at * 1000),
        "accountUuid": logins.ACCOUNT,
        "utilization": usage_body(SCENARIOS["low"].claude, fetched_at),
    }
    content = json.loads(config.read_bytes()) | {"cachedUsageUtilization": cached}
    config.write_text(json.dumps(content))
    one = router(probes="http cli")
    one.refresh("claude_code")
    assert sources(one, "claude_code")["claude get_usage"].reason == ""
    (told,) = (it for it in one.explain("claude-opus-4") if it.provider_id == "claude_code")
    assert (told.headroom, told.basis) == (0.09, Basis.STALE)
    assert told.age == pytest.approx(1800.0, abs=60.0)


def test_two_routers_ask_once(furnished: Furnished, router: Callable[..., Router]) -> None:
    """What one has learned the other knows, and need not ask for."""
    backends = furnished("fresh")
    first, second = router(), router()
    first.refresh("claude_code")
    second.best_for("claude-opus-4")
    second._discovery.tick()
    for thread in second._discovery.run(["claude_code"], explicit=False):
        thread.join()
    assert backends.counts[CLAUDE_PATH] == 1
    assert used(second, "claude_code")["burst", "*"] == 0.12


def test_a_question_under_way_is_waited_for_not_repeated(
    furnished: Furnished, router: Callable[..., Router]
) -> None:
    """Also where another process asks: its claim is in the state file."""
    backends = furnished("slow")
    first, second = router(), router()
    asking = threading.Thread(target=first.refresh, args=("claude_code",))
    asking.start()
    assert backends.wait_for(CLAUDE_PATH)
    # Its round begins here, before the answer: what is answered later serves it too.
    (waiting,) = second._discovery.run(["claude_code"], explicit=True)
    backends.release()
    asking.join()
    waiting.join()
    assert backends.counts[CLAUDE_PATH] == 1
    assert used(second, "claude_code")["burst", "*"] == 0.12


@pytest.mark.parametrize("scenario", ["garbage", "logged-out"])
def test_many_who_ask_at_once_share_one_question_also_where_it_fails(
    furnished: Furnished, router: Callable[..., Router], scenario: str
) -> None:
    """Or they would spend the budget of an hour on what has just been found out."""
    furnished(scenario)
    one, two = router(), router()
    asked_at = time.time()
    for pid in SUBSCRIPTIONS:
        for each in (one, two, one, two):
            each._discovery._round(each._by_id[pid], asked_at, explicit=True)
        attempts = [it.source for it in two._ledger.state.shared(pid).attempts]
        assert len(attempts) == len(set(attempts))
        assert all(it.reason for it in sources(two, pid).values())


def test_a_clock_that_steps_back_does_not_silence_a_source(
    furnished: Furnished, router: Callable[..., Router], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a source is due was reckoned with a clock that was a week ahead."""
    backends = furnished("fresh")
    clock, ahead = time.time, 7 * 86400.0
    login = Path(os.environ["CLAUDE_CONFIG_DIR"]) / ".credentials.json"
    held = json.loads(login.read_bytes())
    held["claudeAiOauth"]["expiresAt"] += int(ahead * 1000)
    login.write_text(json.dumps(held))
    one = router()
    monkeypatch.setattr(time, "time", lambda: clock() + ahead)
    one.refresh()
    one._discovery.wanted = True
    one._discovery.tick()
    monkeypatch.setattr(time, "time", clock)
    one._discovery.wanted = True
    one._discovery.tick()
    assert backends.wait_for(CLAUDE_PATH, 2)


def test_nobody_is_held_by_a_slow_source(
    furnished: Furnished, router: Callable[..., Router]
) -> None:
    """Asking and recording go on while a probe is under way."""
    backends = furnished("slow")
    one = router(eager=True)
    assert backends.wait_for(CLAUDE_PATH)
    best = one.best_for("claude-opus-4")
    one.record_turn("claude_code", "claude-opus-4", 1, 1)
    assert one.flush(5.0)
    assert best is not None
    backends.release()


def test_a_router_that_goes_gives_its_question_up(
    furnished: Furnished, router: Callable[..., Router]
) -> None:
    """Whoever asks next need not wait until its time would have been over."""
    backends = furnished("slow")
    one = router(eager=True)
    assert backends.wait_for(CLAUDE_PATH)
    one.close()
    backends.scenario = SCENARIOS["fresh"]
    second = router()
    second.refresh("claude_code")
    assert used(second, "claude_code")["burst", "*"] == 0.12


def test_an_eager_router_is_not_the_only_one_that_looks(
    furnished: Furnished, router: Callable[..., Router]
) -> None:
    """One that is used finds out what is due, on its worker's thread."""
    backends = furnished("fresh")
    one = router()
    assert backends.counts[CLAUDE_PATH] == 0
    one.best_for("claude-opus-4")
    assert backends.wait_for(CLAUDE_PATH)


def test_with_probes_off_nothing_is_asked(
    furnished: Furnished, router: Callable[..., Router]
) -> None:
    """By argument or by BHOGA_PROBES, and discovery says so."""
    backends = furnished("fresh")
    one = router(probes="off")
    one.refresh()
    assert backends.requests == ()
    assert {it.reason for it in sources(one, "claude_code").values()} == {"off"}
    with pytest.raises(ValueError, match="probes"):
        router(probes="telepathy")


def test_a_machine_without_anything_is_told_so_in_plain_words(
    router: Callable[..., Router],
) -> None:
    """And routing still works."""
    one = router()
    one.refresh()
    told = {name: it.text for pid in SUBSCRIPTIONS for name, it in sources(one, pid).items()}
    assert "claude is not on PATH" in told["claude get_usage"]
    assert "codex is not on PATH" in told["codex app-server"]
    assert "COPILOT_GITHUB_TOKEN is not set" in told["copilot usage"]
    assert all(told.values())
    assert one.best_for("claude-opus-4") is not None


def test_what_makes_a_number_lie_is_warned_of(
    furnished: Furnished, router: Callable[..., Router], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key in the environment is what the claude program would bill."""
    furnished("fresh")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-demo")
    (report,) = (it for it in router().discovery() if it.provider_id == "claude_code")
    assert any("ANTHROPIC_API_KEY" in warning for warning in report.warnings)
    assert "sk-ant-demo" not in repr(report)


@pytest.mark.parametrize("scenario", sorted({*SCENARIOS} - {"slow"}))
def test_nothing_secret_is_kept_or_told(
    furnished: Furnished,
    router: Callable[..., Router],
    scenario: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not in the state file, a log line or a repr, whatever was answered."""
    furnished(scenario)
    one = router()
    with caplog.at_level(logging.DEBUG, "bhoga"):
        one.refresh()
    one.flush(5.0)
    told = "\n".join(
        [
            caplog.text,
            repr(one.discovery()),
            repr(one.quotas()),
            *(
                path.read_text(errors="replace")
                for path in (tmp_path / "demo").glob("state.json*")
                if path.is_file()
            ),
        ]
    )
    for secret in (logins.CLAUDE, logins.COPILOT, logins.CODEX, logins.ACCOUNT, "example.invalid"):
        assert secret not in told
    assert "Please try again later" not in told


def test_another_login_on_the_machine_is_another_record(
    furnished: Furnished, router: Callable[..., Router]
) -> None:
    """What was known of the one before no longer counts, and is asked anew."""
    backends = furnished("exhausted")
    one = router()
    one.refresh("claude_code")
    config = Path(os.environ["CLAUDE_CONFIG_DIR"]) / ".claude.json"
    config.write_text(json.dumps({"oauthAccount": {"accountUuid": "demo-another"}}))
    backends.scenario = SCENARIOS["fresh"]
    one.refresh("claude_code")
    assert used(one, "claude_code")["burst", "*"] == 0.12
    (told,) = (it for it in one.explain("claude-opus-4") if it.provider_id == "claude_code")
    assert told.headroom == 0.69


def test_a_program_whose_login_was_refused_is_asked_again_with_another(
    furnished: Furnished, router: Callable[..., Router]
) -> None:
    """Who does as they are told, and logs in anew with the same account, is not kept waiting."""
    backends = furnished("unauthorised")
    auth = Path(os.environ["CODEX_HOME"]) / "auth.json"
    login = json.loads(auth.read_bytes())
    auth.write_text(json.dumps(login | {"tokens": login["tokens"] | {"access_token": "old"}}))
    one = router(probes="cli")
    one.refresh("openai-codex")
    one.refresh("openai-codex")
    assert sources(one, "openai-codex")["codex app-server"].reason == "refused"
    assert backends.counts[CODEX_PATH] == 1
    backends.scenario = SCENARIOS["fresh"]
    auth.write_text(json.dumps(login))
    one.refresh("openai-codex")
    assert used(one, "openai-codex")["burst", "*"] == 0.08


def test_a_third_partys_broken_source_is_told_of(
    router: Callable[..., Router], tmp_path: Path
) -> None:
    """Nobody else has to do without discovery for it."""
    (tmp_path / "usage").touch()
    (known,) = (it for it in PROVIDERS if it.id == "claude_code")
    place = Place("", str(tmp_path), "usage")
    nothing: Any = lambda *_: None  # noqa: E731 -- whose type says that it is no parser
    nowhere = HttpGet("https://[nowhere", "Bearer", LoginVariables(("HOME",), (), ()), "ELSEWHERE")
    broken = (
        Source("no answer", ReadFile(place), nothing),
        Source("no program", RunCommand(()), nothing),
        Source("no address", nowhere, nothing),
    )
    theirs = replace(known, id="theirs", sources=broken, account=None)
    one = router(providers=(theirs, *PROVIDERS))
    one.refresh("theirs")
    told = sources(one, "theirs")
    assert {name: it.reason for name, it in told.items()} == {
        "no answer": "changed",
        "no program": "unavailable",
        "no address": "unavailable",
    }


def test_a_status_lines_numbers_are_a_floor(
    furnished: Furnished, router: Callable[..., Router]
) -> None:
    """They raise what is known to be used, and lower nothing."""
    furnished("fresh")
    one = router(probes="http")
    one.refresh("claude_code")
    resets_at = next(
        it.asked.value.resets_at
        for it in (record(one, "claude_code") or ProviderQuota("")).evidence
        if it.asked is not None and it.key == ("burst", "*")
    )
    for percent, left in ((5, 0.69), (80, 0.2)):
        line = {"rate_limits": {"five_hour": {"used_percentage": percent, "resets_at": resets_at}}}
        one.observe("claude_code", json.dumps(line))
        (told, *_) = (it for it in one.explain("claude-opus-4") if it.provider_id == "claude_code")
        assert told.headroom == left


def test_what_tells_nothing_is_refused_by_name(router: Callable[..., Router]) -> None:
    """An unknown provider, one without a form to observe, and a payload of no known form."""
    one = router(probes="off")
    with pytest.raises(ValueError, match="claude_code"):
        one.observe("claude", "{}")
    with pytest.raises(ValueError, match="openai_api"):
        one.observe("openai_api", "{}")
    with pytest.raises(ValueError, match="payload"):
        one.observe("claude_code", "{}")
    one.close()
    with pytest.raises(RuntimeError, match="closed"):
        one.observe("claude_code", "{}")


def test_check_quota_asks_without_a_router(furnished: Furnished) -> None:
    """For a script that wants one number."""
    furnished("low")
    found = check_quota("claude_code")
    assert found is not None
    assert found.provider_id == "claude_code"
    assert {it.name for it in found.evidence} >= {"burst", "weekly"}


def test_check_quota_falls_back_on_what_was_learned_last(
    furnished: Furnished, router: Callable[..., Router]
) -> None:
    """While the source rests, the last reading is the answer, with its age."""
    backends = furnished("fresh")
    router(probes="http").refresh("claude_code")
    backends.scenario = SCENARIOS["rate-limited"]
    found = check_quota("claude_code")
    assert found is not None
    assert any(it.asked is not None and it.asked.value.used == 0.12 for it in found.evidence)


def test_several_processes_at_once_ask_once(furnished: Furnished) -> None:
    """Each finds the other's claim under the file's lock, and takes the answer over."""
    backends = furnished("fresh")
    script = (
        "from bhoga import Router\n"
        "with Router(eager=True) as router:\n"
        "    router.refresh('claude_code')\n"
        "    print(router.explain('claude-opus-4')[0].headroom)\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in running:
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        assert float(out) > 0.5
    # Who came later than an answer may ask once more: a person's question is its own.
    assert 1 <= backends.counts[CLAUDE_PATH] <= len(running)
