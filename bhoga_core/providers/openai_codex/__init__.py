"""Codex, OpenAI's subscription."""

from types import MappingProxyType

from bhoga_core.probe import JsonAt, Place, Source
from bhoga_core.provider import Billing, Credentials, Provider
from bhoga_core.providers.openai_codex import app_server, rollout, status_text
from bhoga_core.providers.openai_codex.environment import PITFALLS
from bhoga_core.providers.openai_codex.headers import PREFIX, read_headers

_LOGIN = Place("CODEX_HOME", ".codex", "auth.json")

PROVIDER = Provider(
    id="openai-codex",
    billing=Billing.PLAN,
    priorities=MappingProxyType({"openai": 1}),
    header_prefixes=(PREFIX,),
    read_headers=read_headers,
    credentials=Credentials(commands=("codex",), files=(_LOGIN,)),
    settable=(("burst", 18000.0), ("weekly", 604800.0)),
    sources=(
        Source(
            app_server.NAME,
            app_server.PROBE,
            app_server.read_app_server,
            # The account stays the same when somebody logs in anew.
            login=JsonAt(_LOGIN, ("tokens", "access_token")),
        ),
        Source(status_text.NAME, status_text.PROBE, status_text.read_status),
        Source(rollout.NAME, rollout.PROBE, rollout.read_rollout, floor=True),
    ),
    account=JsonAt(_LOGIN, ("tokens", "account_id")),
    pitfalls=PITFALLS,
)
"""Codex with a ChatGPT login: first for OpenAI's models."""
