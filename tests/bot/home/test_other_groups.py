"""A coordinator of another group, with every button of this one forged: refused, and nothing is written."""

from __future__ import annotations

from tests.support.bot import Stage
from tests.support.coordinating import in_days, set_up

CATALOGUE = b"produit;prix;producteur\nMiel;7,50;Ruchers\n"
FORGED = (
    *("member:1", "member:2", "mhistory:2:0", "payfor:2", "openfor:2", "pmt:1", "rcv:1:1:500", "refuse:1:1"),
    *("undo:1:1", "other:1:1", "role:2", "setrole:2:0:1", "setrole:1:0:0", "import:1:0", "import:1:1"),
    *("payments:1:0", "negative:1:1", "methods:1", "method:1:cash:0", "grouplang:1:fr", "joinpolicy:1:link"),
    *("invite:1:1", "setask:1:iban", "awaited:1:0", "dist:1", "cat:1:0:0", "qty:1:1:0:1000", "group:1"),
)


async def test_every_forged_button(stage: Stage) -> None:
    group = await set_up(stage)
    anne, bruno = group.anne, await stage.world.person("Bruno", language="en")
    await anne.ask(f"/distributions {in_days(8)} 18:30 Hall", expect="not announced yet")
    await anne.press("Confirm", expect="Orders are open now")
    await anne.ask("/paiement Marie 5 cash", expect="A payment by")
    await anne.press("Confirm", expect="The payment is recorded")
    await anne.upload("c.csv", CATALOGUE)
    await anne.wait("I understood")
    other = await stage.world.group("Other", admins=[bruno])
    await bruno.ask("/start", expect="To start a group")
    await bruno.ask("/setup", expect="is ready", chat=other)
    own = await bruno.wait("What comes next")

    before = await group.snapshot()
    refusals = ("Nothing was changed", "I found no payment", "basket is over", "You are in no group")
    for data in FORGED:
        answer = await bruno.forge_tap(data, own)
        assert any(refusal in answer for refusal in refusals), (data, answer)
    await stage.world.settle()
    assert await group.snapshot() == before


async def test_absurd_buttons(stage: Stage) -> None:
    group = await set_up(stage)
    screen = await group.anne.ask("/soldes", expect="Members' balances")
    before = await group.snapshot()
    for data in (
        *("member", "member:", "member:-1", f"member:{'9' * 50}", "member:1e3", "member:١", "balances:0"),
        *("import:1", "import:1:0:0", "setrole:1:x:1", "method:1", "method:1:cash", "settings:1:2", "step"),
        *("step:confirm", "step:confirm:0", "step::", ":", "newdist:9", "payfor:", "openfor:x", "invite:1:0"),
    ):
        await group.anne.forge_tap(data, screen)
    await stage.world.settle()
    assert await group.snapshot() == before
    assert not [row for row in await stage.rows("inbox") if row["error"]]


async def test_each_coordinator_has_their_own_step_buttons(stage: Stage) -> None:
    group = await set_up(stage)
    anne, bruno = group.anne, await stage.world.person("Bruno", language="en")
    bureau = await stage.world.group("Bureau", members=[bruno], admins=[anne], bot=False)
    await bruno.join(group.chat)
    await bruno.tap("Order", chat=group.chat)
    await bruno.wait("You are now a member")
    await anne.ask("/coordinateurs", expect="coordinates Paniers")
    await anne.press("Name somebody", expect="Whom?")
    await anne.press("Bruno", expect="no role")
    await anne.press("Make coordinator", expect="Bruno: coordinator")
    settings = await anne.ask("/reglages", expect="Settings")
    await anne.open(settings.button("A chat for the coordinators"), chat=bureau)  # type: ignore[arg-type]
    await anne.wait("coordinators' chat of Paniers", chat=bureau)

    hers = await anne.ask("/paiement Marie 5 cash", expect="A payment by", chat=bureau)
    await bruno.ask("/paiement Marie 7 cash", expect="€7.00", chat=bureau)
    assert "no longer valid" in await bruno.tap("Confirm", message=hers)
    assert await stage.rows("payments") == []
    await anne.press("Confirm", expect="The payment is recorded", message=hers)
    assert [row["amount_cents"] for row in await stage.rows("payments")] == [500]


async def test_a_typed_answer_in_the_coordinators_chat_is_a_reply(stage: Stage) -> None:
    group = await set_up(stage)
    bureau = await stage.world.group("Bureau", admins=[group.anne], bot=False)
    settings = await group.anne.ask("/reglages", expect="Settings")
    await group.anne.open(settings.button("A chat for the coordinators"), chat=bureau)  # type: ignore[arg-type]
    await group.anne.wait("coordinators' chat of Paniers", chat=bureau)
    question = await group.anne.ask(
        "/reprise Marie", expect="answer by replying to this message", chat=bureau
    )
    await group.anne.send("-5", chat=bureau, reply_to=question)
    await group.anne.wait("An opening balance for Marie Dupont", chat=bureau)
    await group.anne.press("Confirm", expect="The opening balance is recorded", chat=bureau)


async def test_what_began_in_one_group_does_not_end_in_another(stage: Stage) -> None:
    group = await set_up(stage)
    preview = await group.anne.ask(f"/distributions {in_days(8)} 18:30 Hall", expect="not announced yet")
    payment = await group.anne.ask("/paiement Marie 5 cash", expect="A payment by")
    other = await stage.world.group("Other", admins=[group.anne])
    await group.anne.ask("/setup", expect="is ready", chat=other)
    assert "Nothing was changed" in await group.anne.tap("Confirm", message=payment)
    assert "no longer valid" in await group.anne.tap("Confirm", message=preview)
    assert await stage.rows("distributions") == []
    assert await stage.rows("payments") == []
