"""What takes updates about distribution day; the first that fits wins."""

from __future__ import annotations

from bot.handover import close, correcting, day, find, goods, money, ordering_for, plan, till, weighing

handlers = [
    correcting.conversation,
    weighing.conversation,
    money.instead,
    money.unannounced,
    till.conversation,
    plan.conversation,
    ordering_for.conversation,
    *find.handlers,
    *day.handlers,
    *goods.handlers,
    *close.handlers,
]
