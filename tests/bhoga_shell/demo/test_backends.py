"""One loopback server is the backends of all three, and says what it was asked."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from bhoga_shell.demo import logins
from bhoga_shell.demo.backends import Asked, Backends
from bhoga_shell.demo.claude import usage_body as claude_body
from bhoga_shell.demo.codex import usage_body as codex_body
from bhoga_shell.demo.copilot import user_body
from bhoga_shell.demo.scenarios import SCENARIOS

NOW = 1_800_000_000.0
BETA = {"anthropic-beta": "oauth-2025-04-20"}
CLAUDE, CODEX, COPILOT = "/api/oauth/usage", "/backend-api/wham/usage", "/copilot_internal/user"
LOGINS: Mapping[str, Mapping[str, str]] = {
    CLAUDE: {"authorization": f"Bearer {logins.CLAUDE}", **BETA},
    CODEX: {"authorization": f"Bearer {logins.CODEX}"},
    "/api/codex/usage": {"authorization": f"Bearer {logins.CODEX}"},
    COPILOT: {"authorization": f"token {logins.COPILOT}"},
}
PROVIDERS = {
    CLAUDE: "claude_code",
    CODEX: "openai-codex",
    "/api/codex/usage": "openai-codex",
    COPILOT: "github-copilot",
}


class Told(NamedTuple):
    """What a request was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_: object) -> None:
        return None


def ask(
    backends: Backends,
    path: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Told:
    """Ask for `path`, with the login that it wants unless other headers are given."""
    request = urllib.request.Request(  # noqa: S310 (loopback)
        backends.origin + path,
        data=body,
        headers=dict(LOGINS.get(path, {}) if headers is None else headers),
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay())
    try:
        with opener.open(request, timeout=20) as response:
            return Told(response.status, dict(response.headers), response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Told(error.code, dict(error.headers), error.read())


@pytest.mark.parametrize("name", ["fresh", "low", "exhausted", "scoped-exhausted", "weekly-only"])
def test_each_backend_says_the_numbers_of_the_scenario(name: str) -> None:
    """They are what the payloads' builders make of it, at the server's own time."""
    scenario = SCENARIOS[name]
    with Backends(scenario, clock=lambda: NOW) as backends:
        told = {path: json.loads(ask(backends, path).body) for path in LOGINS}
    assert told[CLAUDE] == claude_body(scenario.claude, NOW)
    assert told[CODEX] == told["/api/codex/usage"] == codex_body(scenario.codex, NOW)
    assert told[COPILOT] == user_body(scenario.copilot, NOW)


@pytest.mark.parametrize("path", sorted(LOGINS))
@pytest.mark.parametrize(
    ("name", "status", "retry_after"),
    [
        ("unauthorised", 401, None),
        ("forbidden", 403, None),
        ("rate-limited", 429, None),
        ("rate-limited-zero", 429, "0"),
        ("rate-limited-1600", 429, "1600"),
        ("logged-out", 401, None),
    ],
)
def test_a_refusal_is_the_same_status_for_all(
    backends: Backends, path: str, name: str, status: int, retry_after: str | None
) -> None:
    """With a JSON body, and the `Retry-After` of the scenario where there is one."""
    backends.scenario = SCENARIOS[name]
    told = ask(backends, path)
    assert told.status == status
    assert told.headers.get("retry-after") == retry_after
    assert isinstance(json.loads(told.body), dict)


@pytest.mark.parametrize("path", sorted(LOGINS))
def test_garbage_is_a_success_that_is_no_json(backends: Backends, path: str) -> None:
    """It says that it is, too."""
    backends.scenario = SCENARIOS["garbage"]
    told = ask(backends, path)
    assert (told.status, told.headers["content-type"]) == (200, "application/json")
    with pytest.raises(UnicodeDecodeError):
        json.loads(told.body)


@pytest.mark.parametrize("path", sorted(LOGINS))
def test_a_huge_answer_is_valid_and_larger_than_any_cap(backends: Backends, path: str) -> None:
    """Four mebibytes are the most that bhoga keeps of anything."""
    backends.scenario = SCENARIOS["huge"]
    told = ask(backends, path)
    assert len(told.body) > 4 * 1024 * 1024
    assert isinstance(json.loads(told.body), dict)


@pytest.mark.parametrize("path", sorted(LOGINS))
def test_a_redirect_leads_where_it_would_be_seen(backends: Backends, path: str) -> None:
    """To a path of its own, so that whoever follows it is counted."""
    backends.scenario = SCENARIOS["redirect"]
    told = ask(backends, path)
    assert (told.status, told.headers["location"]) == (302, "/redirected")
    ask(backends, told.headers["location"], {})
    assert backends.requests[-1] == Asked("GET", "/redirected", "")


@pytest.mark.parametrize("path", sorted(LOGINS))
@pytest.mark.parametrize("token", [None, "", "Bearer wrong", "Basic ZGVtbw=="])
def test_a_wrong_token_is_refused(backends: Backends, path: str, token: str | None) -> None:
    """And so is none."""
    assert (
        ask(backends, path, {**BETA, **({"authorization": token} if token else {})}).status == 401
    )


def test_one_providers_token_opens_no_other(backends: Backends) -> None:
    """A login that went to the wrong place would be seen."""
    for path, provider in PROVIDERS.items():
        for other, headers in LOGINS.items():
            expected = 200 if provider == PROVIDERS[other] else 401
            assert ask(backends, path, {**BETA, **headers}).status == expected


def test_claude_wants_the_header_of_the_oauth_beta(backends: Backends) -> None:
    """A token alone is not let in."""
    headers = {"authorization": f"Bearer {logins.CLAUDE}"}
    assert ask(backends, CLAUDE, headers).status == 401


def test_github_takes_both_words_before_a_token(backends: Backends) -> None:
    """`token` and `Bearer`."""
    assert ask(backends, COPILOT, {"authorization": f"Bearer {logins.COPILOT}"}).status == 200


def test_requests_are_kept_in_order_with_whose_they_are(backends: Backends) -> None:
    """And counted by path."""
    for path in (CLAUDE, COPILOT, CLAUDE, "/nowhere"):
        ask(backends, path)
    assert backends.requests == (
        Asked("GET", CLAUDE, "claude_code"),
        Asked("GET", COPILOT, "github-copilot"),
        Asked("GET", CLAUDE, "claude_code"),
        Asked("GET", "/nowhere", ""),
    )
    assert backends.counts == {CLAUDE: 2, COPILOT: 1, "/nowhere": 1}
    assert backends.counts[CODEX] == 0


def test_no_request_is_kept_with_its_token(backends: Backends) -> None:
    """Neither from a header nor from the query."""
    ask(backends, f"{CLAUDE}?key={logins.CLAUDE}", LOGINS[CLAUDE])
    assert backends.requests == (Asked("GET", CLAUDE, "claude_code"),)


@pytest.mark.parametrize(
    "path", ["/v1/messages", "/backend-api/codex/responses", "/v1/responses", "/chat/completions"]
)
def test_a_model_call_is_counted_and_refused(backends: Backends, path: str) -> None:
    """There is no model here."""
    assert backends.model_calls == 0
    assert ask(backends, path, LOGINS[CLAUDE], b"{}").status == 403
    assert backends.model_calls == 1


def test_many_at_once_are_all_counted(backends: Backends) -> None:
    """Twenty threads, none of them lost."""
    threads = [threading.Thread(target=ask, args=(backends, CODEX)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert backends.counts == {CODEX: 20}


@pytest.mark.parametrize("path", sorted(LOGINS))
def test_a_slow_answer_is_held_back_until_it_is_released(backends: Backends, path: str) -> None:
    """Then it is the ordinary one."""
    backends.scenario = SCENARIOS["slow"]
    told: list[Told] = []
    asking = threading.Thread(target=lambda: told.append(ask(backends, path)))
    asking.start()
    assert backends.wait_for(path)
    assert told == []
    backends.release()
    asking.join()
    assert [answer.status for answer in told] == [200]


def test_waiting_for_a_request_that_does_not_come_ends(backends: Backends) -> None:
    """With the answer that it did not."""
    ask(backends, CODEX)
    assert not backends.wait_for(CODEX, count=2, timeout=0.01)


def test_closing_lets_go_of_what_is_held_back() -> None:
    """Nobody is left waiting for a server that is gone."""
    told: list[Told] = []
    with Backends(SCENARIOS["slow"]) as backends:
        asking = threading.Thread(target=lambda: told.append(ask(backends, CODEX)))
        asking.start()
        assert backends.wait_for(CODEX)
    asking.join()
    assert [answer.status for answer in told] == [200]


def test_a_reset_is_one_instant_until_it_has_come() -> None:
    """However often it is asked for; after it the window is empty, and has another."""
    clock = [NOW + 0.7]
    with Backends(SCENARIOS["exhausted"], clock=lambda: clock[0]) as backends:

        def primary() -> dict[str, Any]:
            window: dict[str, Any] = json.loads(ask(backends, CODEX).body)["rate_limit"][
                "primary_window"
            ]
            return window

        first = primary()
        assert (first["used_percent"], first["reset_at"]) == (100, NOW + 2700)
        clock[0] += 2699.2
        assert primary() == {**first, "reset_after_seconds": 0}
        clock[0] += 0.2
        later = primary()
        assert (later["used_percent"], later["reset_at"]) == (0, NOW + 2700 + 18000)


def test_a_scenario_counts_from_the_moment_it_is_set() -> None:
    """Not from when the server began."""
    clock = [NOW]
    with Backends(clock=lambda: clock[0]) as backends:
        clock[0] += 86400.0
        backends.scenario = SCENARIOS["exhausted"]
        told = json.loads(ask(backends, CODEX).body)
    assert backends.scenario == SCENARIOS["exhausted"]
    assert told["rate_limit"]["primary_window"]["reset_at"] == NOW + 86400 + 2700


def test_a_login_of_claude_is_renewed_with_its_own_token_alone(backends: Backends) -> None:
    """What comes of it is let in."""
    asked = {"grant_type": "refresh_token", "refresh_token": logins.CLAUDE_REFRESH}
    told = ask(backends, "/v1/oauth/token", {}, json.dumps(asked).encode())
    token = json.loads(told.body)["access_token"]
    assert ask(backends, CLAUDE, {"authorization": f"Bearer {token}", **BETA}).status == 200
    for wrong in (b"", b"[]", json.dumps({**asked, "refresh_token": "demo"}).encode()):
        assert ask(backends, "/v1/oauth/token", {}, wrong).status == 400


def test_it_listens_on_loopback_only(backends: Backends) -> None:
    """On a port of the system's choice."""
    assert backends.origin.startswith("http://127.0.0.1:")
    assert not backends.origin.endswith(":0")
