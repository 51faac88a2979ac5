"""Members ask for money back: one request at a time, decided once, and no money moves before it is given back."""

import pytest

from ledger.db import Database
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member, Method
from ledger.notes import service as notes
from ledger.orders import leaving
from ledger.payments import requests
from ledger.payments.models import RefundRequest, RequestState
from ledger.payments.refunds import MoreThanCredit
from ledger.payments.requests import RequestDecided, RequestOpen
from ledger.payments.service import InvalidPayment, Settled
from tests.support.ledger import Story, found, together


@pytest.fixture
async def paul(story: Story) -> Member:
    """Paul, with an avoir of 12.35."""
    member = await story.member("Paul")
    await story.opening(member, 1235)
    return member


async def ask(
    story: Story, member: Member, cents: int = 500, way: Method = Method.CASH, note: str | None = None
) -> RefundRequest:
    async with story.database.unit_of_work() as session:
        return await requests.ask(session, member, cents, way, note)


async def grant(story: Story, request: RefundRequest, by: Member | None = None, cents: int = 500) -> Settled:
    async with story.database.unit_of_work() as session:
        return await requests.grant(session, story.group_id, request.id, Method.CASH, cents, by or story.anne)


async def decline(story: Story, request: RefundRequest, by: Member | None = None) -> RefundRequest:
    async with story.database.unit_of_work() as session:
        return await requests.decline(session, story.group_id, request.id, by or story.anne, "not now")


async def withdraw(story: Story, request: RefundRequest, member: Member) -> RefundRequest:
    async with story.database.unit_of_work() as session:
        return await requests.withdraw(session, member, request.id)


async def test_asking_moves_nothing(story: Story, paul: Member) -> None:
    request = await ask(story, paul, note="on Friday")
    async with story.database.snapshot() as session:
        note = await notes.read_one(session, request.note_id)
    assert note is not None
    assert (request.state, request.amount_cents, request.way, note.text) == (
        RequestState.OPEN,
        500,
        Method.CASH,
        "on Friday",
    )
    assert (await story.balance(paul), await story.expected(paul)) == (1235, 0)
    async with story.database.snapshot() as session:
        assert await requests.asked_by_member(session, story.group_id) == {paul.id: 500}
    assert await story.verify() == []


async def test_granted(story: Story, paul: Member) -> None:
    request = await ask(story, paul)
    done = await grant(story, request)
    assert (done.balance_cents, done.payment.amount_cents) == (735, -500)
    async with story.database.snapshot() as session:
        row = await requests.get_request(session, story.group_id, request.id)
        assert (row.state, row.payment_id, row.decided_by_id) == (
            RequestState.GRANTED,
            done.payment.id,
            story.anne.id,
        )
        assert await requests.open_request(session, paul) is None
    await ask(story, paul, 735)
    assert await story.verify() == []


async def test_less_than_asked_is_granted_too(story: Story, paul: Member) -> None:
    assert (await grant(story, await ask(story, paul), cents=300)).balance_cents == 935


@pytest.mark.parametrize(
    ("cents", "way", "refusal"),
    [
        (1236, Method.CASH, MoreThanCredit),
        (0, Method.CASH, InvalidPayment),
        (5, Method.CHEQUE, InvalidPayment),
    ],
)
async def test_what_cannot_be_asked(
    story: Story, paul: Member, cents: int, way: Method, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await ask(story, paul, cents, way)


async def test_one_at_a_time_also_at_once(story: Story, paul: Member) -> None:
    answers = await together(*(ask(story, paul, cents) for cents in (100, 200, 300, 400)))
    (asked,) = [one for one in answers if isinstance(one, RefundRequest)]
    refused = [one for one in answers if isinstance(one, RequestOpen)]
    assert [one.amount for one in refused] == [asked.amount_cents] * 3, answers


async def test_when_the_credit_went_meanwhile_it_stays_open(story: Story, paul: Member) -> None:
    request = await ask(story, paul)
    await story.refund(paul, 1000)
    with pytest.raises(MoreThanCredit) as refused:
        await grant(story, request)
    assert refused.value.credit == 235
    await grant(story, request, cents=235)


async def test_two_treasurers_at_once(story: Story, paul: Member) -> None:
    """One wins; the other reads who and what, and no money is given twice."""
    bruno = await story.member("Bruno")
    for decisions in (("grant", "grant"), ("grant", "decline"), ("decline", "grant"), ("decline", "decline")):
        request = await ask(story, paul, 100)
        work = [
            grant(story, request, by, 100) if what == "grant" else decline(story, request, by)
            for what, by in zip(decisions, (story.anne, bruno), strict=True)
        ]
        before = await story.balance(paul)
        answers = await together(*work)
        (lost,) = [one for one in answers if isinstance(one, BaseException)]
        assert isinstance(lost, RequestDecided), answers
        async with story.database.snapshot() as session:
            row = await requests.get_request(session, story.group_id, request.id)
        assert row.state is lost.state
        assert {story.anne.id: "Anne", bruno.id: "Bruno"}[row.decided_by_id or 0] == lost.by
        assert await story.balance(paul) == before - (100 if row.state is RequestState.GRANTED else 0)
    assert await story.verify() == []


async def test_taken_back_while_it_is_granted(story: Story, paul: Member) -> None:
    for _ in range(4):
        request, before = await ask(story, paul, 100), await story.balance(paul)
        answers = await together(withdraw(story, request, paul), grant(story, request, cents=100))
        assert sum(isinstance(one, RequestDecided) for one in answers) == 1, answers
        granted = any(isinstance(one, Settled) for one in answers)
        assert await story.balance(paul) == before - (100 if granted else 0)


async def test_only_ones_own_is_taken_back(story: Story, paul: Member, database: Database) -> None:
    request = await ask(story, paul)
    other = await found(database, "Un autre groupe")
    for stranger in (story.anne, other.anne):
        with pytest.raises(NotFound):
            await withdraw(story, request, stranger)
    async with database.unit_of_work() as session:
        with pytest.raises(NotFound):
            await requests.decline(session, other.group_id, request.id, other.anne)
    assert (await withdraw(story, request, paul)).state is RequestState.WITHDRAWN
    with pytest.raises(RequestDecided) as refused:
        await decline(story, request)
    assert (refused.value.state, refused.value.by) == (RequestState.WITHDRAWN, "Paul")


async def test_who_leaves_waits_for_no_answer(story: Story, paul: Member) -> None:
    request = await ask(story, paul)
    await story.refund(paul, 1235)
    async with story.database.unit_of_work() as session:
        member = await groups.get_member(session, story.group_id, paul.id)
        await leaving.leave(session, member, story.anne)
    with pytest.raises(RequestDecided) as refused:
        await grant(story, request)
    assert refused.value.state is RequestState.WITHDRAWN
    assert await story.verify() == []
