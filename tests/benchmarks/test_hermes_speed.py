"""How fast an edit of Hermes' configuration is, beside a floor of the same run. Nothing asserts it.

Run it with `pytest tests/benchmarks/test_hermes_speed.py --benchmark-enable --benchmark-only`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bhoga_core.hermes_names import normalise_model
from bhoga_core.yaml_edit import edit
from bhoga_core.yaml_text import reading
from bhoga_shell import Router, apply_to_hermes

Benchmark = Callable[..., Any]

CHOICE = {
    ("model", "default"): "gpt-5.4",
    ("model", "provider"): "openai-codex",
    ("model", "api_mode"): "codex_responses",
    ("model", "base_url"): None,
    ("auxiliary", "compression", "provider"): "openai-codex",
    ("auxiliary", "compression", "model"): "gpt-5.4",
}

LOADERS = [
    pytest.param(
        getattr(yaml, "CSafeLoader", yaml.SafeLoader),
        marks=pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML is without libyaml"),
        id="libyaml",
    ),
    pytest.param(yaml.SafeLoader, id="python"),
]


def thousand_lines() -> str:
    """A configuration of 1,000 lines: the model at its top, the auxiliary tasks at its end."""
    head = "model:\n  default: old # mine\n  provider: auto\n  base_url: https://x.invalid\n"
    tail = "auxiliary:\n  compression:\n    provider: auto\n    model: ''\n"
    block = '# a remark\nb{0}: &a{0}\n  one: "{0}"   # quoted\n  two: [x, {0}]\n  <<: {{t: 1.10}}\n'
    blocks = "".join(map(block.format, range(198)))
    text = f"{head}{blocks}{tail}# end\n# of it\n"
    assert text.count("\n") == 1000
    return text


@pytest.mark.parametrize("loader", LOADERS)
def test_floor_of_an_edit(benchmark: Benchmark, loader: type[yaml.SafeLoader]) -> None:
    """Loading the 1,000 lines twice, which any edit that checks itself has to do."""
    text = thousand_lines()
    benchmark(lambda: [yaml.load(text, Loader=loader) for _ in range(2)])  # noqa: S506 -- a safe one


@pytest.mark.parametrize("loader", LOADERS)
def test_edit_of_1000_lines(
    benchmark: Benchmark, loader: type[yaml.SafeLoader], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change of provider, checked, with libyaml and without. Target: under 50 and 300 ms."""
    monkeypatch.setattr(reading, "LOADER", loader)
    text = thousand_lines()
    edited = benchmark(lambda: edit(text, CHOICE)).unwrap()
    assert len(edited.changes) == len(CHOICE)


def test_apply_to_hermes_on_1000_lines(benchmark: Benchmark, tmp_path: Path) -> None:
    """The whole of it: lock, read, edit, backup, replace."""
    text = thousand_lines()
    path = tmp_path / "config.yaml"
    with Router(state_path=tmp_path / "state.json", eager=False) as router:
        router.set_quota("openai-codex", 80)

        def before() -> None:
            path.write_text(text)

        def apply() -> object:
            return apply_to_hermes(router, "gpt-5.4", config_path=path)

        benchmark.pedantic(apply, setup=before, rounds=30)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("model", "target"), [("anthropic/claude-sonnet-4-6", "copilot"), ("gpt-5.4", "openrouter")]
)
def test_normalise_model(benchmark: Benchmark, model: str, target: str) -> None:
    """A name that was spelled before. Target: under 3 µs."""
    benchmark(normalise_model, model, target)


@pytest.mark.parametrize(
    ("model", "target"), [("anthropic/claude-sonnet-4-6", "copilot"), ("gpt-5.4", "openrouter")]
)
def test_normalise_model_for_the_first_time(benchmark: Benchmark, model: str, target: str) -> None:
    """A name nobody has spelled yet, out of 100,000 such. Target: under 3 µs."""
    names = iter(range(10**9))

    def fresh() -> tuple[tuple[str, str], dict[str, Any]]:
        return (f"{model}-{next(names)}", target), {}

    benchmark.pedantic(normalise_model, setup=fresh, rounds=100_000)  # type: ignore[attr-defined]
