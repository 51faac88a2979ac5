"""The coordinators' screens at their limits: Telegram takes them, names are shown as typed, buttons fit."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest

from bot.catalogue.views import importing as catalogue
from bot.distributions.views import planning as distributions
from bot.members.taps import ShowMember
from bot.members.views import coordinators, members
from bot.payments.views import by_hand, entered
from bot.settings.views import settings
from bot.settings.views.setup import already_set_up, group_ready
from bot.ui.screen import Screen
from bot.ui.texts import Texts
from ledger.catalogue.models import Producer, Product
from ledger.catalogue.reader import CatalogueFile, ProblemReason, ProductRow, RowProblem
from ledger.catalogue.service import ImportPlan, ProducerProducts
from ledger.groups.models import Group, JoinPolicy, Member, Method
from ledger.orders.distributions import DistributionSummary
from ledger.orders.models import Distribution

BIG = 10**15 - 1
NASTY = '<b>&"{x}' * 14
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.fixture(params=["fr", "en"])
def texts(request: pytest.FixtureRequest) -> Texts:
    return Texts(request.param)


def a_group() -> Group:
    return Group(
        id=BIG,
        title=NASTY[:70],
        currency="EUR",
        language="fr",
        time_zone="America/Argentina/ComodRivadavia",
        payments_enabled=True,
        methods=[str(m) for m in Method],
        negative_balances=False,
        payee_name=NASTY[:70],
        iban="FR1420041010050500013M02606",
        account_holder=None,
        join_policy=JoinPolicy.CHAT,
        invitation="0" * 16,
        coordinator_invitation="0" * 24,
    )


def a_member(number: int = 0) -> Member:
    return Member(id=BIG - number, group_id=BIG, name=NASTY, is_coordinator=True, is_treasurer=True)


def a_row(number: int) -> ProductRow:
    return ProductRow(number, NASTY[:110], f"{NASTY[:105]}{number}", "kg", 10**7, 550, None, True)


def a_product(number: int) -> Product:
    return Product(
        id=number, group_id=BIG, producer_id=1, name=NASTY, name_key="x", unit="pièce de 500 g", price_cents=10**7,
        vat_rate=550, stock_milli=10**9, weighed=False, available=True,
    )  # fmt: skip


def assert_fits(screen: Screen) -> None:
    """What Telegram would refuse."""
    parameters = screen.as_json()
    shown = html.unescape(re.sub(r"<[^>]*>", "", parameters["text"]))
    assert 0 < len(shown.encode("utf-16-le")) // 2 <= 4096
    opened = re.findall(r"<(b|i|code)>", parameters["text"])
    assert len(opened) == len(re.findall(r"</(?:b|i|code)>", parameters["text"]))
    rows = parameters.get("reply_markup", {}).get("inline_keyboard", [])
    assert sum(map(len, rows)) <= 100
    for button in (button for row in rows for button in row):
        assert button["text"]
        assert len(button.get("callback_data", "").encode()) <= 64
        assert len(button) - ("style" in button) == 2


def test_balances(texts: Texts) -> None:
    everyone = [members.MemberBalance(a_member(n), (-1) ** n * 10**11, 10**11) for n in range(500)]
    for chosen in members.Filter:
        for page in (-1, 0, 3, 99):
            assert_fits(members.balances(texts, a_group(), everyone, chosen, page))
    assert_fits(members.choose(texts, [a_member(n) for n in range(50)], ShowMember))


def test_names_are_shown_as_typed(texts: Texts) -> None:
    entry = members.MemberBalance(a_member(), 0, 0)
    text = members.balances(texts, a_group(), [entry], members.Filter.ALL, 0).text
    assert NASTY in html.unescape(text)
    assert NASTY not in text


def test_settings_and_their_questions(texts: Texts) -> None:
    group = a_group()
    links = settings.Links(
        "https://t.me/bot?start=j_" + "0" * 16, "https://t.me/bot?startgroup=c_" + "0" * 24
    )
    screen = settings.settings(texts, group, list(Method), links)
    assert_fits(screen)
    assert "2606" in screen.text
    assert "2004" not in screen.text
    for question in (
        settings.payments_question(texts, group),
        settings.methods_question(texts, group, list(Method)),
        settings.negative_question(texts, group),
        settings.language_question(texts, group),
        settings.join_question(texts, group),
        settings.invitation_question(texts, group),
    ):
        assert_fits(question)


def test_the_preview_of_a_catalogue(texts: Texts) -> None:
    problems = tuple(RowProblem(n, "price", reason, NASTY) for n in range(20) for reason in ProblemReason)
    read = CatalogueFile(tuple(a_row(n) for n in range(5000)), problems)
    changed = tuple((a_product(n), a_row(n)) for n in range(50))
    plan = ImportPlan(read.rows, changed, 3, tuple(a_product(n) for n in range(50)))
    screen = catalogue.preview(texts, a_group(), NASTY * 3, read, plan, BIG)
    assert_fits(screen)
    assert len(screen.rows) == 3


@pytest.mark.parametrize("reason", list(ProblemReason))
def test_every_reason_has_a_sentence(texts: Texts, reason: ProblemReason) -> None:
    for column in ("price", "vat", None):
        line = catalogue.problem(texts, RowProblem(12, column, reason, "a<b"))
        assert "12" in line
        assert "a<b" not in line


def test_a_long_catalogue(texts: Texts) -> None:
    offered = [ProducerProducts(Producer(id=n, name=NASTY), (a_product(n),)) for n in range(200)]
    for page in (-1, 0, 99):
        assert_fits(catalogue.catalogue(texts, a_group(), offered, page))
    assert_fits(catalogue.catalogue(texts, a_group(), [], 0))


def test_distributions(texts: Texts) -> None:
    distribution = Distribution(
        id=BIG, group_id=BIG, place=NASTY[:100], starts_at=NOW, opens_at=NOW, closes_at=NOW, created_at=NOW
    )
    found = [DistributionSummary(distribution, 1, 10**11)] * 10
    assert_fits(distributions.listing(texts, a_group(), found, NOW))
    assert_fits(distributions.announced(texts, a_group(), distribution, 3, in_chat=False, catalogue=0))
    assert_fits(distributions.announcement(texts, a_group(), distribution, "https://t.me/bot?start=o_0"))


def test_payments_and_roles(texts: Texts) -> None:
    entry = by_hand.Entry(a_member(), -(10**11), 10**11, Method.CASH, NOW.date(), "n" * 100)
    assert_fits(entered.told_member(texts, entry, NASTY, 5, 0, None))
    assert_fits(coordinators.listing(texts, a_group(), [a_member(n) for n in range(60)]))
    assert_fits(coordinators.roles(texts, a_member()))
    assert_fits(group_ready(texts, a_group(), "https://t.me/bot?start=o_0", "https://t.me/bot?start=j_0"))
    assert "&lt;b&gt;" in already_set_up(texts, a_group(), [a_member()])
