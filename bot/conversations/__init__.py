"""What takes a person several steps: one file a conversation."""
