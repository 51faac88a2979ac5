"""Coordinators name others, and take roles back; the last one stays; menus follow."""

from __future__ import annotations

from tests.support.bot import Stage
from tests.support.coordinating import set_up


async def test_a_role_is_given_and_taken_and_the_person_is_told(stage: Stage) -> None:
    group = await set_up(stage)
    screen = await group.anne.ask("/coordinateurs", expect="Anne: coordinator, treasurer")
    await group.anne.press("Name somebody", expect="Whom?", message=screen)
    await group.anne.press("Marie", expect="no role")
    await group.anne.press("Make coordinator", expect="Marie Dupont: coordinator")
    await group.marie.wait("Anne made you a coordinator of Paniers")
    await stage.world.settle()
    assert "validate" in await group.marie.commands()
    await group.marie.ask("/coordinators", expect="Marie Dupont: coordinator")

    await group.anne.press("No longer coordinator", expect="Marie Dupont: no role")
    await group.marie.wait("took the role of coordinator")
    await stage.world.settle()
    assert "validate" not in await group.marie.commands()
    await group.marie.ask("/coordinators", expect="Only the group's coordinators")


async def test_by_name(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.ask("/coordinateurs", expect="coordinates Paniers")
    await group.anne.press("Name somebody", expect="Whom?")
    await group.anne.ask("nobody", expect="I know no member")
    await group.anne.ask("@marie_d", expect="Marie Dupont: no role")
    await group.anne.press("Make treasurer", expect="Marie Dupont: treasurer")
    await group.marie.wait("made you a treasurer")


async def test_the_last_coordinator_stays(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.ask("/coordinateurs", expect="coordinates Paniers")
    await group.anne.press("Anne", expect="Anne: coordinator, treasurer")
    assert "at least one coordinator" in await group.anne.tap("No longer coordinator")
    await group.anne.press("Back", expect="Anne: coordinator, treasurer")


async def test_one_may_give_the_role_up(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.ask("/coordinateurs", expect="coordinates Paniers")
    await group.anne.press("Name somebody", expect="Whom?")
    await group.anne.press("Marie", expect="no role")
    await group.anne.press("Make coordinator", expect="Marie Dupont: coordinator")
    await group.anne.press("Back", expect="coordinates Paniers")
    await group.anne.press("Anne", expect="Anne: coordinator, treasurer")
    await group.anne.press("No longer coordinator", expect="You no longer coordinate Paniers")
    await group.anne.ask("/coordinateurs", expect="Only the group's coordinators")


async def test_refused_to_everybody_else(stage: Stage) -> None:
    group = await set_up(stage)
    screen = await group.anne.ask("/coordinateurs", expect="coordinates Paniers")
    before = await group.snapshot()
    for person, refusal in ((group.marie, "Only the group's coordinators"), (group.zoe, "not a member")):
        own = await person.ask("/coordinateurs", expect=refusal)
        for verb in ("coordinators", "rolepick:0", "role:2", "setrole:2:0:1"):
            assert refusal in await person.forge_tap(verb, own)
    for verb in ("role:99", "setrole:2:2:1", "setrole:2:0:2", "setrole:99:0:1", f"setrole:{'9' * 40}:0:1"):
        assert "Nothing was changed" in await group.anne.forge_tap(verb, screen)
    assert await group.snapshot() == before
