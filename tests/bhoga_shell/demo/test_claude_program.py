"""The stand-in `claude` speaks as the real one does, and sets the same traps."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bhoga_shell.demo import logins
from bhoga_shell.demo.backends import Backends
from bhoga_shell.demo.claude import usage_body
from bhoga_shell.demo.claude_replies import SESSION_TOTALS, SUBSCRIPTION, usage_text
from bhoga_shell.demo.home import furnish
from bhoga_shell.demo.scenarios import SCENARIOS, Claude, ModelLimit, session, week

Run = Callable[..., subprocess.CompletedProcess[str]]
Sample = Callable[[str], dict[str, Any]]

USAGE = "/api/oauth/usage"
STREAM = ("-p", "--verbose", "--input-format", "stream-json", "--output-format", "stream-json")
GET_USAGE = {
    "type": "control_request",
    "request_id": "demo-1",
    "request": {"subtype": "get_usage", "skip_behaviors": True},
}


def get_usage(run: Run, **changed: str) -> dict[str, Any]:
    """What `get_usage` answers, as bhoga asks for it."""
    arguments = (*STREAM, "--strict-mcp-config", "--setting-sources=")
    told = run("claude", *arguments, stdin=json.dumps(GET_USAGE) + "\n", **changed)
    assert (told.returncode, told.stderr) == (0, "")
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    (answer,) = [line["response"] for line in lines if line["type"] == "control_response"]
    assert len(lines) > 1, "lines of other kinds come between a question and its answer"
    assert (answer["subtype"], answer["request_id"]) == ("success", "demo-1")
    found: dict[str, Any] = answer["response"]
    return found


def config_path(home: Mapping[str, str]) -> Path:
    """Where the snapshot is kept."""
    return Path(home["CLAUDE_CONFIG_DIR"], ".claude.json")


def config(home: Mapping[str, str]) -> dict[str, Any]:
    """The program's own file."""
    found: dict[str, Any] = json.loads(config_path(home).read_text(encoding="utf-8"))
    return found


def make_older(home: Mapping[str, str], seconds: float) -> None:
    """Let the snapshot be of `seconds` ago."""
    content = config(home)
    content["cachedUsageUtilization"]["fetchedAtMs"] = int((time.time() - seconds) * 1000)
    config_path(home).write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize("name", ["fresh", "low", "exhausted", "scoped-exhausted", "weekly-only"])
def test_get_usage_answers_with_the_endpoints_body(backends: Backends, run: Run, name: str) -> None:
    """And with the plan; no model is called."""
    backends.scenario = SCENARIOS[name]
    told = get_usage(run)
    assert (told["subscription_type"], told["rate_limits_available"]) == ("max", True)
    expected: dict[str, Any] = dict(usage_body(SCENARIOS[name].claude, 0.0))
    assert told["rate_limits"].keys() == expected.keys()
    assert [row["percent"] for row in told["rate_limits"]["limits"]] == [
        row["percent"] for row in expected["limits"]
    ]
    assert backends.counts == {USAGE: 1}
    assert backends.model_calls == 0


def test_get_usage_has_the_members_of_the_real_one(run: Run, sample: Sample) -> None:
    """Of the payload, and of the windows in it."""
    real = sample("claude_get_usage.control_response_payload.2026-07-13.model_scoped.json")
    told = get_usage(run)
    assert told.keys() - {"behaviors"} == real.keys()
    assert told["session"].keys() >= real["session"].keys()
    assert told["rate_limits"].keys() >= real["rate_limits"].keys() - {"model_scoped"}


def test_the_answer_comes_while_stdin_is_open(home: Mapping[str, str]) -> None:
    """Several questions are answered in their order, and closing it ends the program."""
    script = shutil.which("claude", path=home["PATH"])
    assert script is not None
    with subprocess.Popen(
        [script, *STREAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=home,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        for name in ("a", "b"):
            asked = json.dumps({**GET_USAGE, "request_id": name})
            program.stdin.write(f"\nno json\n[]\n{asked}\n")
            program.stdin.flush()
            told: dict[str, Any] = {}
            while told.get("type") != "control_response":
                told = json.loads(program.stdout.readline())
            assert told["response"]["request_id"] == name
        program.stdin.close()
        assert program.wait(timeout=30) == 0


def test_an_unknown_control_request_is_an_error_of_the_protocol(run: Run) -> None:
    """Not of the program."""
    asked = {"type": "control_request", "request_id": "x", "request": {"subtype": "guess"}}
    told = run("claude", *STREAM, stdin=json.dumps(asked) + "\n")
    assert told.returncode == 0
    answer = json.loads(told.stdout)["response"]
    assert (answer["subtype"], answer["request_id"]) == ("error", "x")


def test_a_snapshot_is_kept_with_its_date_and_its_account(
    home: Mapping[str, str], run: Run
) -> None:
    """As the raw body, beside what else the file holds."""
    before = time.time()
    told = get_usage(run)
    kept = config(home)
    snapshot = kept["cachedUsageUtilization"]
    assert snapshot.keys() == {"fetchedAtMs", "accountUuid", "utilization"}
    assert before * 1000 - 1 <= snapshot["fetchedAtMs"] <= time.time() * 1000
    assert snapshot["accountUuid"] == kept["oauthAccount"]["accountUuid"] == logins.ACCOUNT
    assert snapshot["utilization"] == told["rate_limits"]


def test_a_snapshot_younger_than_a_minute_is_the_answer(
    backends: Backends, home: Mapping[str, str], run: Run
) -> None:
    """Nothing is asked, and nothing tells of it."""
    first = get_usage(run)
    backends.scenario = SCENARIOS["exhausted"]
    make_older(home, 50.0)
    assert get_usage(run)["rate_limits"] == first["rate_limits"]
    assert backends.counts == {USAGE: 1}


def test_an_older_snapshot_is_replaced(
    backends: Backends, home: Mapping[str, str], run: Run
) -> None:
    """By what the endpoint says now."""
    get_usage(run)
    backends.scenario = SCENARIOS["exhausted"]
    make_older(home, 70.0)
    assert get_usage(run)["rate_limits"]["five_hour"]["utilization"] == 100.0
    assert backends.counts == {USAGE: 2}
    assert config(home)["cachedUsageUtilization"]["utilization"]["five_hour"]["utilization"] == 100


@pytest.mark.parametrize("name", ["rate-limited", "forbidden", "garbage", "redirect"])
def test_a_snapshot_of_an_hour_is_served_when_asking_fails(
    backends: Backends, home: Mapping[str, str], run: Run, name: str
) -> None:
    """All that tells is that it has no limits; its date stays what it was."""
    first = get_usage(run)
    backends.scenario = SCENARIOS[name]
    make_older(home, 3500.0)
    dated = config(home)["cachedUsageUtilization"]["fetchedAtMs"]
    told = get_usage(run)
    assert told["rate_limits"] == {
        key: value for key, value in first["rate_limits"].items() if key != "limits"
    }
    assert backends.counts[USAGE] == 2
    assert config(home)["cachedUsageUtilization"]["fetchedAtMs"] == dated


def test_a_snapshot_of_more_than_an_hour_is_not_served(
    backends: Backends, home: Mapping[str, str], run: Run
) -> None:
    """There is a plan, and no number."""
    get_usage(run)
    backends.scenario = SCENARIOS["rate-limited-zero"]
    make_older(home, 3700.0)
    told = get_usage(run)
    assert (told["rate_limits_available"], told["rate_limits"]) == (True, None)


def test_a_snapshot_of_another_account_is_not_served(
    backends: Backends, home: Mapping[str, str], run: Run
) -> None:
    """It is as if there were none."""
    get_usage(run)
    content = config(home)
    content["oauthAccount"]["accountUuid"] = "demo-another"
    config_path(home).write_text(json.dumps(content), encoding="utf-8")
    backends.scenario = SCENARIOS["rate-limited"]
    assert get_usage(run)["rate_limits"] is None


@pytest.mark.parametrize(
    "name", ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"]
)
def test_another_login_in_the_environment_has_no_numbers(
    backends: Backends, run: Run, name: str
) -> None:
    """Nor a plan, and nothing is asked."""
    told = get_usage(run, **{name: "demo"})
    assert told["subscription_type"] is None
    assert (told["rate_limits_available"], told["rate_limits"]) == (False, None)
    assert run("claude", "-p", "/usage", **{name: "demo"}).stdout.strip() == SESSION_TOTALS
    assert backends.requests == ()


@pytest.mark.parametrize("name", ["ANTHROPIC_BASE_URL", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"])
def test_some_settings_keep_it_from_asking(backends: Backends, run: Run, name: str) -> None:
    """The plan is known, its numbers are not."""
    assert get_usage(run, **{name: "1"})["rate_limits"] is None
    assert run("claude", "-p", "/usage", **{name: "1"}).stdout.strip() == SUBSCRIPTION
    assert backends.requests == ()


def test_nobody_is_logged_in(tmp_path: Path, run: Run) -> None:
    """It says so with a success that holds nothing."""
    with Backends(SCENARIOS["logged-out"]) as backends:
        empty = furnish(tmp_path / "empty", backends)
        told = get_usage(run, **empty)
        assert (told["rate_limits_available"], told["rate_limits"]) == (False, None)
        assert run("claude", "-p", "/usage", **empty).stdout.strip() == SESSION_TOTALS
        assert backends.requests == ()


@pytest.mark.parametrize(
    "login",
    [
        {"accessToken": "", "refreshToken": "", "expiresAt": 0, "scopes": ["user:profile"]},
        {"accessToken": logins.CLAUDE, "expiresAt": 9e15, "scopes": ["user:inference"]},
    ],
)
def test_a_login_that_is_blank_or_may_not_read_usage_has_no_numbers(
    home: Mapping[str, str], run: Run, login: Mapping[str, object]
) -> None:
    """As if nobody were logged in."""
    path = Path(home["CLAUDE_CONFIG_DIR"], ".credentials.json")
    path.write_text(json.dumps({"claudeAiOauth": login}), encoding="utf-8")
    assert get_usage(run)["rate_limits"] is None


def test_an_expired_login_is_renewed_by_its_owner(tmp_path: Path, run: Run) -> None:
    """The file holds the new one then, with all else that it held."""
    with Backends() as backends:
        home = furnish(tmp_path / "expired", backends, claude_expires_in=-60.0)
        assert get_usage(run, **home)["rate_limits"]["five_hour"]["utilization"] == 12.0
        assert [asked.path for asked in backends.requests] == ["/v1/oauth/token", USAGE]
    path = Path(home["CLAUDE_CONFIG_DIR"], ".credentials.json")
    login = json.loads(path.read_text(encoding="utf-8"))["claudeAiOauth"]
    assert login["accessToken"] == logins.CLAUDE_RENEWED
    assert login["expiresAt"] > time.time() * 1000
    assert login["subscriptionType"] == "max"


def test_a_login_that_cannot_be_renewed_is_let_go(
    backends: Backends, home: Mapping[str, str], run: Run
) -> None:
    """As the real one does (2.1.331): it tries once, and then nobody is logged in."""
    backends.scenario = SCENARIOS["unauthorised"]
    assert get_usage(run)["rate_limits"] is None
    assert backends.counts == {USAGE: 1, "/v1/oauth/token": 1}
    path = Path(home["CLAUDE_CONFIG_DIR"], ".credentials.json")
    login = json.loads(path.read_text(encoding="utf-8"))["claudeAiOauth"]
    assert (login["accessToken"], login["refreshToken"], login["expiresAt"]) == ("", "", 0)
    assert login["subscriptionType"] == "max"
    assert not get_usage(run)["rate_limits_available"]
    assert backends.counts == {USAGE: 1, "/v1/oauth/token": 1}


def test_the_text_has_a_line_for_each_window(run: Run) -> None:
    """After the plan's, and before much that has percentages too."""
    told = run("claude", "-p", "/usage")
    assert told.returncode == 0
    head, _, rest = told.stdout.partition("\n\n")
    assert head == SUBSCRIPTION
    lines, _, tail = rest.partition("\n\n")
    assert [line.partition(" · ")[0] for line in lines.splitlines()] == [
        "Current session: 12% used",
        "Current week (all models): 31% used",
        "Current week (Fable): 18% used",
    ]
    assert all("(UTC)" in line for line in lines.splitlines())
    assert tail.startswith("What's contributing to your limits usage?")
    assert "%" in tail


def test_the_text_floors_and_leaves_out_what_is_not_there() -> None:
    """Minutes of a full hour, the reset of a window that has none, and of an unused model."""
    claude = Claude(session(0.0), week(99.9, 3600.0), (ModelLimit("Fable", week(0.0)),))
    text = usage_text(usage_body(claude, 1_800_000_000.0), "UTC")
    assert "\nCurrent session: 0% used\n" in text
    assert "\nCurrent week (all models): 99% used · resets Jan 15, 9am (UTC)\n" in text
    assert "\nCurrent week (Fable): 0% used\n" in text


def test_the_text_has_the_older_line_of_sonnet() -> None:
    """Where its key has a window."""
    window = {"utilization": 4.0, "resets_at": "2027-01-15T20:05:00+00:00"}
    text = usage_text({"seven_day_sonnet": window}, "UTC")
    assert "\nCurrent week (Sonnet only): 4% used · resets Jan 15, 8:05pm (UTC)\n" in text


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no names of zones in TZ")
def test_the_text_is_in_the_zone_of_the_process(home: Mapping[str, str], run: Run) -> None:
    """With its name in brackets."""
    body = {"five_hour": {"utilization": 5.0, "resets_at": "2027-01-15T20:05:00+00:00"}}
    content = config(home)
    fetched = int(time.time() * 1000)
    content["cachedUsageUtilization"] = {
        "fetchedAtMs": fetched,
        "accountUuid": logins.ACCOUNT,
        "utilization": body,
    }
    config_path(home).write_text(json.dumps(content), encoding="utf-8")
    told = run("claude", "-p", "/usage", TZ="Asia/Tokyo")
    assert "Current session: 5% used · resets Jan 16, 5:05am (Asia/Tokyo)" in told.stdout


@pytest.mark.parametrize("name", ["unauthorised", "forbidden", "rate-limited-1600", "garbage"])
def test_the_text_of_a_failure_is_a_success_without_numbers(
    backends: Backends, run: Run, name: str
) -> None:
    """The exit code never tells."""
    backends.scenario = SCENARIOS[name]
    told = run("claude", "-p", "/usage", "--no-session-persistence")
    assert (told.returncode, told.stdout.strip()) == (0, SUBSCRIPTION)


def test_a_huge_answer_is_passed_on(backends: Backends, run: Run) -> None:
    """Whole, on one line."""
    backends.scenario = SCENARIOS["huge"]
    told = run("claude", *STREAM, stdin=json.dumps(GET_USAGE) + "\n")
    assert len(told.stdout) > 4 * 1024 * 1024


def test_the_text_comes_as_json_too(run: Run) -> None:
    """In `result`."""
    told = run("claude", "-p", "/usage", "--output-format", "json")
    assert json.loads(told.stdout)["result"].startswith(SUBSCRIPTION)


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        ((), ""),
        (("-p", "how much is left?"), ""),
        (STREAM, json.dumps({"type": "user", "message": {"content": "hello"}}) + "\n"),
    ],
)
def test_what_a_real_one_would_ask_a_model_is_counted(
    backends: Backends, run: Run, arguments: tuple[str, ...], stdin: str
) -> None:
    """An interactive start is among it."""
    assert run("claude", *arguments, stdin=stdin).returncode == 1
    assert backends.model_calls == 1
    assert backends.counts == {"/v1/messages": 1}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("-p", "--tools", "", "/usage"), "Input must be provided"),
        (("-p", "--guess", "/usage"), "unknown option '--guess'"),
        (("-p", "--output-format", "stream-json", "/usage"), "requires --verbose"),
    ],
)
def test_misuse_is_refused(
    backends: Backends, run: Run, arguments: tuple[str, ...], complaint: str
) -> None:
    """On stderr, with exit code 1."""
    told = run("claude", *arguments)
    assert (told.returncode, told.stdout) == (1, "")
    assert complaint in told.stderr
    assert backends.requests == ()


def test_its_other_commands_ask_nothing(backends: Backends, run: Run) -> None:
    """Its version, and a command that is not for printing."""
    assert run("claude", "--version").stdout.endswith("(Claude Code)\n")
    assert "isn't available" in run("claude", "-p", "/status").stdout
    assert backends.requests == ()
