"""Sheets and lists as files."""
