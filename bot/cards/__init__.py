"""Payments by card, and the door to Stripe."""
