"""The logger, made when something is logged."""

import subprocess
import sys


def printed(code: str) -> tuple[str, str]:
    """What a fresh interpreter prints, on stdout and on stderr."""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout, run.stderr


def test_nobody_hears_it_unless_the_program_wants_to() -> None:
    """A warning of the library is not printed by a program that has set up no logging."""
    assert printed("from bhoga_shell.log import log\nlog().warning('odd')") == ("", "")


def test_a_program_hears_it_as_it_hears_any_logger() -> None:
    """Set up before or after the library was imported, under the name `bhoga`."""
    code = "from bhoga_shell.log import log\n"
    code += "import logging\nlogging.basicConfig(format='%(name)s %(message)s')\n"
    code += "log().warning('odd')"
    assert printed(code) == ("", "bhoga odd\n")


def test_the_command_hears_each_warning_once() -> None:
    """What it is heard by is made at the first warning, once, and not before."""
    code = "import sys\nfrom bhoga_shell.log import heard_by, log\n"
    code += "from bhoga_core.doorway import AtFirstCall\n"
    code += "heard_by(AtFirstCall('bhoga_shell.cli.one_line', 'OneLine'))\n"
    code += "print('logging' in sys.modules)\n"
    code += "log().warning('odd')\nlog().info('even')\nlog().warning('odder')"
    assert printed(code) == ("False\n", "bhoga: odd\nbhoga: odder\n")
