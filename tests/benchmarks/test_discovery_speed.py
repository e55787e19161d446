"""How long discovery takes, and what it costs the process. No test here asserts a time.

Run them with `pytest tests/benchmarks/test_discovery_speed.py --benchmark-enable --benchmark-only`.
What is asked are stand-ins on loopback that answer at once. Where CPU time is told it is that of
this process, in which the stand-ins' servers run too; the programs that it starts do not count.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bhoga_core import PROVIDERS
from bhoga_core.probe import Kind
from bhoga_core.schedule import HOUR, PACE
from bhoga_shell import Router
from bhoga_shell.demo.backends import Backends
from bhoga_shell.demo.home import FOREIGN, furnish
from bhoga_shell.probes.zones import zone
from bhoga_shell.worker import LOOK_EVERY

Benchmark = Callable[..., Any]

SUBSCRIPTIONS = {"claude_code", "github-copilot", "openai-codex"}
PAYLOADS = Path(__file__).parents[1] / "bhoga_core" / "providers" / "payloads"
READ_BY = {
    "app-server": "codex app-server",
    "claude-json": ".claude.json",
    "copilot-usage": "copilot usage",
    "get-usage": "claude get_usage",
    "oauth-usage": "oauth usage",
    "rollout": "codex rollout",
    "status": "codex /status",
    "usage-text": "claude /usage",
}
"""Which source reads the payloads whose names begin so."""

NOW = 1_800_000_000.0
"""A Unix second at which most of the payloads' windows are open."""

posix = pytest.mark.skipif(os.name == "nt", reason="the stand-in programs are POSIX scripts")
cpu = pytest.mark.benchmark(timer=time.process_time)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Logins, programs and backends of all three subscriptions, where the process finds them."""
    with Backends() as backends:
        for name in FOREIGN:
            monkeypatch.delenv(name, raising=False)
        for name, value in furnish(tmp_path / "demo", backends).items():
            monkeypatch.setenv(name, value)
        yield


@pytest.fixture
def forget(tmp_path: Path, home: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Has the next router know nothing."""
    del home
    states = count()

    def forgetting() -> None:
        monkeypatch.setenv("BHOGA_STATE", str(tmp_path / f"{next(states)}" / "state.json"))

    return forgetting


def known(router: Router) -> set[str]:
    """The providers of which something is known."""
    return {record.provider_id for record in router.quotas() if record.evidence}


@posix
@pytest.mark.parametrize("way", ["by its endpoint", "by its program"])
def test_from_a_router_to_all_three_known(
    benchmark: Benchmark,
    forget: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    way: str,
) -> None:
    """In a process that has asked before. Claude is known one way or the other."""
    if way == "by its program":
        monkeypatch.setenv("BHOGA_CLAUDE_ENDPOINT", "http://127.0.0.1:9")  # nobody is there
    routers: list[Router] = []

    def find_all() -> None:
        routers.append(Router())
        while not known(routers[-1]) >= SUBSCRIPTIONS:
            time.sleep(0.001)

    def afresh() -> None:
        while routers:
            routers.pop().close()
        forget()

    benchmark.pedantic(find_all, setup=afresh, rounds=15, warmup_rounds=1)  # type: ignore[attr-defined]
    afresh()


@posix
def test_from_a_new_process_to_all_three_known(
    benchmark: Benchmark, forget: Callable[[], None]
) -> None:
    """With the start of Python, and all that has to be loaded for a request."""
    script = "from bhoga import Router\nwith Router() as router: router.refresh()\n"
    benchmark.pedantic(  # type: ignore[attr-defined]
        lambda: subprocess.run([sys.executable, "-c", script], check=True),
        setup=forget,
        rounds=7,
    )


@posix
@cpu
@pytest.mark.parametrize("pid", sorted(SUBSCRIPTIONS))
def test_cpu_of_a_round(benchmark: Benchmark, forget: Callable[[], None], pid: str) -> None:
    """Looking around, asking the first source that is there, and keeping what it said."""
    routers: list[Router] = []

    def afresh() -> None:
        while routers:
            routers.pop().close()
        forget()
        routers.append(Router(eager=False))

    benchmark.pedantic(  # type: ignore[attr-defined]
        lambda: routers[-1].refresh(pid), setup=afresh, rounds=40, warmup_rounds=1
    )
    assert pid in known(routers[-1])
    routers.pop().close()


@posix
@cpu
def test_cpu_of_an_hour(benchmark: Benchmark, forget: Callable[[], None]) -> None:
    """As much as the fastest pace allows while every number moves, and a router always in use."""
    by_request, by_program = (int(HOUR / PACE[kind]) for kind in (Kind.HTTP, Kind.CLI))
    routers: list[Router] = []

    def afresh() -> None:
        forget()
        routers.append(Router(eager=False))

    def discover() -> None:
        router = routers[-1]
        for _ in range(by_request):
            router.refresh("claude_code")
            router.refresh("github-copilot")
        for _ in range(by_program):
            router.refresh("openai-codex")
        for _ in range(int(HOUR / LOOK_EVERY)):
            router._discovery.wanted = True
            router._discovery.tick()

    benchmark.pedantic(discover, setup=afresh, rounds=3)  # type: ignore[attr-defined]
    for router in routers:
        assert known(router) == SUBSCRIPTIONS
        router.close()


@pytest.mark.parametrize(
    "payload",
    sorted(PAYLOADS.glob("*/*.*")),
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_reading_a_payload(benchmark: Benchmark, payload: Path) -> None:
    """From the bytes to windows, or to why there are none."""
    name = READ_BY[payload.name.partition(".")[0]]
    (parse,) = (it.parse for p in PROVIDERS for it in p.sources if it.name == name)
    content = payload.read_bytes()
    benchmark(parse, content, NOW, zone)
