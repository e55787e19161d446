"""Claude Code, Anthropic's subscription: its facts. Its parsers are loaded when they are called."""

from types import MappingProxyType

from bhoga_core.doorway import AtFirstCall
from bhoga_core.probe import (
    Exchange,
    HttpGet,
    JsonAt,
    LoginFile,
    Pitfall,
    Place,
    ReadFile,
    RunCommand,
    Source,
)
from bhoga_core.provider import Billing, Credentials, Provider

HEADER_PREFIX = "anthropic-ratelimit-unified-"
"""How the names of all its headers begin."""

OAUTH_USAGE = "oauth usage"
GET_USAGE = "claude get_usage"
USAGE_TEXT = "claude /usage"
CACHED_USAGE = ".claude.json"
"""The names of the sources, in order."""

CACHE = "cachedUsageUtilization"
"""The member of `.claude.json` that holds what `claude` last fetched."""

FETCHED = "fetchedAtMs"
"""The member inside it that dates it, in Unix MILLISECONDS."""

REQUEST_ID = "bhoga-usage"
"""What tells the reply to the request from everything else that `claude` prints."""

USAGE_REQUEST = Exchange(
    b'{"type":"control_request","request_id":"%s",'
    b'"request":{"subtype":"get_usage","skip_behaviors":true}}\n' % REQUEST_ID.encode(),
    AtFirstCall(f"{__name__}.get_usage", "is_reply"),
)
"""The request. The behaviours it skips are a search through every transcript of the machine."""

_FOLDER = "CLAUDE_CONFIG_DIR"
_LOGIN = Place(_FOLDER, ".claude", ".credentials.json")
_SETTINGS = Place(_FOLDER, "", ".claude.json")
_FETCHED_AT = JsonAt(_SETTINGS, (CACHE, FETCHED))

# What makes `claude` answer for another login than the one it keeps, or not ask at all. Its own
# mark (`CLAUDECODE`) is left by a session that bhoga may be running in.
_OTHER_IDENTITIES = (
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_CUSTOM_HEADERS",
    "ANTHROPIC_UNIX_SOCKET",
    "CLAUDECODE",
    "CLAUDE_CODE_API_BASE_URL",
    "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
    "CLAUDE_CODE_OAUTH_REFRESH_TOKEN",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR",
    "CLAUDE_CODE_SESSION_ACCESS_TOKEN",
    "CLAUDE_CODE_SIMPLE",
    "CLAUDE_CODE_USE_ANTHROPIC_AWS",
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_FOUNDRY",
    "CLAUDE_CODE_USE_GATEWAY",
    "CLAUDE_CODE_USE_MANTLE",
    "CLAUDE_CODE_USE_VERTEX",
)
# No project's servers, no settings that bring a key or hooks, no transcript.
_ALONE = ("--strict-mcp-config", "--setting-sources=", "--no-session-persistence")
_STREAMS = ("--verbose", "--input-format", "stream-json", "--output-format", "stream-json")

PROVIDER = Provider(
    id="claude_code",
    billing=Billing.PLAN,
    priorities=MappingProxyType({"anthropic": 1}),
    header_prefixes=(HEADER_PREFIX,),
    read_headers=AtFirstCall(f"{__name__}.headers", "read_headers"),
    credentials=Credentials(
        environment=("CLAUDE_CODE_OAUTH_TOKEN",),
        commands=("claude",),
        files=(_LOGIN,),
    ),
    settable=(("burst", 18000.0), ("weekly", 604800.0)),
    sources=(
        Source(
            OAUTH_USAGE,
            HttpGet(
                "https://api.anthropic.com/api/oauth/usage",
                scheme="Bearer",
                login=LoginFile(_LOGIN, AtFirstCall(f"{__name__}.login", "read_login")),
                endpoint_variable="BHOGA_CLAUDE_ENDPOINT",
                headers=(("anthropic-beta", "oauth-2025-04-20"), ("accept", "application/json")),
            ),
            AtFirstCall(f"{__name__}.usage", "read_usage"),
        ),
        Source(
            GET_USAGE,
            RunCommand(
                ("claude", "-p", *_STREAMS, *_ALONE),
                dialogue=(USAGE_REQUEST,),
                strip_env=_OTHER_IDENTITIES,
            ),
            AtFirstCall(f"{__name__}.get_usage", "read_get_usage"),
            dated_by=_FETCHED_AT,
        ),
        Source(
            USAGE_TEXT,
            RunCommand(("claude", "-p", "/usage", *_ALONE), strip_env=_OTHER_IDENTITIES),
            AtFirstCall(f"{__name__}.usage_text", "read_usage_text"),
            dated_by=_FETCHED_AT,
        ),
        Source(
            CACHED_USAGE,
            ReadFile(_SETTINGS),
            AtFirstCall(f"{__name__}.cached_usage", "read_cached"),
            floor=True,
        ),
    ),
    account=JsonAt(_SETTINGS, ("oauthAccount", "accountUuid")),
    observe=AtFirstCall(f"{__name__}.observations", "read_observation"),
    pitfalls=(
        Pitfall(
            "ANTHROPIC_API_KEY",
            "claude bills this key and not the plan whose quota is shown: unset it",
        ),
        Pitfall(
            "ANTHROPIC_AUTH_TOKEN",
            "claude sends this token and not the login whose quota is shown: unset it",
        ),
        Pitfall(
            "CLAUDE_CODE_OAUTH_TOKEN",
            "claude uses this token, which may not read usage, and not the login whose quota is "
            "shown: unset it, or know that only answers tell what is left",
        ),
        Pitfall(
            "ANTHROPIC_BASE_URL",
            "claude talks to this address, which may not pass on the headers that tell what is "
            "left, and asks for no usage itself: unset it",
        ),
        Pitfall(
            "CLAUDE_CODE_USE_BEDROCK",
            "claude is paid for at AWS and not by the plan whose quota is shown: unset it",
        ),
        Pitfall(
            "CLAUDE_CODE_USE_VERTEX",
            "claude is paid for at Google and not by the plan whose quota is shown: unset it",
        ),
        *(
            Pitfall(
                variable,
                "a proxy may drop header names with an underscore, and with them the week of a "
                "single model: unset it, or compare with what bhoga refresh finds",
            )
            for variable in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
        ),
    ),
)
"""Claude Code with a Claude login: first for Anthropic's models."""
