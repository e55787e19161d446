"""The demo's logins. All are fakes that say so, and only the stand-ins let them in."""

import base64
import json

ACCOUNT = "demo-0000-4000-8000-account"
"""The account id in all of the demo's login files."""

CLAUDE = "sk-ant-oat01-demo-claude"
CLAUDE_RENEWED = "sk-ant-oat01-demo-claude-renewed"
"""What the `claude` stand-in gets for `CLAUDE_REFRESH` once the first has expired."""
CLAUDE_REFRESH = "sk-ant-ort01-demo-claude"

CLAUDE_SCOPES = ("user:inference", "user:profile", "user:sessions:claude_code")

COPILOT = "gho_demo_copilot"


def _unsigned_token() -> str:
    claims = {
        "email": "demo@example.invalid",
        "exp": 4102444800,
        "https://api.openai.com/auth": {
            "chatgpt_plan_type": "plus",
            "chatgpt_user_id": "demo-user",
            "chatgpt_account_id": ACCOUNT,
        },
    }
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "none", "typ": "JWT"}, claims)
    )
    return f"{head}.{body}.demo-signature"


CODEX = _unsigned_token()
"""A JSON Web Token that nobody signed, with the claims that codex reads. It expires in 2100."""
