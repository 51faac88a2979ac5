"""What the refusals about members say: adding, inviting, leaving."""

from __future__ import annotations

from bot.members.views.people import cannot_leave
from bot.ui.texts import Html, Texts
from ledger.errors import LedgerError
from ledger.groups.people import AlreadyLinked, AlreadyMember, InvalidName, NameTaken
from ledger.orders.leaving import CannotLeave


def refusal(texts: Texts, error: LedgerError) -> Html | None:
    """The sentence for a refusal about members; none for any other."""
    t = texts.t
    match error:
        case CannotLeave():
            return cannot_leave(texts, error)
        case InvalidName():
            return t("I need a name, on one line, in at most 70 characters. Nobody was added.")
        case NameTaken(name=name):
            return t(
                "There is a member called {name}. Nobody was added. Add something that tells the two apart.",
                name=name,
            )
        case AlreadyLinked():
            return t("This member has Telegram already. Nothing was changed.")
        case AlreadyMember():
            return already_member(texts, error)
    return None


def already_member(texts: Texts, error: AlreadyMember) -> Html:
    """Somebody who has an account opened the invitation to another one."""
    if error.left:
        return texts.t(
            "You had an account in this group before, as {name}: open the group's own link to come back to it. This "
            "invitation, to {invited}, was not used. If both are you, ask a coordinator to move what is left over.",
            name=error.name,
            invited=error.invited,
        )
    return texts.t(
        "You are a member of this group already, as {name}, so this invitation to {invited} was not used. If both are "
        "you, ask a coordinator to settle one of the two accounts and to close it.",
        name=error.name,
        invited=error.invited,
    )
