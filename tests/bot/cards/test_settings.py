"""Coordinators enter the group's Stripe key: tried, sealed, deleted from the chat, and nowhere to be found afterwards."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.sandbox.server import Sandbox
from bot.sandbox.stripe.faults import Fault
from bot.sandbox.stripe.server import TEST_KEY, running_stripe
from ledger.payments.card.keys import Vault
from tests.support.bot import TOKEN, Stage, running_bot, staged
from tests.support.cards import ENCRYPTION_KEY, CardScene, bytes_of, card_environment, card_scene
from tests.support.coordinating import Paniers, set_up
from tests.support.screens import Message
from tests.support.telegram import Person, TelegramWorld

OWN = "sk_test_51FarmAbCdEfGhIjKlMn"
OTHER = "sk_test_51OthrAbCdEfGhIjKlMnOp"
LIVE = "sk_live_51FarmAbCdEfGhIjKlMn"
EVERYTHING_NEEDED = (
    "checkout_session_write",
    "refund_write",
    "intent_read",
    "payment_intent_read",
    "balance_read",
)


async def open_card(anne: Person, expect: str = "Card · Paniers") -> Message:
    screen = await anne.ask("/reglages", expect="Settings · Paniers")
    return await anne.press("Card", expect=expect, message=screen)


async def enter(anne: Person, key: str, expect: str, button: str = "Enter our own key") -> Message:
    screen = await open_card(anne)
    await anne.press(button, expect="Paste it here", message=screen)
    return await anne.ask(key, expect=expect)


async def in_use(stage: Stage) -> list[dict[str, Any]]:
    return [row for row in await stage.rows("card_accounts") if row["retired_at"] is None]


async def methods(stage: Stage) -> Any:
    return (await stage.rows("groups"))[0]["methods"]


async def assert_nothing_is_left(group: Paniers, *keys: str) -> None:
    """Neither in the chat, nor in any table, nor anywhere in the database's files."""
    await group.stage.world.settle()
    for person in (group.anne, group.marie, group.zoe):
        said = await person.transcript(last=500)
        assert not [key for key in keys if key in said]
    files = bytes_of(group.stage.database) if group.stage.database.is_sqlite else b""
    rows = str(
        [await group.stage.rows(table) for table in ("inbox", "outbox", "conversations", "card_accounts")]
    )
    for key in keys:
        assert key not in rows
        assert key.encode() not in files


async def test_a_key_is_tried_sealed_and_deleted(
    any_cards: CardScene, caplog: pytest.LogCaptureFixture
) -> None:
    group, stripe = any_cards.group, any_cards.stripe
    stripe.add_key(OWN)
    caplog.set_level("INFO")
    caplog.set_level("DEBUG", "stripe")
    await open_card(group.anne, expect="Cards are not taken: the group has no Stripe key")
    screen = await enter(group.anne, OWN, "The key works and is kept")
    for words in ("AMAP des Lilas", "Cards are taken with the group's own key (…KlMn)",
                  "entered by Anne on", "Test key: no real payment", "Members can choose card"):  # fmt: skip
        assert screen.says(words), words
    [account] = await in_use(group.stage)
    assert Vault(ENCRYPTION_KEY).unseal(1, account["sealed_key"]) == OWN
    assert account["stripe_account"].startswith("acct_")
    await group.anne.ask("/reglages", expect="Ways to pay: Cheque, Cash, Bank transfer, Member credit, Card")
    await assert_nothing_is_left(group, OWN)
    assert OWN not in caplog.text
    assert not [row for row in await group.stage.rows("outbox") if row["outcome"] == "refused"]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("pk_test_51FarmAbCdEfGhIjKlMn", "publishable key"),
        ("Sk_live_51FarmAbCdEfGhIjKlMn", "This is not a Stripe key"),
        ("sk_test_51Farm AbCdEfGhIjKlMn", "This is not a Stripe key"),
        ("51FarmAbCdEfGhIjKlMn", "This is not a Stripe key"),
        (OWN, "Stripe does not accept this key"),
    ],
)
async def test_what_is_no_key_of_stripes_is_not_kept(cards: CardScene, typed: str, why: str) -> None:
    group = cards.group
    await enter(group.anne, typed, why)
    again = await group.anne.wait("I did not keep what you typed")
    await group.anne.press("Cancel", expect="Cards are not taken", message=again)
    assert await in_use(group.stage) == []
    await assert_nothing_is_left(group, typed)


async def test_after_a_refusal_it_can_be_typed_again(cards: CardScene) -> None:
    cards.stripe.add_key(OWN)
    await enter(cards.group.anne, "sk_test_mistyped1", "Stripe does not accept this key")
    await cards.group.anne.ask(OWN, expect="The key works and is kept")
    await assert_nothing_is_left(cards.group, OWN, "sk_test_mistyped1")


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault("error", status=503, count=9), "Stripe does not answer"),
        (Fault("drop", count=9), "Stripe does not answer"),
        (Fault("error", status=400, count=9, code="gone"), "Stripe refused when I tried this key (gone)"),
    ],
)  # fmt: skip
async def test_while_stripe_is_down_nothing_changes(cards: CardScene, fault: Fault, why: str) -> None:
    cards.stripe.add_key(OWN)
    cards.stripe.faults.add(fault)
    await enter(cards.group.anne, OWN, why)
    cards.stripe.faults.clear()
    assert await in_use(cards.group.stage) == []
    await cards.group.anne.ask(OWN, expect="The key works and is kept")
    await assert_nothing_is_left(cards.group, OWN)


@pytest.mark.parametrize("missing", ["checkout_session_write", "refund_write", "balance_read"])
async def test_a_restricted_key_that_may_do_too_little(cards: CardScene, missing: str) -> None:
    key = "rk_test_51RestAbCdEfGhIj"
    rights = {*EVERYTHING_NEEDED, "checkout_session_read", "refund_read"} - {missing}
    cards.stripe.add_key(key, rights=rights)
    await enter(cards.group.anne, key, "a restricted key that may do too little")
    assert await in_use(cards.group.stage) == []
    assert not cards.stripe.world.account().test.refunds


async def test_a_restricted_key_need_not_see_the_account(cards: CardScene) -> None:
    key = "rk_test_51RestAbCdEfGhIj"
    cards.stripe.add_key(key, rights=EVERYTHING_NEEDED)
    screen = await enter(cards.group.anne, key, "The key works and is kept")
    assert screen.says("straight to that key's Stripe account")
    [account] = await in_use(cards.group.stage)
    assert account["stripe_account"] is None


async def test_an_account_that_may_not_take_payments_yet(cards: CardScene) -> None:
    cards.stripe.add_key(OWN)
    cards.stripe.add_key(LIVE)
    cards.stripe.world.account().charges_enabled = False
    await enter(cards.group.anne, LIVE, "does not let its account (AMAP des Lilas) take payments yet")
    assert await in_use(cards.group.stage) == []
    await cards.group.anne.ask(OWN, expect="Its account is not activated at Stripe yet")
    assert len(await in_use(cards.group.stage)) == 1


async def second_coordinator(group: Paniers, name: str = "Bruno") -> Person:
    bruno = await group.stage.world.person(name, language="en")
    await bruno.join(group.chat)
    await bruno.tap("Order", chat=group.chat)
    await bruno.wait("You are now a member")
    await group.anne.ask("/coordinators", expect="")
    bureau = await group.stage.rows("members")
    member = next(row["id"] for row in bureau if row["name"] == name)
    await group.anne.forge_tap(f"setrole:{member}:0:1", await group.anne.last())
    await bruno.wait("coordinator")
    return bruno


async def test_a_key_replaced_by_another_of_the_same_account(any_cards: CardScene) -> None:
    group, stripe = any_cards.group, any_cards.stripe
    stripe.add_key(OWN)
    rolled = OWN[:-4] + "Roll"
    stripe.add_key(rolled)
    bruno = await second_coordinator(group)
    await enter(group.anne, OWN, "The key works and is kept")
    await bruno.wait(
        "Anne entered a Stripe key (…KlMn). From now on, what members pay by card goes to its Stripe account"
    )
    [before] = await in_use(group.stage)
    screen = await enter(bruno, rolled, "The key works and is kept", button="Replace the key")
    assert screen.says("(…Roll), entered by Bruno")
    [after] = await group.stage.rows("card_accounts")
    assert after["id"] == before["id"]
    assert after["key_since"] > before["key_since"]
    await group.anne.wait("Bruno entered a Stripe key (…Roll)")
    await assert_nothing_is_left(group, OWN, rolled)


async def test_a_key_of_another_account_retires_the_one_before(cards: CardScene) -> None:
    group, stripe = cards.group, cards.stripe
    stripe.add_key(OWN)
    stripe.add_account("Ferme du Pré", "acct_1Ferme", keys=[OTHER, LIVE])
    await enter(group.anne, OWN, "The key works and is kept")
    screen = await enter(
        group.anne, OTHER, "Stripe knows its account as Ferme du Pré", button="Replace the key"
    )
    assert screen.says("straight to the Stripe account acct_1Ferme")
    live = await enter(group.anne, LIVE, "Live key: the payments are real", button="Replace the key")
    assert not live.says("Test key")
    rows = await group.stage.rows("card_accounts")
    assert [(row["livemode"], row["retired_at"] is None) for row in rows] == [
        (0, False),
        (0, False),
        (1, True),
    ]
    assert (await group.stage.rows("groups"))[0]["takes_cards"]


async def test_two_coordinators_at_once(any_cards: CardScene) -> None:
    group, stripe = any_cards.group, any_cards.stripe
    stripe.add_key(OWN)
    stripe.add_account("Ferme du Pré", keys=[OTHER])
    bruno = await second_coordinator(group)
    for person in (group.anne, bruno):
        await open_card(person)
        await person.press("Enter our own key", expect="Paste it here")
    await asyncio.gather(
        group.anne.ask(OWN, expect="The key works and is kept"),
        bruno.ask(OTHER, expect="The key works and is kept"),
    )
    await group.stage.world.settle()
    rows = await group.stage.rows("card_accounts")
    assert len(rows) == 2
    assert len(await in_use(group.stage)) == 1
    await group.anne.wait("Bruno entered a Stripe key (…MnOp)")
    await bruno.wait("Anne entered a Stripe key (…KlMn)")
    assert not [row for row in await group.stage.rows("inbox") if row["error"]]
    await assert_nothing_is_left(group, OWN, OTHER)


async def test_stopping(cards: CardScene) -> None:
    group = cards.group
    cards.stripe.add_key(OWN)
    bruno = await second_coordinator(group)
    screen = await enter(group.anne, OWN, "The key works and is kept")
    question = await group.anne.press(
        "Stop using this key", expect="members cannot pay by card", message=screen
    )
    assert len(await in_use(group.stage)) == 1
    await group.anne.press("Stop using this key", expect="Cards are not taken", message=question)
    assert await in_use(group.stage) == []
    await bruno.wait("Anne stopped using the group's own Stripe key. Members cannot pay by card any more")
    assert "Nothing was changed" in await bruno.forge_tap("cardstop:1:1:1", await bruno.last())
    screen = await group.anne.ask(
        "/reglages", expect="Ways to pay: Cheque, Cash, Bank transfer, Member credit"
    )
    assert not screen.says("Member credit, Card")


async def test_the_hosts_key_serves_the_first_group_and_comes_back(sqlite_url: str) -> None:
    async with card_scene(sqlite_url, CAGNOTTE_STRIPE__API_KEY=TEST_KEY) as scene:
        group = scene.group
        scene.stripe.add_key(OWN)
        screen = await open_card(group.anne, expect="with the key of whoever runs this bot (…dbox)")
        assert screen.button("Stop using") is None
        assert screen.says("Members can choose card")
        screen = await enter(group.anne, OWN, "The key works and is kept")
        question = await group.anne.press(
            "Stop using this key", expect="with the key of whoever runs", message=screen
        )
        await group.anne.press("Stop using this key", expect="(…dbox)", message=question)
        [account] = await in_use(group.stage)
        assert account["sealed_key"] is None
        # The second group is not the host's: without a key of its own it takes no cards.
        bruno = await scene.group.stage.world.person("Bruno", language="en")
        other = await scene.group.stage.world.group("Other", admins=[bruno])
        await bruno.ask("/start", expect="To start a group")
        await bruno.ask("/setup", expect="is ready", chat=other)
        screen = await bruno.ask("/reglages", expect="Settings · Other")
        await bruno.press("Card", expect="Cards are not taken", message=screen)


async def test_card_is_a_way_to_pay_like_the_others(cards: CardScene) -> None:
    group = cards.group
    cards.stripe.add_key(OWN)
    screen = await group.anne.ask("/reglages", expect="Settings")
    asked = await group.anne.press(
        "Ways to pay", expect="Card is possible too, with a Stripe key", message=screen
    )
    assert "Nothing was changed" in await group.anne.forge_tap("method:1:card:1", screen)
    await group.anne.press("Card", expect="Cards are not taken", message=asked)
    screen = await enter(group.anne, OWN, "The key works and is kept")
    await group.anne.press("Do not offer card", expect="Members cannot choose card", message=screen)
    assert "card" not in await methods(group.stage)
    screen = await group.anne.ask("/reglages", expect="Settings")
    asked = await group.anne.press("Ways to pay", expect="Tap the ways", message=screen)
    assert not asked.says("Card is possible too")
    await group.anne.tap("Card", message=asked)
    await group.stage.world.settle()
    assert "card" in await methods(group.stage)
    await open_card(group.anne, expect="Members can choose card")
    for label in ("Cash", "Bank transfer", "Member credit"):
        screen = await group.anne.ask("/reglages", expect="Settings")
        asked = await group.anne.press("Ways to pay", expect="Tap the ways", message=screen)
        await group.anne.tap(label, message=asked)
    assert "at least one way to pay" in await group.anne.tap("Cheque", message=asked)


async def test_where_no_encryption_key_is_configured(sqlite_url: str) -> None:
    async with staged(sqlite_url) as stage:
        group = await set_up(stage)
        screen = await open_card(group.anne, expect="must first set stripe.encryption_key")
        assert screen.button("Enter") is None
        await group.anne.forge_tap("cardkey:1", screen)
        await group.anne.ask(OWN, expect="That looks like a secret key of Stripe's")
        await assert_nothing_is_left(group, OWN)


async def test_only_coordinators_of_the_group_and_only_in_private(cards: CardScene) -> None:
    group = cards.group
    cards.stripe.add_key(OWN)
    await enter(group.anne, OWN, "The key works and is kept")
    other = await group.stage.world.group("Other", admins=[group.zoe])
    await group.zoe.ask("/setup", expect="is ready", chat=other)
    before = await group.stage.rows("card_accounts")
    verbs = ("cardset:1", "cardoffer:1:0", "cardkey:1", "cardstop:1:1", "cardstop:1:1:1")
    for person, refusal in (
        (group.marie, "Only the group's coordinators"),
        (group.zoe, "Nothing was changed"),
    ):
        own = await person.last()
        for verb in verbs:
            assert refusal in await person.forge_tap(verb, own)
    screen = await group.anne.last()
    for verb in ("cardset:2", "cardset", "cardset:x", "cardset:1:1", "cardoffer:1", "cardoffer:1:2", "cardstop:1",
                 "cardstop:1:2:1", "cardstop:1:1:0", "cardstop:1:1:1:1", "cardkey:2"):  # fmt: skip
        assert "Nothing was changed" in await group.anne.forge_tap(verb, screen)
    # In the members' chat a forged button does nothing; the coordinators' chat leads on to the private one.
    posted = await group.anne.last(chat=group.chat)
    assert "Nothing was changed" in await group.anne.forge_tap("cardkey:1", posted)
    bureau = await group.stage.world.group("Bureau", admins=[group.anne], bot=False)
    screen = await group.anne.ask("/reglages", expect="Settings")
    await group.anne.open(screen.button("A chat for the coordinators"), chat=bureau)  # type: ignore[arg-type]
    await group.anne.wait("coordinators' chat of Paniers", chat=bureau)
    there = await group.anne.ask("/reglages", expect="Settings · Paniers", chat=bureau)
    await group.anne.press("Card", expect="Card · Paniers", message=there, answer_in=group.anne.id)
    assert await group.stage.rows("card_accounts") == before
    assert await methods(group.stage) != []


async def test_who_is_no_coordinator_any_more_keeps_no_key(cards: CardScene) -> None:
    group = cards.group
    cards.stripe.add_key(OWN)
    bruno = await second_coordinator(group)
    await open_card(bruno)
    await bruno.press("Enter our own key", expect="Paste it here")
    member = next(row["id"] for row in await group.stage.rows("members") if row["name"] == "Bruno")
    await group.anne.forge_tap(f"setrole:{member}:0:0", await group.anne.last())
    await bruno.ask(OWN, expect="Only the group's coordinators")
    assert await in_use(group.stage) == []
    await assert_nothing_is_left(group, OWN)


async def test_a_key_that_nobody_asked_for(cards: CardScene) -> None:
    group = cards.group
    await group.anne.ask(
        f"voici {OWN}", expect="That looks like a secret key of Stripe's. I delete your message"
    )
    await group.marie.ask(f"/adherent {OWN}", expect="That looks like a secret key")
    # In the midst of something else, it is not taken for an answer.
    await group.anne.ask("/reglages", expect="Settings")
    await group.anne.press("Name of the group", expect="What is the group called")
    await group.anne.ask(OWN, expect="That looks like a secret key")
    await group.anne.ask("Panier", expect="Settings · Panier")
    await group.zoe.ask(OWN, expect="That looks like a secret key")
    await group.anne.upload("cle.csv", b"x", caption=OWN)
    await group.stage.world.settle()
    await assert_nothing_is_left(group, OWN)


async def test_a_key_in_a_group_chat(cards: CardScene) -> None:
    group = cards.group
    await group.anne.ask(f"/adherent {OWN}", expect="everybody here could read it", chat=group.chat)
    await group.stage.world.settle()
    rows = await group.stage.rows("outbox")
    assert [row["outcome"] for row in rows if row["method"] == "deleteMessage"] == [
        "refused"
    ]  # no admin there
    assert OWN not in str(await group.stage.rows("inbox"))
    await group.chat.bot(group.anne, admin=True)
    await group.anne.ask(f"/adherent {OTHER}", expect="everybody here could read it", chat=group.chat)
    await group.stage.world.settle()
    assert OTHER not in await group.anne.transcript(group.chat)


async def test_a_fault_of_ours_leaves_no_key_either(
    cards: CardScene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    group = cards.group
    cards.stripe.add_key(OWN)
    monkeypatch.setattr(Vault, "seal", lambda *_: 1 / 0)
    await enter(group.anne, OWN, "something went wrong on our side")
    await group.stage.world.settle()
    assert [row["error"] for row in await group.stage.rows("inbox") if row["error"]] == ["ZeroDivisionError"]
    await assert_nothing_is_left(group, OWN)
    assert OWN not in caplog.text


async def test_another_encryption_key_loses_nothing(sqlite_url: str) -> None:
    async with (
        running_stripe() as stripe,
        Sandbox(TOKEN).serve() as url,
        await TelegramWorld.connect(url) as world,
    ):
        stripe.add_key(OWN)
        good = card_environment(stripe)
        async with running_bot(url, sqlite_url, **good) as bot:
            group = await set_up(Stage(world, bot))
            await enter(group.anne, OWN, "The key works and is kept")
            await world.settle()
        bad = good | {"CAGNOTTE_STRIPE__ENCRYPTION_KEY": ENCRYPTION_KEY[::-1]}
        for environment in (bad, bad):  # told once, however often it starts
            async with running_bot(url, sqlite_url, **environment) as bot:
                await group.anne.wait("This key cannot be read")
                screen = await open_card(group.anne, expect="This key cannot be read")
                assert screen.button("Offer card") is None
                assert not (await group.anne.ask("/reglages", expect="Settings")).says("Member credit, Card")
                await world.settle()
        told = [
            m
            for m in await group.anne.messages()
            if m.says("Nothing that was paid is lost") and m.button("Card")
        ]
        assert len(told) == 1
        async with running_bot(url, sqlite_url, **good) as bot:
            await group.anne.wait("can be read again. Cards are taken as before")
            await open_card(group.anne, expect="Members can choose card")
            assert Vault(ENCRYPTION_KEY).unseal(1, (await in_use(Stage(world, bot)))[0]["sealed_key"]) == OWN
            await world.settle()
        async with running_bot(url, sqlite_url, **bad) as bot:
            await group.anne.wait("This key cannot be read")
            await enter(group.anne, OWN, "The key works and is kept", button="Replace the key")
            assert (await Stage(world, bot).rows("groups"))[0]["takes_cards"]
            assert len(await Stage(world, bot).rows("card_accounts")) == 1
