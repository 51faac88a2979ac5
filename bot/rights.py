"""Who may what: what there is to do in a group, and the lowest role that may do it. ``ledger/README.md`` has the same table.

Every tap and command declares which of these it is (``ui/taps.py``); whoever's role is too low in the group they act in is
refused before its handler runs, and menus, help and private screens leave out what their reader may not do.
"""

from __future__ import annotations

from enum import Enum

from ledger.groups.roles import Role


class May(Enum):
    """What may be done, in words, and the lowest role that may."""

    FIND_ONES_WAY = "find one's way", Role.ANYONE
    START_A_GROUP = "start a group in a chat one administers", Role.ANYONE
    ORDER = "order for oneself, and pay", Role.MEMBER
    USE_ONES_ACCOUNT = "see one's own account, put money on it, ask for it back", Role.MEMBER
    CHOOSE_REMINDERS = "choose one's reminders, leave", Role.MEMBER
    CONFIRM_PAYMENTS = "confirm, refuse and undo payments", Role.TREASURER
    SEE_ACCOUNTS = "see everybody's balance, page and history", Role.TREASURER
    ENTER_PAYMENTS = "enter payments and opening balances", Role.TREASURER
    GIVE_BACK = "give money back, gifts, write-offs", Role.TREASURER
    CHANGE_SETTINGS = "the group's options and its Stripe account", Role.COORDINATOR
    GIVE_ROLES = "give and take roles", Role.COORDINATOR
    CHANGE_MEMBERS = "add members, invite them, take them out", Role.COORDINATOR
    PLAN_DISTRIBUTIONS = "announce, move and cancel distributions", Role.COORDINATOR
    HAND_OVER = "validate orders and distributions", Role.COORDINATOR
    CORRECT = "goods, money and till on distribution day", Role.COORDINATOR
    ORDER_FOR_SOMEBODY = "order for somebody", Role.COORDINATOR
    KEEP_LISTS = "the catalogue, sheets and lists", Role.COORDINATOR

    @property
    def what(self) -> str:
        """In words."""
        return self.value[0]

    @property
    def role(self) -> Role:
        """The lowest role that may."""
        return self.value[1]
