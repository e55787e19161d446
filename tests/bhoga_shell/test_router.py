"""`Router`: what a harness asks and tells, from one process and from many."""

import json
import logging
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bhoga import ProviderStatus, Router
from bhoga_core import PROVIDERS
from bhoga_core.window import Basis
from bhoga_shell import worker

NOW = time.time()
HOUR = 3600


def subscription(burst: float, weekly: float = 0.1) -> dict[str, str]:
    """Headers of a Claude subscription with these fractions used."""
    return {
        "Anthropic-Ratelimit-Unified-5h-Utilization": str(burst),
        "anthropic-ratelimit-unified-5h-reset": str(int(NOW + 2 * HOUR)),
        "anthropic-ratelimit-unified-7d-utilization": str(weekly),
        "anthropic-ratelimit-unified-7d-reset": str(int(NOW + 50 * HOUR)),
    }


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Router]:
    """A router with a state file of its own."""
    with Router(state_path=tmp_path / "state.json", eager=False) as router:
        yield router


def chosen(router: Router, model: str = "claude-opus-4") -> str | None:
    """The id of the provider that is recommended."""
    choice = router.best_for(model)
    return None if choice is None else choice.provider_id


def test_a_turn_shows_in_the_next_answer(router: Router) -> None:
    """The headers of a response decide where the next request goes."""
    router.set_quota("github-copilot", 50)
    router.record_turn("claude_code", "claude-opus-4", 10, 20, subscription(0.2))
    assert router.flush(5)
    choice = router.best_for("claude-opus-4")
    assert choice is not None
    assert (choice.provider_id, choice.quota_pct) == ("claude_code", 0.8)
    router.record_turn("claude_code", "claude-opus-4", headers=subscription(0.9))
    assert router.flush(5)
    assert chosen(router) == "github-copilot"


def test_the_recommendation_has_the_documented_fields_first(router: Router) -> None:
    """Six fields come first, in the documented order, then what it rests on."""
    router.set_quota("claude_code", 80)
    choice = router.best_for("anthropic/claude-opus-4.6")
    assert choice is not None
    assert list(choice.__slots__)[:6] == [
        "provider_id",
        "model_id",
        "quota_pct",
        "status",
        "hermes_model",
        "priority",
    ]
    assert choice.hermes_model == "claude-opus-4-6"
    assert (choice.basis, choice.billing, choice.resets_at) == (Basis.MEASURED, "plan", None)


def test_a_restart_remembers(tmp_path: Path) -> None:
    """What was learned before is known to a new router on the same file."""
    with Router(state_path=tmp_path / "s.json", eager=False) as first:
        first.record_turn("claude_code", "claude-opus-4", headers=subscription(0.25))
    with Router(state_path=tmp_path / "s.json", eager=False) as second:
        choice = second.best_for("claude-opus-4")
        assert choice is not None
        assert choice.quota_pct == 0.75


def test_two_routers_on_one_file_see_each_other(tmp_path: Path) -> None:
    """What one process records reaches another that is already running, within a second."""
    with (
        Router(state_path=tmp_path / "s.json", eager=False) as one,
        Router(state_path=tmp_path / "s.json", eager=False) as other,
    ):
        other.set_quota("github-copilot", 30)
        one.record_turn("claude_code", "claude-opus-4", headers=subscription(0.4))
        assert one.flush(5)
        deadline = time.monotonic() + 5
        while chosen(other) != "claude_code":
            assert time.monotonic() < deadline
            threading.Event().wait(0.01)


def test_another_process_is_seen(tmp_path: Path, router: Router) -> None:
    """A setting made by another process counts here without a restart."""
    code = (
        "import sys; from bhoga import Router\n"
        "with Router(state_path=sys.argv[1], eager=False) as r: r.set_quota('claude_code', 42)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "state.json")], check=True)
    router.refresh()
    choice = router.best_for("claude-opus-4")
    assert choice is not None
    assert choice.quota_pct == 0.42


def test_a_setting_is_on_disk_when_it_returns(tmp_path: Path, router: Router) -> None:
    """Nothing has to be flushed after `set_quota`."""
    router.set_quota("openai-codex", 75, ttl=60)
    held = json.loads((tmp_path / "state.json").read_text())
    (record,) = held["quotas"]
    assert record["provider_id"] == "openai-codex"
    assert [it["name"] for it in record["evidence"]] == ["burst", "weekly"]
    assert (tmp_path / "state.json").stat().st_mode & 0o777 == 0o600


def test_a_cleared_setting_counts_no_more(router: Router) -> None:
    """`clear_quota` takes back what was set for the same model."""
    router.set_quota("github-copilot", 10)
    router.set_quota("github-copilot", 90, model="o3")
    router.clear_quota("github-copilot")
    assert [q.remaining_at(time.time()) for q in router.quotas()] == [-1.0, 0.9]


@pytest.mark.parametrize("percent", range(101))
def test_a_percentage_reads_back_as_it_was_set(percent: int) -> None:
    """No percentage is changed by being kept as a fraction used."""
    used = round(1 - percent / 100, 9)
    assert round(1 - used, 9) == percent / 100


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("claude", 50), ValueError, "pid is 'claude'"),
        ((None, 50), TypeError, "pid is None"),
        (("claude_code", 101), ValueError, "pct_remaining is 101"),
        (("claude_code", -0.1), ValueError, "from 0 to 100"),
        (("claude_code", math.nan), ValueError, "pct_remaining is nan"),
        (("claude_code", "50"), TypeError, "pct_remaining is '50'"),
        (("claude_code", True), TypeError, "pct_remaining is True"),
    ],
)
def test_a_wrong_setting_is_refused(
    router: Router, arguments: tuple[Any, Any], error: type[Exception], words: str
) -> None:
    """The error names the argument, its value and what is accepted; nothing changes."""
    with pytest.raises(error, match=words):
        router.set_quota(*arguments)
    assert router.quotas() == ()


def test_weekly_is_only_for_who_has_a_week(router: Router) -> None:
    """A weekly percentage for a provider without a weekly window is a mistake."""
    with pytest.raises(ValueError, match="github-copilot has no weekly window"):
        router.set_quota("github-copilot", 50, weekly_pct=50)
    for ttl in (0, -1, math.inf):
        with pytest.raises(ValueError, match="ttl is"):
            router.set_quota("github-copilot", 50, ttl=ttl)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"pid": "openai"}, ValueError, "pid is 'openai'"),
        ({"pid": 1}, TypeError, "pid is 1"),
        ({"pid": ["claude_code"]}, TypeError, "pid is a list"),
        ({"model": None}, TypeError, "model is None"),
        ({"model": "m" * 257}, ValueError, "257 characters"),
        ({"input_tokens": -1}, ValueError, "input_tokens is -1"),
        ({"output_tokens": 1.5}, TypeError, "output_tokens is 1.5"),
        ({"input_tokens": True}, TypeError, "input_tokens is True"),
        ({"status_code": 99}, ValueError, "status_code is 99"),
        ({"status_code": "200"}, TypeError, "status_code is '200'"),
        ({"started_at": "now"}, TypeError, "started_at is 'now'"),
        ({"started_at": math.inf}, ValueError, "started_at is inf"),
    ],
)
def test_a_wrong_turn_is_refused(
    router: Router, change: dict[str, Any], error: type[Exception], words: str
) -> None:
    """The error is raised in the caller, and nothing is recorded."""
    facts: dict[str, Any] = {"pid": "claude_code", "model": "claude-opus-4"}
    with pytest.raises(error, match=words):
        router.record_turn(**{**facts, **change})
    assert router.flush(5)
    assert router.quotas() == ()


@pytest.mark.parametrize("model", [None, 1, b"o3", object(), ["o3", 1]])
def test_a_model_that_is_no_name_is_refused(router: Router, model: Any) -> None:
    """`best_for` takes a name or several."""
    with pytest.raises(TypeError, match="model is"):
        router.best_for(model)


def test_an_empty_choice_of_models_is_refused(router: Router) -> None:
    """Several names are at least one."""
    with pytest.raises(ValueError, match="at least one"):
        router.best_for([])


def test_a_family_without_hierarchy_has_no_answer(router: Router) -> None:
    """Nothing is recommended for a model nobody here serves, and nothing raises."""
    for model in ("gemini-3-pro", "llama-4", ""):
        assert router.best_for(model) is None
        assert router.explain(model) == ()
        assert router.next_available(model) is None


def test_the_first_of_several_models_that_can_be_served(router: Router) -> None:
    """Of several models, best first, the answer is for the first that can be served."""
    router.set_quota("claude_code", 0)
    router.set_quota("openai-codex", 40)
    choice = router.best_for(["claude-opus-4", "gemini-3", "gpt-5.4"])
    assert choice is not None
    assert (choice.model_id, choice.provider_id) == ("gpt-5.4", "openai-codex")


def test_a_429_moves_the_next_request(router: Router) -> None:
    """A throttled provider is not chosen until its time has passed, which is told."""
    router.set_quota("claude_code", 90)
    router.set_quota("github-copilot", 10)
    router.record_turn(
        "claude_code", "claude-opus-4", headers={"Retry-After": "7200"}, status_code=429
    )
    assert router.flush(5)
    assert chosen(router) == "github-copilot"
    router.set_quota("github-copilot", 0, ttl=10 * HOUR)
    assert router.best_for("claude-opus-4") is None
    opens = router.next_available("claude-opus-4")
    assert opens is not None
    assert opens == pytest.approx(time.time() + 7200, abs=60)
    statuses = {it.provider_id: it.status for it in router.explain("claude-opus-4")}
    assert statuses["claude_code"] is ProviderStatus.THROTTLED


class Hostile:
    """A header collection that fights back."""

    def items(self) -> Iterator[tuple[str, str]]:
        """Fail."""
        raise RuntimeError("no")


@pytest.mark.parametrize(
    "headers",
    [
        None,
        7,
        "text",
        Hostile(),
        [("a",), 3, None, (b"\xff", b"\x00")],
        {f"anthropic-ratelimit-{i}": "x" * 1000 for i in range(10_000)},
        {"anthropic-ratelimit-requests-remaining": "9" * 1_000_000},
        {"anthropic-ratelimit-requests-limit": "nan", "retry-after": "\x00"},
    ],
)
def test_headers_never_raise(router: Router, headers: object) -> None:
    """Whatever stands in the headers, the turn is recorded and routing goes on."""
    router.record_turn("anthropic_api", "claude-opus-4", headers=headers)
    assert router.flush(5)
    assert chosen(router) == "anthropic_api"


def test_what_cannot_be_read_is_counted(router: Router) -> None:
    """Unreadable rate-limit headers are ignored, and counted."""
    headers = {
        "anthropic-ratelimit-requests-limit": "many",
        "anthropic-ratelimit-requests-remaining": "3",
    }
    router.record_turn("anthropic_api", "claude-opus-4", headers=headers)
    assert router.flush(5)
    assert router.counters.ignored > 0


def test_the_callers_headers_may_change_afterwards(router: Router) -> None:
    """A turn keeps the headers as they were when it was recorded."""
    headers = subscription(0.5)
    router.record_turn("claude_code", "claude-opus-4", headers=headers)
    headers.clear()
    assert router.flush(5)
    assert [q.remaining_at(time.time()) for q in router.quotas()] == [0.5]


def test_a_full_queue_loses_nothing(router: Router) -> None:
    """When turns come faster than they are folded, older ones are folded together in place."""
    count = worker.QUEUE_LIMIT * 4
    for i in range(count):
        used = 0.1 if i % 2 else 0.2
        router.record_turn("claude_code", "claude-opus-4", headers=subscription(used))
    router.record_turn("openai-codex", "gpt-5.4", headers={"retry-after": "900"}, status_code=429)
    assert router.flush(30)
    assert router.counters.folded_away > 0
    known = {q.provider_id: q for q in router.quotas()}
    assert known["claude_code"].remaining_at(time.time()) == 0.9
    assert known["openai-codex"].status_at(time.time()) is ProviderStatus.THROTTLED


def test_64_threads_lose_and_corrupt_nothing(router: Router) -> None:
    """Every method from every thread at once: no exception, and the last word of each stands."""
    problems: list[BaseException] = []

    def hammer(number: int) -> None:
        try:
            for i in range(20):
                pid = PROVIDERS[number % 5].id
                router.record_turn(pid, f"claude-opus-{number}", 1, 1, {"retry-after": "x"})
                router.best_for(["claude-opus-4", "gpt-5.4"])
                router.explain("o3")
                router.next_available("o3")
                router.quotas()
                if i % 10 == 0:
                    router.set_quota("github-copilot", number, model=f"claude-opus-{number}")
                    router.refresh()
        except BaseException as problem:  # noqa: BLE001 -- shown by the assertion below
            problems.append(problem)

    threads = [threading.Thread(target=hammer, args=(number,)) for number in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert router.flush(30)
    said = {q.model: q.remaining_at(time.time()) for q in router.quotas() if q.model != "*"}
    assert said == {f"claude-opus-{number}": number / 100 for number in range(64)}


def test_a_closed_router_answers_and_takes_nothing_more(tmp_path: Path) -> None:
    """What is known can still be asked. A wrong argument is named before the closing is."""
    router = Router(state_path=tmp_path / "s.json", eager=False)
    router.set_quota("claude_code", 50)
    router.close()
    router.close()
    assert chosen(router) == "claude_code"
    with pytest.raises(RuntimeError, match="closed"):
        router.record_turn("claude_code", "claude-opus-4")
    with pytest.raises(RuntimeError, match="closed"):
        router.set_quota("claude_code", 50)
    with pytest.raises(ValueError, match="pct_remaining"):
        router.set_quota("claude_code", 500)
    with pytest.raises(ValueError, match="weekly_pct"):
        router.set_quota("github-copilot", 50, weekly_pct=5)
    assert router.flush(1)


def test_no_place_for_a_file_costs_persistence_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Where nothing can be written routing goes on, and that is reported once."""
    (tmp_path / "file").write_text("in the way")
    with (
        caplog.at_level(logging.WARNING, "bhoga"),
        Router(state_path=tmp_path / "file" / "state.json", eager=False) as router,
    ):
        router.set_quota("claude_code", 50)
        router.set_quota("claude_code", 40)
        assert not router.flush(5)
        assert chosen(router) == "claude_code"
    assert len(caplog.records) == 1
    assert "state.json" in caplog.text


def test_a_preference_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """`BHOGA_POLICY` and `BHOGA_METERED` stand in for arguments, and are checked as strictly."""
    monkeypatch.setenv("BHOGA_POLICY", "priority_first")
    monkeypatch.setenv("BHOGA_METERED", "never")
    with Router(eager=False) as router:
        router.set_quota("claude_code", 20)
        router.set_quota("anthropic_api", 95)
        router.set_quota("github-copilot", 90)
        assert chosen(router) == "claude_code"
    monkeypatch.setenv("BHOGA_METERED", "sometimes")
    with pytest.raises(ValueError, match="BHOGA_METERED is 'sometimes'"):
        Router(eager=False)


@pytest.mark.parametrize(
    "preference",
    [{"policy": "random"}, {"metered": "often"}, {"reserve": 2}, {"switch_margin": -0.1}],
)
def test_a_preference_that_does_not_exist_is_refused(preference: dict[str, Any]) -> None:
    """The error names the argument."""
    with pytest.raises(ValueError, match=next(iter(preference))):
        Router(eager=False, **preference)


def test_the_last_choice_stays_within_the_margin(tmp_path: Path) -> None:
    """With `switch_margin` another provider must have that much more."""
    with Router(state_path=tmp_path / "s.json", eager=False, switch_margin=0.2) as router:
        router.set_quota("claude_code", 50)
        assert chosen(router) == "claude_code"
        router.set_quota("github-copilot", 69)
        assert chosen(router) == "claude_code"
        router.set_quota("github-copilot", 70)
        assert chosen(router) == "github-copilot"


def test_a_blind_router_answers_by_priority(router: Router) -> None:
    """Without any login a harness with a vault of its own still gets an order."""
    choice = router.best_for("gpt-5.4")
    assert choice is not None
    assert (choice.provider_id, choice.quota_pct) == ("openai-codex", -1.0)
    assert choice.status is ProviderStatus.UNCONFIGURED


def test_a_key_in_the_environment_configures(
    router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a refresh, only what has a login here is recommended."""
    monkeypatch.setenv("OPENAI_API_KEY", "not a key")
    router.refresh()
    assert chosen(router, "gpt-5.4") == "openai_api"


def test_background_threads_are_daemons_with_names(tmp_path: Path) -> None:
    """One persistent worker, and a first discovery that ends by itself."""
    with Router(state_path=tmp_path / "s.json"):
        names = {it.name: it.daemon for it in threading.enumerate()}
        assert names["bhoga _worker_loop"]
        assert names.get("bhoga _init_bg", True)


def test_queued_turns_are_flushed_at_exit(tmp_path: Path) -> None:
    """A program that just ends loses no turn."""
    code = (
        "import sys; from bhoga import Router\n"
        "r = Router(state_path=sys.argv[1])\n"
        "for _ in range(500): r.record_turn('claude_code', 'claude-opus-4', 1, 1)"
    )
    path = tmp_path / "state.json"
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, timeout=30)
    assert json.loads(path.read_text())["quotas"][0]["served"][1] == 500


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("how", ["os.fork", "multiprocessing"])
def test_a_forked_child_routes_records_and_flushes(tmp_path: Path, how: str) -> None:
    """A child gets a worker of its own and loses none of its own turns."""
    code = (
        "import os, sys, warnings; warnings.simplefilter('ignore')\n"
        "import multiprocessing\n"
        "from bhoga import Router\n"
        "r = Router(state_path=sys.argv[1], eager=False)\n"
        "r.set_quota('claude_code', 50)\n"
        "def child():\n"
        "    assert r.best_for('claude-opus-4').provider_id == 'claude_code'\n"
        "    r.record_turn('openai-codex', 'gpt-5.4', 1, 1)\n"
        "if sys.argv[2] == 'os.fork':\n"
        "    pid = os.fork()\n"
        "    if not pid:\n"
        "        child(); assert r.flush(10); os._exit(0)\n"
        "    assert os.waitpid(pid, 0)[1] == 0\n"
        "else:\n"
        "    p = multiprocessing.get_context('fork').Process(target=child); p.start(); p.join()\n"
        "    assert p.exitcode == 0\n"
    )
    path = tmp_path / "state.json"
    subprocess.run([sys.executable, "-c", code, str(path), how], check=True, timeout=60)
    held = {it["provider_id"] for it in json.loads(path.read_text())["quotas"]}
    assert held == {"claude_code", "openai-codex"}
