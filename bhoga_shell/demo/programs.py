"""Putting stand-ins for `claude` and `codex` where PATH finds them."""

import os
import shlex
import sys
from pathlib import Path

import bhoga_shell

PROGRAMS = ("claude", "codex")
"""What the stand-ins are called."""

# A shell finds Python: the line that names an interpreter stops at a blank in its path, and at 127
# characters. To Python, what the shell runs is a text.
_FOR_SHELL = """\
#!/bin/sh
''':'
exec {python} -I -S "$0" "$@"
'''
"""

_FOR_COMMAND = '@"{python}" -I -S "%~dp0{program}" %*\r\n'

_FOR_PYTHON = """\
import sys

# The package without what it loads to route: a program is started for one question.
package = type(sys)("bhoga_shell")
package.__path__ = [{package!r}]
sys.modules["bhoga_shell"] = package
from bhoga_shell.demo.{program}_program import main

try:
    sys.exit(main(sys.argv[1:]))
except (BrokenPipeError, KeyboardInterrupt):
    sys.exit(1)
"""


def install(folder: Path) -> None:
    """Write the programs `claude` and `codex` into `folder`, which is created if need be.

    They run with this Python, and talk to the backends that `BHOGA_DEMO_BACKENDS` names. On Windows
    each has a `.cmd` beside it. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    package = str(Path(bhoga_shell.__file__).parent)
    for program in PROGRAMS:
        script = folder / program
        source = _FOR_PYTHON.format(package=package, program=program)
        if os.name == "nt":
            command = _FOR_COMMAND.format(python=sys.executable, program=program)
            script.with_suffix(".cmd").write_text(command, encoding="utf-8", newline="")
        else:
            source = _FOR_SHELL.format(python=shlex.quote(sys.executable)) + source
        script.write_text(source, encoding="utf-8")
        script.chmod(0o700)
