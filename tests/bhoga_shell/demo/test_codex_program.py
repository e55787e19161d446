"""The stand-in `codex` speaks as the real one does, and sets the same traps."""

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bhoga_shell.demo import logins
from bhoga_shell.demo.backends import Backends
from bhoga_shell.demo.codex import usage_body
from bhoga_shell.demo.codex_replies import rate_limits
from bhoga_shell.demo.scenarios import SCENARIOS, Codex, week

Run = Callable[..., subprocess.CompletedProcess[str]]
Sample = Callable[[str], dict[str, Any]]

USAGE = "/backend-api/wham/usage"
SERVER = ("--disable", "plugins", "--disable", "apps", "app-server")
CLIENT = {"clientInfo": {"name": "demo", "title": "demo", "version": "0"}}
INITIALIZE = {"id": 0, "method": "initialize", "params": CLIENT}
READ = {"id": 7, "method": "account/rateLimits/read"}


def converse(
    run: Run, *asked: Mapping[str, object], arguments: tuple[str, ...] = SERVER, **changed: str
) -> list[dict[str, Any]]:
    """The lines that answer the lines that are asked, those without an id too."""
    stdin = "".join(json.dumps(line) + "\n" for line in asked)
    told = run("codex", *arguments, stdin=stdin, **changed)
    assert told.returncode == 0
    return [json.loads(line) for line in told.stdout.splitlines()]


def read(run: Run, **changed: str) -> dict[str, Any]:
    """The reply to `account/rateLimits/read`, as bhoga asks for it."""
    lines = converse(run, INITIALIZE, {"method": "initialized"}, READ, **changed)
    (reply,) = [line for line in lines if line.get("id") == 7]
    return reply


@pytest.mark.parametrize("name", ["fresh", "low", "exhausted", "scoped-exhausted", "weekly-only"])
def test_the_reply_is_the_endpoints_body_in_the_programs_words(
    backends: Backends, run: Run, name: str
) -> None:
    """Minutes for seconds; no model is called."""
    backends.scenario = SCENARIOS[name]
    codex = SCENARIOS[name].codex
    result = read(run)["result"]
    own = result["rateLimits"]
    slots = [window for window in (own["primary"], own["secondary"]) if window is not None]
    assert [(slot["usedPercent"], slot["windowDurationMins"]) for slot in slots] == [
        (int(window.used), window.length / 60.0) for window in codex.windows
    ]
    assert own["planType"] == codex.plan
    assert result["rateLimitsByLimitId"]["codex"] == own
    assert len(result["rateLimitsByLimitId"]) == 1 + len(codex.models)
    assert result["ordinaryUsageAllowed"] is (name != "exhausted")
    assert backends.counts[USAGE] == 1
    assert backends.model_calls == 0


def test_the_limit_of_a_model_has_its_name() -> None:
    """Under its limit id."""
    result = rate_limits(usage_body(SCENARIOS["scoped-exhausted"].codex, 1e9), "demo")
    limit: Any = result["rateLimitsByLimitId"]
    assert limit["codex_bengalfox"]["limitName"] == "GPT-5.3-Codex-Spark"
    assert limit["codex_bengalfox"]["primary"] == {
        "usedPercent": 100,
        "windowDurationMins": 300,
        "resetsAt": 1_000_014_400,
    }


def test_a_plan_that_it_does_not_know_is_unknown() -> None:
    """As a new one is to an old program."""
    result: Any = rate_limits(usage_body(Codex(None, week(1.0), plan="plus_plus"), 1e9), "demo")
    assert result["rateLimits"]["planType"] == "unknown"


def test_no_limits_are_a_success_without_windows() -> None:
    """As for a plan that is billed by use."""
    result: Any = rate_limits({"plan_type": "business", "rate_limit": None}, "demo")
    assert result["rateLimits"]["primary"] is None
    assert result["rateLimits"]["secondary"] is None
    assert result["ordinaryUsageAllowed"] is None


def test_the_members_are_those_of_the_real_reply(run: Run, sample: Sample) -> None:
    """At every level; the limits by id came with some versions only."""
    real = sample("codex_appserver_rateLimits_read.2026-09-20.v0.155.1.plus.json")["result"]
    told = read(run)["result"]
    later = {"rateLimitsByLimitId", "rateLimitResetCredits"}
    assert told.keys() - later == real.keys() - later
    assert told["rateLimits"].keys() == real["rateLimits"].keys()
    assert told["rateLimits"]["primary"].keys() == real["rateLimits"]["primary"].keys()
    assert told["rateLimits"]["credits"].keys() == real["rateLimits"]["credits"].keys()


def test_notifications_come_between_the_replies(run: Run) -> None:
    """They have no id, and the last line is the answer to the last question."""
    lines = converse(run, INITIALIZE, {"method": "initialized"}, READ)
    assert [line.get("id", line.get("method")) for line in lines] == [
        0,
        "configWarning",
        "remoteControl/status/changed",
        7,
    ]
    assert "jsonrpc" not in lines[0]
    assert lines[0]["result"]["userAgent"].startswith("demo/")


def test_each_reply_comes_while_stdin_is_open(home: Mapping[str, str]) -> None:
    """Closing it ends the program."""
    script = shutil.which("codex", path=home["PATH"])
    assert script is not None
    with subprocess.Popen(
        [script, *SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        env=home,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        for asked in (INITIALIZE, READ):
            program.stdin.write(json.dumps(asked) + "\n")
            program.stdin.flush()
            while json.loads(program.stdout.readline()).get("id") != asked["id"]:
                pass
        program.stdin.close()
        assert program.wait(timeout=30) == 0


def test_stderr_is_noisy_on_success(run: Run) -> None:
    """It says nothing about how it went."""
    assert "ERROR" in run("codex", *SERVER).stderr


def test_a_question_before_the_greeting_is_refused(run: Run) -> None:
    """And so is a second greeting, and a method that there is not."""
    (early,) = [line for line in converse(run, READ) if "id" in line]
    assert early["error"]["code"] == -32600
    twice = converse(run, INITIALIZE, {**INITIALIZE, "id": 1}, {"id": 2, "method": "guess"})
    errors = {line["id"]: line["error"]["code"] for line in twice if "error" in line}
    assert errors == {1: -32600, 2: -32600}


def test_a_greeting_without_a_client_is_refused(run: Run) -> None:
    """It wants to know who asks."""
    assert converse(run, {"id": 0, "method": "initialize"})[0]["error"]["code"] == -32600


@pytest.mark.parametrize(
    ("login", "message"),
    [
        (None, "codex account authentication required to read rate limits"),
        ({"OPENAI_API_KEY": "demo"}, "chatgpt authentication required to read rate limits"),
    ],
)
def test_without_a_login_of_chatgpt_the_reply_is_an_error(
    backends: Backends,
    home: Mapping[str, str],
    run: Run,
    login: Mapping[str, str] | None,
    message: str,
) -> None:
    """And nothing is asked."""
    path = Path(home["CODEX_HOME"], "auth.json")
    path.unlink()
    if login is not None:
        path.write_text(json.dumps(login), encoding="utf-8")
    assert read(run)["error"] == {"code": -32600, "message": message}
    assert backends.requests == ()


@pytest.mark.parametrize(
    ("name", "status"),
    [("unauthorised", "401 Unauthorized"), ("rate-limited", "429 Too Many Requests")],
)
def test_a_refusal_of_the_endpoint_is_an_error_with_all_that_it_said(
    backends: Backends, run: Run, name: str, status: str
) -> None:
    """Its URL and its body, which nobody should print."""
    backends.scenario = SCENARIOS[name]
    error = read(run)["error"]
    assert error["code"] == -32603
    assert f"GET {backends.origin}{USAGE} failed: {status}" in error["message"]
    assert "body={" in error["message"]
    assert backends.counts[USAGE] == 1


def test_garbage_is_an_error_of_decoding(backends: Backends, run: Run) -> None:
    """With the body in it."""
    backends.scenario = SCENARIOS["garbage"]
    assert "Decode error" in read(run)["error"]["message"]


def test_a_huge_answer_is_passed_on(backends: Backends, run: Run) -> None:
    """In the name of a limit, on one line."""
    backends.scenario = SCENARIOS["huge"]
    assert len(json.dumps(read(run))) > 4 * 1024 * 1024


def test_a_backend_that_is_not_there_is_an_error(run: Run) -> None:
    """As one that cannot be reached."""
    with Backends() as gone:
        origin = gone.origin
    assert "error sending request" in read(run, BHOGA_DEMO_BACKENDS=origin)["error"]["message"]


def test_plugins_are_synced_unless_they_are_disabled(backends: Backends, run: Run) -> None:
    """As at each start of the real one."""
    plugins = "/backend-api/ps/plugins/installed"
    converse(run, INITIALIZE)
    assert backends.counts[plugins] == 0
    converse(run, INITIALIZE, arguments=("app-server",))
    assert backends.counts[plugins] == 1


def test_the_details_of_reset_credits_are_asked_for_unless_excluded(
    backends: Backends, run: Run
) -> None:
    """They are a request of their own."""
    path = "/backend-api/wham/rate-limit-reset-credits"
    assert read(run)["result"]["rateLimitResetCredits"] == {"availableCount": 0, "credits": []}
    assert backends.counts[path] == 1
    without = {**READ, "params": {"excludeResetCreditDetails": True}}
    converse(run, INITIALIZE, without)
    assert backends.counts[path] == 1


def test_the_old_question_is_refused_at_once(backends: Backends, run: Run) -> None:
    """The flag does not exist."""
    told = run("codex", "--non-interactive", "/status")
    assert (told.returncode, told.stdout) == (2, "")
    assert "unexpected argument '--non-interactive'" in told.stderr
    assert backends.requests == ()


def test_a_prompt_is_a_model_call(backends: Backends, run: Run) -> None:
    """Even where it looks like a question about the quota."""
    run("codex", "exec", "/status")
    assert backends.model_calls == 1


def test_without_a_terminal_it_does_not_begin(backends: Backends, run: Run) -> None:
    """It says so, and calls no model."""
    told = run("codex", "/status")
    assert (told.returncode, told.stdout) == (1, "")
    assert backends.requests == ()


def test_its_other_commands_ask_nothing(
    backends: Backends, home: Mapping[str, str], run: Run
) -> None:
    """Its version, and whether somebody is logged in."""
    assert run("codex", "--version").stdout.startswith("codex-cli ")
    assert run("codex", "login", "status").returncode == 0
    Path(home["CODEX_HOME"], "auth.json").unlink()
    assert run("codex", "login", "status").returncode == 1
    assert backends.requests == ()


def test_it_says_where_its_home_is(home: Mapping[str, str], run: Run) -> None:
    """By its real path."""
    told = converse(run, INITIALIZE)[0]["result"]["codexHome"]
    assert Path(told) == Path(home["CODEX_HOME"]).resolve()


def test_the_token_of_the_file_is_what_is_sent(home: Mapping[str, str], run: Run) -> None:
    """Another is refused."""
    path = Path(home["CODEX_HOME"], "auth.json")
    content = path.read_text(encoding="utf-8").replace(logins.CODEX, "demo-wrong")
    path.write_text(content, encoding="utf-8")
    assert "401" in read(run)["error"]["message"]
