"""The OpenAI API, paid per token: its facts. Its headers tell all that is known of it."""

from types import MappingProxyType

from bhoga_core.doorway import AtFirstCall
from bhoga_core.provider import Billing, Credentials, Provider

PROVIDER = Provider(
    id="openai_api",
    billing=Billing.METERED,
    priorities=MappingProxyType({"openai": 2}),
    header_prefixes=("x-ratelimit-",),
    read_headers=AtFirstCall(f"{__name__}.headers", "read_headers"),
    credentials=Credentials(environment=("OPENAI_API_KEY",)),
    limits_each_model=True,
)
"""The OpenAI API with a key: second for OpenAI's models, after the subscription."""
