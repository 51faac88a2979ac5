"""The webhook: 200 once an update is stored and never before; everything else is refused with the right status."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from ledger.migrations import head_revision
from tests.bot.delivery.conftest import Desk
from tests.bot.delivery.test_inbox import message_of
from tests.support.bot_process import free_port

SECRET = "a-secret-of-the-tests"


@pytest.fixture
def address(desk: Desk) -> str:
    """The bot's web address; it takes its updates there."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    desk.settings |= {
        "CAGNOTTE_TELEGRAM__MODE": "webhook",
        "CAGNOTTE_TELEGRAM__WEBHOOK_SECRET": SECRET,
        "CAGNOTTE_WEB__LISTEN": f"127.0.0.1:{port}",
        "CAGNOTTE_WEB__PUBLIC_URL": url,
    }
    return url


async def post(address: str, body: bytes | dict[str, Any], secret: str | None = SECRET) -> int:
    """The status an update is answered with."""
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        return (await client.post(f"{address}/telegram", content=content, headers=headers)).status_code


async def test_people_are_answered(desk: Desk, address: str) -> None:
    marie = await desk.world.person("Marie")
    await marie.send("avant")
    async with desk.open():
        await marie.wait("echo avant")
        await desk.world.fault("twice", count=3)
        await marie.ask("bonjour", expect="echo bonjour")
        await desk.world.settle()
    assert [one.text for one in await marie.messages()].count("echo bonjour") == 1


@pytest.mark.parametrize(
    ("body", "secret", "status"),
    [
        (b"{}", None, 403),
        (b"{}", "a-secret-of-the-test", 403),
        (b"{}", "", 403),
        (b"not json", SECRET, 400),
        (b"[]", SECRET, 400),
        (b"{}", SECRET, 400),
        (b'{"update_id": "7"}', SECRET, 400),
        (b'{"update_id": true}', SECRET, 400),
        (b'{"update_id": -1}', SECRET, 400),
        (b'{"update_id": 99999999999999999999}', SECRET, 400),
        (b"[" * 100_000, SECRET, 400),
        (b'{"update_id": 1, "x": ' + b"[" * 900 + b"]" * 900 + b"}", SECRET, 200),
        (b'{"update_id": 1, "x": "' + b"x" * 1_000_000 + b'"}', SECRET, 413),
        (b'{"update_id": 1, "message": {"text": "\\ud83d \\u0000"}}', SECRET, 200),
    ],
)
async def test_statuses(desk: Desk, address: str, body: bytes, secret: str | None, status: int) -> None:
    async with desk.open():
        assert await post(address, body, secret) == status
    assert (await desk.rows("SELECT count(*) FROM inbox"))[0][0] == (status == 200)


async def test_a_bot_that_polls_has_no_webhook(desk: Desk) -> None:
    port = free_port()
    async with desk.open(CAGNOTTE_WEB__LISTEN=f"127.0.0.1:{port}"):
        assert await post(f"http://127.0.0.1:{port}", message_of(1, 7, "x"), "") == 403
    assert await desk.rows("SELECT id FROM inbox") == []


async def test_stored_before_it_is_answered(
    desk: Desk, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No worker takes it; whoever looks at the database after the 200 finds it."""
    monkeypatch.setattr("bot.edge.dispatcher.Dispatcher.handle_next", nothing)
    async with desk.open():
        for number in range(5):
            assert await post(address, message_of(number, 7, "x")) == 200
            assert (await desk.rows("SELECT max(update_id) FROM inbox"))[0][0] == number


async def nothing(_: object) -> bool:
    """Handle no update."""
    return False


@contextmanager
def broken_commits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database that cannot keep updates."""

    async def refuse(*_: object) -> None:
        raise OperationalError("INSERT", None, Exception("the disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr("bot.delivery.inbox.store", refuse)
        yield


async def test_what_cannot_be_stored_is_asked_for_again(
    desk: Desk, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    marie = await desk.world.person("Marie")
    async with desk.open():
        with broken_commits(monkeypatch):
            assert await post(address, message_of(1, marie.id, "x")) == 503
            await marie.send("bonjour")
            async with asyncio.timeout(30):
                while desk.sandbox.webhook.last_error is None:  # noqa: ASYNC110 - it sets no event
                    await asyncio.sleep(0.01)
        await marie.wait("echo bonjour")  # Telegram asks again by itself


async def test_health_and_metrics(desk: Desk, address: str) -> None:
    marie = await desk.world.person("Marie")
    async with desk.open(), httpx.AsyncClient(base_url=address, trust_env=False, timeout=30) as client:
        assert (await client.get("/health/live")).json() == {"status": "live"}
        assert (await client.get("/health/ready")).status_code == 200
        await marie.ask("bonjour", expect="echo")
        await desk.until("SELECT count(*) FROM outbox WHERE sent_at IS NULL", 0)
        figures = (await client.get("/metrics")).text
        assert "cagnotte_inbox_waiting 0.0" in figures
        assert "cagnotte_outbox_waiting 0.0" in figures


async def test_figures_are_named_by_prometheus_rules_and_say_what_goes_on(
    desk: Desk, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    marie = await desk.world.person("Marie")
    port = free_port()
    async with (
        desk.open(CAGNOTTE_WEB__METRICS_LISTEN=f"127.0.0.1:{port}") as bot,
        httpx.AsyncClient(trust_env=False, timeout=30) as client,
    ):
        assert (await client.get(f"{address}/metrics")).status_code == 404
        await marie.ask("bonjour", expect="echo")
        monkeypatch.setattr("bot.edge.dispatcher.Dispatcher.handle_next", nothing)
        await asyncio.sleep(0.1)
        await desk.until("SELECT count(*) FROM outbox WHERE sent_at IS NULL", 0)
        await marie.send("encore")
        await desk.until("SELECT count(*) FROM inbox WHERE done_at IS NULL", 1)
        page = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
        monkeypatch.setattr(bot.database, "snapshot", broken)
        await asyncio.sleep(1.1)  # it is looked up once a second
        of_a_broken_one = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
        health = await client.get(f"{address}/health/ready")
    assert complaints(page) == []
    told = {sample.name: sample.value for family in families(page) for sample in family.samples}
    assert told["cagnotte_inbox_waiting"] == 1
    assert 0 < told["cagnotte_inbox_oldest_age_seconds"] < 60
    assert told["cagnotte_outbox_oldest_age_seconds"] == 0
    assert told["cagnotte_database_up"] == 1
    assert told["cagnotte_database_size_bytes"] > 10_000
    assert told["cagnotte_update_delay_seconds_count"] > 0
    assert told["cagnotte_telegram_call_duration_seconds_count"] > 0
    assert told["process_open_fds"] > 0
    engine = desk.database_url.partition("+")[0]
    assert f'cagnotte_database_info{{engine="{engine}",revision="{head_revision()}"}} 1.0' in page
    assert 'cagnotte_updates_total{outcome="done"}' in page
    assert complaints(of_a_broken_one) == []
    assert "cagnotte_database_up 0.0" in of_a_broken_one
    assert health.status_code == 503


def broken(*_: object) -> None:
    """A database that is gone."""
    raise OperationalError("SELECT 1", None, Exception("gone"))


def families(page: str) -> list[Metric]:
    """The page as Prometheus' own reader reads it."""
    return list(text_string_to_metric_families(page))


def complaints(page: str) -> list[str]:
    """What ``promtool check metrics`` would say of our own, and of each name there twice."""
    found = []
    ours = [family for family in families(page) if family.name.startswith("cagnotte_")]
    names = [family.name for family in families(page)]
    found += [f"{name} is there twice" for name in set(names) if names.count(name) > 1]
    for family in ours:
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", family.name):
            found.append(f"{family.name}: no snake case")
        if not family.documentation:
            found.append(f"{family.name}: no help")
        if family.type == "unknown":
            found.append(f"{family.name}: no type")
        if family.type != "counter" and family.name.endswith("_total"):
            found.append(f"{family.name}: only counters end in _total")
        if family.type == "counter" and f"# TYPE {family.name}_total counter" not in page:
            found.append(f"{family.name}: a counter without _total")
        if family.type == "gauge" and family.name.endswith(("_count", "_sum", "_bucket")):
            found.append(f"{family.name}: looks like a part of a histogram")
        if family.type == "histogram" and not family.name.endswith(("_seconds", "_bytes")):
            found.append(f"{family.name}: a histogram without its unit")
        if re.search(
            r"_(ms|msec|sec|secs|minutes?|hours?|kb|mb|kilobytes|milliseconds|gauge|counter)(_|$)",
            family.name,
        ):
            found.append(f"{family.name}: not a base unit, or its type in its name")
        for sample in family.samples:
            found += [
                f"{family.name}: label {label}"
                for label in sample.labels
                if not re.fullmatch("[a-z_]+", label) or label in family.name.split("_")
            ]
    return found
