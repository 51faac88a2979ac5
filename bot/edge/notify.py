"""Who is told: each audience of a group stands here once, whatever was done and wherever it came from.

Whoever has opened the bot's private chat and does not block it is reachable, and reads in their own language; a group's
chat reads in the group's. Whoever keeps money reads which of two members of one name is meant. Who cannot be
reached is named to the caller. However many are told, the database is asked a constant number of times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery import chats
from bot.delivery.outbox import Call
from bot.ui.screen import Screen
from bot.ui.texts import Texts
from ledger.groups import service as groups
from ledger.groups.models import Chat, ChatKind, Group, Member
from ledger.groups.namesakes import Namesake, namesakes, without_balances

Say = Callable[[Texts], Screen]
"""What is said, to be read in any language."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who was written to in private, and who cannot be."""

    reached: tuple[Member, ...] = ()
    unreachable: tuple[Member, ...] = ()


class Notifier:
    """Tells a group's people, by calls that are queued with the unit of work.

    ``here``: the chat in which what is told is read anyway; those who keep money are not told it twice.
    """

    def __init__(
        self, session: AsyncSession, group: Group, calls: list[Call], *, here: int | None = None
    ) -> None:
        self._session = session
        self._group = group
        self.calls = calls
        self._here = here
        self._namesakes: Mapping[int, Namesake] | None = None

    # — in private —

    async def member(self, member: Member, say: Say) -> Told:
        """One member."""
        return await self.each([(member, say)])

    async def each(self, sayings: Iterable[tuple[Member, Say]]) -> Told:
        """Several members, something of their own to each."""
        return await self._in_private(list(sayings), {})

    async def everybody(self, say: Say) -> Told:
        """Every member of the group."""
        return await self.each((one, say) for one in await groups.members(self._session, self._group.id))

    async def staff(self, say: Say, *, but: Member | None = None) -> Told:
        """Whoever coordinates the group or keeps its money; ``but`` one of them."""
        return await self._keepers(say, lambda one: but is None or one.id != but.id)

    async def coordinators(self, say: Say, *, but: Member | None = None) -> Told:
        """Whoever coordinates the group; ``but`` one of them."""
        return await self._keepers(say, lambda one: one.is_coordinator and (but is None or one.id != but.id))

    async def treasurers(self, say: Say) -> Told:
        """Whoever keeps the group's money."""
        return await self._keepers(say, lambda one: one.is_treasurer)

    async def maker(self, maker_id: int, by: Member, say: Say) -> Told:
        """Who made what ``by`` takes back; nobody where that is the same person."""
        if maker_id == by.id:
            return Told()
        return await self.member(await groups.get_member(self._session, self._group.id, maker_id), say)

    # — in the group's chats —

    async def members_chats(self, say: Say) -> int:
        """The chats in which members read along, the one this is said in too; returns how many there are."""
        present = await chats.present(self._session, self._group.id)
        return self._in_chats([chat for chat in present if chat.kind is ChatKind.MEMBERS], say, {})

    async def coordinators_chat(self, say: Say) -> int:
        """The coordinators' chat, or where there is none the group's; not the one this is said in anyway."""
        present = await chats.present(self._session, self._group.id)
        of_coordinators = [chat for chat in present if chat.kind is ChatKind.COORDINATORS]
        told_apart = await self._told_apart()
        if not of_coordinators:
            told_apart = without_balances(told_apart)
        elsewhere = [chat for chat in of_coordinators or present if chat.telegram_id != self._here]
        return self._in_chats(elsewhere, say, told_apart)

    async def _keepers(self, say: Say, is_meant: Callable[[Member], bool]) -> Told:
        meant = [one for one in await groups.staff(self._session, self._group.id) if is_meant(one)]
        elsewhere = [(one, say) for one in meant if self._here is None or one.person_id != self._here]
        return await self._in_private(elsewhere, await self._told_apart() if elsewhere else {})

    async def _in_private(
        self, sayings: list[tuple[Member, Say]], told_apart: Mapping[int, Namesake]
    ) -> Told:
        people = await groups.reachable_among(self._session, [member for member, _ in sayings])
        for member, say in sayings:
            if member.id in people:
                person = people[member.id]
                self._tell(person.id, say(self._texts(person.language, told_apart)))
        return Told(
            tuple(member for member, _ in sayings if member.id in people),
            tuple(member for member, _ in sayings if member.id not in people),
        )

    def _in_chats(self, found: list[Chat], say: Say, told_apart: Mapping[int, Namesake]) -> int:
        for chat in found:
            self._tell(chat.telegram_id, say(self._texts(self._group.language, told_apart)))
        return len(found)

    def _tell(self, chat_id: int, screen: Screen) -> None:
        self.calls.append(Call("sendMessage", chat_id, screen.as_json()))

    def _texts(self, language: str, told_apart: Mapping[int, Namesake]) -> Texts:
        return Texts(language, self._group.time_zone, self._group.currency, told_apart)

    async def _told_apart(self) -> Mapping[int, Namesake]:
        if self._namesakes is None:
            self._namesakes = await namesakes(self._session, self._group.id)
        return self._namesakes
