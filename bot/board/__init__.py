"""The board of a distribution in the group's chats."""
