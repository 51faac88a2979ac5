"""What ``cagnotte verify`` tells people: every rule of the books with its verdict, and what breaks it, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.verify.check import Violation
from ledger.verify.service import LIMIT, RULES


def report(violations: Sequence[Violation]) -> Iterator[str]:
    """The lines, one after another; the last one is the whole answer."""
    kinds = dict.fromkeys([*RULES, *(one.invariant for one in violations)])
    for kind in kinds:
        broken = [one for one in violations if one.invariant == kind]
        verdict = "BROKEN" if broken else "holds"
        yield f"{kind:<8}{verdict:<8}{RULES.get(kind, '')}".rstrip()
        for one in broken[:LIMIT]:
            yield f"{'':<8}{_where(one)}: {one.what}."
        if len(broken) > LIMIT:
            yield f"{'':<8}and {len(broken) - LIMIT} more."
    if not violations:
        yield "The books hold: I1 to I8 were checked."
        return
    times = "1 violation" if len(violations) == 1 else f"{len(violations)} violations"
    yield f"{times}: the books do not hold. Looking has changed nothing."
    yield "Keep a copy of the database as it is, let nobody confirm payments, and show this to who looks after Cagnotte."


def _where(one: Violation) -> str:
    """``group 3, transaction 17``."""
    subject = one.subject.replace(":", " ", 1)
    return subject if one.group_id is None else f"group {one.group_id}, {subject}"
