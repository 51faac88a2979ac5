"""Reminders and the screens of members at their limits: Telegram takes them, names are shown as typed."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest

from bot.members.views import people
from bot.refusals import people as refusals
from bot.reminders.views import reminders
from bot.ui.screen import Button, Screen
from bot.ui.texts import Texts
from ledger.groups.models import Group, Member, Method, Person
from ledger.orders.leaving import CannotLeave, Obstacles
from ledger.orders.models import Distribution
from ledger.payments.models import Payment, PaymentState
from ledger.reminders.content import Content, Eve, Notice, Opened, Summary, Unconfirmed, Unvalidated
from ledger.reminders.models import ReminderKind

BIG = 10**15 - 1
NASTY = '<b>&"{x}' * 14
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
GROUP = Group(id=BIG, title=NASTY[:70], payments_enabled=True, payee_name=NASTY[:70])
MEMBER = Member(id=BIG, group_id=BIG, name=NASTY, is_coordinator=True)
CONTENTS: tuple[Content, ...] = (
    Opened(),
    Unconfirmed(10**11),
    Eve(10**11, tuple(
        Payment(id=n, method=list(Method)[n % 3], amount_cents=10**11, reference="K7M3P9X", state=PaymentState.EXPECTED)
        for n in range(9)
    ), 1),
    Eve(10**11, (), 0),
    Eve(10**11, (), 0, 10**11),
    Summary(500, 10**11, dict.fromkeys(Method, 10**11), (NASTY,) * 60, 1),
    Unvalidated(500, 10, 0, False),
    Unvalidated(500, 10, 1, False),
    Unvalidated(1, 0, 7, True),
)  # fmt: skip


def fits(screen: Screen) -> None:
    """Within Telegram's limits, tags closed, names as typed."""
    shown = screen.as_json()["text"]
    plain = html.unescape(re.sub(r"</?(?:b|i|code)>", "", shown))
    assert len(plain.encode("utf-16-le")) // 2 <= 4096
    for tag in ("b", "i", "code"):
        assert shown.count(f"<{tag}>") == shown.count(f"</{tag}>")
    assert "{x}" in plain or NASTY[:8] not in plain
    for row in screen.rows:
        for one in row:
            assert one.text
            assert len((one.data or "").encode()) <= 64
            assert len(one.copy or "") <= 256


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: type(content).__name__)
def test_reminders(language: str, content: Content) -> None:
    distribution = Distribution(id=BIG, group_id=BIG, place=NASTY[:100], starts_at=NOW, closes_at=NOW)
    notice = Notice(GROUP, distribution, MEMBER, Person(id=BIG, name=NASTY, language=language), content)
    fits(reminders.reminder(Texts(language), notice, "https://t.me/cagnotte_bot?start=o_0"))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_screens_of_members(language: str) -> None:
    texts, back = Texts(language), Button("x", data="y")
    found = Obstacles(-(10**11), 10**11, (NOW,) * 8)
    fits(reminders.mutes(texts, GROUP, MEMBER, list(ReminderKind), {ReminderKind.EVE}))
    fits(people.preview(texts, GROUP, NASTY[:70], back, back))
    fits(people.taking_out(texts, MEMBER, found, ()))
    fits(people.told_linked(texts, GROUP, MEMBER, NASTY))
    fits(people.still_coordinates(texts, GROUP, MEMBER))
    for is_own in (True, False):
        fits(Screen(refusals.cannot_leave(texts, CannotLeave(NASTY, found, is_own=is_own))))
    member = Member(id=BIG, group_id=BIG, name=NASTY)
    url = "https://t.me/" + "x" * 32 + "?start=m_" + "0" * 32
    for link in (None, url):
        rows = people.membership_rows(texts, member, link)
        fits(Screen("\n".join(people.membership_lines(texts, member, link)), tuple(rows)))


def test_who_owes_something_nobody_announced_is_not_told_that_nothing_is_left_to_pay() -> None:
    distribution = Distribution(id=1, group_id=1, place="Hall", starts_at=NOW, closes_at=NOW)

    def eve(missing_cents: int) -> str:
        content = Eve(1200, (), 1, missing_cents)
        notice = Notice(GROUP, distribution, MEMBER, Person(id=1, name="Hugo", language="en"), content)
        return reminders.reminder(Texts("en"), notice, "https://t.me/cagnotte_bot?start=o_0").text

    assert "Nothing is left to pay" in eve(0)
    assert "Still to be paid, and not announced: <b>€12.00</b>" in eve(1200)
    assert "Nothing is left to pay" not in eve(1200)


def test_a_card_is_nothing_to_bring() -> None:
    distribution = Distribution(id=1, group_id=1, place="Hall", starts_at=NOW, closes_at=NOW)
    payment = Payment(
        id=7, group_id=1, member_id=1, method=Method.CARD, amount_cents=1235, reference="K7M3P9X"
    )
    notice = Notice(
        GROUP, distribution, MEMBER, Person(id=1, name="Hugo", language="en"), Eve(1235, (payment,), 1, 0)
    )
    screen = reminders.reminder(Texts("en"), notice, "https://t.me/cagnotte_bot?start=o_0")
    assert "Not paid yet" in screen.text
    assert "To bring" not in screen.text
    assert [one.text for one in screen.rows[0]] == ["💳 Pay €12.35 by card"]
