"""One run of a program, whatever it does."""

import contextlib
import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from bhoga_core.probe import Exchange, RunCommand
from bhoga_core.reading import Declined, Reason
from bhoga_shell.probes import command, process
from bhoga_shell.probes.command import find, run
from bhoga_shell.probes.pipes import STDOUT_LIMIT

Programs = Any
"""A folder of programs: see conftest.py."""

CANARY = "c4n4ry"


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs here that will not end by themselves need not be waited for."""
    monkeypatch.setattr(command, "EXIT_PATIENCE", 0.2)
    monkeypatch.setattr(process, "TERM_PATIENCE", 0.2)


def ask(
    programs: Programs,
    code: str,
    *dialogue: Exchange,
    timeout: float = 60.0,
    strip_env: tuple[str, ...] = (),
    **environ: str,
) -> bytes | Declined:
    """What a program of this code answers."""
    path = programs.add("tool", code)
    probe = RunCommand(("tool", "one", "two words"), dialogue, strip_env, timeout)
    return run(probe, path, programs.environ | environ)


def answered_by(word: bytes, send: bytes = b"question\n") -> Exchange:
    """A question whose answer begins with a word."""
    return Exchange(send, lambda line: line.startswith(word))


def test_what_it_prints_is_the_answer(programs: Programs) -> None:
    """It is given its words as they are."""
    assert ask(programs, "print(sys.argv[1:])") == b"['one', 'two words']\n"


def test_it_runs_in_an_empty_private_folder_that_is_gone_afterwards(programs: Programs) -> None:
    """Whatever it leaves there."""
    code = (
        "here = os.getcwd()\n"
        "print(here, os.environ['PWD'], os.listdir(), oct(os.stat('.').st_mode & 0o777))\n"
        "os.makedirs('a/b'); open('a/b/c', 'w').close(); os.symlink(left, 'a/link')\n"
    )
    (programs.left / "precious").touch()
    answer = ask(programs, code, PWD="/elsewhere")
    assert isinstance(answer, bytes)
    folder, variable, *rest = answer.decode().split(" ", 2)
    assert Path(folder).resolve() == Path(variable).resolve()
    assert rest == ["[] 0o700\n"]
    assert not Path(folder).exists()
    assert (programs.left / "precious").exists()


def test_what_changes_whom_it_answers_for_is_taken_out(programs: Programs) -> None:
    """The rest of the environment is what was handed over, not what this process has."""
    code = "print(sorted(n for n in os.environ if n.startswith(('K', 'HOME'))))"
    answer = ask(programs, code, strip_env=("KEY", "KIND"), KEY=CANARY, KEEP="1")
    assert answer == b"['KEEP']\n"


def test_nobody_can_be_asked_anything(programs: Programs) -> None:
    """Stdin is empty, and there is no terminal: it leads a session of its own."""
    code = (
        "print(repr(sys.stdin.read()), os.getsid(0) == os.getpid() == os.getpgid(0))\n"
        "try: open('/dev/tty')\nexcept OSError: print('no terminal')"
    )
    assert ask(programs, code) == b"'' True\nno terminal\n"


def test_noise_beside_the_answer_is_drained(programs: Programs) -> None:
    """More than any pipe holds, before and after."""
    code = "e = sys.stderr.write\ne('x' * 3_000_000)\nprint('answer')\ne('x' * 3_000_000)"
    assert ask(programs, code) == b"answer\n"


@pytest.mark.parametrize("size", [STDOUT_LIMIT, STDOUT_LIMIT + 1, 10 * STDOUT_LIMIT])
def test_more_than_4_mib_is_no_answer(programs: Programs, size: int) -> None:
    """To the byte."""
    answer = ask(programs, f"sys.stdout.write('x' * {size})")
    if size == STDOUT_LIMIT:
        assert answer == b"x" * size
    else:
        assert answer == Declined(Reason.CHANGED, "tool printed more than 4 MiB")


def test_an_exit_code_says_nothing(programs: Programs) -> None:
    """What was printed counts."""
    assert ask(programs, "print('answer'); sys.exit(3)") == b"answer\n"


@pytest.mark.parametrize(
    "said",
    [
        f"error: unexpected argument '--{CANARY}' found",
        f"error: unknown option '--{CANARY}'",
        f"tool: error: unrecognized arguments: --{CANARY}",
        f"Unknown command {CANARY}",
    ],
)
def test_a_program_that_does_not_know_the_question_is_told_apart(
    programs: Programs, said: str
) -> None:
    """As Codex 0.169.0 says it of `--non-interactive`; its words are not repeated."""
    code = f"print({said!r}, file=sys.stderr); sys.exit(2)"
    assert ask(programs, code) == Declined(
        Reason.UNSUPPORTED, "this version of tool does not know the question"
    )
    assert ask(programs, f"print('answer')\n{code}") == b"answer\n"


@pytest.mark.parametrize("printed", ["", " \\n\\n"])
def test_a_program_that_prints_nothing_says_nothing(programs: Programs, printed: str) -> None:
    """What it says beside that is not repeated: it may hold a URL or a body."""
    code = f"print('{printed}', '{CANARY}', file=sys.stderr); print('{printed}'); sys.exit(7)"
    assert ask(programs, code) == Declined(Reason.UNAVAILABLE, "tool printed nothing (exit code 7)")


@pytest.mark.parametrize(
    ("start", "why"),
    [
        ("#!/nowhere/at/all\n", "No such file or directory"),
        ("no program\n", "Exec format error"),
    ],
)
def test_a_program_that_cannot_be_started_is_told(programs: Programs, start: str, why: str) -> None:
    """In the system's words."""
    path = programs.add("tool", "")
    path.write_text(start)
    answer = run(RunCommand(("tool",)), path, programs.environ)
    assert answer == Declined(Reason.UNAVAILABLE, f"tool could not be started: {why}")


def test_an_environment_that_cannot_be_handed_over_is_no_error(programs: Programs) -> None:
    """Nor is a folder that cannot be made."""
    answer = ask(programs, "", KEY=f"{CANARY}\0")
    assert answer == Declined(Reason.UNAVAILABLE, "tool could not be started: ValueError")


def test_without_a_folder_to_run_in_nothing_is_run(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk may be full."""
    monkeypatch.setattr("tempfile.tempdir", str(programs.folder / "none"))
    answer = ask(programs, "(left / 'ran').touch()")
    assert answer == Declined(
        Reason.UNAVAILABLE, "tool could not be started: No such file or directory"
    )
    assert not (programs.left / "ran").exists()


def test_a_dialogue_goes_on_line_by_line(programs: Programs) -> None:
    """Each is sent when the last is answered; what else is printed meanwhile is passed over."""
    code = (
        "note = lambda: print('note', flush=True)\n"
        "note()\n"
        "for number, line in enumerate(sys.stdin):\n"
        "    note(); note()\n"
        "    print(f'answer {number} to {line.strip()}', flush=True)\n"
        "    note()\n"
        "print('end of stdin', flush=True)\n"
    )
    answer = ask(
        programs,
        code,
        answered_by(b"answer 0", b"first\n"),
        answered_by(b"answer 2", b"second\nthird"),
        answered_by(b"answer 3", b"fourth"),
    )
    assert isinstance(answer, bytes)
    lines = [line for line in answer.decode().splitlines() if line != "note"]
    assert lines == [
        "answer 0 to first",
        "answer 1 to second",
        "answer 2 to third",
        "answer 3 to fourth",
        "end of stdin",
    ]


def test_nothing_is_sent_before_its_turn(programs: Programs) -> None:
    """A program may not be ready for the next before it has answered."""
    code = (
        "import select\n"
        "line = sys.stdin.buffer.raw.readline()\n"
        "print(select.select([0], [], [], 0.1)[0], flush=True)\n"
        "print('answer', flush=True)\n"
        "print('then', sys.stdin.buffer.raw.readline(), flush=True)\n"
    )
    answer = ask(programs, code, answered_by(b"answer"), answered_by(b"then", b"next\n"))
    assert answer == b"[]\nanswer\nthen b'next\\n'\n"


def test_a_line_that_comes_in_pieces_is_one(programs: Programs) -> None:
    """And a line that is not finished is no answer yet."""
    code = (
        "sys.stdin.readline()\n"
        "for piece in 'ans', 'wer', ' 1', '\\nno more': print(piece, end='', flush=True)\n"
    )
    seen: list[bytes] = []

    def answered(line: bytes) -> bool:
        seen.append(line)
        return line.startswith(b"answer")

    assert ask(programs, code, Exchange(b"x", answered)) == b"answer 1\nno more"
    assert seen == [b"answer 1"]


def test_a_program_that_ends_in_the_middle_is_heard_out(programs: Programs) -> None:
    """What it printed may say why; if it printed nothing, that is told."""
    assert ask(programs, "print('sorry')", answered_by(b"answer")) == b"sorry\n"
    answer = ask(programs, "sys.exit(1)", answered_by(b"answer"), answered_by(b"next"))
    assert answer == Declined(Reason.UNAVAILABLE, "tool printed nothing (exit code 1)")


def test_a_program_that_takes_nothing_in_does_not_hold_it(programs: Programs) -> None:
    """However much it is to be told."""
    code = "import time; time.sleep(1000)"
    answer = ask(programs, code, answered_by(b"answer", b"x" * 1_000_000), timeout=0.3)
    assert answer == Declined(Reason.TIMED_OUT, "tool did not answer within 0.3 s")


def test_a_question_may_be_longer_than_a_pipe(programs: Programs) -> None:
    """It is written as the program takes it in."""
    code = "print('answer', len(sys.stdin.readline()), flush=True); sys.stdin.read()"
    answer = ask(programs, code, answered_by(b"answer", b"x" * 1_000_000))
    assert answer == b"answer 1000001\n"


def test_a_program_that_closes_its_ears_does_not_break_it(programs: Programs) -> None:
    """Writing to it fails; what it says counts."""
    code = "os.close(0); print('ready', flush=True); print('answer')"
    answer = ask(programs, code, answered_by(b"ready"), answered_by(b"answer", b"x" * 1_000_000))
    assert answer == b"ready\nanswer\n"


def test_after_the_last_answer_it_may_end_by_itself(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the end of stdin it puts its things in order, and nobody asks it to end."""
    monkeypatch.setattr(command, "EXIT_PATIENCE", 60.0)
    code = (
        "import signal\n"
        "signal.signal(signal.SIGTERM, lambda *_: (left / 'asked to end').touch())\n"
        "for line in sys.stdin: print('answer', flush=True)\n"
        "(left / 'in order').touch()\n"
    )
    assert ask(programs, code, answered_by(b"answer")) == b"answer\n"
    assert [it.name for it in programs.left.iterdir()] == ["in order"]


def test_one_that_stays_after_its_answer_is_ended(programs: Programs) -> None:
    """The answer counts all the same."""
    code = "print('answer', flush=True)\nimport time; time.sleep(1000)"
    assert ask(programs, code, answered_by(b"answer")) == b"answer\n"


def test_one_that_closes_its_output_has_said_all(programs: Programs) -> None:
    """It need not have ended."""
    code = "print('answer', flush=True)\nos.close(1); os.close(2)\nimport time; time.sleep(1000)"
    assert ask(programs, code) == b"answer\n"


def test_a_third_party_that_cannot_read_a_line_breaks_nothing(programs: Programs) -> None:
    """The program is ended, and the line is not repeated."""

    def answered(line: bytes) -> bool:
        raise KeyError(line)

    answer = ask(
        programs, f"print('{CANARY}', flush=True); sys.stdin.read()", Exchange(b"x", answered)
    )
    assert answer == Declined(Reason.CHANGED, "a line of tool could not be read (KeyError)")


HOLDER = (
    "import subprocess\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'],"
    " start_new_session=True)\n"
    "print(child.pid)\n"
)
"""A program that leaves a child behind, which has left its group and holds its output open."""


def test_a_grandchild_that_holds_the_output_does_not_hold_it(programs: Programs) -> None:
    """One that has left the group cannot be followed: it is left alone."""
    answer = ask(programs, HOLDER)
    assert isinstance(answer, bytes)
    os.kill(int(answer), signal.SIGKILL)


def test_what_a_program_has_printed_by_its_end_is_not_lost(programs: Programs) -> None:
    """However much of it is still in the pipe, whose own end does not come."""
    fcntl = pytest.importorskip("fcntl")
    if not hasattr(fcntl, "F_SETPIPE_SZ"):
        pytest.skip("only on Linux a pipe can be made larger")
    code = (
        f"import fcntl; fcntl.fcntl(1, {fcntl.F_SETPIPE_SZ}, 1 << 20)\n{HOLDER}print('x' * 900_000)"
    )
    path = programs.add("tool", code)
    started = process.start([str(path)], str(programs.left), programs.environ, with_input=False)
    started.wait()
    answer = command._answer(RunCommand(("tool",)), started)
    assert isinstance(answer, bytes)
    pid, rest = answer.split()
    os.kill(int(pid), signal.SIGKILL)
    assert rest == b"x" * 900_000


def test_it_leaves_nothing_behind_in_this_process(programs: Programs) -> None:
    """No zombie and no open file, whichever way it ended."""
    files = Path("/proc/self/fd")
    ask(programs, "")
    before = len(list(files.iterdir())) if files.is_dir() else 0
    sleeps = "print(os.getpid(), flush=True)\nimport time; time.sleep(1000)"
    for code, timeout in (("print(os.getpid())", 60.0), (sleeps, 0.3), ("syntax error", 60.0)):
        ask(programs, code, timeout=timeout)
        ask(programs, code, answered_by(b""), timeout=timeout)
    assert (len(list(files.iterdir())) if files.is_dir() else 0) == before
    with contextlib.suppress(ChildProcessError):  # no child at all is as good
        assert os.waitpid(-1, os.WNOHANG) == (0, 0)


def test_it_runs_on_any_thread(programs: Programs) -> None:
    """Several at a time, each with its own answer."""
    path = programs.add("tool", "print(sys.argv[1], sys.stdin.readline(), flush=True)")
    answers: dict[str, bytes | Declined] = {}

    def one(word: str) -> None:
        probe = RunCommand(("tool", word), (answered_by(word.encode(), word.encode()),))
        answers[word] = run(probe, path, programs.environ)

    threads = [threading.Thread(target=one, args=(f"w{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {f"w{n}": f"w{n} w{n}\n\n".encode() for n in range(8)}


def test_a_program_is_found_by_an_absolute_path(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relative folders mean another place in each folder, and the current one may be anybody's."""
    path = programs.add("tool", "")
    monkeypatch.chdir(programs.folder)
    assert find("tool", programs.environ) == path
    for folders in ("", ".", "../bin", "bin", os.pathsep, f"relative{os.pathsep}"):
        assert find("tool", {"PATH": folders}) is None
    assert find("tool", {"PATH": f".{os.pathsep}{programs.folder}"}) == path
    assert find("tool", {}) is None
    assert find("./tool", programs.environ) is None
    assert find("none", programs.environ) is None
    path.chmod(0o644)
    assert find("tool", programs.environ) is None
