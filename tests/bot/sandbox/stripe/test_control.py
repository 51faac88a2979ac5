"""The control API over HTTP, and the stand-in mounted in another application."""

import subprocess
import sys
from typing import Any

import httpx
import pytest
import stripe
from starlette.applications import Starlette
from starlette.routing import Mount
from stripe import StripeClient

from bot.sandbox.server import serve_app
from bot.sandbox.stripe.server import TEST_KEY, StripeSandbox, running_stripe
from tests.bot.sandbox.stripe.conftest import Clients, Receiver
from tests.bot.sandbox.stripe.wanted import opened, typed


async def told(http: httpx.AsyncClient, verb: str, **given: Any) -> Any:
    answer = await http.post(f"/_control/{verb}", json=given)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_story_told_over_http(
    client: StripeClient, http: httpx.AsyncClient, receiver: Receiver
) -> None:
    webhook = await told(http, "add_webhook", url=receiver.url)
    made = await opened(client)
    await told(http, "hold")
    charge = await told(http, "pay", session=made.id)
    await told(http, "refund", charge=charge, amount=235)
    state = (await http.get("/_control/state")).json()
    assert [one["type"] for one in state["held"]][-1] == "charge.refunded"
    assert state["requests"][0]["operation"] == "create_session"
    await told(http, "tamper", secret="whsec_wrong")
    await told(http, "release", ids=[state["held"][0]["id"]])
    await told(http, "settled")
    with pytest.raises(stripe.SignatureVerificationError):
        receiver.events(client, webhook["secret"])
    await told(http, "advance", seconds=4 * 24 * 60 * 60)
    payout = await told(http, "pay_out")
    assert (await client.v1.payouts.retrieve_async(payout)).amount == 1000 - 44
    assert (await told(http, "balance"))["paid_out"] == 956
    await told(http, "fault", kind="error", status=503)
    with pytest.raises(stripe.APIError):
        await client.v1.balance.retrieve_async()
    other = await told(http, "add_account", name="Coop", keys=["sk_test_coop"])
    assert other["id"].startswith("acct_")


@pytest.mark.parametrize(
    ("verb", "given", "status"),
    [
        ("dance", {}, 404),
        ("pay", {"session": "cs_none"}, 400),
        ("pay", {"whom": "me"}, 400),
        ("fault", {"kind": "flood"}, 400),
        ("add_key", {"key": "secret"}, 400),
        ("let_refunds", {"become": "late"}, 400),
        ("pay_out", {}, 400),
    ],
)
async def test_what_cannot_be_done(
    http: httpx.AsyncClient, verb: str, given: dict[str, Any], status: int
) -> None:
    answer = await http.post(f"/_control/{verb}", json=given)
    assert (answer.status_code, set(answer.json())) == (status, {"error"})


async def test_another_site_controls_nothing(http: httpx.AsyncClient) -> None:
    answer = await http.post("/_control/hold", json={}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


async def test_on_a_port_of_its_own(clients: Clients) -> None:
    async with running_stripe() as stripe_here:
        clients.url = stripe_here.base_url or ""
        assert (
            await opened(clients())
        ).url == f"{clients.url}/c/pay/{next(iter(stripe_here.dashboard.mode().sessions))}"


async def test_mounted_beside_something_else(clients: Clients, http: httpx.AsyncClient) -> None:
    mounted = StripeSandbox()
    mounted.add_account("AMAP", keys=[TEST_KEY])
    app = Starlette(routes=[Mount("/stripe", app=mounted.app)])
    async with mounted.working(), serve_app(app) as url:
        clients.url = f"{url}/stripe"
        client = clients()
        made = await opened(client)
        assert made.url == f"{url}/stripe/c/pay/{made.id}"
        assert (await typed(http, made.url)).status_code == 303
        assert (await client.v1.checkout.sessions.retrieve_async(made.id)).payment_status == "paid"


def test_the_program_says_what_it_takes() -> None:
    command = [sys.executable, "-m", "bot.sandbox.stripe", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "--webhook-secret" in done.stdout) == (0, True)


def test_nothing_here_imports_stripe() -> None:
    command = "import sys, bot.sandbox.stripe.server; sys.exit('stripe' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0
