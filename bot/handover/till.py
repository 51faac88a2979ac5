"""The till on distribution day: what the books say is in it, and counting it at opening and at closing."""

from __future__ import annotations

from enum import StrEnum

from bot.edge.draft import Draft
from bot.edge.handling import END, Conversation, On, Typed, cancel_button
from bot.edge.scene import Scene
from bot.handover import pages
from bot.handover.taps.money import CountTill, ShowTill
from bot.handover.views import money as views
from bot.handover.views.report import Till
from bot.refusals import sentences as errors
from bot.rights import May
from bot.ui.screen import Screen
from ledger.orders import till
from ledger.orders.handover_models import CountKind
from ledger.orders.models import Distribution

LONGEST_REASON = 100


class State(StrEnum):
    """What the coordinator is asked to type."""

    COUNT = "count"
    REASON = "reason"


class TillDraft(Draft):
    """What was counted at a distribution, and what the books said when the reason was asked for; in cents."""

    distribution: int = 0
    kind: CountKind = CountKind.OPENING
    counted: int = 0
    expected: int | None = None


async def show_till(scene: Scene, tap: ShowTill) -> None:
    """Shows the till and its counts."""
    distribution = await pages.get_distribution(scene, tap.distribution)
    scene.show(views.cash_page(scene.texts, distribution, await till_of(scene, distribution)))


async def ask_count(scene: Scene, tap: CountTill) -> State:
    """Asks how much is in the till, at opening or at closing."""
    distribution = await pages.get_distribution(scene, tap.distribution)
    scene.keep(TillDraft(distribution=distribution.id, kind=tap.kind))
    scene.ask(views.ask_count(scene.texts, await till_of(scene, distribution), cancel_button(scene)))
    return State.COUNT


async def take_count(scene: Scene, draft: TillDraft) -> str | None:
    """Takes the amount; a till may well be empty."""
    counted = scene.typed_amount
    if counted is None:
        scene.ask(Screen(errors.amount_again(scene.texts)))
        return None
    draft.counted = counted
    return await _count(scene, draft, None)


async def take_reason(scene: Scene, draft: TillDraft) -> str | None:
    """Takes why the till differs. If the books moved meanwhile, the difference is another one: it is asked again."""
    reason = " ".join(scene.typed.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        scene.ask(Screen(views.reason_again(scene.texts)))
        return None
    return await _count(scene, draft, reason)


async def _count(scene: Scene, draft: TillDraft, reason: str | None) -> str:
    by = scene.member
    try:
        async with scene.attempt():
            count = await till.count(
                scene.session,
                by.group_id,
                draft.distribution,
                draft.kind,
                draft.counted,
                by,
                reason=reason,
                seen_cents=draft.expected,
            )
    except till.ReasonNeeded as need:
        draft.expected = need.expected
        scene.ask(views.ask_reason(scene.texts, need.counted, need.expected, cancel_button(scene)))
        return State.REASON
    scene.show(views.counted(scene.texts, count, by.name))
    await scene.notify.coordinators_chat(lambda texts: views.counted(texts, count, by.name))
    return END


async def leave(scene: Scene, draft: TillDraft) -> str:
    """Goes back to the distribution's page."""
    await pages.show_day(scene, await pages.get_distribution(scene, draft.distribution))
    return END


async def till_of(scene: Scene, distribution: Distribution) -> Till:
    """The till by the books, and how it was counted at this distribution."""
    expected = await till.expected_in_till(scene.session, distribution.group_id)
    return Till(expected, await till.counts(scene.session, distribution.id))


conversation = Conversation(
    "handover_money",
    may=May.CORRECT,
    draft=TillDraft,
    entry_points=[On(ShowTill, show_till), On(CountTill, ask_count)],
    states={State.COUNT: [Typed(take_count)], State.REASON: [Typed(take_reason)]},
    cancel=leave,
)
