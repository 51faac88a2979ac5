"""Sentences for every refusal of the ledger."""
