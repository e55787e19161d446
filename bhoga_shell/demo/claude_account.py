"""Claude Code's login, and what it remembers of the usage endpoint's last answer (2.1.330).

For a minute the program answers from memory without asking, and for an hour when asking fails.
"""

import os
import time

from bhoga_shell.demo.asking import ask, decoded, members, read_object, write_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

VERSION = "2.1.330"

_FOREIGN_LOGINS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN")
_NO_REQUEST = ("ANTHROPIC_BASE_URL", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC")
_FRESH, _SERVED = 60.0, 3600.0
_PATIENCE = 5.0


class Account:
    """The login, and the snapshot of what it was last told. The files are read when it is asked."""

    def __init__(self) -> None:
        folder = os.environ.get("CLAUDE_CONFIG_DIR")
        home = os.path.expanduser("~")  # noqa: PTH111 (pathlib takes as long to load as the rest)
        self._logins = os.path.join(folder or os.path.join(home, ".claude"), ".credentials.json")  # noqa: PTH118
        self._config = os.path.join(folder or home, ".claude.json")  # noqa: PTH118 (as above)

    @property
    def _login(self) -> "dict[str, Any]":
        return members(read_object(self._logins).get("claudeAiOauth"))

    @property
    def plan(self) -> str | None:
        """The plan that pays, None where a key or a token does or nobody is logged in."""
        if any(os.environ.get(name) for name in _FOREIGN_LOGINS):
            return None
        login = self._login
        if not login.get("accessToken") or "user:profile" not in login.get("scopes", ()):
            return None
        return str(login.get("subscriptionType"))

    def utilization(self) -> "Mapping[str, object] | None":
        """The usage endpoint's body, now or from the snapshot; None if there is none to have."""
        if any(os.environ.get(name) for name in _NO_REQUEST):
            return None
        config = read_object(self._config)
        account = members(config.get("oauthAccount")).get("accountUuid")
        snapshot = members(config.get("cachedUsageUtilization"))
        if snapshot.get("accountUuid") != account:
            snapshot = {}
        age = time.time() - snapshot.get("fetchedAtMs", 0) / 1000.0
        known = members(snapshot.get("utilization"))
        if age < _FRESH:
            return known
        body = self._fetched()
        if body is None:
            # The one mark of an old answer: it has no `limits`.
            old = {key: value for key, value in known.items() if key != "limits"}
            return old if age < _SERVED else None
        snapshot = {"fetchedAtMs": int(time.time() * 1000), "accountUuid": account}
        config["cachedUsageUtilization"] = {**snapshot, "utilization": body}
        write_object(self._config, config)
        return body

    def _fetched(self) -> "dict[str, Any] | None":
        try:
            expired = self._login.get("expiresAt", 0) / 1000.0 <= time.time()
            if expired and not self._renew():
                return None
            status, body = self._usage()
            if status == 401 and not expired and self._renew():
                status, body = self._usage()
        except OSError:
            return None
        return members(decoded(body)) or None if status == 200 else None

    def _usage(self) -> "tuple[int, bytes]":
        headers = {
            "Authorization": f"Bearer {self._login.get('accessToken')}",
            "anthropic-beta": "oauth-2025-04-20",
            "User-Agent": f"claude-cli/{VERSION} (external, sdk-cli)",
        }
        status, _, _, body = ask("GET", "/api/oauth/usage", headers, timeout=_PATIENCE)
        return status, body

    def _renew(self) -> bool:
        """Renew the login, and answer whether there is one then: what is refused is let go."""
        login = self._login
        asked = {"grant_type": "refresh_token", "refresh_token": login.get("refreshToken")}
        status, _, _, body = ask("POST", "/v1/oauth/token", {}, asked, timeout=_PATIENCE)
        told = members(decoded(body))
        if status == 200:
            login |= {
                "accessToken": told.get("access_token"),
                "refreshToken": told.get("refresh_token"),
                "expiresAt": int((time.time() + told.get("expires_in", 0)) * 1000),
            }
        elif told.get("error") == "invalid_grant":
            login |= {"accessToken": "", "refreshToken": "", "expiresAt": 0}
        else:
            return True
        write_object(self._logins, {**read_object(self._logins), "claudeAiOauth": login})
        return status == 200
