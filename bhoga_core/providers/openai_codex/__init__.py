"""Codex, OpenAI's subscription: its facts. Its parsers are loaded when they are called."""

from types import MappingProxyType

from bhoga_core.doorway import AtFirstCall
from bhoga_core.probe import Exchange, JsonAt, Place, ReadFile, RunCommand, Source
from bhoga_core.provider import Billing, Credentials, Provider
from bhoga_core.providers.openai_codex.environment import IDENTITY, PITFALLS

HEADER_PREFIX = "x-codex-"
"""What the names (lower case) of its headers begin with."""

CODEX_APP_SERVER = "codex app-server"
CODEX_STATUS = "codex /status"
CODEX_ROLLOUT = "codex rollout"
"""The names of the sources, in order."""

INITIALIZE, READ_LIMITS = 0, 1
"""The ids of the requests to the app-server."""

# Plugins and apps are off because they ask servers of their own at every start.
APP_SERVER_PROBE = RunCommand(
    ("codex", "--disable", "plugins", "--disable", "apps", "app-server"),
    dialogue=(
        Exchange(
            b'{"id":%d,"method":"initialize","params":'
            b'{"clientInfo":{"name":"bhoga","title":"bhoga","version":"1"}}}\n' % INITIALIZE,
            AtFirstCall(f"{__name__}.app_server", "is_initialized"),
        ),
        Exchange(
            b'{"method":"initialized"}\n'
            b'{"id":%d,"method":"account/rateLimits/read",'
            b'"params":{"excludeResetCreditDetails":true}}\n' % READ_LIMITS,
            AtFirstCall(f"{__name__}.app_server", "is_answer"),
        ),
    ),
    strip_env=IDENTITY,
)

STATUS_PROBE = RunCommand(("codex", "--non-interactive", "/status"), strip_env=IDENTITY)

_FOLDER = "CODEX_HOME"
_LOGIN = Place(_FOLDER, ".codex", "auth.json")

PROVIDER = Provider(
    id="openai-codex",
    billing=Billing.PLAN,
    priorities=MappingProxyType({"openai": 1}),
    header_prefixes=(HEADER_PREFIX,),
    read_headers=AtFirstCall(f"{__name__}.headers", "read_headers"),
    credentials=Credentials(commands=("codex",), files=(_LOGIN,)),
    settable=(("burst", 18000.0), ("weekly", 604800.0)),
    sources=(
        Source(
            CODEX_APP_SERVER,
            APP_SERVER_PROBE,
            AtFirstCall(f"{__name__}.app_server", "read_app_server"),
            # The account stays the same when somebody logs in anew.
            login=JsonAt(_LOGIN, ("tokens", "access_token")),
        ),
        Source(
            CODEX_STATUS,
            STATUS_PROBE,
            AtFirstCall(f"{__name__}.status_text", "read_status"),
        ),
        Source(
            CODEX_ROLLOUT,
            ReadFile(Place(_FOLDER, ".codex", ""), newest="sessions/*/*/*/rollout-*.jsonl"),
            AtFirstCall(f"{__name__}.rollout", "read_rollout"),
            floor=True,
        ),
    ),
    account=JsonAt(_LOGIN, ("tokens", "account_id")),
    pitfalls=PITFALLS,
)
"""Codex with a ChatGPT login: first for OpenAI's models."""
