"""Our own web page around paying by card: what it says and where it leads, as a phone's browser gets it."""

from __future__ import annotations

import re

import pytest

from bot.cards.views import pay_page
from bot.ui.texts import Texts
from ledger.groups.models import Group
from ledger.payments.card.gateway import CardUnavailable
from ledger.payments.models import Payment, PaymentState

FRENCH, ENGLISH = Texts("fr"), Texts("en")
GROUP = Group(title="AMAP <Lilas> & Cie")
CHAT, AGAIN = "https://t.me/cagnotte_bot?start=p_a&b", "https://cagnotte.example/pay/token"


def payment(state: PaymentState) -> Payment:
    return Payment(amount_cents=1235, state=state)


def links(page: str) -> list[str]:
    return re.findall(r'href="(http[^"]*)"', page)


@pytest.mark.parametrize(
    ("state", "said", "leads_to"),
    [
        (PaymentState.RECEIVED, "AMAP &lt;Lilas&gt; &amp; Cie a reçu votre paiement", [CHAT]),
        (PaymentState.EXPECTED, "pas encore payés", [CHAT, AGAIN]),
        (PaymentState.REFUSED, "Si vous l'avez payé quand même", [CHAT]),
        (PaymentState.CANCELLED, "Si vous l'avez payé quand même", [CHAT]),
    ],
)
def test_the_page_says_how_it_stands(state: PaymentState, said: str, leads_to: list[str]) -> None:
    page = pay_page.how_it_stands(FRENCH, GROUP, payment(state), CHAT, AGAIN)
    assert said in page
    assert links(page) == [link.replace("&", "&amp;") for link in leads_to]
    assert "<Lilas>" not in page


def test_what_cannot_be_paid_just_now_is_not_lost() -> None:
    page = pay_page.not_now(ENGLISH, GROUP, CardUnavailable(), CHAT)
    assert "nothing you ordered is lost" in page
    assert len(links(page)) == 1


def test_a_link_that_leads_nowhere_is_explained_in_every_language() -> None:
    page = pay_page.unknown(FRENCH, ENGLISH)
    assert '<section lang="fr"><h1>Ce lien ne mène nulle part</h1>' in page
    assert '<section lang="en"><h1>This link leads nowhere</h1>' in page
