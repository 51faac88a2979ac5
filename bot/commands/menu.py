"""The commands people find in Telegram's menu: per scope and language, only those that work here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot.delivery.api import Api
from bot.views.texts import LANGUAGES, Texts
from ledger.db import Database
from ledger.groups.models import Member


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
    Entry("distributions", "distributions", "Announce a distribution"),
    Entry("catalogue", "catalog", "The products"),
    Entry("reglages", "settings", "The group's options"),
    Entry("coordinateurs", "coordinators", "Who coordinates"),
)
IN_GROUPS = (MEMBERS[0], MEMBERS[3], COORDINATORS[0], Entry("installer", "setup", "Start a group here"))


async def publish_menus(api: Api) -> None:
    """Set the menus everybody sees; safe to repeat at every start."""
    await publish(api, {"type": "all_private_chats"}, MEMBERS)
    await publish(api, {"type": "all_group_chats"}, IN_GROUPS)


async def publish_coordinator_menu(api: Api, person_id: int) -> None:
    """Set the longer menu in one coordinator's private chat."""
    await publish(api, {"type": "chat", "chat_id": person_id}, (*MEMBERS[:5], *COORDINATORS, *MEMBERS[5:]))


async def publish(api: Api, scope: dict[str, Any], entries: tuple[Entry, ...]) -> None:
    """One scope's menu: English for everybody, French for the French."""
    for language in LANGUAGES:
        texts = Texts(language)
        commands = [
            {"command": entry.name(language), "description": texts.label(entry.says)} for entry in entries
        ]
        parameters: dict[str, Any] = {"commands": commands, "scope": scope}
        if language != "en":
            parameters["language_code"] = language
        await api.call("setMyCommands", parameters)


async def coordinators_of(database: Database) -> list[int]:
    """Everybody who coordinates somewhere."""
    statement = select(Member.person_id).where(Member.is_coordinator.is_(True), Member.person_id.is_not(None))
    async with database.snapshot() as session:
        return [
            person_id for person_id in (await session.execute(statement.distinct())).scalars() if person_id
        ]
