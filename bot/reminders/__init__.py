"""Reminders: sent, and switched off."""
