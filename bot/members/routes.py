"""What takes updates about members; the first that fits wins."""

from __future__ import annotations

from bot.members import coordinators, members, people, settling, welcome

handlers = [
    members.conversation,
    people.adding,
    people.parting,
    settling.conversation,
    coordinators.conversation,
    *welcome.handlers,
]
