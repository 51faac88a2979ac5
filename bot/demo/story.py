"""The main story, as people live it: a group is set up, a member orders and gets a reference, a coordinator confirms the
payment at the distribution, and the balance is zero. Another member pays by card, and nobody confirms anything.

Every line goes through the sandbox's HTTP; what is seen is told to ``narrator``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

from bot.demo.actors import Actor, Message, Stage, StoryWentWrong, body_of, buttons_of, is_from_bot
from bot.demo.browser import Browser

REFERENCE = re.compile(r"\b[2-9A-Z]{3}-[2-9A-Z]{4}\b")
PRICE = {"fr": "12,35", "en": "12.35"}
PAYS = "4242 4242 4242 4242"
DECLINED = "4000 0000 0000 0002"


@dataclass(frozen=True, slots=True)
class Words:
    """What people of one language write and tap."""

    group: str
    place: str
    setup: str
    distribution: str
    import_: str
    confirm: str
    order: str
    basket: str
    confirm_basket: str
    cheque: str
    validate: str
    received: str
    balance: str
    even: str
    reference: str
    announced: str
    imported: str
    card: str
    page: str
    declined: str
    paid: str
    back: str
    thanks: str


FRENCH = Words(
    group="AMAP des Lilas",
    place="Salle des fêtes",
    setup="/installer",
    distribution="/distributions {day} 18:30 {place}",
    import_="Importer",
    confirm="Confirmer",
    order="Commander",
    basket="Panier",
    confirm_basket="Valider mon panier",
    cheque="Chèque",
    validate="/valider {reference}",
    received="Reçu",
    balance="solde ?",
    even="Vous êtes à jour",
    reference="référence",
    announced="Distribution",
    imported="importé",
    card="Carte bancaire",
    page="Page de paiement",
    declined="refusée",
    paid="payés par carte",
    back="conversation",
    thanks="Merci",
)
ENGLISH = Words(
    group="Lilac Food Group",
    place="Village hall",
    setup="/setup",
    distribution="/distributions {day} 18:30 {place}",
    import_="Import",
    confirm="Confirm",
    order="Order",
    basket="Basket",
    confirm_basket="Confirm my basket",
    cheque="Cheque",
    validate="/validate {reference}",
    received="Received",
    balance="balance?",
    even="You are settled up",
    reference="reference",
    announced="Distribution",
    imported="imported",
    card="Card",
    page="Payment page",
    declined="declined",
    paid="paid by card",
    back="chat",
    thanks="Thank you",
)
WORDS = {"fr": FRENCH, "en": ENGLISH}

Narrator = Callable[[str, str], None]
"""Is told who acts or speaks, and what."""


class Story:
    """The people, the group's chat, and what happens."""

    def __init__(self, stage: Stage, language: str, narrator: Narrator = lambda _who, _what: None) -> None:
        self._stage = stage
        self._language = language
        self._tell = narrator
        self._told: dict[tuple[int, int], tuple[str, ...]] = {}
        self.words = WORDS[language]

    async def gather(self) -> None:
        """Three people and their group's chat, with the bot in it."""
        self.anne = await self._stage.person("Anne", "anne", self._language)
        self.marie = await self._stage.person("Marie", "marie", self._language)
        self.paul = await self._stage.person("Paul", "paul", self._language)
        self.chat = await self._stage.group(self.words.group, [self.marie, self.paul], [self.anne])

    async def set_up(self) -> None:
        """A coordinator sets the group up, imports the catalogue and announces a distribution."""
        words = self.words
        await self.says(self.anne, words.setup, self.chat)
        await self.sees(self.anne, words.group, self.chat)
        await self.taps(self.anne, "🧭", self.chat)
        await self.sees(self.anne, words.group)
        await self.sends_catalogue(self.anne)
        await self.sees(self.anne, "45")
        await self.taps(self.anne, words.import_)
        await self.sees(self.anne, words.imported)
        day = (dt.date.today() + dt.timedelta(days=8)).isoformat()  # noqa: DTZ011 - a day a week ahead, anywhere
        await self.says(self.anne, words.distribution.format(day=day, place=words.place))
        await self.taps(self.anne, words.confirm)
        await self.sees(self.marie, words.place, self.chat)

    async def order(self) -> str:
        """A member orders one thing by cheque; returns the reference."""
        receipt = await self._orders(self.marie, self.words.cheque)
        found = REFERENCE.search(body_of(receipt))
        if found is None:
            raise StoryWentWrong("the receipt holds no reference")
        return found.group()

    async def hand_over(self, reference: str) -> None:
        """The cheque is handed over; a coordinator confirms it in the group's chat; the member's balance is zero."""
        words = self.words
        await self.says(self.anne, words.validate.format(reference=reference), self.chat)
        await self.sees(self.anne, reference, self.chat)
        await self.taps(self.anne, words.received, self.chat)
        await self.sees(self.marie, words.even)
        await self.says(self.marie, words.balance)
        await self.sees(self.marie, words.even)

    async def order_by_card(self, who: Actor) -> Message:
        """A member orders one thing and will pay by card; returns the receipt, which leads to the payment page."""
        return await self._orders(who, self.words.card)

    async def pay_by_card(self) -> None:
        """Another member orders the same by card. A first card is declined, the next one pays: the balance is zero."""
        words, paul = self.words, self.paul
        receipt = await self.order_by_card(paul)
        pay = next((button for button in buttons_of(receipt) if "url" in button), None)
        if pay is None:
            raise StoryWentWrong("the receipt does not lead to a payment page")
        self._tell(self._where(paul, None), f"👆 {pay['text']}")
        async with Browser() as browser:
            await browser.open(pay["url"])
            self._read(browser)
            await self._tries_card(browser, DECLINED)
            await self.sees(paul, words.declined)
            await self._tries_card(browser, PAYS)
            await self.sees(paul, words.paid)
            back = next((label for label in browser.links if words.back in label), None)
            if back is None:
                raise StoryWentWrong("the page does not lead back to the chat")
            self._tell(self._where(paul, None), f"👆 {back}")
            await paul.open(browser.links[back])
        await self.sees(paul, words.thanks)
        await self.says(paul, words.balance)
        await self.sees(paul, words.even)

    async def _tries_card(self, browser: Browser, number: str) -> None:
        self._tell(f"{self.paul.name} · {self.words.page}", f"💳 {number}")
        await browser.submit(number=number, expiry="12 / 40", cvc="123", email="paul@example.org")
        self._read(browser)

    def _read(self, browser: Browser) -> None:
        self._tell(f"{self.words.page} → {self.paul.name}", "\n".join(browser.headings))

    async def _orders(self, who: Actor, method: str) -> Message:
        words, price = self.words, PRICE[self._language]
        await self.taps(who, words.order, self.chat)
        await self.sees(who, words.place)
        await self.finds_product(who, price)
        await self.taps(who, price)
        await self.taps(who, words.basket)
        await self.taps(who, words.confirm_basket)
        await self.taps(who, method)
        return await self.sees(who, words.reference)

    async def says(self, who: Actor, text: str, chat: int | None = None) -> None:
        """Somebody writes; what the bot answers there is told."""
        self._tell(self._where(who, chat), text)
        await who.send(text, chat)
        await self._tell_news(who, chat)

    async def sends_catalogue(self, who: Actor) -> None:
        """Somebody sends the catalogue's file; what the bot understood is told."""
        content = files("bot.demo").joinpath("catalogue.csv").read_bytes()
        self._tell(self._where(who, None), "📎 catalogue.csv")
        await who.upload("catalogue.csv", content)
        await self._tell_news(who, None)

    async def taps(self, who: Actor, label: str, chat: int | None = None) -> None:
        """Somebody taps a button; what it changed there is told."""
        text = await who.tap(label, chat)
        self._tell(self._where(who, chat), f"👆 {text}")
        await self._tell_news(who, chat)
        if chat is not None:
            await self._tell_news(who, None)

    async def sees(self, who: Actor, text: str, chat: int | None = None) -> Message:
        """Somebody reads an answer that holds ``text``; whatever came is told."""
        try:
            return await who.see(text, chat)
        finally:
            await self._tell_news(who, chat)

    async def finds_product(self, who: Actor, price: str) -> None:
        """Somebody turns the catalogue's pages until a price is there."""
        for _ in range(20):
            newest = (await who.messages())[-1]
            if any(price in button["text"] for button in buttons_of(newest)):
                return
            await self.taps(who, "▶️")
        raise StoryWentWrong(f"no product costs {price}")

    async def _tell_news(self, who: Actor, chat: int | None) -> None:
        """Once the bot has come to rest, tell what is new in a chat."""
        await self._stage.settle()
        for message in await who.messages(chat):
            key = (chat or who.id, message["message_id"])
            lines = lines_of(message)
            before = self._told.get(key, ())
            if is_from_bot(message) and before != lines:
                self._told[key] = lines
                place = who.name if chat is None else self.words.group
                news = lines if not before else tuple(line for line in lines if line not in before)
                self._tell(f"Cagnotte → {place}" + (" ✏️" if before else ""), "\n".join(news))

    def _where(self, who: Actor, chat: int | None) -> str:
        return who.name if chat is None else f"{who.name} · {self.words.group}"


def lines_of(message: Message) -> tuple[str, ...]:
    """A message as lines: its text, then a line for each row of buttons."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    buttons = (" ".join(f"[{button['text']}]" for button in row) for row in rows)
    return (*body_of(message).splitlines(), *buttons)
