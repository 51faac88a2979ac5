"""Wishing, by command and by tap."""

from __future__ import annotations

from bot.wishes import taps
from bot.wishes.models import WishRow
from bot.wishes.views import wishes as views
from sqlalchemy import func, select

from bot.edge.handling import On
from bot.edge.scene import Scene
from ledger.db import utc_now


async def show(scene: Scene) -> None:
    """/souhaits: how many there are."""
    scene.show(views.wishes(scene.texts, await _count(scene)))


async def wish(scene: Scene, tap: taps.Wish) -> None:
    """One more."""
    if tap.seen == await _count(scene):
        scene.session.add(WishRow(group_id=scene.group.id, made_at=utc_now()))
        await scene.session.flush()
    await show(scene)


async def _count(scene: Scene) -> int:
    statement = select(func.count()).where(WishRow.group_id == scene.group.id)
    return int((await scene.session.execute(statement)).scalar_one())


handlers = [On(taps.WISHES, show), On(taps.Wish, wish)]
