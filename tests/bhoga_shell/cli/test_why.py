"""`bhoga why`: the candidates, their reasons, and what would turn the choice."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from bhoga import Router
from bhoga_shell.demo.backends import Backends


@pytest.fixture
def three() -> None:
    """Three providers of which it is known what is left, one of them spent."""
    with Router(eager=False) as router:
        router.set_quota("claude_code", 62)
        router.set_quota("github-copilot", 41)
        router.set_quota("anthropic_api", 0, ttl=3600)


def words(printed: str) -> str:
    """What was printed, in one line."""
    return " ".join(printed.split())


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("width", ["50", "80"])
def test_every_candidate_with_what_would_turn_it(bhoga: Any, width: str) -> None:
    """In the order of choice; the distance in percent, and the time where that will do it."""
    run = bhoga("why", "claude-opus-4", COLUMNS=width)
    assert (run.returncode, run.stderr) == (0, "")
    printed = words(run.stdout)
    assert printed.startswith("claude-opus-4 → claude_code ▸ claude_code ██████░░░░ 62 %")
    places = [printed.index(f" {pid} ") for pid in ("claude_code", "github-copilot")]
    assert places == sorted(places)
    turn = "would be chosen if claude_code fell below 41 %, or if it rose above 62 %"
    assert turn in printed
    assert "anthropic_api ░░░░░░░░░░ 0 % exhausted priority 2; opens in 59 min, at " in printed
    assert "set by hand" in printed
    assert max(map(len, run.stdout.splitlines())) <= int(width)


@pytest.mark.usefixtures("three")
def test_the_distance_for_programs(bhoga: Any) -> None:
    """In whole percent; the chosen one has none."""
    run = bhoga("why", "claude-opus-4", "--json")
    told = {it["provider_id"]: it["flip"] for it in json.loads(run.stdout)["candidates"]}
    assert told["claude_code"] is None
    copilot = told["github-copilot"]
    assert (copilot["below"], copilot["above"]) == (41, 62)
    assert (told["anthropic_api"]["below"], told["anthropic_api"]["above"]) == (None, None)


@pytest.mark.usefixtures("three")
def test_the_distance_follows_the_policy(bhoga: Any) -> None:
    """By priority it is the reserve that decides, not what the other has."""
    run = bhoga("why", "claude-opus-4", "--policy", "priority_first", "--json")
    told = {it["provider_id"]: it["flip"] for it in json.loads(run.stdout)["candidates"]}
    copilot = told["github-copilot"]
    assert (copilot["below"], copilot["above"]) == (11, None)


def test_nothing_can_be_chosen(bhoga: Any) -> None:
    """Exit code 1, with all the reasons on stdout, and when that will change."""
    with Router(eager=False) as router:
        router.set_quota("openai-codex", 0, ttl=3600)
    run = bhoga("why", "gpt-5.4")
    assert run.returncode == 1
    assert run.stderr == "bhoga: nothing can serve gpt-5.4 now\n"
    assert "gpt-5.4 → nothing is available now" in run.stdout
    run = bhoga("why", "gpt-5.4", "--json")
    assert run.returncode == 1
    assert json.loads(run.stdout)["candidates"][0]["chosen"] is False


def test_a_limit_of_another_model(bhoga: Any, furnished: Callable[[str], Backends]) -> None:
    """It is shown as what it is: something that does not count here."""
    furnished("scoped-exhausted")
    printed = words(bhoga("why", "claude-opus-4").stdout)
    assert "does not count: weekly fable, 0 % left" in printed
    assert "claude_code ░░░░░░░░░░ 0 % exhausted" in words(bhoga("why", "claude-fable-5").stdout)


def test_a_family_that_nobody_serves(bhoga: Any) -> None:
    """There is nothing to explain."""
    run = bhoga("why", "llama-4")
    assert (run.returncode, run.stdout) == (1, "")
    assert "no provider serves llama-4" in run.stderr


@pytest.mark.usefixtures("three")
def test_nothing_is_said_twice_and_no_time_is_broken(bhoga: Any) -> None:
    """What is left stands beside the bar alone; a time stands in one line, however narrow."""
    run = bhoga("why", "claude-opus-4", COLUMNS="40")
    assert run.stdout.count("62 %") == 2  # beside the bar, and in what would turn the choice
    assert "% left" not in run.stdout
    torn = re.compile(r"(^|\s)(at|in|on|\d+|\d+ [hd])$")
    assert [line for line in run.stdout.splitlines() if torn.search(line)] == []
    assert "\N{NO-BREAK SPACE}" not in run.stdout


@pytest.mark.usefixtures("three")
def test_why_an_open_candidate_waits(bhoga: Any) -> None:
    """It is told, as nothing of the numbers tells it."""
    bhoga("set", "anthropic_api", "90")
    printed = words(bhoga("why", "claude-opus-4", "--metered", "never").stdout)
    assert "bills per token, which the preference metered=never rules out" in printed
