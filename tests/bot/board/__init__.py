"""The board, and the awkward things that happen to a group's chat on distribution day."""
