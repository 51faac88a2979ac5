"""Everything a person or another system touches: Telegram, the web, the command line."""
