"""Requests that are sent again, and trouble on the way: nothing is done twice, and the library sees what it expects."""

import asyncio
from typing import Any

import httpx
import pytest
import stripe
from stripe import StripeClient

from bot.sandbox.stripe.faults import Fault
from bot.sandbox.stripe.server import StripeSandbox
from tests.bot.sandbox.stripe.conftest import Clients
from tests.bot.sandbox.stripe.wanted import opened


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library waits half a second before it tries again."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.01)


def sessions(sandbox: StripeSandbox) -> int:
    return len(sandbox.dashboard.mode().sessions)


async def test_the_same_key_gives_the_same_answer(client: StripeClient, sandbox: StripeSandbox) -> None:
    first = await opened(client, key="payment-42")
    second = await opened(client, key="payment-42")
    assert (first.id, sessions(sandbox)) == (second.id, 1)
    assert second.last_response is not None
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert first.last_response is not None
    assert second.last_response.headers["Original-Request"] == first.last_response.request_id
    assert [one.is_replay for one in sandbox.requests] == [False, True]
    with pytest.raises(stripe.IdempotencyError, match="same parameters they were first used with"):
        await opened(client, cents=999, key="payment-42")
    with pytest.raises(stripe.IdempotencyError):
        await client.v1.checkout.sessions.expire_async(first.id, {}, {"idempotency_key": "payment-42"})
    sandbox.advance(24 * 60 * 60 + 1)
    assert (await opened(client, key="payment-42")).id != first.id


async def test_a_refusal_in_execution_is_kept_one_for_parameters_is_not(
    client: StripeClient, sandbox: StripeSandbox
) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await opened(client, locale="klingon", key="a")
    assert (await opened(client, key="a")).id
    charge = sandbox.dashboard.pay((await opened(client)).id)
    sandbox.dashboard.refund(charge)
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError, match="already been refunded") as refused:
            await client.v1.refunds.create_async({"charge": charge}, {"idempotency_key": "b"})
    assert refused.value.headers is not None
    assert refused.value.headers["Idempotent-Replayed"] == "true"


async def test_two_at_once_conflict(client: StripeClient, sandbox: StripeSandbox) -> None:
    sandbox.faults.add(Fault("hang", "create_session", seconds=5))
    first = asyncio.create_task(opened(client, key="k"))
    await asyncio.wait([first], timeout=0.2)
    assert not first.done()
    with pytest.raises(stripe.APIError, match="another in-progress request") as refused:
        await opened(client, key="k")
    error: Any = refused.value.json_body
    assert (refused.value.http_status, error["error"]["code"]) == (
        409,
        "idempotency_key_in_use",
    )
    sandbox.faults.clear()
    assert (await first).id == (await opened(client, key="k")).id


ERRORS = [
    (429, stripe.RateLimitError, "rate_limit"),
    (500, stripe.APIError, None),
    (503, stripe.APIError, None),
    (402, stripe.CardError, "card_declined"),
]


@pytest.mark.parametrize("when", ["before", "instead", "after"])
@pytest.mark.parametrize(("status", "raised", "code"), ERRORS, ids=str)
async def test_errors_on_order(
    client: StripeClient,
    sandbox: StripeSandbox,
    when: str,
    status: int,
    raised: type[stripe.StripeError],
    code: str | None,
) -> None:
    sandbox.faults.add(Fault("error", "create_session", when=when, status=status))
    with pytest.raises(raised) as failed:
        await opened(client, key="k")
    error: Any = failed.value.json_body
    assert (failed.value.http_status, error["error"].get("code")) == (status, code)
    assert sessions(sandbox) == (1 if when == "after" else 0)
    if when == "before":
        assert (await opened(client, key="k")).id
    else:  # what began to execute is answered the same again
        with pytest.raises(raised):
            await opened(client, key="k")
    assert sessions(sandbox) == (0 if when == "instead" else 1)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_the_library_tries_again_when_the_connection_breaks(
    sandbox: StripeSandbox, clients: Clients, when: str
) -> None:
    sandbox.faults.add(Fault("drop", "create_session", count=2, when=when))
    made = await opened(clients(max_network_retries=2))
    assert (made.status, sessions(sandbox)) == ("open", 1)
    assert [one.status for one in sandbox.requests] == [0, 0, 200]
    assert sandbox.requests[-1].is_replay == (when == "after")


async def test_an_answer_may_break_in_the_middle(sandbox: StripeSandbox, http: httpx.AsyncClient) -> None:
    sandbox.faults.add(Fault("cut", "retrieve_balance"))
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        await http.get("/v1/balance")
    assert (await http.get("/v1/balance")).status_code == 200


async def test_a_timeout_may_have_been_executed(sandbox: StripeSandbox, clients: Clients) -> None:
    sandbox.faults.add(Fault("hang", "create_session", when="after"))
    with pytest.raises(stripe.APIConnectionError):
        await opened(clients(timeout=0.2), key="k")
    assert sessions(sandbox) == 1
    assert (await opened(clients(), key="k")).id in sandbox.dashboard.mode().sessions
    assert sessions(sandbox) == 1


async def test_reading_needs_no_key(http: httpx.AsyncClient, sandbox: StripeSandbox) -> None:
    for _ in range(2):
        answer = await http.get("/v1/balance", headers={"Idempotency-Key": "k"})
        assert "idempotent-replayed" not in answer.headers
    long = await http.post("/v1/refunds", data={"charge": "x"}, headers={"Idempotency-Key": "k" * 256})
    assert long.status_code == 400
    assert [one.operation for one in sandbox.requests] == [
        "retrieve_balance",
        "retrieve_balance",
        "create_refund",
    ]
