"""What the refusals about members say: adding, inviting, leaving."""

from __future__ import annotations

from bot.ui import money
from bot.ui.screen import Button, Screen
from bot.ui.texts import Html, Texts
from ledger.errors import LedgerError
from ledger.groups.models import Group
from ledger.groups.people import AlreadyLinked, AlreadyMember, InvalidName, NameTaken
from ledger.orders.leaving import CannotLeave, Obstacles


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


def cannot_leave(texts: Texts, error: CannotLeave) -> Html:
    """Why somebody cannot leave, and the way out."""
    found = error.obstacles
    if not error.is_own:
        first = texts.t("<b>{name}</b> cannot leave yet:", name=error.name)
        return Html("\n".join([first, *in_the_way(texts, found), texts.t("Nothing was changed.")]))
    lines: list[str] = [texts.t("You cannot leave yet. Nothing was changed.")]
    if found.balance_cents > 0:
        lines.append(
            texts.t(
                "• The group owes you {amount}: ask a treasurer to give it back to you.",
                amount=texts.money(found.balance_cents),
            )
        )
    elif found.balance_cents < 0:
        lines.append(
            texts.t(
                "• You owe the group {amount}: pay it, and ask a coordinator to confirm it.",
                amount=texts.money(-found.balance_cents),
            )
        )
    if found.expected_cents:
        lines.append(
            texts.t(
                "• {amount} you announced is waiting to be confirmed: ask a coordinator.",
                amount=texts.money(found.expected_cents),
            )
        )
    lines += [
        texts.t(
            "• You ordered for the distribution of {when}: leave after it, or ask a coordinator.",
            when=texts.day_and_time(when),
        )
        for when in found.ordered_for
    ]
    return Html("\n".join(lines))


def in_the_way(texts: Texts, found: Obstacles) -> list[str]:
    """What keeps a member in the group, a line each."""
    lines: list[str] = []
    if found.balance_cents:
        balance = money.balance_of(texts, found.balance_cents)
        lines.append(texts.t("• the balance is not zero: {balance}", balance=balance))
    if found.expected_cents:
        amount = texts.money(found.expected_cents)
        lines.append(texts.t("• {amount} awaiting confirmation: confirm or refuse it first", amount=amount))
    lines += [
        texts.t("• an order for the distribution of {when}", when=texts.day_and_time(when))
        for when in found.ordered_for
    ]
    return lines


def come_in(texts: Texts, group: Group, url: str) -> Screen:
    """To who wrote in the group's chat: the way in, at one tap."""
    text = texts.t(
        "You are not a member of <b>{group}</b> here yet. Nothing was changed. One tap opens our chat and lets you in:",
        group=group.title,
    )
    return Screen(text, ((way_in(texts, url),),))


def way_in(texts: Texts, url: str) -> Button:
    """Opens the private chat and lets somebody in."""
    return Button(texts.label("👋 Become a member"), url=url)
