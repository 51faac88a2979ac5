"""A page out there whose name is pointed at this machine (DNS rebinding) gets nothing from the demo's servers."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

import httpx
import pytest

from bot.sandbox.server import Sandbox
from bot.sandbox.stripe.server import TEST_KEY, StripeSandbox


@pytest.mark.parametrize(
    ("serving", "path", "status"),
    [
        (Sandbox().serve(), "/", 200),
        (Sandbox().serve(), "/sandbox/api/state", 200),
        (Sandbox().serve(), "/bot123456:TEST/getMe", 200),
        (StripeSandbox().serve(), "/v1/balance", 401),
        (StripeSandbox().serve(), "/c/pay/nothing", 404),
    ],
)
async def test_only_who_asks_for_this_machine_is_answered(
    serving: AbstractAsyncContextManager[str], path: str, status: int
) -> None:
    async with serving as url, httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client:
        port = httpx.URL(url).port
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", "localhost"):
            assert (await client.get(path, headers={"Host": host})).status_code == status, host
        for host in (f"evil.example:{port}", "evil.example", "127.0.0.1.evil.example", "", f"0.0.0.0:{port}"):
            answer = await client.get(path, headers={"Host": host, "Authorization": f"Bearer {TEST_KEY}"})
            assert answer.status_code == 400, host
            assert "location" not in answer.headers
