"""Claude Code, Anthropic's subscription."""

from types import MappingProxyType

from bhoga_core.probe import (
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
from bhoga_core.providers.claude_code import cached_usage, get_usage, usage, usage_text
from bhoga_core.providers.claude_code.headers import PREFIX, read_headers
from bhoga_core.providers.claude_code.login import read_login
from bhoga_core.providers.claude_code.observations import read_observation

_FOLDER = "CLAUDE_CONFIG_DIR"
_LOGIN = Place(_FOLDER, ".claude", ".credentials.json")
_SETTINGS = Place(_FOLDER, "", ".claude.json")
_FETCHED_AT = JsonAt(_SETTINGS, (cached_usage.CACHE, cached_usage.FETCHED))

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
    header_prefixes=(PREFIX,),
    read_headers=read_headers,
    credentials=Credentials(
        environment=("CLAUDE_CODE_OAUTH_TOKEN",),
        commands=("claude",),
        files=(_LOGIN,),
    ),
    settable=(("burst", 18000.0), ("weekly", 604800.0)),
    sources=(
        Source(
            usage.SOURCE,
            HttpGet(
                "https://api.anthropic.com/api/oauth/usage",
                scheme="Bearer",
                login=LoginFile(_LOGIN, read_login),
                endpoint_variable="BHOGA_CLAUDE_ENDPOINT",
                headers=(("anthropic-beta", "oauth-2025-04-20"), ("accept", "application/json")),
            ),
            usage.read_usage,
        ),
        Source(
            get_usage.SOURCE,
            RunCommand(
                ("claude", "-p", *_STREAMS, *_ALONE),
                dialogue=(get_usage.GET_USAGE,),
                strip_env=_OTHER_IDENTITIES,
            ),
            get_usage.read_get_usage,
            dated_by=_FETCHED_AT,
        ),
        Source(
            usage_text.SOURCE,
            RunCommand(("claude", "-p", "/usage", *_ALONE), strip_env=_OTHER_IDENTITIES),
            usage_text.read_usage_text,
            dated_by=_FETCHED_AT,
        ),
        Source(cached_usage.SOURCE, ReadFile(_SETTINGS), cached_usage.read_cached, floor=True),
    ),
    account=JsonAt(_SETTINGS, ("oauthAccount", "accountUuid")),
    observe=read_observation,
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
