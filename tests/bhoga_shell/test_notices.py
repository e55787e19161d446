"""What is told once."""

import logging

import pytest

from bhoga_shell import notices


def test_a_notice_is_given_once_a_process(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same words are not repeated; other words are told."""
    monkeypatch.setattr(notices, "_told", {})
    with caplog.at_level(logging.WARNING, logger="bhoga"):
        for text in ("100 % odd", "100 % odd", "odder"):
            notices.warn_once(text)
    assert caplog.messages == ["100 % odd", "odder"]
