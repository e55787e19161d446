"""What the library logs, such as a file put aside, as one line on stderr."""

import logging
import sys


class OneLine(logging.Handler):
    """Shows warnings and what is worse than one."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Print the record's message."""
        print(f"bhoga: {record.getMessage()}", file=sys.stderr)
