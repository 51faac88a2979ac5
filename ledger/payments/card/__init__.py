"""Paying by card through Stripe. ``gateway`` asks Stripe and writes nothing; the rest writes and asks nobody."""
