"""Where the token for Copilot is found, and what is said where there is none."""

import json
import logging
import os
import sys
from pathlib import Path

import pytest

from bhoga_shell import notices
from bhoga_shell.copilot_token import CopilotToken, NoCopilotToken, resolve_copilot_token
from bhoga_shell.probes import logins

COPILOT, GH, GITHUB = "COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"
MEASURED = Path(__file__).parents[2].parent / "shared" / "hermes" / "copilot_cases.json"

GH_STAND_IN = """\
#!{python}
import json, os, sys
open({record!r}, "w").write(json.dumps([sys.argv[1:], dict(os.environ)]))
{code}
"""

on_posix = pytest.mark.skipif(os.name != "posix", reason="a script is no program here")


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Warnings that are given once are given afresh."""
    monkeypatch.setattr(notices, "_told", {})


def gh(tmp_path: Path, code: str) -> dict[str, str]:
    """An environment in which `gh` notes how it was run and then runs `code`."""
    folder = tmp_path / "gh"
    folder.mkdir()
    script = GH_STAND_IN.format(python=sys.executable, record=str(tmp_path / "ran"), code=code)
    (folder / "gh").write_text(script)
    (folder / "gh").chmod(0o700)
    return {"PATH": str(folder)}


@pytest.mark.parametrize(
    ("environ", "token", "source"),
    [
        ({COPILOT: "gho_c", GH: "gho_g", GITHUB: "gho_t"}, "gho_c", COPILOT),
        ({GH: "ghu_g", GITHUB: "gho_t"}, "ghu_g", GH),
        ({COPILOT: " \n", GITHUB: "\tgithub_pat_t\n"}, "github_pat_t", GITHUB),
        ({COPILOT: "ghp_c", GH: " ghp_g", GITHUB: "gho_t"}, "gho_t", GITHUB),
        ({COPILOT: "GHP_upper"}, "GHP_upper", COPILOT),
    ],
)
def test_the_first_variable_with_a_usable_token_counts(
    environ: dict[str, str], token: str, source: str
) -> None:
    """In Copilot's order; blank is unset, space is taken off, classic tokens are passed over."""
    assert resolve_copilot_token(environ) == CopilotToken(token, source)


def test_a_classic_token_is_warned_about_once(caplog: pytest.LogCaptureFixture) -> None:
    """What is supported is said, the token is not."""
    with caplog.at_level(logging.WARNING, logger="bhoga"):
        for _ in range(2):
            resolve_copilot_token({COPILOT: "ghp_secret", GH: "gho_g"})
    (warning,) = caplog.messages
    assert warning.startswith(f"{COPILOT} holds a classic token")
    assert all(prefix in warning for prefix in ("gho_", "ghu_", "github_pat_"))
    assert "secret" not in warning


def test_a_token_is_in_no_repr() -> None:
    """Neither a log line nor a traceback that shows the answer shows the token."""
    assert repr(CopilotToken("gho_secret", GH)) == f"CopilotToken(source={GH!r})"


def test_without_any_the_reason_of_each_place_is_given() -> None:
    """A person sees at once which of the four places to mend."""
    nothing = resolve_copilot_token({COPILOT: "ghp_secret", GH: " ", "PATH": ""})
    assert isinstance(nothing, NoCopilotToken)
    classic, *others = nothing.reasons
    assert classic.startswith(f"{COPILOT} holds a classic token")
    assert others == [
        "GH_TOKEN is not set",
        "GITHUB_TOKEN is not set",
        "gh auth token: gh is not on PATH",
    ]
    assert "secret" not in repr(nothing)


@on_posix
def test_gh_comes_last_and_is_not_shown_the_variables(tmp_path: Path) -> None:
    """`gh` answers from its own login: with the variables it would repeat a refused one."""
    environ = gh(tmp_path, "print('gho_cli')") | {COPILOT: "ghp_c", GH: "", "KEPT": "1"}
    assert resolve_copilot_token(environ) == CopilotToken("gho_cli", "gh auth token")
    words, seen = json.loads((tmp_path / "ran").read_text())
    assert words == ["auth", "token"]
    assert seen["KEPT"] == "1"
    assert not {COPILOT, GH, GITHUB} & seen.keys()
    (tmp_path / "ran").unlink()
    assert resolve_copilot_token(environ | {GITHUB: "gho_t"}) == CopilotToken("gho_t", GITHUB)
    assert not (tmp_path / "ran").exists()


@on_posix
def test_gh_is_asked_for_the_host_that_is_named(tmp_path: Path) -> None:
    """`COPILOT_GH_HOST` is the host of an enterprise."""
    environ = gh(tmp_path, "print('gho_cli')") | {"COPILOT_GH_HOST": " ghe.invalid "}
    resolve_copilot_token(environ)
    assert json.loads((tmp_path / "ran").read_text())[0][2:] == ["--hostname", "ghe.invalid"]


@on_posix
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("print('ghp_secret')", "gh auth token printed a classic token (ghp_)"),
        ("sys.exit(1)", "gh auth token: "),
        ("print(' ')", "gh auth token: "),
        ("os.read(os.pipe()[0], 1)", "gh auth token: "),
    ],
)
def test_what_gh_fails_with_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, reason: str
) -> None:
    """Whatever it does, the answer is a sentence and never what it printed."""
    monkeypatch.setattr(logins, "PROGRAM_PATIENCE", 0.2 if "pipe" in code else 30.0)
    nothing = resolve_copilot_token(gh(tmp_path, code))
    assert isinstance(nothing, NoCopilotToken)
    assert nothing.reasons[-1].startswith(reason)
    assert "secret" not in repr(nothing)


@on_posix
def test_a_gh_that_is_no_program_is_passed_over(tmp_path: Path) -> None:
    """A file of that name which cannot be run is a reason like any other."""
    environ = gh(tmp_path, "")
    (tmp_path / "gh" / "gh").write_text("#!/nowhere/at/all\n")
    nothing = resolve_copilot_token(environ)
    assert isinstance(nothing, NoCopilotToken)
    assert nothing.reasons[-1].startswith("gh auth token: ")


@on_posix
@pytest.mark.skipif(not MEASURED.exists(), reason="the measured cases are not beside the checkout")
def test_every_measured_case_is_reproduced(tmp_path: Path) -> None:
    """What the real Hermes picked is picked here, from the same place."""
    stand_in = gh(
        tmp_path, "token = os.environ.get('FAKE_GH_TOKEN'); print(token or ''); sys.exit(not token)"
    )
    cases = json.loads(MEASURED.read_text(encoding="utf-8"))["cases"]
    assert len(cases) > 30
    for case in cases:
        found = resolve_copilot_token(stand_in | case["env"])
        if case["token"]:
            assert found == CopilotToken(case["token"], case["source"])
        else:
            assert isinstance(found, NoCopilotToken)
