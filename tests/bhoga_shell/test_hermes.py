"""Hermes' configuration on the disk: what is written, what stays, and what is refused."""

import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bhoga_core.hermes import AUXILIARY_TASKS
from bhoga_shell import notices
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


def test_where_nothing_changes_nothing_is_left_beside_it(router: Router, config: Path) -> None:
    """Not even a lock, so it also works in a folder that nobody may write to."""
    config.write_text(WRITTEN)
    applied = apply_to_hermes(router, "gpt-5.4")
    assert applied is not None
    assert applied.changes == ()
    assert [it.name for it in config.parent.iterdir()] == ["config.yaml"]


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
    own = "AppData/Local/hermes" if os.name == "nt" else ".hermes"
    assert (tmp_path / "home" / own / "config.yaml").is_file()


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
    assert [it.name for it in config.parent.iterdir()] == ["config.yaml"]


def test_a_refusal_takes_nothing_of_the_file_along(router: Router, config: Path) -> None:
    """Neither the error nor what it came from holds a byte of a file that is not UTF-8."""
    config.write_bytes(b"model:\n  api_key: sk-secret\n  note: \xff\n")
    with pytest.raises(HermesConfigError) as refused:
        apply_to_hermes(router, "gpt-5.4")
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None
    assert "secret" not in str(refused.value)


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


def test_a_warning_is_returned_each_time_and_logged_once(
    router: Router,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What keeps Hermes from following the choice is in every answer, and once in the log."""
    monkeypatch.setattr(notices, "_told", {})
    router.set_quota("openai_api", pct_remaining=99.0)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-told")
    with caplog.at_level(logging.WARNING, logger="bhoga"):
        applied = [apply_to_hermes(router, "gpt-5.4", config_path=config) for _ in range(2)]
    assert applied[0] is not None
    assert applied[1] is not None
    assert applied[0].warnings == applied[1].warnings == tuple(caplog.messages)
    assert len(caplog.messages) == 1
    assert "sk-not-told" not in repr(applied)


def test_a_claude_login_on_this_machine_is_seen(
    router: Router, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With both a login and a key the key may be chosen, and Hermes takes the login."""
    router.set_quota("anthropic_api", pct_remaining=99.0)
    keyed = apply_to_hermes(router, "claude-opus-4", config_path=config, dry_run=True)
    monkeypatch.setenv("CLAUDE_CODE_OAUTH_TOKEN", "sk-ant-oat-not-told")
    both = apply_to_hermes(router, "claude-opus-4", config_path=config, dry_run=True)
    assert keyed is not None
    assert both is not None
    assert (len(keyed.warnings), len(both.warnings)) == (0, 1)


def test_openai_itself_can_be_written(router: Router, config: Path) -> None:
    """`openai_via` picks Hermes' provider for OpenAI's API; anything else is a caller's mistake."""
    router.set_quota("openai_api", pct_remaining=99.0)
    apply_to_hermes(router, "openai/gpt-5.4", openai_via="openai-api")
    written = yaml.safe_load(config.read_text())["model"]
    assert written == {
        "default": "gpt-5.4",
        "provider": "openai-api",
        "api_mode": "codex_responses",
    }
    with pytest.raises(ValueError, match=r"^openai_via: 'azure' is none of openrouter, openai-api"):
        apply_to_hermes(router, "gpt-5.4", openai_via="azure")  # type: ignore[arg-type]


def test_a_dry_run_says_the_same_and_writes_nothing(
    router: Router, config: Path, tmp_path: Path
) -> None:
    """The answer is that of the real run; no file, folder, backup or lock is made."""
    planned = apply_to_hermes(router, "gpt-5.4", write_auxiliary=True, dry_run=True)
    assert config.read_text() == OWN
    assert [it.name for it in config.parent.iterdir()] == ["config.yaml"]
    applied = apply_to_hermes(router, "gpt-5.4", write_auxiliary=True)
    assert planned is not None
    assert applied is not None
    assert applied.backup is not None
    assert planned == replace(applied, backup=None)
    apply_to_hermes(router, "gpt-5.4", config_path=tmp_path / "new" / "config.yaml", dry_run=True)
    assert not (tmp_path / "new").exists()
    (tmp_path / "list.yaml").write_text("- a\n")
    with pytest.raises(HermesConfigError):
        apply_to_hermes(router, "gpt-5.4", config_path=tmp_path / "list.yaml", dry_run=True)


def test_every_task_is_routed_where_that_is_asked_for(router: Router, config: Path) -> None:
    """Hermes' own tasks and the person's, each with a model, its address and key gone."""
    config.write_text(
        "_config_version: 33\n"
        "auxiliary:\n"
        "  mine: {timeout: 5, provider: custom, base_url: 'https://x.invalid', key_env: SECRET}\n"
        "  moa_reference: {provider: openrouter}\n"
        "  transient_retries: 2\n"
    )
    applied = apply_to_hermes(router, "gpt-5.4", write_auxiliary=True)
    assert applied is not None
    auxiliary = yaml.safe_load(config.read_text())["auxiliary"]
    chosen = {"provider": "openai-codex", "model": "gpt-5.4"}
    assert auxiliary.pop("mine") == {"timeout": 5, **chosen}
    assert auxiliary.pop("moa_reference") == {"provider": "openrouter"}
    assert auxiliary.pop("transient_retries") == 2
    assert auxiliary == dict.fromkeys(AUXILIARY_TASKS, chosen)
    assert HermesChange("auxiliary.mine.key_env", "…", None) in applied.changes


def test_an_address_that_is_merged_in_is_hidden(router: Router, config: Path) -> None:
    """It stays at its anchor for others, and is empty where the token would follow it."""
    before = "x: &home\n  base_url: https://x.invalid\nmodel:\n  <<: *home\n  default: m\n"
    config.write_text(before)
    apply_to_hermes(router, "gpt-5.4")
    assert config.read_text().startswith(before.removesuffix("  default: m\n"))
    written = yaml.safe_load(config.read_text())
    assert written["model"]["base_url"] == ""
    assert written["x"] == {"base_url": "https://x.invalid"}


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="only root can write for somebody else"
)
def test_the_owner_is_kept_when_root_writes(router: Router, config: Path) -> None:
    """The person whose file it is can read it, its backup and its lock afterwards."""
    os.chown(config, 12345, 23456)
    config.chmod(0o600)
    applied = apply_to_hermes(router, "gpt-5.4")
    assert applied is not None
    assert applied.backup is not None
    for path in (config, applied.backup, config.with_name("config.yaml.lock")):
        found = path.stat()
        assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (12345, 23456, 0o600)


def test_what_a_kill_left_of_a_backup_is_swept(router: Router, config: Path) -> None:
    """Half a backup goes; what only looks like one stays, and is not counted."""
    torn = config.with_name("config.yaml.bhoga-20260101T000000.000000Z.tmp")
    mine = config.with_name("config.yaml.bhoga-mine")
    torn.touch()
    mine.mkdir()
    apply_to_hermes(router, "gpt-5.4")
    assert not torn.exists()
    assert mine.is_dir()
