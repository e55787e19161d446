"""Law 1 across processes: nothing depends on how Python hashes text."""

import subprocess
import sys

CODE = """
import sys; sys.path[:0] = {path!r}
import json
from bhoga_core import *
stamps = iter(Stamp(i, 0) for i in range(1, 99))
events = [
    QuotaObserved(pid, 1.0, next(stamps), "poll", (Window(n, 0.5, 1.0, "poll") for n in "zyx"))
    for pid in ("openai-codex", "claude_code", "github-copilot", "anthropic_api", "mine", "b", "c")
]
events = [QuotaObserved(e.provider_id, e.at, e.stamp, e.source, tuple(e.windows)) for e in events]
state = fold(QuotaState(), events)
print(json.dumps(encode_state(state)), select_best(state, "claude-opus-4", 2.0))
"""


def test_the_hash_seed_never_shows() -> None:
    """The same events give the same file and the same choice under every hash seed."""
    printed = {
        subprocess.run(
            [sys.executable, "-c", CODE.format(path=sys.path)],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "2", "3")
    }
    assert len(printed) == 1
    assert "claude_code" in printed.pop()
