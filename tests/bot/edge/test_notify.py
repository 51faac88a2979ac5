"""Who is told, in which language, who cannot be, and how often the database is asked."""

from __future__ import annotations

from sqlalchemy import event

from bot.edge.notify import Notifier, Say, Told
from bot.ui.screen import Screen
from bot.ui.texts import Texts
from ledger.groups import service as groups
from ledger.groups.models import Member
from tests.bot.edge.conftest import ANNE, BEA, CHAT, COORDINATORS, MARIE, PAUL, Town, coordinators_chat


def language(texts: Texts) -> Screen:
    """What language is spoken."""
    return Screen(texts.language)


def written(notify: Notifier) -> dict[int, str]:
    """What was said, by the chat."""
    found = {call.chat_id: call.parameters["text"] for call in notify.calls}
    assert len(found) == len(notify.calls), "nobody is told twice"
    return found


def names(told: Told) -> tuple[list[str], list[str]]:
    """Who was reached, and who could not be."""
    return [one.name for one in told.reached], [one.name for one in told.unreachable]


async def test_each_audience(town: Town) -> None:
    async with town.database.snapshot() as session:
        notify = await town.notifier(session)
        paul = await town.member(session, PAUL)
        assert names(await notify.member(paul, language)) == ([], ["Paul"])
        assert names(await notify.everybody(language)) == (["Anne", "Bea", "Marie", "Marie"], ["Paul"])
        assert written(notify) == {1: "fr", 2: "en", 3: "fr", 4: "fr"}

        notify = await town.notifier(session)
        assert names(await notify.staff(language)) == (["Anne", "Bea"], [])
        notify = await town.notifier(session)
        assert names(await notify.coordinators(language)) == (["Anne"], [])
        assert names(await notify.treasurers(language)) == (["Bea"], [])
        assert written(notify) == {1: "fr", 2: "en"}


async def test_who_reads_it_here_or_did_it_is_not_told(town: Town) -> None:
    async with town.database.snapshot() as session:
        bea, anne = await town.member(session, BEA), await town.member(session, ANNE)
        notify = await town.notifier(session, here=BEA.id)
        assert names(await notify.treasurers(language)) == ([], [])
        assert names(await notify.staff(language, but=anne)) == ([], [])
        assert names(await notify.maker(bea.id, bea, language)) == ([], [])
        assert notify.calls == []
        paul = await town.member(session, PAUL)
        assert names(await notify.maker(paul.id, bea, language)) == ([], ["Paul"])
        assert names(await notify.maker(anne.id, bea, language)) == (["Anne"], [])
        assert written(notify) == {1: "fr"}


async def test_the_groups_chats(town: Town) -> None:
    async with town.database.snapshot() as session:
        notify = await town.notifier(session)
        assert await notify.members_chats(language) == 1
        assert written(notify) == {CHAT: "fr"}
        notify = await town.notifier(session)
        assert await notify.coordinators_chat(language) == 1, "where there is none, the group's"
        assert written(notify) == {CHAT: "fr"}
    await coordinators_chat(town)
    async with town.database.snapshot() as session:
        notify = await town.notifier(session)
        assert await notify.coordinators_chat(language) == 1
        assert written(notify) == {COORDINATORS: "fr"}
        notify = await town.notifier(session, here=COORDINATORS)
        assert await notify.coordinators_chat(language) == 0


async def test_whoever_keeps_money_reads_which_marie_is_meant(town: Town) -> None:
    async with town.database.snapshot() as session:
        marie = await town.member(session, MARIE)

        def who(texts: Texts) -> Screen:
            return Screen(texts.who(marie))

        notify = await town.notifier(session)
        await notify.staff(who)
        await notify.member(marie, who)
        await notify.coordinators_chat(who)
        found = written(notify)
        assert found[BEA.id].startswith("Marie (since")
        assert "balance" in found[BEA.id]
        assert found[MARIE.id] == "Marie"
        assert found[CHAT].startswith("Marie (depuis"), "members read along here"
        assert "solde" not in found[CHAT]


async def test_however_many_are_told_the_database_is_asked_as_often(town: Town) -> None:
    """All members, or something of their own to each: as many statements for five as for forty-five."""

    async def asked() -> int:
        statements: list[str] = []
        engine = town.database.reading_engine.sync_engine
        event.listen(engine, "before_cursor_execute", lambda c, cursor, sql, *_: statements.append(sql))
        async with town.database.snapshot() as session:
            notify = await town.notifier(session)
            everyone = await groups.members(session, town.seeded.group_id)
            statements.clear()
            await notify.everybody(language)
            await notify.each((member, _by_name(member)) for member in everyone)
            await notify.staff(language)
        return len(statements)

    few = await asked()
    async with town.database.unit_of_work() as session:
        group = await groups.get_group(session, town.seeded.group_id)
        for number in range(100, 140):
            person = await groups.remember_person(session, number, f"N{number}", None, "fr")
            member, _ = await groups.join(session, group, person)
            member.is_coordinator = True
    assert await asked() == few


def _by_name(member: Member) -> Say:
    return lambda texts: Screen(member.name)
