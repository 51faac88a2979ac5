"""What the bot says by itself: when it is due, to whom, and that it is said once."""
