"""The ledger's side of paying by card."""
