"""A group's settings, and how it begins."""
