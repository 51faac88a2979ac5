"""A group in another currency than the euro, from /setup to a balance: its digits, its name, its symbols."""

from __future__ import annotations

import pytest

from ledger.verify.service import verify
from tests.support.bot import Stage
from tests.support.coordinating import in_days, set_up
from tests.support.ordering import reference_in


@pytest.mark.parametrize(
    ("code", "price", "cents", "shown", "given", "half", "missing"),
    [
        ("CHF", "12.40 CHF", 1240, "CHF 12.40", "6 fr 20", "CHF 6.20", "CHF 6.20"),
        ("XPF", "1 500 F", 1500, "CFPF 1,500", "700", "CFPF 700", "CFPF 800"),
        ("TND", "1.234,500", 1_234_500, "TND 1,234.500", "1.234,250 dt", "TND 1,234.250", "TND 0.250"),
    ],
)
async def test_from_setup_to_a_balance(
    stage: Stage, code: str, price: str, cents: int, shown: str, given: str, half: str, missing: str
) -> None:
    group = await set_up(stage, f"/setup {code.lower()}")
    anne, marie = group.anne, group.marie
    await anne.upload("c.csv", f"product;unit;price;producer\nHoney;jar;{price};Bees\n".encode())
    await anne.press("Import", expect="Imported: 1 new")
    assert [row["price_cents"] for row in await stage.rows("products")] == [cents]
    await anne.ask(f"/distributions {in_days(5)} 18:30 Hall", expect="not announced yet")
    await anne.press("Confirm", expect="Orders are open now")

    await marie.ask("/order", expect=f"Honey — {shown}")
    await marie.press("Honey", expect="✅ 1 × Honey")
    await marie.press("Basket ·", expect=f"Total: {shown}")
    await marie.press("Confirm my basket", expect="how do you want to pay")
    receipt = await marie.press("Cash ·", expect=f"{shown} in cash")
    await anne.ask(f"/validate {reference_in(receipt)} {given}", expect=f"Amount given: {half}")
    await anne.press("Received", expect=f"{half} received")
    await marie.ask("how much do I owe?", expect=f"You owe the group {missing}")
    await marie.ask("/topup 12€", expect="I did not understand this amount")
    settings = await anne.ask("/settings", expect=f"({code})")
    assert settings.button("Card")
    card = await anne.press("Card", expect="Card")
    assert card.says("cannot be taken in this group's currency") is (code != "CHF")
    async with stage.database.snapshot() as session:
        assert await verify(session) == []


async def test_what_is_no_currency_starts_no_group(stage: Stage) -> None:
    anne = await stage.world.person("Anne", language="fr")
    chat = await stage.world.group("Paniers", admins=[anne])
    greeting = await anne.wait("envoie /installer", chat=chat)
    assert greeting.says("pour une autre monnaie : /installer CHF")
    for typed in ("francs", "FRF", "CH", "XAU"):
        await anne.ask(f"/installer {typed}", expect=f"Je ne connais pas la monnaie « {typed} »", chat=chat)
    assert await stage.rows("groups") == []
    await anne.ask("/installer", expect="est prêt", chat=chat)
    assert [row["currency"] for row in await stage.rows("groups")] == ["EUR"]
    await anne.ask("/installer CHF", expect="touchez pour commander", chat=chat)
    assert [row["currency"] for row in await stage.rows("groups")] == ["EUR"]
