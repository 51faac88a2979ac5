"""Coordinators change the group's options; typed values are checked and not repeated."""

from __future__ import annotations

from typing import Any

from tests.support.bot import Stage
from tests.support.coordinating import Paniers, in_days, set_up

NO_IBAN = "I have no IBAN to give them"
IBAN = "FR14 2004 1010 0505 0001 3M02 606"


async def options(group: Paniers) -> dict[str, Any]:
    return (await group.stage.rows("groups"))[0]


async def test_payments_are_switched_after_a_word_of_warning(stage: Stage) -> None:
    group = await set_up(stage)
    screen = await group.anne.ask("/reglages", expect="Payments: on")
    question = await group.anne.press("Payments on/off", expect="no account moves", message=screen)
    assert (await options(group))["payments_enabled"] == 1
    await group.anne.press("Switch payments off", expect="Payments: off", message=question)
    assert (await options(group))["payments_enabled"] == 0
    await group.anne.press("Payments on/off", expect="Orders made before are not charged")
    await group.anne.press("Switch payments on", expect="Payments: on")


async def test_methods_of_which_one_stays(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.ask("/reglages", expect="Ways to pay: Cheque, Cash, Bank transfer, Member credit")
    await group.anne.press("Ways to pay", expect="Tap the ways to pay")
    for label in ("Cash", "Bank transfer", "Member credit"):
        await group.anne.tap(label)
    refusal = await group.anne.tap("Cheque")
    assert "at least one way to pay" in refusal
    await group.anne.press("Back", expect="Ways to pay: Cheque")
    assert (await options(group))["methods"] in ('["cheque"]', ["cheque"])


async def test_negative_balances_joining_and_language(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.ask("/reglages", expect="Negative balances: off")
    await group.anne.press("Negative balances", expect="must hold enough")
    await group.anne.press("Allow", expect="Negative balances: on")
    await group.anne.press("Who may join", expect="Who may join the group")
    await group.anne.press("Whoever has the link", expect="Who may join: whoever has the link")
    await group.anne.press("Language", expect="In which language")
    await group.anne.press("Français", expect="Language of the group: français")
    row = await options(group)
    assert (row["negative_balances"], row["join_policy"], row["language"]) == (1, "link", "fr")


async def test_an_iban_is_checked_masked_and_not_repeated(stage: Stage) -> None:
    group = await set_up(stage)
    assert (await group.anne.wait("What comes next")).says(NO_IBAN)
    assert (await group.anne.ask("/reglages", expect="IBAN: (not set)")).says(NO_IBAN)
    await group.anne.ask(f"/distributions {in_days(8)} 18:30 Hall", expect="not announced yet")
    await group.anne.press("Confirm", expect=NO_IBAN)
    await group.anne.ask("/reglages", expect="IBAN: (not set)")
    await group.anne.press("IBAN", expect="Which IBAN")
    await group.anne.ask(IBAN.replace("606", "607"), expect="no valid IBAN")
    screen = await group.anne.ask(IBAN.lower(), expect="IBAN: FR•• •••• 2606")
    assert not screen.says(NO_IBAN)
    assert (await options(group))["iban"] == IBAN.replace(" ", "")
    said = "\n".join(m.text for m in await group.anne.messages() if m.sender_id == stage.world.bot_id)
    assert "2004" not in said
    await group.anne.press("IBAN", expect="Which IBAN", message=screen)
    await group.anne.press("Remove it", expect="IBAN: (not set)")
    assert (await options(group))["iban"] is None


async def announced(group: Paniers) -> None:
    """A distribution at 18:30 of the group's clock, open until 20:00 of the day before."""
    await group.anne.ask(f"/distributions {in_days(8)} 18:30 Hall", expect="not announced yet")
    await group.anne.press("Confirm", expect="Orders are open now")
    await group.stage.world.settle()


async def test_typed_names_and_the_time_zone(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.ask("/settings", expect="Name for cheques: (not set)")
    await group.anne.press("Name for cheques", expect="made out")
    await group.anne.ask("x" * 71, expect="1 to 70 characters")
    await group.anne.ask("AMAP <des> Tilleuls", expect="Name for cheques: AMAP <des> Tilleuls")
    await group.anne.press("Account holder", expect="holds this bank account")
    await group.anne.ask("AMAP", expect="Account holder: AMAP")
    await group.anne.press("Name of the group", expect="What is the group called")
    await group.anne.press("Cancel", expect="Settings · Paniers")
    await group.anne.press("Time zone", expect="In which time zone")
    await group.anne.ask("Mars/Olympus", expect="no time zone by that name")
    await group.anne.ask("Europe/Brussels", expect="Time zone: Europe/Brussels")
    await group.anne.press("Time zone", expect="In which time zone")
    await group.anne.press("Indian/Reunion", expect="Time zone: Indian/Reunion")
    await announced(group)
    await group.anne.ask("/settings", expect="Time zone: Indian/Reunion")
    await group.anne.press("Time zone", expect="In which time zone")
    shown = await group.anne.press(
        "America/Martinique", expect="Time zone: Indian/Reunion → America/Martinique"
    )
    assert shown.says("at 18:30 →")
    assert shown.says("at 10:30")
    assert shown.says("at 12:00")
    assert (await options(group))["time_zone"] == "Indian/Reunion"
    await group.anne.press("Cancel", expect="Time zone: Indian/Reunion", message=shown)
    await group.anne.press("Time zone", expect="In which time zone")
    shown = await group.anne.ask("America/Martinique", expect="Nothing is changed yet")
    await group.anne.press("Confirm", expect="Time zone: America/Martinique", message=shown)
    await group.anne.ask("/day", expect="at 10:30")


async def test_a_new_invitation_and_the_coordinators_chat(stage: Stage) -> None:
    group = await set_up(stage)
    old = await group.anne.ask("/reglages", expect="Invitation link")
    before = (await options(group))["invitation"]
    await group.anne.press("New invitation", expect="stop working", message=old)
    screen = await group.anne.press("Make a new invitation", expect="Invitation link")
    after = (await options(group))["invitation"]
    assert before != after
    assert screen.says(f"j_{after}")
    others = await stage.world.group("Bureau", admins=[group.anne], bot=False)
    await group.anne.open(screen.button("A chat for the coordinators"), chat=others)  # type: ignore[arg-type]
    await group.anne.wait("coordinators' chat of Paniers", chat=others)
    await group.anne.ask("/reglages", expect="Settings · Paniers", chat=others)


async def test_in_the_members_chat_it_is_shown_in_private(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.ask("/reglages", expect="Payments: on", chat=group.chat, answer_in=group.anne.id)


async def test_an_old_screen_of_another_group_changes_nothing(stage: Stage) -> None:
    group = await set_up(stage)
    screen = await group.anne.ask("/reglages", expect="Settings · Paniers")
    other = await stage.world.group("Other", admins=[group.anne])
    await group.anne.ask("/setup", expect="is ready", chat=other)
    assert "Nothing was changed" in await group.anne.tap("Negative balances", message=screen)


async def test_refused_to_everybody_else(stage: Stage) -> None:
    group = await set_up(stage)
    screen = await group.anne.ask("/reglages", expect="Settings")
    before = await group.snapshot()
    verbs = [
        "settings",
        "payments:1:0",
        "negative:1:1",
        "methods:1",
        "method:1:cash:0",
        "grouplang:1:fr",
        "joinpolicy:1:link",
        "invite:1:1",
        "setask:1:iban",
    ]
    for person, refusal in ((group.marie, "Only the group's coordinators"), (group.zoe, "not a member")):
        own = await person.ask("/reglages", expect=refusal)
        for verb in verbs:
            assert refusal in await person.forge_tap(verb, own)
    for verb in ("payments:1:2", "payments:2:0", "method:1:card:1", "method:1:gold:1", "setask:1:currency",
                 "joinpolicy:1:all", "grouplang:1:de", "invite:1:x", "payments:1:0:0"):  # fmt: skip
        assert "Nothing was changed" in await group.anne.forge_tap(verb, screen)
    assert await group.snapshot() == before
