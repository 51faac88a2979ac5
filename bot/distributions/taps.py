"""What may be tapped and typed to announce distributions and to see them."""

from __future__ import annotations

from bot.rights import May
from bot.ui.taps import ANYWHERE, Tap, command, step, tap

DISTRIBUTIONS = command("distributions", may=May.PLAN_DISTRIBUTIONS)


@tap("distributions", may=May.PLAN_DISTRIBUTIONS, at=ANYWHERE)
class Distributions(Tap, frozen=True):
    """The newest distributions."""


@tap("dist.new", was="newdist", may=May.PLAN_DISTRIBUTIONS, at=ANYWHERE)
class NewDistribution(Tap, frozen=True):
    """A new one, step by step."""


@step("closing")
class ProposedClosing(Tap, frozen=True):
    """Orders close when it was proposed."""


@step("confirm")
class Announce(Tap, frozen=True):
    """It is announced as it was shown."""
