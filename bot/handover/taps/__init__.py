"""What can be tapped and typed on distribution day."""
