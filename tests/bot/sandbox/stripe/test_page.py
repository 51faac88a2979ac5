"""The payment page in a real browser, on a phone: what a member sees, types and gets."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect
from stripe import StripeClient

from bot.sandbox.stripe.server import StripeSandbox
from tests.bot.sandbox.stripe.conftest import Switch
from tests.bot.sandbox.stripe.wanted import item, opened
from tests.bot.sandbox.test_page import PHONE, browser

__all__ = ["browser"]  # a fixture


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page that must not complain of anything."""
    page = await browser.new_page(viewport=PHONE)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    yield page
    assert [one for one in wrong if "the server responded with a status" not in one] == []


async def test_a_member_pays_on_a_phone(
    page: Page, client: StripeClient, sandbox: StripeSandbox, switch: Switch
) -> None:
    goods = [item("Colis de légumes de saison", 1235), item("Œufs plein air, boîte de six", 280, 2)]
    made = await opened(
        client,
        line_items=goods,
        customer_email=None,
        success_url=f"{switch.url}/c/pay/{{CHECKOUT_SESSION_ID}}?back",
    )
    await page.goto(made.url or "")
    await expect(page.locator("html")).to_have_attribute("lang", "fr")
    await expect(page.get_by_role("heading")).to_have_text("Payer AMAP des Lilas")
    pay = page.get_by_role("button", name="Payer 17,95 €")
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    await pay.click()
    await expect(page.get_by_text("Indiquez le numéro de la carte.")).to_be_visible()
    await page.get_by_label("E-mail").fill("marie@example.com")
    await page.get_by_label("Numéro de carte").fill("4000 0000 0000 0002")
    await page.get_by_label("Expiration").fill("12/40")
    await page.get_by_label("Code de sécurité").fill("123")
    await pay.click()
    await expect(page.get_by_role("alert")).to_contain_text("Rien n’a été débité")

    await page.get_by_role("button", name="Remplir avec une carte de test").click()
    await expect(page.get_by_label("Numéro de carte")).to_have_value("4242 4242 4242 4242")
    await expect(page.get_by_label("E-mail")).to_have_value("marie@example.com")
    await pay.click()
    await page.wait_for_url("**?back")
    await expect(page.get_by_role("heading")).to_have_text("C’est payé")
    assert sandbox.balance().charged == 1795


async def test_a_member_goes_back(page: Page, client: StripeClient, switch: Switch) -> None:
    made = await opened(client, locale="en", cancel_url=f"{switch.url}/c/pay/nothing")
    await page.goto(made.url or "")
    await page.get_by_role("link", name="Back").click()
    await expect(page.get_by_role("heading")).to_have_text("This page does not exist")
