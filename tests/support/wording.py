"""The rules of wording, as tables: what is looked for, why, and examples of both kinds.

A rule reads one sentence of one language at a time and gives back what it does not like. What stands inside
``<code>`` is typed or copied and follows the machine's rules, not these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from babel.messages.pofile import read_po

from bot.routes import handlers
from bot.ui import taps
from bot.ui.texts import LOCALES

Language = Literal["fr", "en"]
NAMES = (
    "by",
    "filename",
    "group",
    "holder",
    "invited",
    "method",
    "name",
    "names",
    "payee",
    "person",
    "place",
    "producer",
    "product",
    "title",
    "typed",
    "who",
)
MOMENTS = ("closing", "date", "day", "when")
AMOUNTS = ("amount", "announced", "awaited", "credit", "debt", "most", "owed", "received", "rest", "total")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as it stands in the catalogue; ``form`` is none where it has no plural, else 0 (for one) or 1."""

    language: Language
    text: str
    form: int | None = None

    @property
    def spoken(self) -> str:
        """Without tags, and without what is typed or copied."""
        return re.sub(r"</?\w+>", "", re.sub(r"<code>.*?</code>", "TYPED", self.text, flags=re.DOTALL))


@dataclass(frozen=True, slots=True)
class Rule:
    """What one sentence must not hold, why, and examples that show that the rule bites and lets live."""

    name: str
    why: str
    languages: tuple[Language, ...]
    finds: Callable[[Sentence], Sequence[str]]
    bad: tuple[str, ...]
    good: tuple[str, ...]
    exceptions: Mapping[str, str] = field(default_factory=dict)
    """Sentences that may break it, each with its reason."""
    form: int | None = None
    """Of which form of a sentence the examples are."""

    def broken_by(self, sentence: Sentence) -> Sequence[str]:
        """What the rule does not like in the sentence."""
        if sentence.language not in self.languages or sentence.text in self.exceptions:
            return ()
        return self.finds(sentence)


def pattern(expression: str, flags: re.RegexFlag = re.NOFLAG) -> Callable[[Sentence], list[str]]:
    """What the expression finds in what is spoken."""
    compiled = re.compile(expression, flags)
    return lambda sentence: [match[0] for match in compiled.finditer(sentence.spoken)]


def counted(expression: str) -> Callable[[Sentence], list[str]]:
    """The same, in sentences that have no form for one."""
    find = pattern(expression, re.IGNORECASE)
    return lambda sentence: find(sentence) if sentence.form is None else []


def lines_with(more_than: int, expression: str) -> Callable[[Sentence], list[str]]:
    """The lines that hold it more than so many times."""
    return lambda sentence: [
        line for line in sentence.spoken.split("\n") if len(re.findall(expression, line)) > more_than
    ]


def _no_number(sentence: Sentence) -> list[str]:
    return [sentence.text] if sentence.form == 0 and not re.search(r"\{\w+\}", sentence.text) else []


def _commands(sentence: Sentence) -> list[str]:
    known = COMMANDS[sentence.language]
    return [name for name in re.findall(r"(?<![\w/<}])/([a-z]+)", sentence.text) if name not in known]


def _taught() -> Mapping[Language, frozenset[str]]:
    """The commands that the bot takes, by the first of their names (English) and the second (French)."""
    handlers()  # every room declares its commands
    names = [command.names for command in taps.COMMANDS.values()]
    return {"fr": frozenset(n[min(1, len(n) - 1)] for n in names), "en": frozenset(n[0] for n in names)}


COMMANDS = _taught()
"""What a sentence may tell people to type."""

_SPACE = "\u00a0\u202f"
_NAME = rf"(?:«[{_SPACE}]|“)?\{{(?:{'|'.join(NAMES)})\}}"
_MOMENT = rf"\{{(?:{'|'.join(MOMENTS)})\}}"
_NO_COUNT = "|".join((*NAMES, *MOMENTS, *AMOUNTS))
_FR: tuple[Language, ...] = ("fr",)
_EN: tuple[Language, ...] = ("en",)
_BOTH: tuple[Language, ...] = ("fr", "en")

_A_LIMIT = "the limit is fixed, and far above one"
_A_WEEK = "it is told after a week at the earliest"
_MANY_CELLS = "a line with more cells than there are columns, of which three are needed"

RULES: tuple[Rule, ...] = (
    Rule(
        "no-break space before : ; ! ? »",
        "a phone breaks the line before the sign otherwise, and French never does",
        _FR,
        pattern(rf"(?:[^{_SPACE}]|^)[:;!?»](?!\d)(?=[\s{_SPACE})»]|$)"),
        bad=("Où ?", "Où?", "Nom: {name}", "Merci !", "« {value} »"),
        good=("Où\u00a0?", "{name}\u00a0: merci\u202f!", "à {time}", "«\u00a0oui\u00a0»"),
    ),
    Rule(
        "no-break space after «",
        "the same, on the other side of the word",
        _FR,
        pattern(rf"«[^{_SPACE}]"),
        bad=("«oui\u00a0»", "« oui\u00a0»"),
        good=("«\u00a0oui\u00a0»",),
    ),
    Rule(
        "no space before : ; ! ? , .",
        "English has none there, and neither language has one before a comma or a full stop",
        _EN,
        pattern(rf"(?<=\S)[ {_SPACE}][:;!?](?=\s|$)"),
        bad=("Where ?", "Name : {name}"),
        good=("Where? Here: there!", " ; "),
    ),
    Rule(
        "no space before a comma or a full stop",
        "neither language has one",
        _BOTH,
        pattern(rf"[ {_SPACE}][,.](?=\s|$)"),
        bad=("oui , non", "oui ."),
        good=("oui, non.", "un fichier .xlsx"),
    ),
    Rule(
        "the sign of what is negative is −, never a hyphen",
        "a hyphen before a number is read as a dash, and breaks away from it at the end of a line",
        _BOTH,
        pattern(rf"(?<![\w}})-])-[ {_SPACE}]?(?=\d|\{{)"),
        bad=("-12,35 €", "Solde\u00a0: -{amount}"),
        good=("−12,35 €", "2026-12-01", "rendez-vous"),
    ),
    Rule(
        "18 h 30",
        "French writes the hour with an h; a colon is a machine's",
        _FR,
        pattern(r"\b\d{1,2}:\d{2}\b|\b\d{1,2}h\d{2}\b|\b\d{1,2} h\b|\bh \d"),
        bad=("à 18:30", "comme 18h30", "à 18 h 30"),
        good=("à 18\u00a0h\u00a030", "à 20\u00a0h."),
    ),
    Rule(
        "one apostrophe",
        "two kinds on one screen look like a mistake, and people who search type the straight one",
        _BOTH,
        pattern("[’ʼ`´]"),
        bad=("l’adhérent",),
        good=("l'adhérent",),
    ),
    Rule(
        "quotation marks of the language",
        "« » in French, “ ” in English; straight ones are a programmer's",
        _BOTH,
        lambda sentence: re.findall('"|[“”]' if sentence.language == "fr" else '"|[«»]', sentence.spoken),
        bad=('le bouton "Commander"',),
        good=("{name}",),
    ),
    Rule(
        "… is one character",
        "three full stops may be torn apart",
        _BOTH,
        pattern(r"\.\.\."),
        bad=("Rappels...",),
        good=("Rappels…",),
    ),
    Rule(
        "single spaces",
        "two are a slip (lines of a list may begin with some)",
        _BOTH,
        pattern(rf"(?<=\S)[ {_SPACE}]{{2,}}|[ \t]+(?=\n)"),
        bad=("oui  non", "oui \nnon", "oui \u00a0: non"),
        good=("  {name}\u00a0: oui", "oui\n   non"),
    ),
    Rule(
        "one dash a line",
        "a dash stops the reader; two of them, and nobody knows what belongs to what",
        _BOTH,
        lines_with(1, r"(?<=\s)[—–](?=\s)"),
        bad=("oui — {amount} — non",),
        good=("oui — non\nsi — si", "{start}–{end}"),
    ),
    Rule(
        "one date a line",
        "of two dates side by side the tired reader takes the wrong one",
        _BOTH,
        lines_with(1, _MOMENT),
        bad=("{when}, clôture {closing}", "{when} ({date})"),
        good=("{when}\n{closing}", "à {time} ({day})"),
    ),
    Rule(
        "no “de” or “que” before a name",
        "“de AMAP des Lilas”, “que Anne”: names begin with vowels too, so the sentence is built around them",
        _FR,
        pattern(rf"\b(?:de|que|jusque|puisque|lorsque) {_NAME}|\b[dl]'{_NAME}", re.IGNORECASE),
        bad=("Historique de {name}", "d'{name}", "l'ordre de <b>{payee}</b>", "de «\u00a0{name}\u00a0»"),
        good=("Historique\u00a0: {name}", "{name} vous rembourse", "{method} de {amount}"),
    ),
    Rule(
        "a counted word has a form for one",
        "“1 nouveaux”, “1 days”: whatever follows a number agrees with it, so the sentence goes through nt()",
        _FR,
        counted(rf"\{{(?!(?:{_NO_COUNT})\}})\w+\}} (?!vous\b|nous\b|dans\b|pas\b|plus\b)\w*[sx]\b"),
        bad=("{new} nouveaux", "{done} sur {all} réglés", "{days} jours après"),
        good=("Réglés\u00a0: {done} sur {all}", "{name} vous rembourse", "{amount} reçus"),
        exceptions={
            "{value} cases\u00a0; une virgule dans une case demande des guillemets.": _MANY_CELLS,
            "🚨 <b>{group}</b>\u00a0: la distribution du {when} n'est toujours pas validée, {days} jours après. Tous les "
            "coordinateurs reçoivent ce message. Mettez-vous d'accord pour que l'un de vous s'en charge.": _A_WEEK,
            "Ce fichier a plus de {limit} lignes. Rien n'a été importé.": _A_LIMIT,
            "Ce fichier a plus de {limit} colonnes. Rien n'a été importé.": _A_LIMIT,
        },
    ),
    Rule(
        "a counted word has a form for one (English)",
        "the same",
        _EN,
        counted(rf"\{{(?!(?:{_NO_COUNT})\}})\w+\}} (?:more )?(?!is\b|was\b|has\b|as\b|this\b)\w+s\b"),
        bad=("{days} days", "over {limit} lines"),
        good=("{name} owes", "{left} left", "{mb} MB"),
        exceptions={
            "{value} cells; a comma inside a cell needs quotation marks.": _MANY_CELLS,
            "🚨 <b>{group}</b>: the distribution of {when} is not validated after {days} days. Every coordinator "
            "receives this. Please agree who does it.": _A_WEEK,
            "This file has more than {limit} lines. Nothing was imported.": _A_LIMIT,
            "This file has more than {limit} columns. Nothing was imported.": _A_LIMIT,
        },
    ),
    Rule(
        "zero takes the form for one",
        "French says “0 ligne”: the first form must show its number, or it says one where there is none",
        _FR,
        _no_number,
        bad=("Importer la ligne correcte",),
        good=("Importer {n} ligne",),
        form=0,
    ),
    Rule(
        "commands people can type, in the reader's language",
        "a command that does not exist, or the other language's, leaves the reader stuck",
        _BOTH,
        _commands,
        bad=("Envoyez /foo", "Send /foo"),
        good=("<code>a</b>", "{a}/{b}", "et/ou"),
    ),
    Rule(
        "the words of the domain",
        "one thing has one name: an adhérent is no membre or utilisateur, a solde no balance",
        _FR,
        pattern(r"(?i)\b(?:membres?|utilisateurs?|usagers?|clients?|payements?|e?-?mails?|discussions?)\b"),
        bad=("un membre du groupe", "Envoyez un mail"),
        good=("un adhérent",),
    ),
    Rule(
        "the words of the domain (English)",
        "the same",
        _EN,
        pattern(r"(?i)\b(?:users?|customers?|clients?|wallets?|checks?|adherents?)\b"),
        bad=("the user's wallet", "a check of €12"),
        good=("a member's cheque", "write Checkout Sessions"),
    ),
    Rule(
        "vous",
        "whoever reads is addressed the same way everywhere",
        _FR,
        pattern(r"(?i)\b(?:tu|toi|ton|ta|tes)\b"),
        bad=("Choisis ton panier",),
        good=("Choisissez votre panier",),
    ),
    Rule(
        "“valider” says what",
        "a basket, a payment, an order and a distribution are all validated, by different people and often on one "
        "screen: the word never stands alone",
        _FR,
        pattern(
            r"(?i)(?<!à )(?<!la )(?<!le )(?<!/)\b(?:valider|validez)\b"
            r"(?! (?:quand même )?(?:mon|la|le|les|des|ce|cette|votre) \w)"
            rf"|(?<!\w )\bvalidée?s?[ {_SPACE}]:"
        ),
        bad=("Valider", "Validez d'abord", "Validées\u00a0: {n}"),
        good=("Valider la commande", "Paiements à valider", "Il reste à la valider", "/valider"),
        exceptions={
            "✅ Valider · {amount} reçus": "it stands under the order that it validates, and must fit a phone",
        },
    ),
)


def sentences() -> list[Sentence]:
    """Every sentence, in both languages: the catalogue's keys are the English ones."""
    found: list[Sentence] = []
    with (LOCALES / "fr/LC_MESSAGES/cagnotte.po").open("rb") as source:
        for message in read_po(source, locale="fr"):
            if isinstance(message.id, str) and message.id:
                found += [Sentence("en", message.id), Sentence("fr", str(message.string))]
            elif message.id:
                found += [Sentence("en", text, form) for form, text in enumerate(message.id)]
                found += [Sentence("fr", text, form) for form, text in enumerate(message.string)]
    return found
