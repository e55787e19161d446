"""GitHub Copilot, a subscription counted in credits: its facts.

Its headers speak of each request (`headers`), and one address of GitHub's API of the whole login
(`usage`). That address is not documented; its form is as seen from 2025-12 to 2026-09.
"""

from types import MappingProxyType

from bhoga_core.doorway import AtFirstCall
from bhoga_core.probe import HttpGet, LoginVariables, Source
from bhoga_core.provider import Billing, Credentials, Provider

SNAPSHOT_HEADER = "x-quota-snapshot-"
USAGE_HEADER = "x-usage-ratelimit-"
"""How the names of the headers that are read begin."""

COPILOT_USAGE = "copilot usage"
"""The name of the source."""

TOKEN_VARIABLES = ("COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN")
"""The environment variables that may hold a token, in the order in which Copilot's CLI asks."""

TOKEN_PREFIXES = ("gho_", "ghu_", "github_pat_")
"""How a token begins that Copilot takes: of an OAuth app, of a GitHub app, and fine-grained.

A classic one (`ghp_`) is refused by Copilot, so it is never sent.
"""

# Without a host gh may print the token of an enterprise's server, which is not for this address.
_GH = ("gh", "auth", "token", "--hostname", "github.com")

PROVIDER = Provider(
    id="github-copilot",
    billing=Billing.CREDITS,
    priorities=MappingProxyType({"anthropic": 3, "openai": 3}),
    header_prefixes=(SNAPSHOT_HEADER, USAGE_HEADER),
    read_headers=AtFirstCall(f"{__name__}.headers", "read_headers"),
    credentials=Credentials(environment=TOKEN_VARIABLES),
    sources=(
        Source(
            COPILOT_USAGE,
            HttpGet(
                "https://api.github.com/copilot_internal/user",
                scheme="token",
                login=LoginVariables(TOKEN_VARIABLES, TOKEN_PREFIXES, _GH),
                endpoint_variable="BHOGA_COPILOT_ENDPOINT",
                # The version that Copilot's own clients name: the default may change its form.
                headers=(("accept", "application/json"), ("x-github-api-version", "2025-04-01")),
            ),
            AtFirstCall(f"{__name__}.usage", "read_user"),
        ),
    ),
)
"""GitHub Copilot: third for Anthropic's and for OpenAI's models."""
