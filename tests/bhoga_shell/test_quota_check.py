"""`check_quota`: what is known of a provider at the moment."""

import logging
from pathlib import Path

import pytest

from bhoga_shell.quota_check import check_quota
from bhoga_shell.router import Router


def test_what_another_process_saved_is_found() -> None:
    """The record of the provider for all models, from the state file of the moment."""
    with Router(eager=False) as router:
        router.set_quota("claude_code", pct_remaining=40.0, model="claude-opus-4")
        router.set_quota("claude_code", pct_remaining=70.0)
    found = check_quota("claude_code")
    assert found is not None
    assert (found.provider_id, found.model) == ("claude_code", "*")
    assert {
        evidence.said.value.used
        for evidence in found.evidence
        if evidence.said is not None and evidence.said.value is not None
    } == {0.3}


def test_nothing_known_is_none_with_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    """No record is no error: the reason is in the log for who listens."""
    with caplog.at_level(logging.INFO, "bhoga"):
        assert check_quota("openai-codex") is None
    assert "openai-codex" in caplog.text


@pytest.mark.parametrize("pid", ["claude", "", "CLAUDE_CODE"])
def test_an_unknown_provider_is_refused(pid: str) -> None:
    """The error lists the providers that there are."""
    with pytest.raises(ValueError, match="anthropic_api, claude_code, github-copilot"):
        check_quota(pid)


def test_a_file_of_a_newer_version_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is reported, not raised, and the file is as it was."""
    path = tmp_path / "state.json"
    with Router(eager=False) as router:
        router.set_quota("claude_code", pct_remaining=70.0)
    newer = path.read_text().replace('"version": 1', '"version": 99', 1)
    path.write_text(newer)
    assert check_quota("claude_code") is None
    assert "99" in caplog.text
    assert path.read_text() == newer
