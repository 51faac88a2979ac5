"""From a session to HTML: pure functions."""

import base64
import hashlib
from dataclasses import dataclass, field
from html import escape
from typing import Final

from bot.sandbox.stripe.cards import CardTyped
from bot.sandbox.stripe.model import Session
from bot.sandbox.stripe.money import in_words
from bot.sandbox.stripe.page.style import STYLE
from bot.sandbox.stripe.page.texts import TEXTS

# The hash allows this style and no other; no script, picture or other host at all. Where the form leads after paying
# is the merchant's own page, which a `form-action` would forbid.
POLICY: Final = (
    "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; img-src data:; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'"
)
TEST_CARD: Final = CardTyped("4242 4242 4242 4242", "12 / 40", "123")
_CARDS: Final = (
    ("4242 4242 4242 4242", "card_pays"),
    ("4000 0000 0000 0002", "card_declined_word"),
    ("4000 0000 0000 9995", "card_poor"),
    ("4000 0000 0000 0259", "card_disputed"),
)
_ACCOUNTS: Final = (
    ("FR14 2004 1010 0505 0001 3M02 606", "account_pays"),
    ("FR57 2004 1010 0505 0001 3M02 608", "account_poor"),
    ("FR84 2004 1010 0505 0001 3M02 607", "account_fails"),
)

_NO_CARD: Final = CardTyped("", "", "")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, and what is wrong with it."""

    card: CardTyped = _NO_CARD
    email: str = ""
    name: str = ""
    iban: str = ""
    mistakes: dict[str, str] = field(default_factory=dict)
    failure: str | None = None


def payment_page(session: Session, account_name: str, language: str, typed: Typed, *, livemode: bool) -> str:
    """Return the page of an open session."""
    text = TEXTS[language]
    amount = in_words(session.amount, language)
    title = text["pay_to"].format(name=account_name)
    parts = [
        _bar(session, account_name, text, livemode=livemode),
        f'<section class="sum"><h1>{escape(title)}</h1><p class="amount">{amount}</p>{_lines(session, language)}</section>',
        '<form method="post" novalidate autocomplete="on">',
        f'<p class="alert" role="alert">{escape(text[typed.failure])}</p>' if typed.failure else "",
        _email(session, typed, text),
        _card(typed, text),
        _account(session, typed, text),
        _field("name", text["name"], typed.name, typed.mistakes, text, autocomplete="cc-name"),
        f'<p class="note">{escape(session.custom_text["submit"])}</p>'
        if "submit" in session.custom_text
        else "",
        f'<button class="pay" name="do" value="pay">{escape(text["pay"].format(amount=amount))}</button>',
        "" if livemode else _test_cards(text) + _test_accounts(session, text),
        "</form>",
        f"<footer>{escape(text['about'])}</footer>",
    ]
    return _document(title, language, "".join(parts))


def closed_page(session: Session | None, language: str) -> str:
    """Return the page of a session that is over, or of none."""
    text = TEXTS[language]
    word, sign = "unknown", "?"
    if session is not None and session.status == "expired":
        word, sign = "expired", "⏱"
    elif session is not None:
        word, sign = ("done", "✓") if session.payment_status == "paid" else ("under_way", "…")
    where = _back(session, text) if session is not None and session.status == "expired" else ""
    body = (
        f'<section class="closed {word}"><p class="sign" aria-hidden="true">{sign}</p><h1>{escape(text[word])}</h1>'
        f"<p>{escape(text[f'{word}_why'])}</p>{where}</section><footer>{escape(text['about'])}</footer>"
    )
    return _document(text[word], language, body)


def _document(title: str, language: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{escape(title)}</title><link rel="icon" href="data:,">'
        f"<style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )


def _bar(session: Session, account_name: str, text: dict[str, str], *, livemode: bool) -> str:
    badge = (
        ""
        if livemode
        else f'<span class="badge" title="{escape(text["test_why"])}">{escape(text["test"])}</span>'
    )
    return f'<header>{_back(session, text)}<span class="who">{escape(account_name)}</span>{badge}</header>'


def _back(session: Session, text: dict[str, str]) -> str:
    if session.cancel_url is None:
        return ""
    arrow = '<span aria-hidden="true">←</span>'
    return f'<a class="back" href="{escape(session.cancel_url)}">{arrow} {escape(text["back"])}</a>'


def _lines(session: Session, language: str) -> str:
    rows = []
    for item in session.items:
        about = f"<small>{escape(item.description)}</small>" if item.description else ""
        if item.quantity > 1:
            each = TEXTS[language]["each"].format(amount=in_words(item.unit_amount, language))
            about += f"<small>{item.quantity} × {escape(each)}</small>"
        rows.append(
            f"<li><span>{escape(item.name)}{about}</span><b>{in_words(item.amount, language)}</b></li>"
        )
    return f'<ul class="lines">{"".join(rows)}</ul>'


def _email(session: Session, typed: Typed, text: dict[str, str]) -> str:
    if session.customer_email is not None:
        return f'<p class="fixed"><span>{escape(text["email"])}</span><b>{escape(session.customer_email)}</b></p>'
    return _field(
        "email",
        text["email"],
        typed.email,
        typed.mistakes,
        text,
        autocomplete="email",
        inputmode="email",
        type_="email",
    )


def _card(typed: Typed, text: dict[str, str]) -> str:
    card, wrong = typed.card, typed.mistakes
    inputs = (
        _input("number", card.number, wrong, text["number"], "1234 1234 1234 1234", "cc-number", "numeric")
        + _input("expiry", card.expiry, wrong, text["expiry"], text["expiry_hint"], "cc-exp", "numeric")
        + _input("cvc", card.cvc, wrong, text["cvc_long"], text["cvc"], "cc-csc", "numeric")
    )
    said = "".join(_mistake(name, wrong, text) for name in ("number", "expiry", "cvc"))
    return (
        f'<fieldset><legend>{escape(text["card"])}</legend><div class="card">{inputs}</div>{said}</fieldset>'
    )


def _account(session: Session, typed: Typed, text: dict[str, str]) -> str:
    if "sepa_debit" not in session.methods:
        return ""
    return _field("iban", text["iban"], typed.iban, typed.mistakes, text, autocomplete="off")


def _field(
    name: str, label: str, value: str, wrong: dict[str, str], text: dict[str, str],
    *, autocomplete: str, inputmode: str = "text", type_: str = "text",
) -> str:  # fmt: skip
    given = _input(name, value, wrong, None, "", autocomplete, inputmode, type_)
    return f'<p class="field"><label for="{name}">{escape(label)}</label>{given}</p>{_mistake(name, wrong, text)}'


def _input(
    name: str, value: str, wrong: dict[str, str], label: str | None, hint: str, autocomplete: str, inputmode: str,
    type_: str = "text",
) -> str:  # fmt: skip
    called = f' aria-label="{escape(label)}"' if label else ""
    state = f' aria-invalid="true" aria-describedby="{name}-wrong"' if name in wrong else ""
    return (
        f'<input id="{name}" name="{name}" type="{type_}" value="{escape(value)}" placeholder="{escape(hint)}" '
        f'autocomplete="{autocomplete}" inputmode="{inputmode}" maxlength="200"{called}{state}>'
    )


def _mistake(name: str, wrong: dict[str, str], text: dict[str, str]) -> str:
    return f'<p class="wrong" id="{name}-wrong">{escape(text[wrong[name]])}</p>' if name in wrong else ""


def _test_cards(text: dict[str, str]) -> str:
    rows = "".join(f"<li><code>{number}</code> {escape(text[word])}</li>" for number, word in _CARDS)
    return (
        f'<button class="fill" name="do" value="fill">{escape(text["fill"])}</button><details><summary>'
        f"{escape(text['cards'])}</summary><ul>{rows}</ul><p>{escape(text['any_date'])}</p></details>"
    )


def _test_accounts(session: Session, text: dict[str, str]) -> str:
    if "sepa_debit" not in session.methods:
        return ""
    rows = "".join(f"<li><code>{iban}</code> {escape(text[word])}</li>" for iban, word in _ACCOUNTS)
    return f"<details><summary>{escape(text['accounts'])}</summary><ul>{rows}</ul></details>"
