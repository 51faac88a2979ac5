"""How distribution day asks whether one is sure of ten times as much."""

from __future__ import annotations

from collections.abc import Sequence

from bot.edge.scene import Scene
from bot.handover.taps.goods import Sure
from bot.ui.screen import Button, Screen


def ask_if_sure(
    scene: Scene, question: str, yes: str, way_out: Button, *, instead: Sequence[Button] = ()
) -> None:
    """Asks whether ten times as much is right: a button for yes and a way out; typing again is one too.

    ``instead``: what was likelier, above them.
    """
    sure = scene.step_button(yes, Sure(), style="danger")
    scene.ask(Screen(question, tuple((one,) for one in (*instead, sure, way_out))))
