"""A coordinator announces distributions, in one line and step by step; members are told."""

from __future__ import annotations

from tests.support.bot import Stage
from tests.support.coordinating import in_days, set_up


async def test_in_one_line(stage: Stage) -> None:
    group = await set_up(stage)
    line = f"/distributions {in_days(8)} 18:30 Salle <A> ; clôture {in_days(7)} 19h00"
    preview = await group.anne.ask(line, expect="not announced yet")
    assert preview.says("Salle <A>")
    assert preview.says("19:00")
    assert await stage.rows("distributions") == []

    before = await stage.world.seq()
    await group.anne.press("Confirm", expect="Orders are open now")
    told = await group.marie.wait("a new distribution", chat=group.chat, after=before)
    assert told.button("Order")
    assert told.says("Salle <A>")
    assert len(await stage.rows("distributions")) == 1
    old = str(preview.button("Confirm").callback_data)  # type: ignore[union-attr]
    assert "no longer valid" in await group.anne.forge_tap(old, preview)
    assert len(await stage.rows("distributions")) == 1
    listed = await group.anne.ask("/distributions", expect="open until")
    assert listed.says("0 orders")


async def test_a_confirmation_tapped_twice_announces_once(stage: Stage) -> None:
    group = await set_up(stage)
    preview = await group.anne.ask(
        f"/distributions {in_days(8)} 18:30 Hall", expect="the day before at 20:00"
    )
    await group.anne.tap("Confirm", message=preview, wait=False)
    again = await group.anne.tap("Confirm", message=preview)
    assert "no longer valid" in again
    await stage.world.settle()
    assert len(await stage.rows("distributions")) == 1
    posts = [m for m in await group.marie.messages(group.chat) if m.says("a new distribution")]
    assert len(posts) == 1


async def test_step_by_step_each_answer_asked_again_until_it_is_understood(stage: Stage) -> None:
    group = await set_up(stage)
    anne = group.anne
    await anne.ask("/distributions", expect="None yet")
    await anne.press("New distribution", expect="On which day")
    await anne.ask("soon", expect="did not understand this day")
    await anne.ask("2020-01-01", expect="must be in the future")
    await anne.ask(in_days(9), expect="at what time")
    await anne.ask("noon", expect="did not understand this time")
    await anne.ask("18h30", expect="Where?")
    await anne.ask("x" * 101, expect="at most 100 characters")
    closing = await anne.ask("12 rue de la Paix", expect="Until when")
    assert closing.button("20:00")
    await anne.ask("later", expect="did not understand when orders close")
    await anne.ask(f"{in_days(10)} 20:00", expect="must close in the future and before")
    await anne.press("20:00", expect="not announced yet", message=closing)
    await anne.press("Confirm", expect="Orders are open now")
    assert [row["place"] for row in await stage.rows("distributions")] == ["12 rue de la Paix"]


async def test_cancelled(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.ask(f"/distributions {in_days(8)} 18:30 Hall", expect="not announced yet")
    await group.anne.press("Cancel", expect="Nothing was announced")
    assert await stage.rows("distributions") == []


async def test_lines_that_are_not_understood(stage: Stage) -> None:
    group = await set_up(stage)
    for line, answer in (
        ("Salle", "I need a day, a time and a place"),
        ("2020-01-01 18:30 Salle", "must be in the future"),
        (f"{in_days(8)} 18:30 Salle ; clôture {in_days(9)} 18:30", "before the distribution"),
        (f"{in_days(8)} 18:30 Salle ; clôture hier", "when orders close"),
    ):
        await group.anne.ask(f"/distributions {line}", expect=answer)
    assert await stage.rows("distributions") == []


async def test_refused_to_everybody_else(stage: Stage) -> None:
    group = await set_up(stage)
    preview = await group.anne.ask(f"/distributions {in_days(8)} 18:30 Hall", expect="not announced yet")
    before = await group.snapshot()
    await group.marie.ask(f"/distributions {in_days(8)} 18:30 Hall", expect="Only the group's coordinators")
    await group.zoe.ask(f"/distributions {in_days(8)} 18:30 Hall", expect="not a member")
    own = await group.marie.last()
    data = preview.button("Confirm").callback_data  # type: ignore[union-attr]
    assert "no longer valid" in await group.marie.forge_tap(str(data), own)
    assert "Only the group's coordinators" in await group.marie.forge_tap("newdist", own)
    assert await group.snapshot() == before
