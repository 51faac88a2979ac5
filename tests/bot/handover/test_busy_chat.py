"""The coordinators' chat near Telegram's limit: what was done is said at once, the screen follows within seconds."""

from __future__ import annotations

import time

from tests.bot.handover.scene import day
from tests.bot.handover.test_series import crowd
from tests.support.bot import staged


async def test_the_eleventh_of_a_burst_is_told_at_once_and_shown_within_seconds(sqlite_url: str) -> None:
    """Twenty messages a minute, as by default."""
    async with staged(sqlite_url, CAGNOTTE_LIMITS__PER_GROUP_PER_MINUTE="20") as stage:
        d = await day(stage)
        await crowd(d, 16)
        await d.coordinators_only()
        await d.anne.ask("/jour", expect="Distribution", chat=d.chat)
        await d.anne.press("Orders (16)", expect="nothing awaited", chat=d.chat)
        page = await d.anne.press("Member 01", expect="👤 Member 01", chat=d.chat)
        for number in range(1, 13):
            began = time.monotonic()
            toast = await d.anne.tap("received ➡️ Next", message=page)
            assert f"Member {number:02} · €5.35 received" in toast
            assert time.monotonic() - began < 5, "over the button, whatever waits"
            page = await d.anne.wait(f"👤 Member {number + 1:02}", chat=d.chat)
            if any(m.says("In private it is faster") for m in await d.anne.messages(d.chat)):
                break
        note = await d.anne.wait("In private it is faster", chat=d.chat)
        began = time.monotonic()
        assert "received" in await d.anne.tap("received ➡️ Next", message=page)
        await d.anne.wait(f"👤 Member {number + 2:02}", chat=d.chat)
        assert time.monotonic() - began < 12, "not a minute later"

        before = await stage.world.seq()
        await d.anne.tap("private", message=note)
        mine = await d.anne.wait("16 orders", after=before)
        assert mine.button("Orders (16)")
        await d.marie.send(f"/start d_{d.distribution_id}")
        home = await d.marie.wait("You are settled up", after=before)
        assert not home.button("Orders (16)"), "home, for a member"
        said = [m for m in await d.anne.messages(d.chat) if m.says("In private it is faster")]
        assert len(said) == 1
