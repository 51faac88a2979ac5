"""Names as Telegram gives them: what hides or turns what stands beside them goes; lists sort as a dictionary does."""

from __future__ import annotations

from tests.support.bot import Stage

CSV = "produit;unité;prix;producteur\nPain;pièce;4,20;Fournil\n"


async def test_names_of_people_groups_and_files_are_cleaned_or_numbered(stage: Stage) -> None:
    anne = await stage.world.person("An\u202ene\u200b", language="en")
    nobody = await stage.world.person("\u3164", language="en")
    chat = await stage.world.group("Les\u202e Lilas\u2066", members=[nobody], admins=[anne])
    for person in (anne, nobody):
        await person.ask("/start", expect="")
    await anne.ask("/setup", expect="Les Lilas is ready", chat=chat)
    await nobody.tap("Order", chat=chat)
    number = f"#{nobody.id % 10_000:04}"
    await nobody.wait(f"Welcome {number}")
    page = await anne.ask("/balances", expect="Members' balances · Les Lilas")
    assert page.says(f"• {number}: even")
    assert page.says("• Anne: even")
    await anne.upload("\u202evsc.liame\u2066.csv", CSV.encode())
    await anne.wait("📄 vsc.liame.csv · Les Lilas")
    assert [row["title"] for row in await stage.rows("groups")] == ["Les Lilas"]


async def test_lists_sort_as_a_dictionary_and_find_by_any_part(stage: Stage) -> None:
    names = ["Zoé", "Denis", "Élodie", "fanny", "Ézéchiel", "Eric"]
    anne = await stage.world.person("Anne", language="en")
    others = [await stage.world.person(name, last_name="Dupré", language="en") for name in names]
    chat = await stage.world.group("Paniers", members=others, admins=[anne])
    for person in (anne, *others):
        await person.ask("/start", expect="")
    await anne.ask("/setup", expect="is ready", chat=chat)
    for person in others:
        await person.tap("Order", chat=chat)
        await person.wait("You are now a member")
        await person.ask("/topup 5", expect="How will you pay")
        await person.press("Cheque", expect="🧾")
    page = await anne.ask("/balances", expect="Members' balances")
    expected = ["Denis", "Élodie", "Eric", "Ézéchiel", "fanny", "Zoé"]
    places = [page.text.index(f"• {name}") for name in expected]
    assert places == sorted(places)
    awaited = await anne.ask("/validate", expect="Payments to confirm")
    shown = [button.text.split()[1] for button in awaited.all_buttons() if "€5.00" in button.text]
    assert shown == expected
    await anne.ask("/member dupre eze", expect="👤 Ézéchiel Dupré")
