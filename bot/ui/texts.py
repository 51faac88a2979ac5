"""One reader's language: sentences, amounts, dates and quantities as that person reads them.

English sentences in the code are the catalogue's keys; ``locales/fr`` holds the French ones, read as they are (``.po``)
when the process starts. ``t`` makes HTML and escapes every value put into it; ``label`` makes plain text for buttons.
"""

from __future__ import annotations

import datetime as dt
import gettext
import html
import io
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_name

from bot.ui.screen import shortened
from ledger.groups.models import Member
from ledger.groups.namesakes import Namesake
from ledger.money import exponent_of
from ledger.notes.models import Note

LOCALES = Path(__file__).parent.parent / "locales"
LANGUAGES = ("fr", "en")
SHORTEST = 8
"""Characters of a name that stay beside what tells its bearer apart."""
MEASURES = ("kg", "g", "l", "cl", "m")
_LETTER_BEFORE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")
"""Where CLDR wants a space that Babel leaves out: ``CHF 12.40``."""
MINUS = "\u2212"
_HOUR = {"fr": ("H'\u00a0h\u00a0'mm", "H'\u00a0h'"), "en": ("HH:mm", "HH:mm")}
"""The time of day as a pattern: with minutes, and of a full hour."""
_AT = {"fr": "'à'", "en": "'at'"}
_BABEL = {"fr": "fr_FR", "en": "en_GB"}


def language_of(code: str | None) -> str:
    """French unless a person's Telegram speaks another language, which we answer in English."""
    return "fr" if (code or "fr").lower().startswith("fr") else "en"


class Html(str):
    """Text that is HTML already and is put into sentences as it is."""

    __slots__ = ()


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The sentences of one language; English needs none."""
    path = LOCALES / language / "LC_MESSAGES" / "cagnotte.po"
    if not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as source:
        messages = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Texts:
    """A reader: language, time zone and currency (those of the group that is being looked at)."""

    def __init__(
        self,
        language: str,
        time_zone: str = "Europe/Paris",
        currency: str = "EUR",
        namesakes: Mapping[int, Namesake] | None = None,
    ) -> None:
        """``namesakes``: members who are told apart for this reader, by id."""
        self.language = language if language in LANGUAGES else "en"
        self.zone = ZoneInfo(time_zone)
        self.currency = currency
        self._namesakes = namesakes or {}
        self._catalogue = catalogue(self.language)
        self._locale = Locale.parse(_BABEL[self.language])

    def t(self, message: str, /, **values: object) -> Html:
        """A sentence as HTML. Values are escaped unless they are :class:`Html`; amounts and dates come formatted."""
        return Html(self._catalogue.gettext(message).format(**_escaped(values)))

    def nt(self, singular: str, plural: str, n: int, /, **values: object) -> Html:
        """A sentence about ``n`` things, as HTML."""
        return Html(self._catalogue.ngettext(singular, plural, n).format(n=n, **_escaped(values)))

    def label(self, message: str, /, **values: object) -> str:
        """A button's text, or a toast: plain, nothing escaped."""
        return self._catalogue.gettext(message).format(**values)

    def nlabel(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """A button's text about ``n`` things."""
        return self._catalogue.ngettext(singular, plural, n).format(n=n, **values)

    def who(self, member: Member, room: int | None = None) -> str:
        """A member's name, with what tells them apart from another of that name; in ``room`` characters where possible."""
        return self.called(member.id, member.name, room)

    def called(self, member_id: int, name: str, room: int | None = None) -> str:
        """:meth:`who`, of a member's id and name."""
        mark = self._mark(member_id)
        if room is None:
            return f"{name} ({mark})" if mark else name
        return (
            f"{shortened(name, max(room - len(mark) - 1, SHORTEST))} {mark}"
            if mark
            else shortened(name, room)
        )

    def noted(self, note: Note) -> str:
        """What somebody typed, or that it was erased. The one way a screen shows a note."""
        return self.label("(erased)") if note.text is None else note.text

    def aside(self, note: Note) -> str:
        """:meth:`noted`, in brackets."""
        return self.noted(note) if note.text is None else f"({note.text})"

    def _mark(self, member_id: int) -> str:
        namesake = self._namesakes.get(member_id)
        if namesake is None:
            return ""
        mark = f"@{namesake.username}" if namesake.username else self._since(namesake)
        return mark if namesake.number is None else f"{mark}, {namesake.number}"

    def _since(self, namesake: Namesake) -> str:
        day = self.short_day(namesake.joined_at)
        if namesake.balance_cents is None:
            return self.label("since {day}", day=day)
        return self.label(
            "since {day}, balance {balance}", day=day, balance=self.signed_money(namesake.balance_cents)
        )

    def money(self, cents: int) -> str:
        """``1235`` → ``12,35 €``; what is negative has the sign − (U+2212), which no line break tears off."""
        value = Decimal(cents).scaleb(-exponent_of(self.currency))
        written = format_currency(value, self.currency, locale=self._locale).replace("-", MINUS)
        return _LETTER_BEFORE_DIGIT.sub("\u00a0", written)

    def signed_money(self, cents: int) -> str:
        """An amount with its sign, also when it is positive: ``+12,35 €``."""
        return f"{'+' if cents > 0 else ''}{self.money(cents)}"

    def bare_money(self, cents: int) -> str:
        """An amount to paste into a form: ``12,35``, without spaces or currency."""
        value = Decimal(cents).scaleb(-exponent_of(self.currency))
        decimals = exponent_of(self.currency)
        return format_decimal(value, format=f"0.{'0' * decimals}" if decimals else "0", locale=self._locale)

    @property
    def currency_name(self) -> str:
        """``franc suisse (CHF)``."""
        return f"{get_currency_name(self.currency, locale=self._locale)} ({self.currency})"

    def rate(self, hundredths: int) -> str:
        """A rate in hundredths of a percent: ``550`` → ``5,5 %``."""
        return format_percent(Decimal(hundredths) / 10_000, format="#,##0.## %", locale=self._locale)

    def quantity(self, milli: int, unit: str) -> str:
        """``1200`` of a measure → ``1,2 kg``; ``2000`` of things → ``2 ×``."""
        number = self.number(milli)
        return f"{number} {unit}" if unit.lower() in MEASURES else f"{number} ×"

    def number(self, milli: int) -> str:
        """A quantity without its unit."""
        return format_decimal(Decimal(milli) / 1000, format="#,##0.###", locale=self._locale)

    def day(self, moment: dt.datetime | dt.date) -> str:
        """``mardi 24 novembre`` in the group's time zone."""
        local = moment.astimezone(self.zone).date() if isinstance(moment, dt.datetime) else moment
        return format_date(local, f"EEEE {self._day_of_month(local)} MMMM", locale=self._locale)

    def short_day(self, moment: dt.datetime | dt.date) -> str:
        """``24/11/2026``."""
        local = moment.astimezone(self.zone).date() if isinstance(moment, dt.datetime) else moment
        return format_date(local, "dd/MM/yyyy", locale=self._locale)

    def time(self, moment: dt.datetime) -> str:
        """``18 h 42``, ``18:42`` in English, in the group's time zone."""
        local = moment.astimezone(self.zone)
        return format_time(local, self._hour(local), locale=self._locale)

    def day_and_time(self, moment: dt.datetime) -> str:
        """``mardi 24 novembre à 18 h 42``."""
        return self._moment(moment, "MMMM")

    def dated(self, moment: dt.datetime) -> str:
        """``mardi 24 novembre 2026 à 18 h 42``: where a slip in the year must show."""
        return self._moment(moment, "MMMM yyyy")

    def _moment(self, moment: dt.datetime, month: str) -> str:
        local = moment.astimezone(self.zone)
        written = f"EEEE {self._day_of_month(local)} {month} {_AT[self.language]} {self._hour(local)}"
        return format_datetime(local, written, locale=self._locale)

    def _hour(self, local: dt.datetime) -> str:
        with_minutes, full = _HOUR[self.language]
        return with_minutes if local.minute else full

    def _day_of_month(self, day: dt.date) -> str:
        """As a pattern: ``1er`` in French, plain numbers else."""
        return "d'er'" if self.language == "fr" and day.day == 1 else "d"


def _escaped(values: dict[str, object]) -> dict[str, object]:
    return {
        name: html.escape(value, quote=False)
        if isinstance(value, str) and not isinstance(value, Html)
        else value
        for name, value in values.items()
    }
