"""The few words on our own web page around paying by card: plain HTML, for a phone, in the member's language."""

from __future__ import annotations

import base64
import hashlib
import html

from bot.ordering.views.paying import if_paid, slow
from bot.refusals import cards as card_errors
from bot.ui.texts import Html, Texts
from ledger.errors import LedgerError
from ledger.groups.models import Group
from ledger.payments.models import Payment, PaymentState

_STYLE = """
:root { --ink: #1d2b26; --paper: #fff; --wall: #f3f6f4; --accent: #1f6f54; --tint: #e6f2ec; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8efeb; --paper: #1b2521; --wall: #131a17; --accent: #28805f; --tint: #21352c; }
}
* { box-sizing: border-box; }
body { font: 1.06rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; margin: 0; padding: 12vh 1rem 1rem;
  background: var(--wall); color: var(--ink); -webkit-text-size-adjust: 100%; }
main { max-width: 26rem; margin: 0 auto; padding: 1.6rem 1.3rem; border-radius: 1rem; background: var(--paper);
  box-shadow: 0 1px 3px #0002; overflow-wrap: anywhere; text-wrap: pretty; }
h1 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 .6rem; }
p { margin: 0; }
p + p { margin-top: .6rem; }
section + section { margin-top: 1.6rem; }
a { display: block; margin-top: .7rem; padding: .75rem; border-radius: .7rem; text-align: center; text-decoration: none;
  font-weight: 600; background: var(--accent); color: #fff; }
p + a { margin-top: 1.4rem; }
a.second { background: var(--tint); color: var(--ink); }
a:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
"""
POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; img-src data:; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'"
)
"""The page's Content-Security-Policy: its own style and nothing else, in nobody's frame."""
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body><main>{body}</main></body>
</html>
"""


def how_it_stands(
    texts: Texts, group: Group, payment: Payment, chat: str, again: str | None, *, is_behind: bool = False
) -> str:
    """Paid, or not (yet). ``again``: the link to pay; ``is_behind``: Stripe could not be asked just now."""
    amount = texts.money(payment.amount_cents)
    if payment.state is PaymentState.RECEIVED:
        title = texts.t("✅ {amount} paid", amount=amount)
        lines = [texts.t("{group} has your payment. The receipt is in the chat.", group=group.title)]
    elif payment.under_way_since is not None:
        title, again = texts.t("⏳ {amount}: your bank is being asked", amount=amount), None
        lines = [slow(texts)]
    elif payment.state is PaymentState.EXPECTED and is_behind:
        title, again = texts.t("⏳ {amount}: Stripe does not answer just now", amount=amount), None
        lines = [if_paid(texts)]
    elif payment.state is PaymentState.EXPECTED:
        title = texts.t("{amount}: not paid yet", amount=amount)
        lines = [
            texts.t(
                "If you have just paid, the receipt comes in the chat by itself. If you went back, nothing was taken."
            )
        ]
    else:
        title, again = texts.t("Nothing to pay here any more"), None
        lines = [
            texts.t(
                "This payment is not awaited any more. If you paid it nevertheless, it is credit on your account, "
                "and the chat tells you."
            )
        ]
    links = [(texts.label("Back to the chat"), chat, "")]
    if payment.state is PaymentState.EXPECTED and again is not None:
        links.append((texts.label("💳 Pay {amount} by card", amount=amount), again, "second"))
    return _page(texts, title, lines, links)


def not_now(texts: Texts, group: Group, error: LedgerError, chat: str, *, may_be_paid: bool = False) -> str:
    """Stripe cannot be reached, or refuses, or the group takes no cards any more. ``may_be_paid``: by who stands here."""
    lines = [
        card_errors.refusal(texts, error) or texts.t("This is not possible. Nothing was changed."),
        if_paid(texts)
        if may_be_paid
        else texts.t(
            "Nothing was taken from your card, and nothing you ordered is lost ({group}). You can also choose another way "
            "to pay in the chat.",
            group=group.title,
        ),
    ]
    return _page(
        texts, texts.t("Not possible just now"), lines, [(texts.label("Back to the chat"), chat, "")]
    )


def unknown(*languages: Texts) -> str:
    """A link that leads nowhere, in every language, since nobody knows whose it is."""
    sections = []
    for texts in languages:
        title = texts.t("This link leads nowhere")
        line = texts.t(
            "Open the chat: it says what there is to pay, and gives the link. What you paid is not lost."
        )
        sections.append(f'<section lang="{texts.language}"><h1>{title}</h1><p>{line}</p></section>')
    titles = " · ".join(texts.t("This link leads nowhere") for texts in languages)
    return _PAGE.format(style=_STYLE, language=languages[0].language, title=titles, body="".join(sections))


def _page(texts: Texts, title: Html, lines: list[Html], links: list[tuple[str, str, str]]) -> str:
    body = f"<h1>{title}</h1>" + "".join(f"<p>{line}</p>" for line in lines)
    for label, url, kind in links:
        body += f'<a class="{kind}" href="{html.escape(url)}">{html.escape(label)}</a>'
    return _PAGE.format(style=_STYLE, language=texts.language, title=title, body=body)
