"""``python -m bot`` is ``cagnotte``."""

from bot.cli import main

main()
