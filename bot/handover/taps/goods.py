"""What can be tapped about goods on distribution day: products and lines, what was handed over instead."""

from __future__ import annotations

from bot.rights import May
from bot.ui.taps import ANYWHERE, UNSEEN, Answered, Id, Number, Old, Tap, step, tap


@tap("goods.products", was="dgoods", may=May.CORRECT, at=ANYWHERE)
class Products(Tap, frozen=True):
    """The products of a distribution, by pages."""

    distribution: Id
    page: Number


@tap("goods.product", was="dprod", may=May.CORRECT, at=ANYWHERE)
class ShowProduct(Tap, frozen=True):
    """One product for everybody."""

    distribution: Id
    product: Id


@tap("goods.asknone", was="dnot", may=May.CORRECT, at=ANYWHERE)
class AskNotDelivered(Tap, frozen=True):
    """🚫 A product did not come: sure?"""

    distribution: Id
    product: Id


@tap("goods.none", was="dnotyes", may=May.CORRECT, at=ANYWHERE, old=Old.SEEN)
class NotDelivered(Tap, frozen=True):
    """🚫 It did not come, for the lines of so many `members` that were shown."""

    distribution: Id
    product: Id
    members: Number
    seen: Number = UNSEEN


@tap("goods.priceall", was="dpall", may=May.CORRECT, at=ANYWHERE)
class PriceForAll(Tap, frozen=True):
    """💶 A product costs something else for everybody."""

    distribution: Id
    product: Id


@tap("goods.weigh", was="dwalk", may=May.CORRECT, at=ANYWHERE, answered=Answered.DISCREETLY)
class Weigh(Tap, frozen=True):
    """⚖️ Everybody's weight of one product, one after another."""

    distribution: Id
    product: Id


@tap("goods.lines", was="dlines", may=May.CORRECT, at=ANYWHERE, answered=Answered.DISCREETLY)
class Lines(Tap, frozen=True):
    """An order's lines, by pages."""

    order: Id
    page: Number


@tap("goods.line", was="dline", may=May.CORRECT, at=ANYWHERE, answered=Answered.DISCREETLY)
class ShowLine(Tap, frozen=True):
    """One line."""

    line: Id


@tap("goods.quantity", was="dqty", may=May.CORRECT, at=ANYWHERE, answered=Answered.DISCREETLY)
class Quantity(Tap, frozen=True):
    """⚖️ Another quantity of a line was handed over."""

    line: Id


@tap("goods.price", was="dprice", may=May.CORRECT, at=ANYWHERE, answered=Answered.DISCREETLY)
class Price(Tap, frozen=True):
    """💶 A line costs something else."""

    line: Id


@tap("goods.linenone", was="dnone", may=May.CORRECT, at=ANYWHERE, answered=Answered.DISCREETLY, old=Old.STEP)
class LineNotDelivered(Tap, frozen=True):
    """🚫 A line was not delivered."""

    line: Id
    step: Number


@tap("goods.undo", was="chundo", may=May.CORRECT, at=ANYWHERE, old=Old.GONE)
class UndoChange(Tap, frozen=True):
    """↩️ A change is taken back, for all its lines."""

    change: Id


@step("sure")
class Sure(Tap, frozen=True):
    """It is ten times as much indeed."""


@step("confirm")
class ConfirmPrice(Tap, frozen=True):
    """✅ The new price, for everybody."""


@step("skip")
class Skip(Tap, frozen=True):
    """⏭ The next member's weight."""


@step("stop")
class Stop(Tap, frozen=True):
    """⏹ No more weights."""
