"""How fast the hot paths are, beside floors of the same run. No test here asserts a time.

Run them with `pytest tests/benchmarks --benchmark-enable --benchmark-only`.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bhoga_core import (
    PROVIDERS,
    QuotaObserved,
    QuotaState,
    Stamp,
    TurnRecorded,
    Window,
    apply,
    encode_state,
    fold,
    rank,
    select_best,
)
from bhoga_core.effects import BUILT_IN
from bhoga_core.headers import relevant
from bhoga_shell import Router
from bhoga_shell.store import Store

NOW = time.time()
HEADERS = {
    "anthropic-ratelimit-requests-limit": "900",
    "anthropic-ratelimit-requests-remaining": "700",
    "anthropic-ratelimit-requests-reset": "2099-01-01T00:00:00Z",
    "anthropic-ratelimit-tokens-limit": "90000",
    "anthropic-ratelimit-tokens-remaining": "50000",
}
Benchmark = Callable[..., Any]


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Router]:
    """A router that knows a family's three candidates."""
    with Router(state_path=tmp_path / "state.json", eager=False) as router:
        router.set_quota("claude_code", 80, weekly_pct=60)
        router.set_quota("github-copilot", 50)
        router.record_turn("anthropic_api", "claude-opus-4", headers=HEADERS)
        router.flush(5)
        yield router


def turn(i: int) -> TurnRecorded:
    """One of many turns, with five rate-limit headers that are different each time."""
    headers = {**HEADERS, "anthropic-ratelimit-requests-remaining": str(900 - i % 900)}
    stamp = Stamp(int(NOW * 1e6) + i, i)
    return TurnRecorded(
        "anthropic_api", "claude-opus-4", NOW + i * 1e-3, stamp, 10, 10, 200, (*headers.items(),)
    )


def crowd(providers: int = 10, windows: int = 4) -> tuple[QuotaState, Any]:
    """A state of many providers of one family, with as many windows each, and those providers."""
    many = [
        replace(PROVIDERS[1], id=f"p{i}", priorities={"anthropic": i}) for i in range(providers)
    ]
    observed = [
        QuotaObserved(
            provider.id,
            NOW,
            Stamp(int(NOW * 1e6), i),
            "poll",
            tuple(
                Window(f"w{n}", 0.05 * i + 0.01 * n, NOW, "poll", resets_at=NOW + 9000.0 + n)
                for n in range(windows)
            ),
        )
        for i, provider in enumerate(many)
    ]
    return fold(QuotaState(), observed), tuple(many)


def test_floor_of_a_choice(benchmark: Benchmark) -> None:
    """A dict lookup and the greatest of five tuples."""
    table = {"m": tuple((0.1 * i, f"p{i}") for i in range(5))}
    benchmark(lambda: max(table["m"]))


def test_best_for_asked_again(benchmark: Benchmark, router: Router) -> None:
    """Nothing has changed since the last answer."""
    assert benchmark(router.best_for, "claude-opus-4") is not None


def test_best_for_after_a_change(benchmark: Benchmark, router: Router) -> None:
    """One provider's quota has changed since the last answer."""

    def change() -> None:
        at, micros, counter = router._ledger.moment()
        router._ledger.tell(replace(turn(0), at=at, stamp=Stamp(micros, counter)))

    benchmark.pedantic(router.best_for, args=("claude-opus-4",), setup=change, rounds=3000)  # type: ignore[attr-defined]


def test_choice_among_three_from_nothing(benchmark: Benchmark, router: Router) -> None:
    """Every candidate is assessed anew."""
    state = router._ledger.state
    assert benchmark(select_best, state, "claude-opus-4", NOW + 1) is not None


def test_best_of_ten_after_a_change(benchmark: Benchmark, tmp_path: Path) -> None:
    """Ten providers of four windows each, of which one has changed."""
    state, many = crowd()
    with Router(state_path=tmp_path / "s.json", eager=False, providers=many) as router:
        router._ledger.state = state

        def change() -> None:
            at, micros, counter = router._ledger.moment()
            window = Window("w0", counter % 90 / 100, at, "poll", resets_at=at + 9000)
            router._ledger.tell(
                QuotaObserved("p3", at, Stamp(micros, counter), "poll", (window,) * 1)
            )

        benchmark.pedantic(router.best_for, args=("claude-opus-4",), setup=change, rounds=3000)  # type: ignore[attr-defined]


def test_rank_of_ten_from_nothing(benchmark: Benchmark) -> None:
    """Ten providers of four windows each, all assessed anew."""
    state, many = crowd()
    assert benchmark(rank, state, "claude-opus-4", NOW + 1, providers=many).eligible


def test_record_turn_in_a_burst(benchmark: Benchmark, router: Router) -> None:
    """The caller's side, as fast as it goes."""
    benchmark.pedantic(  # type: ignore[attr-defined]
        router.record_turn,
        args=("anthropic_api", "claude-opus-4", 10, 10, HEADERS),
        rounds=50_000,
    )


def test_record_turn_once_a_millisecond(benchmark: Benchmark, router: Router) -> None:
    """The caller's side, with cold caches and the worker at work."""
    benchmark.pedantic(  # type: ignore[attr-defined]
        router.record_turn,
        args=("anthropic_api", "claude-opus-4", 10, 10, HEADERS),
        setup=lambda: time.sleep(0.001),
        rounds=2000,
    )


def test_drain_of_50000_turns(benchmark: Benchmark, router: Router) -> None:
    """Recorded, folded and on disk: 50,000 turns with five headers each."""

    def drain() -> None:
        for _ in range(50_000):
            router.record_turn("anthropic_api", "claude-opus-4", 10, 10, HEADERS)
        assert router.flush(60)

    benchmark.pedantic(drain, rounds=3)  # type: ignore[attr-defined]


def test_apply_of_1000_turns(benchmark: Benchmark) -> None:
    """The pure fold, one event at a time."""
    turns = [turn(i) for i in range(1000)]

    def run() -> QuotaState:
        state = QuotaState()
        for it in turns:
            state = apply(state, it)
        return state

    benchmark(run)


def test_apply_of_1000_parsed_readings(benchmark: Benchmark) -> None:
    """The pure fold of readings that are parsed already, in one batch."""
    readings = [
        QuotaObserved(
            "claude_code",
            NOW,
            Stamp(i + 1, 0),
            "poll",
            (Window("weekly", i / 1000, NOW, "poll"),),
        )
        for i in range(1000)
    ]
    benchmark(lambda: fold(QuotaState(), readings))


def test_headers_of_a_turn(benchmark: Benchmark) -> None:
    """From a response's headers to windows."""
    provider = BUILT_IN["anthropic_api"]
    benchmark(
        lambda: provider.read_headers(dict(relevant(HEADERS, provider.header_prefixes).pairs), NOW)
    )


def test_floor_of_a_save(benchmark: Benchmark, tmp_path: Path) -> None:
    """Write beside, fsync, replace: what any durable replacement costs, without a lock."""
    content = json.dumps(encode_state(crowd()[0])).encode()
    path, beside = tmp_path / "s", tmp_path / "s.tmp"

    def write() -> None:
        number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.write(number, content)
        os.fsync(number)
        os.close(number)
        beside.replace(path)

    benchmark(write)


@pytest.mark.parametrize("stranger", [False, True], ids=["alone", "after another process"])
def test_locked_read_merge_write(benchmark: Benchmark, tmp_path: Path, stranger: bool) -> None:
    """One save of ten providers of four windows, of which one has changed."""
    state, _ = crowd()
    store, other = Store(tmp_path / "s.json"), Store(tmp_path / "s.json")
    store.save(state, NOW)
    count = iter(range(1, 10**9))

    def changed() -> tuple[tuple[QuotaState, float], dict[str, Any]]:
        def next_state() -> QuotaState:
            i = next(count)
            window = Window("w0", i % 90 / 100, NOW, "poll")
            stamp = Stamp(int(NOW * 1e6) + i, i)
            return apply(state, QuotaObserved("p3", NOW, stamp, "poll", (window,)))

        if stranger:
            other.save(next_state(), NOW)
        return (next_state(), NOW), {}

    benchmark.pedantic(store.save, setup=changed, rounds=300)  # type: ignore[attr-defined]
