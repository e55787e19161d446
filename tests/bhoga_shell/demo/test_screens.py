"""The pictures in the README are those of today's screens."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bhoga_shell.demo import logins
from bhoga_shell.demo.screens import SCREENS

PICTURES = Path(__file__).parents[3] / "docs" / "screens"


def draw(folder: Path, *options: str) -> None:
    """Draw all pictures, in a process of its own: the zone and the terminal are changed for it."""
    command = [sys.executable, "-m", "bhoga_shell.demo.screens", str(folder), *options]
    subprocess.run(command, check=True, timeout=60)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all pictures, as they are drawn today."""
    folder = tmp_path_factory.mktemp("drawn")
    draw(folder)
    return folder


@pytest.mark.skipif(not PICTURES.is_dir(), reason="the pictures are not beside these tests")
@pytest.mark.skipif(os.name == "nt", reason="file modes, which a picture shows, differ there")
def test_the_pictures_are_current(drawn: Path) -> None:
    """Draw them anew with `python -m bhoga_shell.demo.screens docs/screens`."""
    for name in SCREENS:
        picture = f"{name}.svg"
        assert (PICTURES / picture).read_bytes() == (drawn / picture).read_bytes(), picture
    assert {it.name for it in PICTURES.iterdir()} == {f"{name}.svg" for name in SCREENS}


def test_every_picture_is_the_same_each_time(drawn: Path, tmp_path: Path) -> None:
    """To the byte, whenever it is drawn."""
    draw(tmp_path)
    for name in SCREENS:
        picture = f"{name}.svg"
        assert (tmp_path / picture).read_bytes() == (drawn / picture).read_bytes(), picture


def test_a_picture_loads_nothing_and_shows_no_secret(drawn: Path) -> None:
    """No font from elsewhere, no path of this machine, no login."""
    for name in SCREENS:
        content = (drawn / f"{name}.svg").read_text(encoding="utf-8")
        assert "url(http" not in content
        assert "href" not in content
        for hidden in (logins.CLAUDE, logins.CODEX, logins.COPILOT, logins.ACCOUNT, "bhoga-demo-"):
            assert hidden not in content


def test_pictures_can_be_had_narrow_and_light(drawn: Path, tmp_path: Path) -> None:
    """To look at them."""
    draw(tmp_path / "narrow", "--width", "50", "--theme", "light")
    for name in SCREENS:
        picture = f"{name}.svg"
        narrow = (tmp_path / "narrow" / picture).read_text(encoding="utf-8")
        assert narrow != (drawn / picture).read_text(encoding="utf-8")
        assert 'fill="#ffffff"' in narrow
