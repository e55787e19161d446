"""Which models Codex is said to have, from whatever stands in its folder."""

import json
import os
from pathlib import Path

import pytest

from bhoga_shell.codex_models import (
    BUILT_IN,
    CACHE,
    CONFIG,
    DEFAULT_MODELS,
    CodexModels,
    codex_models,
    get_codex_models,
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Codex's folder, empty."""
    path = tmp_path / "codex"
    path.mkdir()
    monkeypatch.setenv("CODEX_HOME", str(path))
    return path


def cache(home: Path, *models: object) -> None:
    """Leave a cache of models as Codex does."""
    held = {"fetched_at": "2026-11-02T10:00:00Z", "client_version": "0.170.0", "models": models}
    (home / "models_cache.json").write_text(json.dumps(held))


def test_the_cache_comes_first(home: Path) -> None:
    """Listed models by priority, lower first, hidden ones left out, whatever the config says."""
    (home / "config.toml").write_text('model = "mine"')
    cache(
        home,
        {"slug": "gpt-c", "priority": 9, "visibility": "list"},
        {"slug": "gpt-hidden", "priority": 0, "visibility": "hide"},
        {"slug": "gpt-a", "priority": 1.5, "visibility": "list"},
        {"slug": "gpt-b", "priority": 2},
        {"slug": "gpt-a", "priority": 3},
        {"slug": "gpt-last"},
    )
    assert get_codex_models() == ["gpt-a", "gpt-b", "gpt-c", "gpt-last"]


def test_odd_entries_of_the_cache_are_left_out(home: Path) -> None:
    """What is no model is skipped, and the rest is listed."""
    cache(home, None, 3, [], {"slug": 5}, {"slug": " "}, {"slug": "gpt-a", "priority": "x"})
    assert get_codex_models() == ["gpt-a"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"models": {}}', b'{"models": []}', b"[" * 100_000],
)
def test_a_cache_that_lists_nothing_is_passed_over(home: Path, content: bytes) -> None:
    """A broken, foreign or empty cache never raises: the next source answers."""
    (home / "models_cache.json").write_bytes(content)
    assert get_codex_models() == [*DEFAULT_MODELS]


@pytest.mark.parametrize(
    ("config", "first"),
    [
        ('model = "gpt-mine"', "gpt-mine"),
        ('\ufeffmodel = "gpt-mine"', "gpt-mine"),
        ('model = "a"\nprofile = "w"\n[profiles.w]\nmodel = "gpt-work"', "gpt-work"),
        ('model = "a"\nprofile = "w"\n[profiles.other]\nmodel = "b"', "a"),
        ('profile = "w"\n[profiles.w]\nmodel = 3', DEFAULT_MODELS[0]),
        ('profile = ["w"]\nprofiles = 4', DEFAULT_MODELS[0]),
        ("not = [toml", DEFAULT_MODELS[0]),
    ],
)
def test_the_chosen_model_leads_the_line_up(home: Path, config: str, first: str) -> None:
    """Without a cache, the model of the profile in use or of the config comes first, once."""
    (home / "config.toml").write_text(config)
    models = get_codex_models()
    assert models == list(dict.fromkeys([first, *DEFAULT_MODELS]))
    assert codex_models().source == (BUILT_IN if first == DEFAULT_MODELS[0] else CONFIG)


def test_a_chosen_model_of_the_line_up_is_listed_once(home: Path) -> None:
    """The line-up is reordered, not repeated."""
    (home / "config.toml").write_text(f'model = "{DEFAULT_MODELS[2]}"')
    models = get_codex_models()
    assert models[0] == DEFAULT_MODELS[2]
    assert sorted(models) == sorted(DEFAULT_MODELS)


def test_huge_and_odd_files_are_passed_over(home: Path) -> None:
    """Neither a file of many megabytes nor a folder in a file's place is read."""
    with (home / "models_cache.json").open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    (home / "config.toml").mkdir()
    assert get_codex_models() == [*DEFAULT_MODELS]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders here")
def test_a_pipe_is_not_waited_for(home: Path) -> None:
    """A pipe that nobody writes to holds up nothing."""
    os.mkfifo(home / "models_cache.json")
    assert get_codex_models() == [*DEFAULT_MODELS]


def test_the_home_folder_serves_where_no_other_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without `CODEX_HOME` it is `.codex` in the home folder."""
    monkeypatch.delenv("CODEX_HOME")
    (tmp_path / "home" / ".codex").mkdir()
    cache(tmp_path / "home" / ".codex", {"slug": "gpt-home", "priority": 1})
    assert get_codex_models() == ["gpt-home"]


CHATGPT = {"OPENAI_API_KEY": None, "tokens": {"access_token": "at", "account_id": "acct-mine"}}


@pytest.mark.parametrize(
    ("login", "source"),
    [
        (CHATGPT, CACHE),
        (None, CACHE),
        ({"OPENAI_API_KEY": None, "tokens": {"access_token": "at"}}, CACHE),
        (CHATGPT | {"tokens": {"account_id": "acct-other"}}, BUILT_IN),
        (CHATGPT | {"tokens": {"account_id": None}}, BUILT_IN),
        ({"OPENAI_API_KEY": "sk-key", "tokens": None}, BUILT_IN),
    ],
)
def test_the_cache_of_another_account_is_passed_over(
    home: Path, login: object, source: str
) -> None:
    """After a change of login the models are another's; a login that cannot be seen is trusted."""
    models = [{"slug": "gpt-a", "priority": 1}]
    key = {"provider_id": "openai", "auth_mode": "chatgpt", "account_id": "acct-mine"}
    (home / "models_cache.json").write_text(json.dumps({"cache_key": key, "models": models}))
    if login is not None:
        (home / "auth.json").write_text(json.dumps(login))
    assert codex_models().source == source


def test_a_cache_without_an_account_is_trusted(home: Path) -> None:
    """Codex before 2026-09 wrote none, and with an API key there is none."""
    cache(home, {"slug": "gpt-a"})
    (home / "auth.json").write_text(json.dumps(CHATGPT))
    assert codex_models() == CodexModels(("gpt-a",), CACHE)


def test_another_environment_can_be_asked_about(home: Path, tmp_path: Path) -> None:
    """The folder is the one that the given environment names."""
    (tmp_path / "other").mkdir()
    cache(tmp_path / "other", {"slug": "gpt-other"})
    assert codex_models({"CODEX_HOME": str(tmp_path / "other")}).models == ("gpt-other",)
    assert codex_models({"CODEX_HOME": "\0"}) == CodexModels(DEFAULT_MODELS, BUILT_IN)
    assert home.is_dir()
