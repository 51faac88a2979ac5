"""Paying by card in the demo's own pages, in a real browser: from the chat to the payment page and back."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect

from bot.demo.stage import theatre
from bot.demo.story import DECLINED, Story
from tests.bot.sandbox.test_page import PHONE, browser, opened

__all__ = ["browser"]  # a fixture


@pytest.fixture(autouse=True)
def logs_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.logs.configure", lambda *_: None)


async def test_a_visitor_pays_by_card_and_comes_back_to_the_chat(browser: Browser) -> None:
    async with theatre(0, "fr") as play:
        story = Story(play.stage, "fr")
        await story.gather()
        await story.set_up()
        await story.order_by_card(story.paul)
        page, wrong = await opened(browser, play.url, PHONE)
        chat = page.locator("section.column:visible")
        await chat.get_by_test_id("person-select").select_option(label="Paul")
        async with page.expect_popup() as popup:
            await chat.get_by_role("button", name=re.compile("Payer 12,35.€ par carte")).click()
        tab = await popup.value
        await expect(tab.get_by_role("heading")).to_have_text("Payer AMAP des Lilas")

        await tab.get_by_role("button", name="Remplir avec une carte de test").click()
        await tab.get_by_label("Numéro de carte").fill(DECLINED)
        pay = tab.get_by_role("button", name=re.compile("Payer 12,35.€"))
        await pay.click()
        await expect(tab.get_by_role("alert")).to_contain_text("Votre carte a été refusée")
        await expect(chat).to_contain_text("Votre carte a été refusée")

        await tab.get_by_role("link", name="Retour").click()
        await expect(tab.get_by_role("heading")).to_contain_text("pas encore payés")
        await tab.get_by_role("link", name="par carte").click()
        await tab.get_by_role("button", name="Remplir avec une carte de test").click()
        await pay.click()
        await expect(tab.get_by_role("heading")).to_contain_text("payés")
        await expect(chat).to_contain_text("Vous êtes à jour")

        await tab.get_by_role("link", name="Revenir à la conversation").click()
        back = tab.locator("section.column:visible")
        await expect(back.get_by_test_id("message").last).to_contain_text("Merci")
        await expect(back.get_by_test_id("person-select").locator("option:checked")).to_have_text("Paul")
        assert tab.url == f"{play.url}/"
        assert wrong == []
        assert play.stripe.balance().charged == 1235


async def test_everything_of_the_demo_is_on_this_machine() -> None:
    async with theatre(0, "en") as play:
        cards = play.bot.cards
        links = (cards.public_url, cards.chat_link("token"), play.stripe.delivery.endpoints[0].url)
        assert all(link and link.startswith("http://127.0.0.1:") for link in links)
