"""The chat page in a real browser: what a volunteer sees and does, on a desktop and on a phone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, Page, ViewportSize, async_playwright, expect
from telegram import BotCommand

from tests.bot.sandbox.echo import echo_bot
from tests.support.telegram import TelegramWorld

CHROMIUM = Path("/usr/bin/chromium")
IS_INSTALLED = CHROMIUM.exists()
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    assert IS_INSTALLED, (
        f"the page is tested in Debian's chromium, which is not at {CHROMIUM}: apt install chromium"
    )
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-quic", "--disable-gpu"]
        )
        yield launched
        await launched.close()


@pytest.fixture
async def talked(url: str, world: TelegramWorld) -> AsyncIterator[str]:
    """A world where Marie talked to the bot, which goes on answering."""
    marie = await world.person("Marie", language="fr")
    paul = await world.person('Paul <b>&"', language="en")
    anne = await world.person("Anne", language="fr")
    await world.group("Amap des Lilas", members=[marie, paul], admins=[anne])
    async with echo_bot(url) as bot:
        await bot.set_my_commands([BotCommand("commander", "Commander")], language_code="fr")
        await marie.send("/start")
        await marie.wait("Bonjour")
        yield url


async def opened(browser: Browser, url: str, size: ViewportSize) -> tuple[Page, list[str]]:
    """Open the page; what goes wrong in it is collected."""
    page = await browser.new_page(viewport=size)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    await page.goto(url)
    return page, wrong


async def test_desktop(browser: Browser, talked: str) -> None:
    page, wrong = await opened(browser, f"{talked}/?lang=fr", DESKTOP)
    columns = page.get_by_test_id("column")
    await expect(columns).to_have_count(3)
    member, group, coordinator = (columns.nth(number) for number in range(3))

    await member.get_by_role("button", name="+ (0)").click()
    await expect(member.get_by_test_id("toast")).to_contain_text("Noté")
    screen = member.get_by_test_id("message").last
    await expect(screen.locator("strong")).to_have_text("1")
    await expect(screen).to_contain_text("modifié")

    await member.get_by_role("button", name="Alerte").click()
    await expect(page.get_by_test_id("alert")).to_be_visible()
    await page.get_by_test_id("alert").get_by_role("button", name="OK").click()
    await member.get_by_role("button", name="Copier K7M2Q9X").click()
    await expect(member.get_by_test_id("toast")).to_contain_text("Copié")

    await member.get_by_test_id("commands").click()
    await member.get_by_role("button", name="/commander").click()
    await expect(member.locator(".mine").last).to_contain_text("/commander")

    await coordinator.get_by_test_id("start").click()
    await coordinator.get_by_test_id("composer").fill("<img src=x onerror=alert(1)> & é")
    await coordinator.get_by_test_id("composer").press("Enter")
    await expect(coordinator.locator(".theirs").last).to_contain_text(
        "Vous dites : <img src=x onerror=alert(1)> & é"
    )

    await group.get_by_test_id("person-select").select_option(label='Paul <b>&"')
    await group.get_by_test_id("composer").fill("Bonjour à tous")
    await group.get_by_test_id("send").click()
    await group.get_by_test_id("person-select").select_option(label="Anne · admin")
    await expect(group.locator(".theirs").last).to_contain_text('Paul <b>&"')

    file: FilePayload = {"name": "légumes.csv", "mimeType": "text/csv", "buffer": b"a;b\n"}
    await member.get_by_test_id("file").set_input_files([file])
    copy = member.get_by_test_id("document").filter(has_text="copie-légumes.csv")
    async with page.expect_download() as download:
        await copy.click()
    assert (await download.value).suggested_filename == "copie-légumes.csv"
    assert wrong == []


async def test_phone(browser: Browser, talked: str) -> None:
    page, wrong = await opened(browser, f"{talked}/?lang=en", PHONE)
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    tabs = page.get_by_test_id("tab")
    await expect(tabs).to_have_count(3)
    await expect(page.locator("section.column:visible")).to_have_count(1)
    await tabs.nth(1).click()
    await expect(page.locator("section.column:visible h2")).to_have_text("Amap des Lilas")
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    await tabs.nth(0).click()
    await page.locator("section.column:visible").get_by_role("button", name="Le bot").click()
    await expect(page.locator("section.column:visible .mine").last).to_contain_text("/start again")
    assert wrong == []


async def test_a_page_outside_leads_back_to_who_went_there(browser: Browser, talked: str) -> None:
    page, wrong = await opened(browser, talked, PHONE)
    paul = page.get_by_test_id("person-select").first.locator("option", has_text="Paul")
    await page.evaluate("id => localStorage.setItem('gone', id)", await paul.get_attribute("value"))
    await page.goto(f"{talked}/t.me/cagnotte_bot?start=p_back")
    shown = page.locator("section.column:visible")
    await expect(shown.locator(".mine").last).to_contain_text("/start p_back")
    await expect(shown.locator(".theirs").last).to_contain_text("Bonjour")
    await expect(shown.get_by_test_id("person-select").locator("option:checked")).to_have_text('Paul <b>&"')
    assert page.url == f"{talked}/"
    assert wrong == []


async def test_another_bots_link_leads_nowhere(browser: Browser, talked: str) -> None:
    page = await browser.new_page()
    answer = await page.goto(f"{talked}/t.me/other_bot?start=p_back")
    assert answer is not None
    assert answer.status == 404
