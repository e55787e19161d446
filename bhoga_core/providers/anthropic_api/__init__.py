"""The Anthropic API, paid per token: its facts. Its headers tell all that is known of it."""

from types import MappingProxyType

from bhoga_core.doorway import AtFirstCall
from bhoga_core.provider import Billing, Credentials, Provider

PROVIDER = Provider(
    id="anthropic_api",
    billing=Billing.METERED,
    priorities=MappingProxyType({"anthropic": 2}),
    header_prefixes=("anthropic-ratelimit-", "anthropic-priority-"),
    read_headers=AtFirstCall(f"{__name__}.headers", "read_headers"),
    credentials=Credentials(environment=("ANTHROPIC_API_KEY",)),
    limits_each_model=True,
)
"""The Anthropic API with a key: second for Anthropic's models, after the subscription."""
