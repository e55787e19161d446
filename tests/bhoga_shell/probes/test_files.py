"""Files that other programs have left."""

import os
from pathlib import Path

import pytest

from bhoga_core.probe import JsonAt, Place, ReadFile
from bhoga_core.reading import Declined, Reason
from bhoga_shell.durable import READ_LIMIT
from bhoga_shell.probes import files
from bhoga_shell.probes.files import END, find, read, read_at, value_at

PLACE = Place("TOOL_HOME", ".tool", "auth.json")
NEWEST = ReadFile(Place("TOOL_HOME", ".tool", ""), newest="sessions/**/log-*.jsonl")

posix = pytest.mark.skipif(os.name != "posix", reason="only where files have modes and links")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment that names an empty folder as the tool's."""
    (tmp_path / "tool").mkdir()
    return {"TOOL_HOME": str(tmp_path / "tool")}


def put(path: Path, content: bytes, changed: float = 1e9) -> Path:
    """A file that was changed last at a Unix second."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (changed, changed))
    return path


def asked(probe: ReadFile, environ: dict[str, str]) -> bytes | Declined:
    """What a probe reads."""
    path = find(probe, environ)
    return path if isinstance(path, Declined) else read(probe, path, environ)


def test_a_file_is_read_whole(tmp_path: Path, environ: dict[str, str]) -> None:
    """Whatever stands in it."""
    put(tmp_path / "tool/auth.json", b"\x00{}")
    assert asked(ReadFile(PLACE), environ) == read_at(PLACE, environ) == b"\x00{}"


def test_a_file_that_is_not_there_is_absent(tmp_path: Path, environ: dict[str, str]) -> None:
    """It is named by its variable: the folder may be called by a person's name."""
    absent = Declined(Reason.ABSENT, "$TOOL_HOME/auth.json is not there")
    assert find(ReadFile(PLACE), environ) == absent
    assert read(ReadFile(PLACE), tmp_path / "tool/auth.json", environ) == absent
    put(tmp_path / "plain", b"")
    inside = {"TOOL_HOME": str(tmp_path / "plain")}
    assert find(ReadFile(PLACE), inside) == absent


def test_without_a_home_there_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is absent, in words."""
    monkeypatch.setattr(files, "locate", lambda *_: None)
    assert find(ReadFile(PLACE), {}) == Declined(
        Reason.ABSENT, "there is no home folder to look in"
    )


@posix
@pytest.mark.parametrize("what", ["pipe", "folder", "link to a pipe", "link to a device", "huge"])
def test_what_is_no_file_to_read_is_refused_at_once(
    tmp_path: Path, environ: dict[str, str], what: str
) -> None:
    """Nothing waits for a writer, no device is opened, nothing huge is taken in."""
    path = tmp_path / "tool/auth.json"
    if what == "pipe":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    elif what == "link to a pipe":
        os.mkfifo(tmp_path / "pipe")
        path.symlink_to(tmp_path / "pipe")
    elif what == "link to a device":
        path.symlink_to("/dev/zero")
    else:
        path.touch()
        os.truncate(path, READ_LIMIT + 1)
    answer = asked(ReadFile(PLACE), environ)
    assert isinstance(answer, Declined)
    assert answer.reason is Reason.UNAVAILABLE
    assert answer.detail.startswith("$TOOL_HOME/auth.json cannot be read: it ")


@posix
def test_a_link_to_a_file_is_followed(tmp_path: Path, environ: dict[str, str]) -> None:
    """Who keeps settings in another folder links them here."""
    put(tmp_path / "dotfiles/auth.json", b"{}")
    (tmp_path / "tool/auth.json").symlink_to(tmp_path / "dotfiles/auth.json")
    assert asked(ReadFile(PLACE), environ) == b"{}"


@posix
@pytest.mark.parametrize("target", ["nowhere", "auth.json"])
def test_a_link_that_leads_nowhere_is_no_file(
    tmp_path: Path, environ: dict[str, str], target: str
) -> None:
    """Broken, or to itself."""
    (tmp_path / "tool/auth.json").symlink_to(tmp_path / "tool" / target)
    answer = asked(ReadFile(PLACE), environ)
    assert isinstance(answer, Declined)
    assert answer.reason is (Reason.ABSENT if target == "nowhere" else Reason.UNAVAILABLE)


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may read anything")
def test_a_file_that_may_not_be_read_is_told_apart(tmp_path: Path, environ: dict[str, str]) -> None:
    """The system's own words say why."""
    put(tmp_path / "tool/auth.json", b"{}").chmod(0)
    assert asked(ReadFile(PLACE), environ) == Declined(
        Reason.UNAVAILABLE, "$TOOL_HOME/auth.json cannot be read: Permission denied"
    )


@pytest.mark.parametrize("folder", ["a\0b", "x" * 10_000])
def test_a_name_that_is_none_is_no_error(folder: str) -> None:
    """A variable may hold anything."""
    answer = asked(ReadFile(PLACE), {"TOOL_HOME": folder})
    assert isinstance(answer, Declined)
    assert answer.reason is Reason.UNAVAILABLE


def test_of_many_the_one_changed_last_is_read(tmp_path: Path, environ: dict[str, str]) -> None:
    """Not the last by name, nor that in the newest folder; what does not match is passed over."""
    sessions = tmp_path / "tool/sessions"
    put(sessions / "2026/11/23/log-3.jsonl", b"three", 3e8)
    put(sessions / "2026/11/22/log-2.jsonl", b"two", 4e8)
    put(sessions / "log-0.jsonl", b"zero", 2e8)
    put(sessions / "2026/11/23/other.jsonl", b"other", 9e8)
    put(sessions / "2026/11/23/log-9.txt", b"text", 9e8)
    put(tmp_path / "tool/log-9.jsonl", b"above", 9e8)
    assert asked(NEWEST, environ) == b"two"


def test_only_the_end_of_it_is_read(tmp_path: Path, environ: dict[str, str]) -> None:
    """Its last MiB, however large it is."""
    path = put(tmp_path / "tool/sessions/log-1.jsonl", b"")
    os.truncate(path, READ_LIMIT * 2)
    with path.open("ab") as file:
        file.write(b"end")
    answer = asked(NEWEST, environ)
    assert isinstance(answer, bytes)
    assert len(answer) == END
    assert answer.endswith(b"\0end")


def test_none_that_matches_is_absent(tmp_path: Path, environ: dict[str, str]) -> None:
    """Neither in an empty folder, nor in one that is not there."""
    absent = Declined(Reason.ABSENT, "no sessions/**/log-*.jsonl in $TOOL_HOME")
    assert find(NEWEST, environ) == absent
    (tmp_path / "tool/sessions/2026").mkdir(parents=True)
    assert find(NEWEST, environ) == absent


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.txt", b"top"),
        ("a*/*.txt", b"in a1"),
        ("a*/deep/*.txt", b"deep"),
        ("a1/**/*.txt", b"deepest"),
        ("**", b"deepest"),
        ("**/deep/**/*.txt", b"deepest"),
        ("a1/x.txt", b"in a1"),
    ],
)
def test_a_pattern_is_read_as_a_glob(
    tmp_path: Path, environ: dict[str, str], pattern: str, found: bytes
) -> None:
    """`*` stays within a folder, `**` is any number of them."""
    root = tmp_path / "tool"
    put(root / "x.txt", b"top", 1e8)
    put(root / "a1/x.txt", b"in a1", 2e8)
    put(root / "a1/deep/x.txt", b"deep", 3e8)
    put(root / "a1/deep/er/x.txt", b"deepest", 4e8)
    assert asked(ReadFile(NEWEST.place, pattern), environ) == found


@posix
def test_below_the_folder_nothing_special_is_followed(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    """Pipes, and links to files or folders, whose loops would have no end."""
    sessions = tmp_path / "tool/sessions"
    put(sessions / "a/log-1.jsonl", b"one", 1e8)
    put(tmp_path / "elsewhere/log-2.jsonl", b"two", 2e8)
    os.mkfifo(sessions / "log-3.jsonl")
    (sessions / "log-4.jsonl").symlink_to("/dev/zero")
    (sessions / "log-5.jsonl").symlink_to(tmp_path / "elsewhere/log-2.jsonl")
    (sessions / "elsewhere").symlink_to(tmp_path / "elsewhere")
    (sessions / "loop").symlink_to(sessions)
    assert asked(NEWEST, environ) == b"one"


@posix
def test_a_folder_that_the_pattern_names_may_be_a_link(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    """Sessions are large, and are moved to another disk."""
    put(tmp_path / "disk/2026/log-1.jsonl", b"one")
    (tmp_path / "tool/sessions").symlink_to(tmp_path / "disk")
    assert asked(NEWEST, environ) == b"one"


def test_years_of_files_are_not_gone_through(
    tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes last by name is looked at first, and so many files and folders only."""
    sessions = tmp_path / "tool/sessions"
    for day in range(1, 10):
        for number in range(3):
            put(sessions / f"2026/0{day}/log-{number}.jsonl", b"%d %d" % (day, number), 1e8 - day)
    put(sessions / "2025/01/log-1.jsonl", b"too old to be looked at", 9e8)
    looked_at: list[str] = []
    real = os.scandir

    def scandir(folder: str) -> object:
        looked_at.append(folder)
        return real(folder)

    monkeypatch.setattr(files.os, "scandir", scandir)
    monkeypatch.setattr(files, "MOST_FILES", 5)
    answer = asked(NEWEST, environ)
    assert answer == b"8 2"
    assert [Path(it).name for it in looked_at] == ["sessions", "2026", "09", "09", "08", "08"]
    monkeypatch.setattr(files, "MOST_FILES", 1000)
    monkeypatch.setattr(files, "MOST_FOLDERS", 4)
    assert asked(NEWEST, environ) == b"9 2"


def test_a_value_is_taken_from_inside_a_file(tmp_path: Path, environ: dict[str, str]) -> None:
    """By the keys that lead to it."""
    put(tmp_path / "tool/auth.json", b'{"a": {"b": 17, "c": null}}')
    assert value_at(JsonAt(PLACE, ("a", "b")), environ) == 17
    assert value_at(JsonAt(PLACE, ("a",)), environ) == {"b": 17, "c": None}
    for keys in (("a", "c"), ("a", "b", "c"), ("x", "b"), ("a", "c", "d")):
        assert value_at(JsonAt(PLACE, keys), environ) is None


@pytest.mark.parametrize("content", [None, b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b"[1]"])
def test_a_file_without_the_value_has_none(
    tmp_path: Path, environ: dict[str, str], content: bytes | None
) -> None:
    """Whatever else it holds."""
    if content is not None:
        put(tmp_path / "tool/auth.json", content)
    assert value_at(JsonAt(PLACE, ("a",)), environ) is None
