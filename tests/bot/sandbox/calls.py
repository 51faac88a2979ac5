"""Raw calls of the Bot API, for tests of what it refuses."""

from typing import Any

import httpx

TOKEN = "123456:TEST"


class Api:
    """Calls methods with JSON bodies and returns the whole answer."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method; return `{"ok": …}` whatever it says."""
        answer = await self.client.post(f"/bot{TOKEN}/{method}", json=params)
        body: dict[str, Any] = answer.json()
        assert answer.status_code == body.get("error_code", 200)
        return body

    async def ok(self, method: str, **params: Any) -> Any:
        """Call a method that must succeed; return its result."""
        body = await self.call(method, **params)
        assert body["ok"], body
        return body["result"]

    async def refused(self, method: str, **params: Any) -> str:
        """Call a method that must be refused; return the description."""
        body = await self.call(method, **params)
        assert not body["ok"], body
        return str(body["description"])

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        """Fetch what waits and confirm it."""
        found: list[dict[str, Any]] = await self.ok("getUpdates", **params)
        if found:
            await self.ok("getUpdates", offset=found[-1]["update_id"] + 1)
        return found
