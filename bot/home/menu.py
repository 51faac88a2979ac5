"""The commands people find in Telegram's menu: per scope and language, only those that work here."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from telegram.error import BadRequest, Forbidden

from bot.delivery.api import Api
from bot.delivery.outbox import NOWHERE, Call
from bot.ui.taps import COMMANDS
from bot.ui.texts import LANGUAGES, Texts
from ledger.db import Database
from ledger.groups import service as groups
from ledger.groups.roles import Role

Scope = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A command's names and what the menu says of it (a key of the catalogue)."""

    fr: str
    en: str
    says: str

    def name(self, language: str) -> str:
        """The name in one language."""
        return self.fr if language == "fr" else self.en


MEMBERS = (
    Entry("commander", "order", "See the products and order"),
    Entry("panier", "basket", "Your basket"),
    Entry("commandes", "orders", "Your orders and how to pay them"),
    Entry("solde", "balance", "Where you stand"),
    Entry("historique", "history", "Everything that moved your account"),
    Entry("crediter", "topup", "Put money on your account"),
    Entry("rappels", "reminders", "Which reminders you receive"),
    Entry("langue", "language", "Français or English"),
    Entry("annuler", "cancel", "Leave what you are doing"),
    Entry("aide", "help", "What I can do"),
)
COORDINATORS = (
    Entry("valider", "validate", "Confirm payments"),
    Entry("soldes", "balances", "Everybody's balance"),
    Entry("adherent", "member", "One member's account"),
    Entry("paiement", "payment", "Enter a payment by hand"),
    Entry("reprise", "opening", "Enter an opening balance"),
    Entry("jour", "day", "Distribution day: orders, goods, money"),
    Entry("distributions", "distributions", "Announce a distribution, see all of them"),
    Entry("feuilles", "sheets", "Order sheets and lists of a distribution"),
    Entry("catalogue", "catalog", "The products"),
    Entry("reglages", "settings", "The group's options"),
    Entry("coordinateurs", "coordinators", "Who coordinates"),
)
IN_GROUPS = (MEMBERS[0], MEMBERS[3], COORDINATORS[0], Entry("installer", "setup", "Start a group here"))


MENUS_OF_ALL: tuple[tuple[Scope, tuple[Entry, ...]], ...] = (
    ({"type": "all_private_chats"}, MEMBERS),
    ({"type": "all_group_chats"}, IN_GROUPS),
)


def menu(scope: Scope, entries: Sequence[Entry]) -> list[Call]:
    """The calls that set one scope's menu: English for everybody, French for the French."""
    calls = []
    for language in LANGUAGES:
        texts = Texts(language)
        commands = [
            {"command": entry.name(language), "description": texts.label(entry.says)} for entry in entries
        ]
        calls.append(_call("setMyCommands", scope, language, commands=commands))
    return calls


def longer_menu(person_id: int, role: Role) -> list[Call]:
    """The calls that set the menu of a coordinator or a treasurer in their private chat, which must be open."""
    allowed = [entry for entry in COORDINATORS if COMMANDS[entry.en].declared.may.role <= role]
    return menu(_private(person_id), (*MEMBERS[:6], *allowed, *MEMBERS[6:]))


async def own_menu(session: AsyncSession, person_id: int) -> list[Call]:
    """The calls that make somebody's menu what their roles allow: a longer one, or everybody's again."""
    role = await groups.highest_role(session, person_id)
    if role >= Role.TREASURER:
        return longer_menu(person_id, role)
    return [_call("deleteMyCommands", _private(person_id), language) for language in LANGUAGES]


async def publish_menus(api: Api, database: Database) -> None:
    """Sets all menus; safe to repeat at every start."""
    for scope, entries in MENUS_OF_ALL:
        for call in menu(scope, entries):
            await api.call(call.method, call.parameters)
    async with database.snapshot() as session:
        found = await groups.people_with_roles(session)
    for person_id, role in found.items():
        for call in longer_menu(person_id, role):
            # Who blocked the bot has no chat with it: no menu either, until they write again.
            with contextlib.suppress(BadRequest, Forbidden):
                await api.call(call.method, call.parameters)


def _private(person_id: int) -> Scope:
    return {"type": "chat", "chat_id": person_id}


def _call(method: str, scope: Scope, language: str, **parameters: Any) -> Call:
    if language != "en":
        parameters["language_code"] = language
    key = f"menu:{scope.get('chat_id', scope['type'])}:{language}"
    return Call(method, NOWHERE, {"scope": scope, **parameters}, collapse_key=key)
