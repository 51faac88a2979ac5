"""Which role every command and every button needs. The table of ``ledger/README.md`` says the same; a test compares them.

Conversations, menus, help and screens ask here, so that nobody is shown what they may not do. Handlers check once more, in
the group they act in: who keeps the money of one group is a member of another.
"""

from __future__ import annotations

from collections.abc import Mapping

from ledger.groups.roles import Role

_WORDS: Mapping[Role, tuple[str, ...]] = {
    Role.ANYONE: (
        "/start /help /cancel /language /setup",
        "lang home groups group",
    ),
    Role.MEMBER: (
        "/order /basket /orders /balance /history /topup /reminders /leave",
        "order dist cat qty qask basket empty drop confirm paymix pay found foundfor add again producers",
        "payother payswitch paydrop cardpay",
        "topup askback askbackoff balance history orders ordercancel mutes mute remgo",
    ),
    Role.TREASURER: (
        "/validate /balances /member /payment /opening",
        "validate awaited awaitedother transfers pmt rcv rcvlate refuse undo other pinstead pinstm",
        "balances member mhistory payfor openfor",
        "refund gift writeoff leftgroup rfundo adjundo rqgrant rqdeny",
    ),
    Role.COORDINATOR: (
        "/settings /coordinators /distributions /day /sheets /catalog",
        "settings payments negative methods method grouplang joinpolicy invite setask",
        "cardset cardoffer cardkey cardstop coordinators rolepick role setrole",
        "ppadd ppinvite pprevoke ppback ppout ppkeep ppno",
        "distributions newdist dmove dcancel dcancelyes",
        "day dorders dorder dval dvalnext dunval dclose dleave dleft dreport dundo",
        "dgoods dprod dlines dline dqty dprice dpall dwalk dnot dnotyes dnone chundo daddpay daddm dcash dcount",
        "dfor forbasket board boardnow boardleft catalogue import importno",
        "sheets sheetspage sheet sheetxlsx sheetcsv sheettable sheetdoor sheetpick",
    ),
}
NEEDED: Mapping[str, Role] = {
    word: role for role, lines in _WORDS.items() for line in lines for word in line.split()
}
"""Commands by their English name with its slash, buttons by their verb."""


def needed(word: str) -> Role:
    """The role a command (``/validate``) or a button's verb (``rcv``) needs; a conversation's own steps need none."""
    return NEEDED.get(word, Role.ANYONE)
