"""What other rooms may show of members."""

from __future__ import annotations

from bot.edge.scene import Scene
from bot.members.views import members as views
from ledger.groups.models import Member, Person
from ledger.notes import service as notes
from ledger.payments import requests
from ledger.payments import service as payments
from ledger.payments.models import PaymentState


async def show_member_page(scene: Scene, found: Member, notice: str | None = None) -> None:
    """One member's page, to coordinators and treasurers."""
    assert found.group_id == scene.treasurer.group_id
    person = await scene.session.get(Person, found.person_id) if found.person_id else None
    request = await requests.open_request(scene.session, found)
    page = views.MemberPage(
        found,
        await payments.balance_of(scene.session, found),
        await payments.expected_cents(scene.session, found),
        await payments.payments_of(scene.session, found, PaymentState.EXPECTED),
        is_reachable=person is not None and person.started_at is not None,
        has_blocked=person is not None and person.blocked_at is not None,
        request=request,
        note=await notes.read_one(scene.session, request.note_id if request else None),
        invitation_url=scene.deep_link(f"m_{found.invitation}") if found.invitation else None,
    )
    screen = views.member_page(scene.texts, page)
    scene.show(screen.under(notice) if notice else screen)
