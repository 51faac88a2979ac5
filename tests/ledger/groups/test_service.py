"""Groups and their options, members and their roles, chats and invitations."""

import asyncio

import pytest
from sqlalchemy import select

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.db import Database
from ledger.errors import NotAllowed, NotFound
from ledger.groups import service as groups
from ledger.groups.models import Chat, ChatKind, Group, JoinPolicy, Member, Method
from ledger.groups.service import InvalidOption, LastCoordinator, OptionFixed, is_iban
from tests.support.ledger import Story, found, next_chat, next_person, together

FR_IBAN = "FR7630006000011234567890189"


async def test_a_new_group_is_ready_to_take_orders(story: Story) -> None:
    async with story.database.snapshot() as session:
        group = await story.group(session)
        assert group.payments_enabled
        assert not group.negative_balances
        assert groups.offered_methods(group) == [
            Method.CHEQUE,
            Method.CASH,
            Method.TRANSFER,
            Method.MEMBER_CREDIT,
        ]
        assert await groups.staff(session, group.id) == [await session.get(Member, story.anne.id)]
        assert await books.balance(session, group.id, AccountKind.CASH) == 0
        assert await books.balances(session, group.id, AccountKind.MEMBERS) == {story.anne.id: 0}
    assert await story.verify() == []


async def test_a_chat_has_one_group(database: Database) -> None:
    chat, anne = next_chat(), next_person()
    made = []
    for _ in range(2):
        async with database.unit_of_work() as session:
            person = await groups.remember_person(session, anne, "Anne", None, "fr")
            made.append(await groups.create_group(session, "AMAP", chat, "fr", person))
    (first, is_new), (second, is_new_again) = made
    assert first.id == second.id
    assert (is_new, is_new_again) == (True, False)


class TestPeople:
    async def test_names_follow_telegram(self, story: Story) -> None:
        number = next_person()
        async with story.database.unit_of_work() as session:
            person = await groups.remember_person(session, number, "Paul", "paul", "fr")
            member, _ = await groups.join(session, await story.group(session), person)
        async with story.database.unit_of_work() as session:
            person = await groups.remember_person(session, number, "Paul <b>&", None, "en")
        async with story.database.snapshot() as session:
            again = await session.get_one(Member, member.id)
        assert (person.name, person.username, again.name) == ("Paul <b>&", None, "Paul <b>&")

    async def test_one_persons_updates_run_one_by_one(self, database: Database) -> None:
        number = next_person()
        running = 0

        async def update() -> None:
            nonlocal running
            async with database.unit_of_work() as session:
                await groups.remember_person(session, number, "Paul", None, "fr")
                running += 1
                assert running == 1
                await asyncio.sleep(0.002)
                running -= 1

        await asyncio.gather(*(update() for _ in range(8)))

    async def test_twice_joined_is_once_a_member(self, story: Story) -> None:
        number = next_person()
        joined = []

        async def join() -> None:
            async with story.database.unit_of_work() as session:
                person = await groups.remember_person(session, number, "Paul", None, "fr")
                joined.append(await groups.join(session, await story.group(session), person))

        await asyncio.gather(*(join() for _ in range(5)))
        assert len({member.id for member, _ in joined}) == 1
        assert [is_new for _, is_new in joined].count(True) == 1

    async def test_who_comes_back_keeps_the_account(self, story: Story) -> None:
        paul = await story.member("Paul")
        await story.opening(paul, 1000)
        async with story.database.unit_of_work() as session:
            member = await groups.get_member(session, story.group_id, paul.id)
            member.left_at = member.joined_at
        async with story.database.unit_of_work() as session:
            assert paul.person_id is not None
            assert await groups.member_of(session, story.group_id, paul.person_id) is None
            person = await groups.remember_person(session, paul.person_id, "Paul", None, "fr")
            member, returned = await groups.join(session, await story.group(session), person)
        assert (member.id, returned) == (paul.id, True)
        assert await story.balance(paul) == 1000

    async def test_one_person_has_an_account_in_each_group(self, story: Story, database: Database) -> None:
        other = await found(database, "Un autre groupe")
        number = next_person()
        async with database.unit_of_work() as session:
            person = await groups.remember_person(session, number, "Paul", None, "fr")
            here, _ = await groups.join(session, await story.group(session), person)
            there, _ = await groups.join(session, await other.group(session), person)
            assert {group.id for group in await groups.groups_of_person(session, number)} == {
                story.group_id,
                other.group_id,
            }
        await story.opening(here, 1000)
        assert (await story.balance(here), await other.balance(there)) == (1000, 0)


class TestFindingMembers:
    @pytest.fixture
    async def names(self, story: Story) -> Story:
        for name in ("Élodie Müller", "Jean Dupont", "Jean-Marc Dupont", "Anne-Lise", "Zoé"):
            await story.member(name)
        async with story.database.unit_of_work() as session:
            person = await groups.remember_person(session, next_person(), "Karim", "Karim_L", "fr")
            await groups.join(session, await story.group(session), person)
        return story

    @pytest.mark.parametrize(
        ("text", "names_found"),
        [
            ("elodie", ["Élodie Müller"]),
            ("ÉLODIE  MULLER", ["Élodie Müller"]),
            ("dupont", ["Jean Dupont", "Jean-Marc Dupont"]),
            ("jean dupont", ["Jean Dupont"]),
            ("anne", ["Anne"]),
            ("nn", ["Anne", "Anne-Lise"]),
            ("@karim_l", ["Karim"]),
            ("@KARIM_L", ["Karim"]),
            ("@karim", []),
            ("zoe", ["Zoé"]),
            ("%", []),
            ("nobody", []),
            ("", []),
        ],
    )
    async def test_as_people_type(self, names: Story, text: str, names_found: list[str]) -> None:
        async with names.database.snapshot() as session:
            found_members = await groups.find_members(session, names.group_id, text)
        assert [member.name for member in found_members] == names_found

    async def test_only_in_this_group(self, names: Story, database: Database) -> None:
        other = await found(database, "Un autre groupe")
        async with database.snapshot() as session:
            assert await groups.find_members(session, other.group_id, "dupont") == []

    async def test_in_the_order_people_look_for_names(self, names: Story) -> None:
        async with names.database.snapshot() as session:
            everyone = [member.name for member in await groups.members(session, names.group_id)]
        assert everyone == [
            "Anne",
            "Anne-Lise",
            "Élodie Müller",
            "Jean Dupont",
            "Jean-Marc Dupont",
            "Karim",
            "Zoé",
        ]

    async def test_a_member_of_another_group_is_not_found(self, story: Story, database: Database) -> None:
        other = await found(database, "Un autre groupe")
        async with database.snapshot() as session:
            with pytest.raises(NotFound):
                await groups.get_member(session, story.group_id, other.anne.id)


class TestRoles:
    async def set_role(self, story: Story, member: Member, role: str, held: bool) -> None:
        async with story.database.unit_of_work() as session:
            present = await groups.get_member(session, story.group_id, member.id)
            await groups.set_role(session, present, role, held)

    async def test_coordinators_alone_may(self, story: Story, database: Database) -> None:
        paul, other = await story.member("Paul"), await found(database, "Un autre groupe")
        async with database.snapshot() as session:
            assert story.anne.person_id is not None
            allowed = await groups.require_coordinator(session, story.group_id, story.anne.person_id)
            assert allowed.id == story.anne.id
            for stranger in (paul.person_id, other.anne.person_id, next_person()):
                assert stranger is not None
                with pytest.raises(NotAllowed) as refused:
                    await groups.require_coordinator(session, story.group_id, stranger)
                assert refused.value.needed == "coordinator"

    async def test_who_left_may_not(self, story: Story) -> None:
        paul = await story.member("Paul")
        await self.set_role(story, paul, "coordinator", True)
        async with story.database.unit_of_work() as session:
            member = await groups.get_member(session, story.group_id, paul.id)
            member.left_at = member.joined_at
        async with story.database.snapshot() as session:
            assert paul.person_id is not None
            with pytest.raises(NotAllowed):
                await groups.require_coordinator(session, story.group_id, paul.person_id)

    async def test_the_last_coordinator_stays(self, story: Story) -> None:
        paul = await story.member("Paul")
        with pytest.raises(LastCoordinator):
            await self.set_role(story, story.anne, "coordinator", False)
        await self.set_role(story, paul, "coordinator", True)
        await self.set_role(story, story.anne, "coordinator", False)
        with pytest.raises(LastCoordinator):
            await self.set_role(story, paul, "coordinator", False)

    async def test_two_cannot_take_each_others_role_at_the_same_instant(self, story: Story) -> None:
        paul = await story.member("Paul")
        await self.set_role(story, paul, "coordinator", True)
        results = await together(
            self.set_role(story, story.anne, "coordinator", False),
            self.set_role(story, paul, "coordinator", False),
        )
        assert sum(isinstance(result, LastCoordinator) for result in results) == 1
        async with story.database.snapshot() as session:
            everyone = await groups.members(session, story.group_id)
        assert sum(member.is_coordinator for member in everyone) == 1

    async def test_a_treasurer_may_be_anybody(self, story: Story) -> None:
        paul = await story.member("Paul")
        await self.set_role(story, paul, "treasurer", True)
        async with story.database.snapshot() as session:
            names = [member.name for member in await groups.staff(session, story.group_id)]
        assert names == ["Anne", "Paul"]
        await self.set_role(story, paul, "treasurer", False)

    async def test_no_other_role(self, story: Story) -> None:
        with pytest.raises(InvalidOption):
            await self.set_role(story, story.anne, "king", True)


class TestOptions:
    @pytest.mark.parametrize(
        ("option", "value"),
        [
            ("payments_enabled", False),
            ("negative_balances", True),
            ("language", "en"),
            ("time_zone", "America/Martinique"),
            ("currency", "EUR"),
            ("join_policy", "link"),
            ("payee_name", "AMAP des Lilas"),
            ("payee_name", None),
            ("account_holder", "Association des Lilas"),
            ("title", "Lilas"),
            ("iban", FR_IBAN),
            ("iban", None),
        ],
    )
    async def test_accepted(self, story: Story, option: str, value: object) -> None:
        await story.option(option, value)
        async with story.database.snapshot() as session:
            assert getattr(await story.group(session), option) == value

    @pytest.mark.parametrize(
        ("option", "value"),
        [
            ("payments_enabled", 1),
            ("payments_enabled", None),
            ("negative_balances", "yes"),
            ("language", "de"),
            ("time_zone", "Europe/Lutèce"),
            ("currency", "XXX"),
            ("join_policy", "nobody"),
            ("payee_name", ""),
            ("payee_name", "a\nb"),
            ("payee_name", "x" * 71),
            ("title", None),
            ("title", ""),
            ("iban", "FR76"),
            ("iban", FR_IBAN[:-1] + "8"),
            ("iban", ""),
            ("colour", "red"),
            ("id", 1),
            ("methods", []),
            ("invitation", "x"),
        ],
    )
    async def test_refused(self, story: Story, option: str, value: object) -> None:
        with pytest.raises(InvalidOption) as refused:
            await story.option(option, value)
        assert (refused.value.option, refused.value.value) == (option, value)

    async def test_the_currency_is_fixed(self, story: Story) -> None:
        with pytest.raises(OptionFixed):
            await story.option("currency", "CHF")

    async def test_methods_are_offered_or_not(self, story: Story) -> None:
        async with story.database.unit_of_work() as session:
            group = await story.group(session)
            await groups.offer_method(session, group, Method.CHEQUE, False)
            await groups.offer_method(session, group, Method.CHEQUE, False)
            await groups.offer_method(session, group, Method.CARD, True)
        async with story.database.snapshot() as session:
            group = await session.get_one(Group, story.group_id)
            # Card is kept, and offered once somebody can take it.
            assert groups.offered_methods(group) == [Method.CASH, Method.TRANSFER, Method.MEMBER_CREDIT]
        async with story.database.unit_of_work() as session:
            group = await story.group(session)
            await groups.offer_method(session, group, Method.CHEQUE, True)
            assert groups.offered_methods(group)[0] is Method.CHEQUE


@pytest.mark.parametrize(
    "iban",
    [
        FR_IBAN,
        "FR1420041010050500013M02606",
        "DE89370400440532013000",
        "BE68539007547034",
        "CH9300762011623852957",
        "NO9386011117947",
        "MT84MALT011000012345MTLCAST001S",
    ],
)
def test_ibans(iban: str) -> None:
    assert is_iban(iban)
    for position in range(2, len(iban)):
        other = "1" if iban[position] != "1" else "2"
        assert not is_iban(iban[:position] + other + iban[position + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FR76",
        FR_IBAN.lower(),
        f"{FR_IBAN[:4]} {FR_IBAN[4:]}",
        FR_IBAN + "0",
        "7630006000011234567890189",
        "FRXX30006000011234567890189",
        "ＦＲ7630006000011234567890189",
        "FR76300060000112345678901８9",
        "FR76300060000112345678901²9",
        "DE8937040044053201300",
    ],
)
def test_not_ibans(text: str) -> None:
    assert not is_iban(text)


class TestChats:
    async def test_a_chat_upgraded_by_telegram_stays_the_groups(self, database: Database) -> None:
        chat, new = next_chat(), next_chat()
        async with database.unit_of_work() as session:
            person = await groups.remember_person(session, next_person(), "Anne", None, "fr")
            group, _ = await groups.create_group(session, "AMAP", chat, "fr", person)
        async with database.unit_of_work() as session:
            await groups.migrate_chat(session, chat, new)
        async with database.snapshot() as session:
            found_group = await groups.group_of_chat(session, new)
            assert found_group is not None
            assert found_group.id == group.id
            assert await groups.group_of_chat(session, chat) is None
            kinds = await session.execute(select(Chat.kind).where(Chat.group_id == group.id))
            assert list(kinds.scalars()) == [ChatKind.MEMBERS]

    async def test_coordinators_link_their_chat(self, story: Story, database: Database) -> None:
        paul, other = await story.member("Paul"), await found(database, "Un autre groupe")
        assert story.anne.person_id is not None
        assert paul.person_id is not None
        assert other.anne.person_id is not None
        chat = next_chat()

        async def link(token: str, person_id: int) -> int:
            async with database.unit_of_work() as session:
                return (await groups.link_coordinators_chat(session, token, chat, person_id)).id

        async with database.snapshot() as session:
            token = (await story.group(session)).coordinator_invitation
            other_token = (await other.group(session)).coordinator_invitation
        for person_id in (paul.person_id, other.anne.person_id):
            with pytest.raises(NotAllowed):
                await link(token, person_id)
        with pytest.raises(NotFound):
            await link("forged", story.anne.person_id)
        assert await link(token, story.anne.person_id) == story.group_id
        assert await link(token, story.anne.person_id) == story.group_id
        with pytest.raises(groups.ChatTaken):
            await link(other_token, other.anne.person_id)
        async with database.snapshot() as session:
            linked = await groups.get_chat(session, chat)
            assert linked is not None
            assert linked.kind is ChatKind.COORDINATORS

    async def test_invitations(self, story: Story) -> None:
        async with story.database.snapshot() as session:
            group = await story.group(session)
            invited = await groups.group_by_invitation(session, group.invitation)
            assert invited is group
            assert await groups.group_by_invitation(session, group.coordinator_invitation) is None
            assert group.join_policy is JoinPolicy.CHAT
