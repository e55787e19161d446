"""The login that a request is sent with."""

import json
from pathlib import Path
from typing import Any

import pytest
from returns.result import Failure, Success

from bhoga_core.probe import Login, LoginFile, LoginVariables, Place
from bhoga_core.reading import Declined, Reason
from bhoga_shell.probes import logins
from bhoga_shell.probes.logins import FoundLogin, NoLogin, first_token, login

Programs = Any
"""A folder of programs: see conftest.py."""

CANARY = "c4n4ry"
NOW = 1_800_000_000.0
GOOD = f"gho_{CANARY}"
CLASSIC = f"ghp_{CANARY}"
UNSET = "FIRST is not set; SECOND is not set; "

VARIABLES = LoginVariables(
    ("FIRST", "SECOND"), ("gho_", "ghu_", "github_pat_"), ("keeper", "auth", "token")
)


def asked(environ: dict[str, str]) -> FoundLogin | Declined:
    """What an environment holds, which never shows."""
    found = login(VARIABLES, environ, NOW)
    assert CANARY not in repr(found)
    return found


@pytest.mark.parametrize(
    ("environ", "origin"),
    [
        ({"FIRST": GOOD, "SECOND": "gho_other"}, "FIRST"),
        ({"FIRST": f" {GOOD}\n"}, "FIRST"),
        ({"FIRST": "  ", "SECOND": GOOD}, "SECOND"),
        ({"FIRST": CLASSIC, "SECOND": GOOD}, "SECOND"),
    ],
)
def test_the_first_variable_with_a_usable_token_is_taken(
    environ: dict[str, str], origin: str
) -> None:
    """Trimmed; where it was found is told."""
    assert asked(environ) == FoundLogin(GOOD, origin)


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (CLASSIC, "a token of the kind ghp_, which is not taken: only gho_, ghu_, github_pat_ are"),
        (f"ghs_{CANARY}", "a token of the kind ghs_, which is not taken: only gho_, ghu_,"),
        (f"sk-{CANARY}", "a token of another kind than gho_, ghu_, github_pat_"),
        (CANARY, "a token of another kind than gho_, ghu_, github_pat_"),
        (f"GHO_{CANARY}", "a token of another kind than gho_, ghu_, github_pat_"),
        (f"{GOOD}\r\nHost: x", "something that is no token"),
        (f"{GOOD} and more", "something that is no token"),
        (f"{GOOD}\u00e9", "something that is no token"),
        (GOOD + "x" * 20_000, "something that is no token"),
    ],
)
def test_what_is_not_taken_is_told_without_being_repeated(
    programs: Programs, token: str, why: str
) -> None:
    """Of a variable and of a program alike; only a kind that is known from others is named."""
    refused = asked({"SECOND": token})
    assert isinstance(refused, Declined)
    assert refused.reason is Reason.NO_LOGIN
    assert f"SECOND holds {why}" in refused.detail
    programs.add("keeper", f"print({token!r})")
    refused = asked(programs.environ)
    assert isinstance(refused, Declined)
    assert refused.reason is Reason.NO_LOGIN
    assert f"keeper auth token printed {why}" in refused.detail


def test_without_a_variable_the_program_is_asked(programs: Programs) -> None:
    """In its own words, and without the variables, which it would only repeat."""
    code = "print(sys.argv[1:] == ['auth', 'token'] and os.environ.get('FIRST', 'gho_kept'))"
    programs.add("keeper", code)
    assert asked(programs.environ | {"FIRST": CLASSIC}) == FoundLogin(
        "gho_kept", "keeper auth token"
    )


def test_with_a_variable_no_program_is_run(programs: Programs) -> None:
    """It might ask for a password."""
    programs.add("keeper", "(left / 'ran').touch()")
    assert asked(programs.environ | {"FIRST": GOOD}) == FoundLogin(GOOD, "FIRST")
    assert not (programs.left / "ran").exists()


def test_where_there_is_neither_both_are_told() -> None:
    """Absent, unless there is a token that cannot be taken: that one is what to mend."""
    assert asked({}) == Declined(Reason.ABSENT, f"{UNSET}keeper auth token: keeper is not on PATH")
    assert asked({"FIRST": CLASSIC}) == Declined(
        Reason.NO_LOGIN,
        "FIRST holds a token of the kind ghp_, which is not taken: only gho_, ghu_, github_pat_"
        " are; SECOND is not set; keeper auth token: keeper is not on PATH",
    )


def test_a_program_without_a_login_is_no_login(programs: Programs) -> None:
    """What it says beside that is not repeated."""
    programs.add("keeper", f"print('{CANARY}', file=sys.stderr); sys.exit(1)")
    assert asked(programs.environ) == Declined(
        Reason.NO_LOGIN,
        f"{UNSET}keeper auth token: keeper printed nothing (exit code 1): is anybody logged in?",
    )


def test_a_program_that_hangs_is_not_waited_for(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be waiting for a password that nobody types."""
    monkeypatch.setattr(logins, "PROGRAM_PATIENCE", 0.3)
    programs.add("keeper", "import time; time.sleep(1000)")
    assert asked(programs.environ) == Declined(
        Reason.TIMED_OUT, f"{UNSET}keeper auth token: keeper did not answer within 0.3 s"
    )


def test_there_need_be_no_program() -> None:
    """Then the variables are all there is."""
    only = LoginVariables(("FIRST",), ("gho_",), ())
    assert login(only, {}, NOW) == Declined(Reason.ABSENT, "FIRST is not set")


def test_another_rule_may_choose_among_the_same_places(programs: Programs) -> None:
    """The order of the places is one, what is taken in them another's to say."""
    programs.add("keeper", "print(' kept ')")

    def objection(token: str) -> str:
        return "a short one" if len(token) < 3 else ""

    environ = programs.environ | {"FIRST": "ab"}
    assert first_token(VARIABLES, environ | {"SECOND": "any \u00e9"}, objection) == FoundLogin(
        "any \u00e9", "SECOND"
    )
    assert first_token(VARIABLES, environ, objection) == FoundLogin("kept", "keeper auth token")
    programs.add("keeper", "print('k')")
    assert first_token(VARIABLES, environ, objection) == NoLogin(
        Reason.NO_LOGIN,
        ("FIRST holds a short one", "SECOND is not set", "keeper auth token printed a short one"),
    )


def read(content: bytes, at: float) -> Success[Login] | Failure[Declined]:
    """Reads a file that says until when its token is valid."""
    fields = json.loads(content)
    if fields["until"] <= at:
        return Failure(Declined(Reason.EXPIRED, "expired: run tool"))
    return Success(Login(fields["token"]))


FILE = LoginFile(Place("TOOL_HOME", ".tool", "auth.json"), read)


def kept(folder: Path, token: object, until: float) -> dict[str, str]:
    """An environment whose folder holds a login file."""
    content = json.dumps({"token": token, "until": until})
    (folder / "auth.json").write_text(content, encoding="utf-8")
    return {"TOOL_HOME": str(folder)}


def test_a_login_is_read_from_a_file(tmp_path: Path) -> None:
    """By the provider's reader, at the second of the question."""
    found = login(FILE, kept(tmp_path, CANARY, NOW + 1), NOW)
    assert found == FoundLogin(CANARY, "$TOOL_HOME/auth.json")
    assert CANARY not in repr(found)
    expired = login(FILE, kept(tmp_path, CANARY, NOW), NOW)
    assert expired == Declined(Reason.EXPIRED, "expired: run tool")


@pytest.mark.parametrize("token", ["", f"{CANARY}\nHost: x", f"{CANARY}\u00e9"])
def test_a_file_that_holds_what_cannot_be_sent_is_refused(tmp_path: Path, token: str) -> None:
    """A header is one line."""
    assert login(FILE, kept(tmp_path, token, NOW + 1), NOW) == Declined(
        Reason.CHANGED, "$TOOL_HOME/auth.json holds something that is no token"
    )


def test_a_reader_that_fails_repeats_nothing(tmp_path: Path) -> None:
    """Its error may hold what it read."""
    (tmp_path / "auth.json").write_text(f'{{"until": "{CANARY}"}}', encoding="utf-8")
    assert login(FILE, {"TOOL_HOME": str(tmp_path)}, NOW) == Declined(
        Reason.CHANGED, "$TOOL_HOME/auth.json could not be read (TypeError)"
    )


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_without_a_file_there_is_no_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    """On macOS it is where reading it would prompt, so it is not read."""
    monkeypatch.setattr(logins.sys, "platform", platform)
    absent = login(FILE, {"TOOL_HOME": str(tmp_path)}, NOW)
    assert isinstance(absent, Declined)
    assert absent.reason is Reason.ABSENT
    assert ("Keychain" in absent.detail) == (platform == "darwin")
    (tmp_path / "auth.json").mkdir()
    unfit = login(FILE, {"TOOL_HOME": str(tmp_path)}, NOW)
    assert isinstance(unfit, Declined)
    assert unfit.reason is Reason.UNAVAILABLE
