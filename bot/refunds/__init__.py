"""Refunds: asked for, given, taken back."""
