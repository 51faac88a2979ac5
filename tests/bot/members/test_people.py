"""Members without Telegram, invited later with all their history; members who leave, and what is settled before."""

from __future__ import annotations

import asyncio

import pytest

from ledger.db import Database
from ledger.groups import people
from ledger.groups import service as groups
from ledger.groups.models import Method
from ledger.orders import leaving
from ledger.orders.service import EmptyBasket
from ledger.payments import service as payments
from ledger.verify.service import verify
from tests.support.bot import Stage
from tests.support.coordinating import Paniers, in_days, set_up
from tests.support.ledger import found, together
from tests.support.screens import Message


async def books_hold(stage: Stage) -> bool:
    async with stage.database.snapshot() as session:
        return await verify(session) == []


async def add_jeanne(group: Paniers) -> Message:
    await group.anne.ask("/balances", expect="Members' balances")
    await group.anne.press("Add a member without Telegram", expect="what is their name")
    await group.anne.ask("Jeanne  Petit", expect="Add Jeanne Petit to Paniers?")
    return await group.anne.press("Confirm", expect="✅ Jeanne Petit is a member now")


async def invitation_of(group: Paniers, page: Message) -> str:
    invited = await group.anne.press("Invite to Telegram", expect="good for one person, once", message=page)
    link = await group.anne.tap("Copy the invitation", message=invited)
    assert f"/start={link}".count("?start=m_") == 1
    return link


async def row_of(stage: Stage, name: str) -> dict[str, object]:
    (row,) = [row for row in await stage.rows("members") if row["name"] == name]
    return row


async def pay(group: Paniers, line: str) -> None:
    await group.anne.ask(line, expect="Balance:")
    await group.anne.press("Confirm", expect="recorded")


# — without Telegram —


async def test_a_member_without_telegram_has_an_account_like_everybody(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    page = await add_jeanne(group)
    assert page.says("Has no Telegram here: does not receive my messages")
    await pay(group, "/opening Jeanne -20")
    await pay(group, "/payment Jeanne 15 cheque")
    page = await group.anne.ask("/member jeanne", expect="Balance: owes €5.00")
    await group.anne.press("History", expect="Cheque received", message=page)
    assert (await group.anne.ask("/balances", expect="Jeanne Petit: owes €5.00")).button("Jeanne Petit")
    assert await books_hold(any_stage)


async def test_names_that_do_not_fit_are_asked_again(stage: Stage) -> None:
    group = await set_up(stage)
    await add_jeanne(group)
    await group.anne.ask("/balances", expect="Members' balances")
    await group.anne.press("Add a member without Telegram", expect="what is their name")
    await group.anne.ask("jeanne petit", expect="There is a member called Jeanne Petit")
    await group.anne.ask("x" * 71, expect="I need a name")
    await group.anne.ask("@jeanne", expect="I need a name")
    await group.anne.ask('Eve <b>&"', expect='Add Eve <b>&" to Paniers?')
    await group.anne.press("Cancel", expect="Nobody was added")
    assert len(await stage.rows("members")) == 3


async def test_the_invitation_links_the_account_with_its_history_once(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    page = await add_jeanne(group)
    await pay(group, "/opening Jeanne -20")
    link = await invitation_of(group, page)
    await group.zoe.open(link)
    await group.zoe.wait("You are linked to your account in Paniers")
    await group.zoe.wait("You owe the group €20.00")
    told = await group.anne.wait("now has Telegram, as “Zoe”")
    assert told.says("Jeanne Petit")
    await group.zoe.ask("/history", expect="Opening balance")
    await group.zoe.ask("/balance", expect="You owe the group €20.00")
    row = await row_of(any_stage, "Jeanne Petit")
    assert (row["person_id"], row["invitation"]) == (group.zoe.id, None)

    late = await any_stage.world.person("Late", language="en")
    await late.open(link)
    await late.wait("This link leads to no group (any more)")
    await late.ask("/balance", expect="You are not a member")
    page = await group.anne.ask("/member Jeanne", expect="Jeanne Petit")
    assert not page.button("Invite to Telegram")
    assert "already" in await group.anne.forge_tap(f"ppinvite:{row['id']}", page)


async def test_who_is_a_member_already_is_refused_with_what_to_do(stage: Stage) -> None:
    group = await set_up(stage)
    link = await invitation_of(group, await add_jeanne(group))
    await group.marie.open(link)
    refused = await group.marie.wait("You are a member of this group already, as Marie Dupont")
    assert refused.says("invitation to Jeanne Petit was not used")
    assert refused.says("ask a coordinator")
    assert (await row_of(stage, "Jeanne Petit"))["person_id"] is None
    await group.zoe.open(link)
    await group.zoe.wait("You are linked")


async def test_revoked_and_replaced_invitations_lead_nowhere(stage: Stage) -> None:
    group = await set_up(stage)
    first = await invitation_of(group, await add_jeanne(group))
    page = await group.anne.press("Another invitation", expect="good for one person")
    second = await group.anne.tap("Copy the invitation", message=page)
    assert first != second
    await group.zoe.open(first)
    await group.zoe.wait("This link leads to no group")
    await group.anne.press("Revoke it", expect="Has no Telegram here", message=page)
    before = await stage.world.seq()
    await group.zoe.open(second)
    await group.zoe.wait("This link leads to no group", after=before)
    assert (await row_of(stage, "Jeanne Petit"))["person_id"] is None


async def test_two_who_open_one_invitation_at_once(database_url: str) -> None:
    database = Database(database_url)
    story = await found(database)
    async with database.unit_of_work() as session:
        member = await people.add_member(session, await story.group(session), "Jeanne")
        token = await people.invite(session, member)

    async def open_it(person_id: int) -> int:
        async with database.unit_of_work() as session:
            person = await groups.remember_person(session, person_id, f"Person {person_id}", None, "en")
            return (await people.link(session, token, person))[1].id

    answers = await together(*(open_it(number) for number in range(71, 77)))
    assert [one for one in answers if not isinstance(one, BaseException)] == [member.id]
    await database.close()


async def test_two_who_add_one_name_at_once(database_url: str) -> None:
    database = Database(database_url)
    story = await found(database)

    async def add() -> None:
        async with database.unit_of_work() as session:
            await people.add_member(session, await story.group(session), "Jeanne")

    answers = await together(*(add() for _ in range(5)))
    assert sorted(type(one).__name__ for one in answers) == ["NameTaken"] * 4 + ["NoneType"]
    await database.close()


# — leaving —


async def test_a_member_leaves_and_comes_back_to_their_account(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    await pay(group, "/opening Marie 12.35")
    refused = await group.marie.ask("/leave", expect="You cannot leave yet")
    assert refused.says("The group owes you €12.35: ask a treasurer")
    await pay(group, "/payment Marie -12.35 cash")
    await group.marie.ask("/quitter", expect="Leave Paniers?")
    await group.marie.press("Cancel", expect="You stay in Paniers")
    await group.marie.ask("/leave", expect="Leave Paniers?")
    await group.marie.press("Leave the group", expect="You left Paniers")
    await group.anne.wait("Marie Dupont left Paniers")
    await group.marie.ask("/balance", expect="You are not a member")
    listed = await group.anne.ask("/balances", expect="Members' balances")
    assert not listed.says("Marie")
    page = await group.anne.ask("/member marie", expect="Left the group on")
    assert not page.button("Take out")
    await group.anne.press("History", expect="Opening balance", message=page)

    await group.marie.tap("Order", chat=group.chat)
    await group.marie.wait("You are now a member of Paniers")
    await group.marie.ask("/history", expect="Opening balance")
    assert len(await any_stage.rows("members")) == 2
    assert await books_hold(any_stage)


async def test_who_left_is_found_last(stage: Stage) -> None:
    group = await set_up(stage)
    await group.marie.ask("/leave", expect="Leave Paniers?")
    await group.marie.press("Leave the group", expect="You left Paniers")
    other = await stage.world.person("Marie", last_name="Zola", language="en")
    await other.join(group.chat)
    await other.tap("Order", chat=group.chat)
    await other.wait("You are now a member")
    found = await group.anne.ask("/member Marie", expect="Several members fit")
    assert [button.text for button in found.all_buttons()] == ["Marie Zola", "Marie Dupont (left)"]
    await group.anne.press("Marie Dupont", expect="Left the group on", message=found)


async def test_the_last_coordinator_cannot_leave(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.ask("/leave", expect="A group keeps at least one coordinator")
    page = await group.anne.ask("/member Anne", expect="👤 Anne")
    await group.anne.press("Take out of the group", expect="Take Anne out", message=page)
    assert "at least one coordinator" in await group.anne.tap("Take out of the group")
    assert (await row_of(stage, "Anne"))["left_at"] is None


async def test_an_order_on_its_way_and_expected_money_are_in_the_way(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    await group.anne.upload("c.csv", b"produit;prix;producteur\nMiel;7,50;Ruchers\n")
    await group.anne.press("Import", expect="Imported")
    await group.anne.ask(f"/distributions {in_days(8)} 18:30 Hall", expect="not announced yet")
    await group.anne.press("Confirm", expect="Orders are open now")
    await group.marie.ask("/order", expect="Miel")
    await group.marie.press("Miel", expect="✅ 1 × Miel")
    await group.marie.press("Basket", expect="7.50")
    await group.marie.press("Confirm my basket", expect="how do you want to pay")
    await group.marie.press("Cash", expect="🧾")
    refused = await group.marie.ask("/leave", expect="You cannot leave yet")
    assert refused.says("You owe the group €7.50")
    assert refused.says("€7.50 you announced is waiting to be confirmed")
    assert refused.says("You ordered for the distribution of")
    page = await group.anne.ask("/member Marie", expect="👤 Marie")
    out = await group.anne.press(
        "Take out of the group", expect="Marie Dupont cannot leave yet", message=page
    )
    assert out.says("€7.50 awaiting confirmation")
    assert not out.button("Take out")
    before = await group.snapshot()
    await group.anne.forge_tap("step:out:99.1", out)
    assert await group.snapshot() == before


# — settling —


async def test_a_treasurer_gives_back_and_takes_out(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    await pay(group, "/opening Marie 12.35")
    page = await group.anne.ask("/member Marie", expect="credit €12.35")
    out = await group.anne.press("Take out of the group", expect="cannot leave yet", message=page)
    assert out.says("the balance is not zero: credit €12.35")
    await group.anne.press("Refund", expect="How much is given back", message=out)
    await group.anne.press("All the credit · €12.35", expect="how?")
    await group.anne.press("Cash", expect="credit €12.35 → even")
    done = await group.anne.press("Confirm", expect="✅ Recorded")
    assert (await group.marie.wait("gave you back")).says("€12.35 (Cash)")
    await group.marie.ask("/history", expect="Cash given back\n      −€12.35 → €0.00")
    await group.anne.press("Take out of the group", expect="Take Marie Dupont out", message=done)
    await group.anne.press("Take out of the group", expect="Left the group on")
    await group.marie.wait("Anne took you out of Paniers")
    assert [row["amount_cents"] for row in await any_stage.rows("payments")] == [-1235]
    assert await books_hold(any_stage)


@pytest.mark.parametrize(
    ("opening", "verb", "all_of_it", "told", "history"),
    [
        ("-20", "Write off", "All the debt · €20.00", "wrote off", "Written off"),
        ("7.5", "Leave it to the group", "All the credit · €7.50", "you leave €7.50", "Left to the group"),
    ],
)
async def test_a_treasurer_settles_with_a_reason(
    any_stage: Stage, opening: str, verb: str, all_of_it: str, told: str, history: str
) -> None:
    group = await set_up(any_stage)
    await pay(group, f"/opening Marie {opening}")
    page = await group.anne.ask("/member Marie", expect="👤 Marie")
    out = await group.anne.press("Take out of the group", expect="cannot leave yet", message=page)
    await group.anne.press(verb, expect="How much", message=out)
    await group.anne.press(all_of_it, expect="Type the reason")
    await group.anne.ask("x" * 101, expect="I need a reason")
    preview = await group.anne.ask("moved <away>", expect="📝 moved <away>")
    done = await group.anne.press("Confirm", expect="→ even", message=preview)
    assert done.button("Take out of the group")
    assert "no longer valid" in await group.anne.forge_tap(
        str(preview.button("Confirm").callback_data),  # type: ignore[union-attr]
        preview,
    )
    assert (await group.marie.wait(told)).says("moved <away>")
    await group.marie.ask("/history", expect=f"{history} (moved <away>)")
    await group.marie.ask("/balance", expect="You are settled up")
    assert await books_hold(any_stage)


async def test_what_came_in_meanwhile_is_left_and_still_in_the_way(stage: Stage) -> None:
    group = await set_up(stage)
    await pay(group, "/opening Marie 10")
    page = await group.anne.ask("/member Marie", expect="👤 Marie")
    await group.anne.press("Take out of the group", expect="cannot leave yet", message=page)
    await group.anne.press("Refund", expect="How much")
    await group.anne.press("All the credit", expect="how?")
    await group.anne.press("Cash", expect="→ even")
    async with stage.database.unit_of_work() as session:
        marie = await groups.get_member(session, 1, 2)
        by = await groups.get_member(session, 1, 1)
        await payments.enter_opening_balance(session, marie, 500, by, key="meanwhile")
    done = await group.anne.press("Confirm", expect="credit €15.00 → credit €5.00")
    assert not done.button("Take out of the group")


async def test_refused_to_everybody_else(stage: Stage) -> None:
    group = await set_up(stage)
    await add_jeanne(group)
    other = await stage.world.person("Bruno", language="en")
    chat = await stage.world.group("Other", admins=[other])
    await other.ask("/start", expect="To start a group")
    await other.ask("/setup", expect="is ready", chat=chat)
    before = await group.snapshot()
    for person, refusal in (
        (group.marie, "Only the group's coordinators"),
        (group.zoe, "not a member"),
        (other, "Nothing was changed"),
    ):
        own = await person.ask("/help", expect="What I can do")
        for data in ("ppinvite:3", "pprevoke:3", "ppback:3", "ppout:2"):
            assert refusal in await person.forge_tap(data, own), data
    own = await group.anne.ask("/member Jeanne", expect="👤 Jeanne")
    for data in ("ppinvite:x", "ppinvite:99", "ppout", "ppout:1:2", "ppback:3", "ppadd:1:2:3"):
        await group.anne.forge_tap(data, own)
    for data in ("ppadd",):
        assert "Only the group's coordinators" in await group.marie.forge_tap(
            data, await group.marie.ask("/help", expect="What I can do")
        )
    assert await group.snapshot() == before
    assert not [row for row in await stage.rows("inbox") if row["error"]]


async def test_ordering_and_leaving_at_once(database_url: str) -> None:
    """Whoever comes first: either the order stands and the member stays, or they left and there is no order."""
    database = Database(database_url)
    story = await found(database)
    bread = await story.product("Pain", 450)
    distribution = await story.distribution()

    async def out(member_id: int) -> None:
        async with database.unit_of_work() as session:
            await leaving.leave(
                session, await groups.get_member(session, story.group_id, member_id), story.anne
            )

    for number in range(6):
        member = await story.member(f"Member {number}")
        basket = await story.basket(member, distribution, {bread: 1000})
        await asyncio.gather(
            story.confirm(member, basket, Method.CASH), out(member.id), return_exceptions=True
        )
        async with database.snapshot() as session:
            row = await groups.get_member(session, story.group_id, member.id)
        assert (row.left_at is None) == (await story.balance(member) == -450)
    assert await story.verify() == []
    await database.close()


async def test_a_basket_confirmed_while_its_member_leaves_is_empty(database_url: str) -> None:
    database = Database(database_url)
    story = await found(database)
    bread = await story.product("Pain", 450)
    member = await story.member("Marie")
    basket = await story.basket(member, await story.distribution(), {bread: 1000})
    async with database.unit_of_work() as session:
        await leaving.leave(session, await groups.get_member(session, story.group_id, member.id), story.anne)
        order = asyncio.create_task(story.confirm(member, basket, Method.CASH))
        await asyncio.wait({order}, timeout=0.3)
        assert not order.done(), "it waits for who leaves"
    with pytest.raises(EmptyBasket):
        await order
    assert await story.balance(member) == 0
    await database.close()


async def test_a_coordinator_who_leaves_the_chat_stays_and_is_told_of(stage: Stage) -> None:
    group = await set_up(stage)
    bruno = await stage.world.person("Bruno", language="en")
    await bruno.join(group.chat)
    await bruno.tap("Order", chat=group.chat)
    await bruno.wait("You are now a member")
    await group.anne.ask("/coordinators", expect="coordinates Paniers")
    await group.anne.press("Name somebody", expect="Whom?")
    await group.anne.press("Bruno", expect="no role")
    await group.anne.press("Make coordinator", expect="Bruno: coordinator")
    await bruno.leave(group.chat)
    await group.anne.wait("Bruno is no longer in a chat of Paniers, but stays a member")
    await bruno.ask("/balances", expect="Members' balances")
    before = await stage.world.seq()
    await group.marie.leave(group.chat)
    await stage.world.settle()
    assert not [m for m in await group.anne.messages() if m.changed > before and m.says("Marie")]


async def test_back_into_the_group_without_telegram(stage: Stage) -> None:
    group = await set_up(stage)
    page = await add_jeanne(group)
    await group.anne.press("Take out of the group", expect="Take Jeanne Petit out", message=page)
    await group.anne.press("Take out of the group", expect="Left the group on")
    await group.anne.press("Back into the group", expect="Jeanne Petit is a member now")
    listed = await group.anne.ask("/balances", expect="Members' balances")
    assert listed.says("Jeanne Petit")


async def test_in_the_members_chat_leaving_goes_on_in_private(stage: Stage) -> None:
    group = await set_up(stage)
    await group.marie.ask("/leave", expect="Leave Paniers?", chat=group.chat, answer_in=group.marie.id)
    await group.marie.press("Leave the group", expect="You left Paniers")
