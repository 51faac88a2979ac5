"""Rows of reminders: made once, taken by one, with what happened meanwhile looked at when they are taken."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from ledger.db import Database, utc_now
from ledger.errors import NotFound
from ledger.groups.models import Member, Method
from ledger.orders.baskets import open_basket
from ledger.orders.models import Distribution
from ledger.orders.rescheduling import cancel_distribution, move_distribution
from ledger.orders.validation import undo_distribution, validate_distribution
from ledger.reminders import service
from ledger.reminders.content import Eve, Later, Notice, Summary, Unconfirmed, Unvalidated, look
from ledger.reminders.models import Outcome, ReminderKind
from tests.support.ledger import Story, found
from tests.support.reminding import dated, everybody_started, paris

STARTS, CLOSES = "2030-11-26T18:30", "2030-11-25T20:00"
EVE, CLOSING, OVER = "2030-11-25T18:00", "2030-11-25T16:00", "2030-11-27T08:00"


class Week:
    """Anne coordinates, Marie orders by cheque, Paul has a basket, Zoe did nothing."""

    def __init__(self, story: Story) -> None:
        self.story = story

    async def prepare(self, method: Method | None = Method.CHEQUE) -> Week:
        story = self.story
        self.marie, self.paul, self.zoe = [await story.member(name) for name in ("Marie", "Paul", "Zoe")]
        self.bread = await story.product("Pain", 450)
        self.distribution: Distribution = await story.distribution()
        self.done = await story.order(self.marie, self.distribution, {self.bread: 2000}, method)
        self.basket = await story.basket(self.paul, self.distribution, {self.bread: 1000})
        await dated(story, self.distribution, STARTS, CLOSES)
        await everybody_started(story)
        return self

    async def at(self, moment: str) -> dict[tuple[str, ReminderKind], object]:
        """Plan what is due and look at all of it: what each member would be told, by name and kind."""
        now, looked = paris(moment), {}
        async with self.story.database.unit_of_work() as session:
            for due in await service.unplanned(session, now):
                await service.plan(session, due)
            while (reminder := await service.take(session, now)) is not None:
                found = await look(session, reminder, now)
                member = await session.get(Member, reminder.member_id) if reminder.member_id else None
                looked[member.name if member else "", reminder.kind] = (
                    found.content if isinstance(found, Notice) else found
                )
                if isinstance(found, Later):
                    await service.postpone(session, reminder.id, found.at)
                else:
                    outcome = Outcome.SENT if isinstance(found, Notice) else found
                    await service.finish(session, reminder, outcome, now)
        return looked


@pytest.fixture
async def week(own_database: Database) -> Week:
    return await Week(await found(own_database)).prepare()


def told(looked: dict[tuple[str, ReminderKind], object], kind: ReminderKind) -> dict[str, object]:
    return {name: what for (name, one), what in looked.items() if one is kind}


async def test_who_has_an_unconfirmed_basket_is_told_before_closing(week: Week) -> None:
    assert await week.at("2030-11-25T15:59") == {}
    looked = told(await week.at(CLOSING), ReminderKind.CLOSING)
    assert looked == {
        "Anne": Outcome.NEEDLESS,
        "Marie": Outcome.NEEDLESS,
        "Paul": Unconfirmed(450),
        "Zoe": Outcome.NEEDLESS,
    }
    assert await week.at("2030-11-25T16:30") == {}, "once"


async def test_a_basket_confirmed_meanwhile_is_not_told(week: Week) -> None:
    async with week.story.database.unit_of_work() as session:
        for due in await service.unplanned(session, paris(CLOSING)):
            await service.plan(session, due)
    await week.story.confirm(week.paul, week.basket, Method.CASH)
    assert told(await week.at("2030-11-25T16:10"), ReminderKind.CLOSING)["Paul"] is Outcome.NEEDLESS


async def test_with_payments_off_an_unchanged_copy_of_the_order_is_no_basket(own_database: Database) -> None:
    story = await found(own_database)
    await story.option("payments_enabled", False)
    week = Week(story)
    await week.prepare(method=None)
    await own_copies(week)
    await dated(story, week.distribution, STARTS, CLOSES)
    looked = told(await week.at(CLOSING), ReminderKind.CLOSING)
    assert (looked["Marie"], looked["Paul"]) == (Outcome.NEEDLESS, Unconfirmed(450))


async def test_the_day_before_says_what_to_bring(week: Week) -> None:
    looked = await week.at(EVE)
    eve = told(looked, ReminderKind.EVE)
    assert week.done.payment is not None
    assert [payment.reference for payment in _eve(eve["Marie"]).expected] == [week.done.payment.reference]
    assert (_eve(eve["Marie"]).total_cents, _eve(eve["Marie"]).days) == (900, 1)
    assert [eve[name] for name in ("Anne", "Paul", "Zoe")] == [Outcome.NEEDLESS] * 3
    summary = told(looked, ReminderKind.SUMMARY)
    assert summary == {"Anne": Summary(1, 900, {Method.CHEQUE: 900}, (), 1)}


async def test_what_was_received_meanwhile_is_not_to_be_brought(week: Week) -> None:
    assert week.done.payment is not None
    await week.story.receive(week.done.payment)
    assert _eve(told(await week.at(EVE), ReminderKind.EVE)["Marie"]).expected == ()


async def test_who_cannot_be_reached_is_named_to_the_coordinators(week: Week) -> None:
    async with week.story.database.unit_of_work() as session:
        (await session.get_one(Member, week.marie.id)).person_id = None
    looked = await week.at(EVE)
    assert told(looked, ReminderKind.EVE)["Marie"] is Outcome.UNDELIVERABLE
    (summary,) = told(looked, ReminderKind.SUMMARY).values()
    assert isinstance(summary, Summary)
    assert summary.unreachable == ("Marie",)


async def test_nagging_until_somebody_validates_it(week: Week) -> None:
    (first,) = told(await week.at(OVER), ReminderKind.UNVALIDATED).items()
    assert first == ("Anne", Unvalidated(1, 0, 0, False))
    for day, days in (("28", 1), ("30", 3)):
        looked = told(await week.at(f"2030-11-{day}T08:00"), ReminderKind.UNVALIDATED)
        assert looked == {"Anne": Unvalidated(1, 0, days, False)}
    async with week.story.database.unit_of_work() as session:
        await service.mute(session, week.story.anne, ReminderKind.UNVALIDATED, wanted=False)
    looked = told(await week.at("2030-12-04T08:00"), ReminderKind.UNVALIDATED)
    assert looked == {"Anne": Unvalidated(1, 0, 7, True)}, "the escalation reaches who muted it"
    assert await week.at("2030-12-31T08:00") == {}


async def test_a_validated_distribution_is_left_alone_and_an_undone_one_is_not(week: Week) -> None:
    async with week.story.database.unit_of_work() as session:
        await validate_distribution(
            session, week.story.group_id, week.distribution.id, week.story.anne, leave_open=True
        )
    assert told(await week.at(OVER), ReminderKind.UNVALIDATED) == {"Anne": Outcome.NEEDLESS}
    async with week.story.database.unit_of_work() as session:
        await undo_distribution(session, week.story.group_id, week.distribution.id, week.story.anne)
    looked = told(await week.at("2030-11-28T08:00"), ReminderKind.UNVALIDATED)
    assert looked == {"Anne": Unvalidated(1, 0, 1, False)}


async def test_a_cancelled_distribution_is_told_to_nobody(week: Week) -> None:
    async with week.story.database.unit_of_work() as session:
        for due in await service.unplanned(session, paris(EVE)):
            await service.plan(session, due)
        await cancel_distribution(session, week.story.group_id, week.distribution.id, week.story.anne)
    looked = await week.at(EVE)
    assert looked
    assert set(looked.values()) == {Outcome.NEEDLESS}
    assert await week.at(OVER) == {}


async def test_a_moved_distribution_is_told_on_its_new_eve_and_once(week: Week) -> None:
    assert isinstance(told(await week.at(EVE), ReminderKind.EVE)["Marie"], Eve)
    async with week.story.database.unit_of_work() as session:
        await move_distribution(
            session, week.story.group_id, week.distribution.id, "Ecole", paris("2030-11-26T20:00"),
            paris(CLOSES), week.story.anne,
        )  # fmt: skip
    assert told(await week.at("2030-11-25T19:00"), ReminderKind.EVE) == {}, "the same day: said already"
    async with week.story.database.unit_of_work() as session:
        await move_distribution(
            session, week.story.group_id, week.distribution.id, "Ecole", paris("2030-12-03T18:30"),
            paris(CLOSES), week.story.anne,
        )  # fmt: skip
    assert told(await week.at(OVER), ReminderKind.UNVALIDATED) == {}
    assert isinstance(told(await week.at("2030-12-02T18:00"), ReminderKind.EVE)["Marie"], Eve)


async def test_rows_of_a_time_that_was_moved_wait_for_the_new_one(week: Week) -> None:
    async with week.story.database.unit_of_work() as session:
        for due in await service.unplanned(session, paris(CLOSING)):
            await service.plan(session, due)
    await dated(week.story, week.distribution, STARTS, "2030-11-25T21:30")
    assert isinstance(told(await week.at(CLOSING), ReminderKind.CLOSING)["Paul"], Later)
    assert await week.at("2030-11-25T17:00") == {}
    assert told(await week.at("2030-11-25T17:30"), ReminderKind.CLOSING)["Paul"] == Unconfirmed(450)


async def test_who_comes_to_it_late_keeps_the_quiet_hours_or_drops_it(week: Week) -> None:
    async with week.story.database.unit_of_work() as session:
        for due in await service.unplanned(session, paris(EVE)):
            await service.plan(session, due)
    looked = await week.at("2030-11-25T23:00")
    assert told(looked, ReminderKind.CLOSING)["Paul"] is Outcome.LATE, "orders are closed"
    assert isinstance(told(looked, ReminderKind.EVE)["Marie"], Later)
    assert await week.at("2030-11-26T07:59") == {}
    assert _eve(told(await week.at("2030-11-26T08:00"), ReminderKind.EVE)["Marie"]).days == 0


async def test_after_a_long_sleep_only_the_newest_nag_is_said(week: Week) -> None:
    looked = await week.at("2030-12-01T09:00")
    assert looked == {("Anne", ReminderKind.UNVALIDATED): Unvalidated(1, 0, 3, False)}


async def test_two_who_plan_at_once_make_the_same_rows(week: Week) -> None:
    async def make() -> None:
        async with week.story.database.unit_of_work() as session:
            for due in await service.unplanned(session, paris(EVE)):
                await service.plan(session, due)

    await asyncio.gather(*(make() for _ in range(8)))
    looked = await week.at(EVE)
    assert len(told(looked, ReminderKind.EVE)) == 4


async def test_muting_is_for_one_group_and_one_kind(week: Week) -> None:
    async with week.story.database.unit_of_work() as session:
        for _ in range(2):
            await service.mute(session, week.marie, ReminderKind.EVE, wanted=False)
        with pytest.raises(NotFound):
            await service.mute(session, week.marie, ReminderKind.UNVALIDATED, wanted=False)
        assert await service.muted(session, week.marie) == {ReminderKind.EVE}
        assert await service.muted(session, week.paul) == set()
    assert told(await week.at(EVE), ReminderKind.EVE)["Marie"] is Outcome.MUTED
    async with week.story.database.unit_of_work() as session:
        await service.mute(session, week.marie, ReminderKind.EVE, wanted=True)
        assert await service.muted(session, week.marie) == set()


async def test_old_ones_are_forgotten_and_not_made_again(week: Week) -> None:
    await week.at(EVE)
    later = paris(OVER) + dt.timedelta(days=120)
    async with week.story.database.unit_of_work() as session:
        await service.forget_old(session, later)
        assert await service.unplanned(session, later) == []


async def own_copies(week: Week) -> None:
    """Marie looks at the catalogue again: her basket starts as a copy of her order."""
    now = utc_now()
    async with week.story.database.unit_of_work() as session:
        row = await session.get_one(Distribution, week.distribution.id)
        row.opens_at, row.closes_at = now - dt.timedelta(days=1), now + dt.timedelta(days=1)
        await open_basket(session, week.marie, row)


def _eve(content: object) -> Eve:
    assert isinstance(content, Eve)
    return content
