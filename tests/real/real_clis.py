"""The real `claude` and `codex`, on a stage where all that they can reach are stand-ins.

They are looked for on `BHOGA_REAL_PATH`, else on the PATH of whoever runs the tests.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import floor
from pathlib import Path
from time import time
from typing import NamedTuple

import pytest

from bhoga_core import PROVIDERS, Window
from bhoga_core.report import SourceReport
from bhoga_shell import Router
from bhoga_shell.demo.backends import Backends
from bhoga_shell.demo.home import furnish
from bhoga_shell.demo.scenarios import WEEK, Allowance, Claude, Codex, Scenario
from connect_proxy import ConnectProxy
from throwaway_ca import OPENSSL, authority_for

# Taken before conftest hides the machine's settings from the tests.
PATH = os.environ.get("BHOGA_REAL_PATH") or os.environ.get("PATH", "")
HOME = Path.home()
"""The home of the person who runs the tests, in which nothing may change."""

HOSTS = frozenset({"api.anthropic.com", "platform.claude.com"})
"""What the stand-ins answer for, under Claude's own names."""

MODEL_ENDPOINTS = ("/messages", "/responses", "/completions")
"""How the paths end under which a model is called."""

_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_KEPT = ("SYSTEMROOT", "PYTEST_")

_CODEX_CONFIG = """\
chatgpt_base_url = "{origin}/backend-api"
openai_base_url = "{origin}/backend-api/codex"
cli_auth_credentials_store = "file"

[analytics]
enabled = false
"""


def found(program: str) -> Path | None:
    """The real program, by an absolute path; None where it is not installed."""
    path = shutil.which(program, path=PATH)
    return None if path is None else Path(path).absolute()


def needs(program: str) -> pytest.MarkDecorator:
    """The mark that skips, with the reason, where the real program cannot be run."""
    reason = ""
    if found(program) is None:
        reason = f"{program} is not installed: it is on neither BHOGA_REAL_PATH nor PATH"
    elif OPENSSL is None:
        reason = "openssl is not on PATH: the stand-ins have no certificates without it"
    elif sys.platform != "linux":
        reason = "only on Linux are logins kept in files alone: here a keychain might be asked"
    return pytest.mark.skipif(bool(reason), reason=reason or "it can be run")


def windows_of(plan: Claude | Codex) -> Mapping[tuple[str, str], Allowance]:
    """What a plan allows, by the name and the scope that bhoga gives it."""
    windows = [(it, "*") for it in (plan.session, plan.week) if it is not None]
    windows += [(limit.window, limit.model.lower()) for limit in plan.models]
    return {("weekly" if it.length == WEEK else "burst", scope): it for it, scope in windows}


class Told(NamedTuple):
    """What bhoga knows after a question: windows by name and scope, sources by name."""

    windows: Mapping[tuple[str, str], Window]
    sources: Mapping[str, SourceReport]

    @property
    def used(self) -> Mapping[tuple[str, str], float]:
        """The fraction used of each window."""
        return {key: window.used for key, window in self.windows.items()}

    @property
    def resets(self) -> Mapping[tuple[str, str], float | None]:
        """The Unix second at which each window resets."""
        return {key: window.resets_at for key, window in self.windows.items()}

    @property
    def reasons(self) -> Mapping[str, str]:
        """Why each source did not answer, `""` for one that did."""
        return {name: source.reason for name, source in self.sources.items()}


@dataclass(frozen=True)
class Stage:
    """Where the real programs run.

    The time of the backends stands still at the Unix second `began`, so that a reset is known
    exactly. `folder` holds the home, the state, and everything else that is written.
    """

    backends: Backends
    proxy: ConnectProxy
    began: float
    folder: Path

    def resets(self, plan: Claude | Codex) -> Mapping[tuple[str, str], float]:
        """The Unix second at which each window of a plan resets."""
        return {key: self.began + window.resets_in for key, window in windows_of(plan).items()}

    def ask(self, provider_id: str, *names: str) -> Told:
        """Ask these sources of a provider, all of them if none is named, and nothing else."""
        (provider,) = (it for it in PROVIDERS if it.id == provider_id)
        sources = tuple(it for it in provider.sources if not names or it.name in names)
        with Router(eager=False, providers=(replace(provider, sources=sources),)) as router:
            router.refresh()
            return told(router, provider_id)

    def forget(self) -> None:
        """From here on, bhoga knows nothing of what it was told before."""
        os.environ["BHOGA_STATE"] = str(_new(self.folder / f"after {time()}") / "state.json")

    @property
    def model_calls(self) -> tuple[str, ...]:
        """The paths of models that were called, by whichever way."""
        asked = [it.path for it in self.backends.requests]
        asked += [it.path for it in self.proxy.requests]
        return tuple(path for path in asked if path.endswith(MODEL_ENDPOINTS))


SetUp = Callable[..., Stage]
"""Sets the stage for a scenario: `fresh`, if none is given."""


def told(router: Router, provider_id: str) -> Told:
    """What a router knows of a provider, for the login in use and all models."""
    evidence = [
        it
        for record in router.quotas()
        if (record.provider_id, record.model) == (provider_id, "*")
        for it in record.evidence
    ]
    registers = [(it.key, it.asked or it.floor) for it in evidence]
    (report,) = (it for it in router.discovery() if it.provider_id == provider_id)
    return Told(
        {key: register.value for key, register in registers if register is not None},
        {source.name: source for source in report.sources},
    )


@contextmanager
def stage(
    scenario: Scenario,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    claude_expires_in: float = 8 * 3600.0,
) -> Iterator[Stage]:
    """Set the process up so that the real programs are found, and meet nobody but the stand-ins.

    Nothing of the environment is left that could lead them elsewhere.
    """
    began = float(floor(time()))
    authority = authority_for(HOSTS, _new(folder / "authority"))
    with (
        Backends(scenario, clock=lambda: began) as backends,
        ConnectProxy(HOSTS, authority.context, _port(backends)) as proxy,
    ):
        demo = furnish(folder / "stage", backends, claude_expires_in=claude_expires_in)
        config = Path(demo["CODEX_HOME"]) / "config.toml"
        config.write_text(_CODEX_CONFIG.format(origin=backends.origin), encoding="utf-8")
        for name in [*os.environ]:
            if not name.startswith(_KEPT):
                monkeypatch.delenv(name)
        ours = {
            **demo,
            **dict.fromkeys(_PROXIES, proxy.url),
            **{name.lower(): proxy.url for name in _PROXIES},
            **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost"),
            "LANG": "C.UTF-8",
            "NODE_EXTRA_CA_CERTS": str(authority.certificate),
            "PATH": str(_programs(_new(folder / "programs"))),
            "TMPDIR": str(_new(folder / "tmp")),
            "TZ": "UTC",
        }
        for name, value in ours.items():
            monkeypatch.setenv(name, value)
        yield Stage(backends, proxy, began, folder)


def _programs(folder: Path) -> Path:
    """`folder` with the real programs, and no other that a person may have logged in with."""
    for program in ("claude", "codex", "node"):
        path = found(program)
        if path is not None:
            (folder / program).symlink_to(path)
    return folder


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _port(backends: Backends) -> int:
    return int(backends.origin.rpartition(":")[2])
