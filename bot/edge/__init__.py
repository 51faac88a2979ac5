"""From an update to a handler and back; it knows no feature."""
