"""What a button can show of a name."""

from __future__ import annotations

import pytest

from bot.ui.screen import NARROW, WIDE, shortened


@pytest.mark.parametrize(
    ("name", "room", "shown"),
    [
        ("Marie", NARROW, "Marie"),
        ("x" * NARROW, NARROW, "x" * NARROW),
        ("Jean-Christophe de La Rochefoucauld", NARROW, "Jean-Christophe…"),
        ("Jean-Christophe de La Rochefoucauld", WIDE, "Jean-Christophe de La R…"),
        ("Ferme de la Place et du Marché", len("Ferme de la ") + 1, "Ferme de la…"),
    ],
)
def test_a_name_is_cut_where_a_phone_would_cut_the_amount(name: str, room: int, shown: str) -> None:
    assert shortened(name, room) == shown
