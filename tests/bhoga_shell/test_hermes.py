"""Hermes' configuration on the disk: what is written, what stays, and what is refused."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bhoga_shell.errors import HermesConfigError
from bhoga_shell.hermes import HermesChange, apply_to_hermes
from bhoga_shell.hermes_file import BACKUPS_KEPT
from bhoga_shell.router import Router

OWN = """\
# my agent
model:   # the main one
  default: "gpt-5.2"   # for now
  provider: openrouter
  base_url: https://openrouter.invalid/v1
  api_key: sk-or-secret
agent:
  max_turns: 0x1F  # odd, but mine
"""

WRITTEN = """\
# my agent
model:   # the main one
  default: "gpt-5.4"   # for now
  provider: openai-codex
  api_mode: codex_responses
agent:
  max_turns: 0x1F  # odd, but mine
compression:
  summary_provider: openai-codex
"""

on_posix = pytest.mark.skipif(os.name != "posix", reason="modes and links mean something else here")


@pytest.fixture
def router() -> Iterator[Router]:
    """A router that recommends Codex for OpenAI's models, and has nothing for `gemini`."""
    with Router(eager=False) as router:
        router.set_quota("openai-codex", pct_remaining=75.0)
        yield router


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration somebody wrote by hand."""
    path = tmp_path / "home" / ".hermes" / "config.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(OWN)
    return path


def test_only_what_the_choice_means_is_changed(router: Router, config: Path) -> None:
    """Comments, quotes and every other key stay; what changed is told, secrets are not."""
    applied = apply_to_hermes(router, "gpt-5.4")
    assert config.read_text() == WRITTEN
    assert applied is not None
    assert applied.path == config
    assert set(applied.changes) == {
        HermesChange("model.default", "gpt-5.2", "gpt-5.4"),
        HermesChange("model.provider", "openrouter", "openai-codex"),
        HermesChange("model.api_mode", None, "codex_responses"),
        HermesChange("model.base_url", "…", None),
        HermesChange("model.api_key", "…", None),
        HermesChange("compression.summary_provider", None, "openai-codex"),
    }
    assert "secret" not in repr(applied)


def test_the_file_before_is_kept(router: Router, config: Path) -> None:
    """The backup is the file as it was, secrets included, for its owner alone."""
    applied = apply_to_hermes(router, "gpt-5.4")
    assert applied is not None
    assert applied.backup is not None
    assert applied.backup.read_text() == OWN
    assert applied.backup.parent == config.parent
    if os.name == "posix":
        assert applied.backup.stat().st_mode & 0o777 == 0o600


def test_the_newest_backups_are_kept(router: Router, config: Path) -> None:
    """There are never more than five, and the last file before is among them."""
    for number in range(BACKUPS_KEPT + 2):
        config.write_text(OWN + f"# {number}\n")
        apply_to_hermes(router, "gpt-5.4")
    backups = sorted(config.parent.glob("config.yaml.bhoga-*"))
    assert [backup.read_text().rpartition("# ")[2].strip() for backup in backups] == [
        str(number) for number in range(2, BACKUPS_KEPT + 2)
    ]


def test_nothing_is_written_where_nothing_changes(router: Router, config: Path) -> None:
    """A second time is no change: the same file, untouched, and no further backup."""
    apply_to_hermes(router, "gpt-5.4")
    before = config.stat()
    applied = apply_to_hermes(router, "gpt-5.4")
    assert applied is not None
    assert (applied.changes, applied.backup) == ((), None)
    after = config.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert len([*config.parent.glob("config.yaml.bhoga-*")]) == 1


def test_no_recommendation_touches_nothing(router: Router, config: Path) -> None:
    """Where nothing can take the model the answer is None and no file is made or changed."""
    assert apply_to_hermes(router, "gemini-3-pro") is None
    assert config.read_text() == OWN
    assert [it.name for it in config.parent.iterdir()] == ["config.yaml"]


def test_a_fresh_file_is_private(router: Router, tmp_path: Path) -> None:
    """Missing folders and a missing file are made, for their owner alone, without a backup."""
    path = tmp_path / "new" / "hermes" / "config.yaml"
    applied = apply_to_hermes(router, "gpt-5.4", config_path=path)
    assert applied is not None
    assert applied.backup is None
    assert yaml.safe_load(path.read_text())["model"]["provider"] == "openai-codex"
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert path.parent.parent.stat().st_mode & 0o777 == 0o700


@on_posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_the_mode_is_kept(router: Router, config: Path, mode: int) -> None:
    """Who could read the file before can read it after, whatever the umask."""
    config.chmod(mode)
    apply_to_hermes(router, "gpt-5.4")
    assert config.stat().st_mode & 0o777 == mode


@on_posix
def test_a_link_stays_one(router: Router, config: Path, tmp_path: Path) -> None:
    """What a symlink points to is replaced, so a folder of dotfiles keeps its file."""
    kept = tmp_path / "dotfiles" / "hermes.yaml"
    kept.parent.mkdir()
    config.rename(kept)
    config.symlink_to(kept)
    apply_to_hermes(router, "gpt-5.4")
    assert config.is_symlink()
    assert kept.read_text() == WRITTEN


def test_hermes_home_is_honoured(
    router: Router, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`HERMES_HOME` names the folder; blank counts as unset, and then it is in the home folder."""
    monkeypatch.setenv("HERMES_HOME", str(tmp_path / "elsewhere"))
    apply_to_hermes(router, "gpt-5.4")
    assert (tmp_path / "elsewhere" / "config.yaml").is_file()
    monkeypatch.setenv("HERMES_HOME", " ")
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    apply_to_hermes(router, "gpt-5.4")
    assert (tmp_path / "home" / ".hermes" / "config.yaml").is_file()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"a: 1\nb: [\n", 3),
        (b"- a\n- list\n", 1),
        (b"a: 1\nb: \xff\n", 2),
        (b"a: 1\n---\nb: 2\n", 2),
        (b"model:\n  - a list\n", 2),
        (b"[" * 10_000, 1),
        ("a: 1\n".encode("utf-16"), 1),
    ],
)
def test_a_file_that_cannot_be_edited_safely_is_left_alone(
    router: Router, config: Path, content: bytes, line: int
) -> None:
    """The error names the file and the line, and the file is what it was, without a backup."""
    config.write_bytes(content)
    with pytest.raises(HermesConfigError) as refused:
        apply_to_hermes(router, "gpt-5.4")
    assert (refused.value.path, refused.value.line) == (str(config), line)
    assert config.read_bytes() == content
    assert {it.name for it in config.parent.iterdir()} <= {"config.yaml", "config.yaml.lock"}


def test_a_folder_in_its_place_is_an_error_of_its_own(router: Router, tmp_path: Path) -> None:
    """Whatever stands in the way is bhoga's own error, never a bare OSError."""
    with pytest.raises(HermesConfigError):
        apply_to_hermes(router, "gpt-5.4", config_path=tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(HermesConfigError):
        apply_to_hermes(router, "gpt-5.4", config_path=tmp_path / "file" / "config.yaml")


def test_line_endings_and_mark_stay(router: Router, config: Path) -> None:
    """A file from Windows keeps its byte order mark and its line endings."""
    config.write_bytes(b"\xef\xbb\xbf" + OWN.replace("\n", "\r\n").encode())
    apply_to_hermes(router, "gpt-5.4")
    assert config.read_bytes() == b"\xef\xbb\xbf" + WRITTEN.replace("\n", "\r\n").encode()


def test_a_warning_is_passed_on(
    router: Router, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What keeps Hermes from following the choice is said in the answer."""
    router.set_quota("openai_api", pct_remaining=99.0)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-told")
    applied = apply_to_hermes(router, "gpt-5.4", config_path=config)
    assert applied is not None
    assert len(applied.warnings) == 1
    assert "sk-not-told" not in repr(applied)


def test_many_at_once_leave_a_whole_file(router: Router, config: Path) -> None:
    """Processes that write at once take turns: the file is whole and everybody's else stays."""
    router.flush()
    code = (
        "import sys; from bhoga import Router, apply_to_hermes\n"
        "with Router(eager=False) as router:\n"
        "    for model in ('gpt-5.4', 'gpt-5.3-codex') * 5:\n"
        "        assert apply_to_hermes(router, model, config_path=sys.argv[1])"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(config)], env={**os.environ})
        for _ in range(4)
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    written = yaml.safe_load(config.read_text())
    assert written["model"]["default"] in {"gpt-5.4", "gpt-5.3-codex"}
    assert config.read_text().startswith("# my agent\nmodel:   # the main one\n")
    assert not list(config.parent.glob("*.tmp"))
