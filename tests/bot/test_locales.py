"""The French catalogue holds exactly the code's sentences, each with the same values and tags."""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import bot
from bot.ui.texts import Texts
from tests.support.wording import RULES, Rule, sentences

BOT = Path(bot.__file__).parent
# How sentences are marked in the code: t() and label(), nt() and nlabel() with their plurals, a menu entry's third word.
KEYWORDS: dict[str, Any] = {"t": None, "label": None, "nt": (1, 2), "nlabel": (1, 2), "Entry": (3,)}


def sentences_in_code() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(BOT, method_map=[("**.py", "python")], keywords=KEYWORDS)
    return {message if isinstance(message, str) else tuple(message) for _, _, message, _, _ in found}


def french() -> list[Message]:
    with (BOT / "locales/fr/LC_MESSAGES/cagnotte.po").open("rb") as source:
        return [message for message in read_po(source, locale="fr") if message.id]


def test_every_sentence_of_the_code_is_in_the_french_catalogue_and_no_other() -> None:
    in_code = sentences_in_code()
    translated = {message.id if isinstance(message.id, str) else tuple(message.id) for message in french()}
    assert in_code - translated == set()
    assert translated - in_code == set()


@pytest.mark.parametrize("message", french(), ids=lambda message: str(message.id)[:40])
def test_a_translation_is_complete_and_keeps_values_and_tags(message: Message) -> None:
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    translations = [message.string] if isinstance(message.string, str) else list(message.string)
    assert not message.fuzzy
    assert all(translations), "not translated"
    for translation in translations:
        wanted = originals[-1]
        allowed = [placeholders(original) for original in originals]
        assert placeholders(translation) in allowed
        assert tags(translation) == tags(wanted)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_sentence_keeps_the_rule(rule: Rule) -> None:
    broken = [
        f"{sentence.text!r}: {found}" for sentence in sentences() if (found := rule.broken_by(sentence))
    ]
    assert not broken, "\n".join((f"{rule.name}: {rule.why}", *broken))


def placeholders(text: str) -> Counter[str]:
    return Counter(re.findall(r"\{\w+\}", text))


def tags(text: str) -> Counter[str]:
    return Counter(re.findall(r"</?\w+>", text))


def test_values_are_escaped_in_sentences_and_plain_in_labels() -> None:
    texts = Texts("fr")
    assert "&lt;b&gt;&amp;" in texts.t("{name}, I answered you in private.", name="<b>&")
    assert "<b>&" in texts.label("{left} left of {product}.", left="1", product="<b>&")


OTHERS = (
    ("fr", "CHF", 1235),
    ("en", "CHF", 1235),
    ("en", "CHF", -1235),
    ("fr", "XPF", 1235),
    ("fr", "TND", 1235),
    ("en", "GBP", 1235),
)


def test_amounts_of_other_currencies() -> None:
    shown = [Texts(language, currency=code).money(cents) for language, code, cents in OTHERS]
    assert [re.sub(r"[\u00a0\u202f]", " ", text) for text in shown] == [
        "12,35 CHF", "CHF 12.35", "−CHF 12.35", "1 235 FCFP", "1,235 TND", "£12.35",
    ]  # fmt: skip
    assert [Texts("fr", currency=code).bare_money(1250) for code in ("CHF", "XPF", "TND")] == [
        "12,50", "1250", "1,250",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "cents", "shown"),
    [
        ("fr", 1235, "12,35 €"),
        ("fr", -1235, "−12,35 €"),
        ("fr", 123450, "1 234,50 €"),
        ("en", 1235, "€12.35"),
        ("en", -1235, "−€12.35"),
    ],
)
def test_amounts_are_shown_as_the_language_writes_them(language: str, cents: int, shown: str) -> None:
    assert re.sub(r"[\u00a0\u202f]", " ", Texts(language).money(cents)) == shown


@pytest.mark.parametrize(
    ("language", "at", "shown"),
    [
        ("fr", "18:05", "18 h 05, mardi 1er décembre 2026 à 18 h 05"),
        ("fr", "08:00", "8 h, mardi 1er décembre 2026 à 8 h"),
        ("en", "18:05", "18:05, Tuesday 1 December 2026 at 18:05"),
        ("en", "08:00", "08:00, Tuesday 1 December 2026 at 08:00"),
    ],
)
def test_times_are_shown_as_the_language_writes_them(language: str, at: str, shown: str) -> None:
    moment = dt.datetime.fromisoformat(f"2026-12-01T{at}+01:00")
    texts = Texts(language)
    written = f"{texts.time(moment)}, {texts.dated(moment)}"
    assert written.replace("\u00a0", " ") == shown
    assert texts.day_and_time(moment) == texts.dated(moment).replace(" 2026", "")


def test_no_sentence_hides_in_an_f_string_where_extraction_cannot_see_it() -> None:
    hidden = [
        f"{path.relative_to(BOT)}:{call.lineno}"
        for path in BOT.rglob("*.py")
        for joined in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(joined, ast.JoinedStr)
        for call in ast.walk(joined)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in KEYWORDS
    ]
    assert hidden == []
