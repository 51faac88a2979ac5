"""Which account takes a group's cards: one at a time, whoever changes it, and links nobody followed go along."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import logging

import pytest

from bot.cards.host_key import standing
from bot.cli import _check_config
from ledger.db import Database, utc_now
from ledger.errors import NotFound
from ledger.groups.models import Method
from ledger.payments import service as payments
from ledger.payments.card import accounts, checkouts, movements
from ledger.payments.card.checkouts import CardNotOffered
from ledger.payments.card.models import CardAccount, Checkout, CheckoutState
from tests.support.card_story import movement
from tests.support.ledger import Story, found, together

HOST = "sk_test_OfTheHost"
OWN, ROLLED, LIVE = "sk_test_OwnKeyAAAA", "sk_test_OwnKeyBBBB", "sk_live_OwnKeyCCCC"


async def use(story: Story, key: str, account: str | None) -> CardAccount:
    async with story.database.unit_of_work() as session:
        group = await story.group(session)
        return await accounts.use_own_key(session, group, key, f"sealed {key}", account, story.anne)


async def rows(story: Story) -> list[CardAccount]:
    async with story.database.snapshot() as session:
        statement = CardAccount.__table__.select().where(CardAccount.group_id == story.group_id)
        return list((await session.execute(statement.order_by(CardAccount.id))).all())  # type: ignore[arg-type]


async def wanted(story: Story, *, asked: bool) -> Checkout:
    """A payment by card whose link was shown; ``asked``: and followed."""
    async with story.database.unit_of_work() as session:
        payment = await payments.expect(session, story.anne, Method.CARD, 1235, None)
        checkout = await checkouts.want(session, await story.group(session), payment.id, "fr")
        if asked:
            await checkouts.hold(session, checkout)
        return checkout


async def state_of(story: Story, checkout: Checkout) -> CheckoutState:
    async with story.database.snapshot() as session:
        return (await session.get_one(Checkout, checkout.id)).state


async def test_a_rolled_key_keeps_its_account_and_another_mode_is_another_account(story: Story) -> None:
    first = await use(story, OWN, "acct_1")
    second = await use(story, ROLLED, "acct_1")
    assert (second.id, second.key_hint) == (first.id, "BBBB")
    await use(story, LIVE, "acct_1")
    assert [(row.livemode, row.retired_at is None) for row in await rows(story)] == [
        (False, False),
        (True, True),
    ]


async def test_keys_of_unknown_accounts_are_never_taken_for_one(story: Story) -> None:
    await use(story, OWN, None)
    await use(story, ROLLED, None)
    assert [row.retired_at is None for row in await rows(story)] == [False, True]


async def test_a_link_that_nobody_followed_leads_to_the_account_that_comes_after(story: Story) -> None:
    await use(story, OWN, "acct_1")
    shown, followed = await wanted(story, asked=False), await wanted(story, asked=True)
    new = await use(story, LIVE, "acct_2")
    assert await state_of(story, shown) is CheckoutState.CLOSED
    assert await state_of(story, followed) is CheckoutState.WANTED
    async with story.database.unit_of_work() as session:
        group = await story.group(session)
        again = await checkouts.want(session, group, shown.payment_id, "fr")
        assert again.account_id == new.id
        assert (await checkouts.want(session, group, followed.payment_id, "fr")).id == followed.id
        assert await checkouts.count_live(session, group.id) == 1


async def test_stopped_nothing_new_is_begun(story: Story) -> None:
    account = await use(story, OWN, "acct_1")
    shown = await wanted(story, asked=False)
    async with story.database.unit_of_work() as session:
        group = await story.group(session)
        assert await accounts.stop(session, group, account.id, None) is None
        assert not group.takes_cards
        with pytest.raises(CardNotOffered):
            await checkouts.want(session, group, shown.payment_id, "fr")
        with pytest.raises(NotFound):
            await accounts.stop(session, group, account.id, None)


async def test_what_waits_for_a_bank_is_never_left_behind(story: Story) -> None:
    """However long it takes: longer than movements are looked through again."""
    account = await use(story, OWN, "acct_1")
    slow = dataclasses.replace(
        movement("payment", 500, status="pending"), at=utc_now() - dt.timedelta(days=40)
    )
    async with story.database.unit_of_work() as session:
        await movements.looked(session, account.id, utc_now(), is_complete=True, soon=False, waiting=[slow])
        assert movements.since(await accounts.get_account(session, account.id)) <= slow.at
        await movements.looked(session, account.id, utc_now(), is_complete=True, soon=False)
        assert movements.since(await accounts.get_account(session, account.id)) > slow.at


async def test_eight_at_once_leave_one_in_use(story: Story) -> None:
    outcomes = await together(*(use(story, f"sk_test_Number{n:04}", f"acct_{n}") for n in range(8)))
    assert not [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    found_rows = await rows(story)
    assert len(found_rows) == 8
    assert sum(row.retired_at is None for row in found_rows) == 1
    async with story.database.snapshot() as session:
        assert (await story.group(session)).takes_cards


async def test_unreadable_keys_take_no_cards_until_they_are_readable(own_database: Database) -> None:
    story, other = await found(own_database), await found(own_database, "Other")
    await use(story, OWN, "acct_1")
    await use(other, LIVE, "acct_2")
    for readable, changed in ((False, [story.group_id]), (False, []), (True, [story.group_id]), (True, [])):
        async with own_database.unit_of_work() as session:
            groups = await accounts.mind_keys(
                session, lambda account, ok=readable: ok or account.group_id != story.group_id
            )
            assert [group.id for group in groups] == changed
            assert (await story.group(session)).takes_cards is readable
            assert (await other.group(session)).takes_cards


async def test_the_hosts_key(own_database: Database) -> None:
    first, other = await found(own_database), await found(own_database, "Other")
    for key in (HOST, HOST, ROLLED):
        async with own_database.unit_of_work() as session:
            await accounts.follow_host(session, key, first.group_id)
    [account] = await rows(first)
    assert (account.key_hint, account.sealed_key) == ("BBBB", None)
    assert account.key_since > account.created_at
    assert await rows(other) == []
    async with own_database.unit_of_work() as session:
        with pytest.raises(NotFound):  # the host's key is the configuration's to take away
            await accounts.stop(session, await first.group(session), account.id, None)
    own = await use(first, OWN, "acct_1")
    async with own_database.unit_of_work() as session:
        await accounts.follow_host(session, HOST, first.group_id)  # a restart
        assert (await accounts.in_use(session, first.group_id)).id == own.id  # type: ignore[union-attr]
        back = await accounts.stop(session, await first.group(session), own.id, HOST, first.group_id)
        assert back is not None
        assert back.sealed_key is None
        await accounts.follow_host(session, None)
        assert await accounts.in_use(session, first.group_id) is None
        assert utc_now() > back.key_since


async def served(database: Database, named: int | None = None, key: str | None = HOST) -> int | None:
    """A start: the group that the host's key takes cards for, and that it is said."""
    async with database.unit_of_work() as session:
        await accounts.follow_host(session, key, named)
        account = await accounts.of_host(session)
        said = await standing(session, key, named)
        group_id = account.group_id if account is not None and account.retired_at is None else None
        assert said is None or (said.level >= logging.WARNING) == (group_id is None or bool(said.groups))
        return group_id


async def test_the_hosts_key_serves_whom_the_host_names(own_database: Database) -> None:
    """Alone here, a group is served and stays so; among several, nobody is picked: the host names one."""
    first = await found(own_database)
    assert await served(own_database) == first.group_id
    other = await found(own_database, "Other")
    assert await served(own_database) == first.group_id
    assert await served(own_database, key=None) is None
    assert await served(own_database) is None
    assert await served(own_database, other.group_id) == other.group_id
    assert (await rows(first))[-1].retired_at is not None
    assert await served(own_database) == other.group_id
    assert await served(own_database, first.group_id) == first.group_id
    assert await served(own_database, 404) is None


async def test_of_two_groups_that_were_there_before_the_key_none_gets_it(own_database: Database) -> None:
    await found(own_database)
    other = await found(own_database, "Other")
    assert await served(own_database) is None
    assert await served(own_database, other.group_id) == other.group_id


async def test_the_configurations_check_says_whom_the_key_serves(
    own_database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = await found(own_database), await found(own_database, "Other")
    monkeypatch.setattr("bot.logs.configure", lambda *_: None)
    monkeypatch.setenv("CAGNOTTE_TELEGRAM__TOKEN", "123456:abc-DEF_ghi")
    monkeypatch.setenv("CAGNOTTE_DATABASE__URL", own_database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("CAGNOTTE_STRIPE__API_KEY", HOST)

    async def said(named: int | None) -> tuple[int, str]:
        monkeypatch.setenv("CAGNOTTE_STRIPE__GROUP", str(named or ""))
        status = await _check_config(argparse.Namespace(config=None))
        return status, capsys.readouterr().err

    status, words = await said(other.group_id)
    assert (status, f"stripe.api_key serves group {other.group_id}." in words) == (0, True)
    status, words = await said(None)
    assert (status, "there are 2 groups and stripe.group names none" in words) == (0, True)
    assert f"group {first.group_id} (AMAP des Lilas)" in words
    status, words = await said(404)
    assert (status, "no group has this number" in words) == (1, True)
