"""Coordinators look at members: everybody's balance, one page, one history."""

from __future__ import annotations

from tests.support.bot import Stage
from tests.support.coordinating import set_up


async def test_everybodys_balance(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.ask("/reprise Marie -12,35", expect="opening balance")
    await group.anne.press("Confirm", expect="recorded")
    page = await group.anne.ask("/soldes", expect="Members' balances")
    assert page.says("Marie Dupont: owes €12.35")
    assert page.says("Anne: even")
    assert page.says("Members owe the group: €12.35")
    assert page.says("Sum: −€12.35")
    assert page.text.index("Marie") < page.text.index("• Anne")
    owing = await group.anne.press("Owing", expect="Members' balances", message=page)
    assert not owing.says("• Anne")
    nobody = await group.anne.press("Credit", expect="Nobody", message=page)
    assert nobody.button("Credit (0)")


async def test_one_members_page_and_history(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.ask("/reprise @marie_d 20", expect="opening balance")
    await group.anne.press("Confirm", expect="recorded")
    page = await group.anne.ask("/adherent dupont", expect="Balance: credit €20.00")
    assert page.says("Marie Dupont")
    history = await group.anne.press("History", expect="History of Marie Dupont", message=page)
    assert history.says("Opening balance")
    assert history.says("+€20.00")
    await group.anne.press("Back", expect="Balance: credit", message=history)
    await group.anne.ask("/adherent @marie_d", expect="👤 Marie Dupont")


async def test_no_name_nobody_and_several(stage: Stage) -> None:
    group = await set_up(stage)
    other = await stage.world.person("Marie", last_name="Durand", language="en")
    await other.join(group.chat)
    await other.tap("Order", chat=group.chat)
    await other.wait("You are now a member")
    await group.anne.ask("/adherent", expect="Which member")
    await group.anne.ask("nobody <b>", expect="I know no member called “nobody <b>”")
    await group.anne.ask("marie", expect="Several members fit")
    await group.anne.press("Durand", expect="👤 Marie Durand")


async def test_who_blocked_the_bot_is_shown(stage: Stage) -> None:
    group = await set_up(stage)
    await group.marie.block()
    await stage.world.settle()
    await group.anne.ask("/adherent Marie", expect="does not receive my messages")


async def test_in_the_members_chat_it_is_answered_in_private(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.ask("/soldes", expect="Members' balances", chat=group.chat, answer_in=group.anne.id)
    await group.anne.ask("/adherent Marie", expect="👤 Marie", chat=group.chat, answer_in=group.anne.id)
    await stage.world.settle()
    public = "\n".join(m.text for m in await group.anne.messages(group.chat))
    assert "even" not in public


async def test_refused_to_everybody_else(stage: Stage) -> None:
    group = await set_up(stage)
    page = await group.anne.ask("/adherent Marie", expect="👤 Marie Dupont")
    before = await group.snapshot()
    verbs = ("balances:0:0", "member:1", "mhistory:1:0")
    for person, refusal in ((group.marie, "Only the group's coordinators"), (group.zoe, "not a member")):
        for command in ("/soldes", "/adherent Anne"):
            own = await person.ask(command, expect=refusal)
        for verb in verbs:
            assert refusal in await person.forge_tap(verb, own)
    for verb in ("member:99", "member:x", "mhistory:99:0", "balances:7:0", "member:1:2"):
        answer = await group.anne.forge_tap(verb, page)
        assert "Nothing was changed" in answer
    assert await group.snapshot() == before
