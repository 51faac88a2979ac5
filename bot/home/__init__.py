"""Where people begin, and their own account."""
