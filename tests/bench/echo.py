"""The bot the real one is measured against: the library's own application and polling, and one handler that echoes."""

import os

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Say the same."""
    assert update.message is not None
    await update.message.reply_text(update.message.text or "")


def main() -> None:
    """Poll until told to stop."""
    token, url = os.environ["CAGNOTTE_TELEGRAM__TOKEN"], os.environ["CAGNOTTE_TELEGRAM__BASE_URL"]
    application = Application.builder().token(token).base_url(url).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling(allowed_updates=["message"])


main()
