"""What our PDFs share: the fonts in this package, A4, the group and the distribution above every page, its number below."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph

from ledger.exports.handover import HandOver
from ledger.exports.printable import printable
from ledger.exports.wording import Wording

FONTS = Path(__file__).parent / "fonts"
REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"
BOX, TICKED = "☐", "☑"
WIDTH, HEIGHT = A4
MARGIN = 36.0
HEADER, FOOTER = 48.0, 22.0
GREY, SHADE, LINE = HexColor("#555555"), HexColor("#EDF2E6"), HexColor("#B8C4A8")


@cache
def glyphs() -> frozenset[int]:
    """Returns the characters both fonts have; the fonts are registered on the way, once."""
    found = []
    for name in (REGULAR, BOLD):
        font = TTFont(name, FONTS / f"{name}.ttf", shapable=False)
        pdfmetrics.registerFont(font)
        found.append(frozenset(font.face.charToGlyph))
    return found[0] & found[1]


def style(size: float, *, bold: bool = False, right: bool = False, **more: Any) -> ParagraphStyle:
    """Returns a paragraph's look."""
    return ParagraphStyle(
        "cell",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.25,
        alignment=TA_RIGHT if right else 0,
        splitLongWords=1,
        **more,
    )


def words(text: str, look: ParagraphStyle) -> Paragraph:
    """Returns text that wraps where it is too long for its place."""
    return Paragraph(escape(printable(text, glyphs())), look)


def fitting(text: str, look: ParagraphStyle, room: float) -> Paragraph | str:
    """Returns the same, but plain where ``room`` holds it on one line (in the table's font): that takes far less time
    to lay out."""
    shown = printable(text, glyphs())
    fits = pdfmetrics.stringWidth(shown, look.fontName, look.fontSize) <= room
    return shown if fits else Paragraph(escape(shown), look)


def fixed(text: str) -> str:
    """Returns text that stands on one line as it is."""
    return printable(text, glyphs())


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: its title and how many columns its pages have."""

    handover: HandOver
    wording: Wording
    title: str
    columns: int = 1
    gap: float = 16.0

    @property
    def column_width(self) -> float:
        """Points from side to side of a column."""
        return (WIDTH - 2 * MARGIN - self.gap * (self.columns - 1)) / self.columns

    def print(self, story: Sequence[Flowable]) -> bytes:
        """Returns the PDF file."""
        out = io.BytesIO()
        document = BaseDocTemplate(
            out,
            pagesize=A4,
            title=f"{self.title} · {self.handover.group}",
            author=self.handover.group,
            lang=None,
        )
        height = HEIGHT - 2 * MARGIN - HEADER - FOOTER
        frames = [
            Frame(
                MARGIN + number * (self.column_width + self.gap),
                MARGIN + FOOTER,
                self.column_width,
                height,
                leftPadding=0,
                rightPadding=0,
                topPadding=0,
                bottomPadding=0,
            )
            for number in range(self.columns)
        ]
        document.addPageTemplates(PageTemplate(frames=frames, onPage=self._around))
        document.build(list(story), canvasmaker=_Counting)
        return out.getvalue()

    def _around(self, canvas: Canvas, _: object) -> None:
        """Header and footer of a page."""
        handover, wording = self.handover, self.wording
        top = HEIGHT - MARGIN - 12
        canvas.saveState()
        canvas.setFont(BOLD, 13)
        provisional = wording.provisional.upper() if handover.provisional else ""
        room = WIDTH - 2 * MARGIN - (canvas.stringWidth(provisional, BOLD, 11) + 10)
        canvas.drawString(MARGIN, top, _fitted(f"{self.title} · {handover.group}", BOLD, 13, room))
        canvas.setFont(BOLD, 11)
        canvas.drawRightString(WIDTH - MARGIN, top, provisional)
        canvas.setFont(REGULAR, 10)
        about = f"{wording.when(handover.starts_at)} · {handover.place}"
        canvas.drawString(MARGIN, top - 16, _fitted(about, REGULAR, 10, WIDTH - 2 * MARGIN))
        canvas.setStrokeColor(LINE)
        canvas.line(MARGIN, top - 23, WIDTH - MARGIN, top - 23)
        canvas.setFillColor(GREY)
        canvas.setFont(REGULAR, 9)
        page = wording.page(canvas.getPageNumber())
        canvas.translate(WIDTH - MARGIN - canvas.stringWidth(f"{page}000", REGULAR, 9), MARGIN)
        canvas.drawString(0, 0, page)
        canvas.translate(canvas.stringWidth(page, REGULAR, 9), 0)
        canvas.doForm(_Counting.PAGES)
        canvas.restoreState()


class _Counting(Canvas):
    """A canvas that draws the number of pages where each page left room for it, once it is known."""

    PAGES = "pages"

    def save(self) -> None:
        """Draws the page, and finishes."""
        self.beginForm(self.PAGES)
        self.setFillColor(GREY)
        self.setFont(REGULAR, 9)
        self.drawString(0, 0, str(self.getPageNumber() - 1))
        self.endForm()
        super().save()


def _fitted(text: str, font: str, size: float, room: float) -> str:
    """The text, cut where there is no room for more."""
    shown = fixed(text)
    while pdfmetrics.stringWidth(shown, font, size) > room:
        shown = shown[:-2].rstrip() + "…"
    return shown
