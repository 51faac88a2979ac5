"""The few words on our own web page around paying by card: plain HTML, for a phone, in the member's language."""

from __future__ import annotations

import html

from bot.views.texts import Html, Texts
from ledger.groups.models import Group
from ledger.payments.models import Payment, PaymentState

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
body {{ font: 18px/1.5 system-ui, sans-serif; margin: 0; background: #f4f1ea; color: #23302a; }}
main {{ max-width: 26rem; margin: 12vh auto 0; padding: 2rem 1.5rem; background: #fff; border-radius: 1rem; }}
h1 {{ font-size: 1.35rem; line-height: 1.3; margin: 0 0 1rem; }}
a {{ display: block; margin-top: 1rem; padding: .8rem; border-radius: .6rem; text-align: center; text-decoration: none;
  background: #2c6e49; color: #fff; }}
a.second {{ background: #e8efe9; color: #23302a; }}
</style>
</head>
<body><main>{body}</main></body>
</html>
"""


def how_it_stands(texts: Texts, group: Group, payment: Payment, chat: str, again: str | None) -> str:
    """Paid, or not (yet). ``again``: the link to pay."""
    amount = texts.money(payment.amount_cents)
    if payment.state is PaymentState.RECEIVED:
        title = texts.t("✅ {amount} paid", amount=amount)
        lines = [texts.t("{group} has your payment. The receipt is in the chat.", group=group.title)]
    elif payment.state is PaymentState.EXPECTED:
        title = texts.t("{amount}: not paid yet", amount=amount)
        lines = [
            texts.t(
                "If you have just paid, the receipt comes in the chat by itself. If you went back, nothing was taken."
            )
        ]
    else:
        title, again = texts.t("Nothing to pay here any more"), None
        lines = [texts.t("This payment is not awaited any more. Nothing was taken.")]
    links = [(texts.label("Back to the chat"), chat, "")]
    if payment.state is PaymentState.EXPECTED and again is not None:
        links.append((texts.label("💳 Pay {amount} by card", amount=amount), again, "second"))
    return _page(texts, title, lines, links)


def not_now(texts: Texts, group: Group, chat: str) -> str:
    """Stripe cannot be reached, or refuses."""
    lines = [
        texts.t(
            "The card service does not answer just now. Nothing was taken, and your order stands ({group}). "
            "Try again in a few minutes, or choose another way to pay in the chat.",
            group=group.title,
        )
    ]
    return _page(
        texts, texts.t("Not possible just now"), lines, [(texts.label("Back to the chat"), chat, "")]
    )


def unknown(*languages: Texts) -> str:
    """A link that leads nowhere, in every language, since nobody knows whose it is."""
    lines = [
        texts.t("This link leads nowhere. Nothing was taken. Open the chat and ask for it again.")
        for texts in languages
    ]
    return _page(languages[0], Html("404"), lines, [])


def _page(texts: Texts, title: Html, lines: list[Html], links: list[tuple[str, str, str]]) -> str:
    body = f"<h1>{title}</h1>" + "".join(f"<p>{line}</p>" for line in lines)
    for label, url, kind in links:
        body += f'<a class="{kind}" href="{html.escape(url)}">{html.escape(label)}</a>'
    return _PAGE.format(language=texts.language, title=title, body=body)
