"""Double entry: accounts, balanced immutable transactions, balances and statements, and the proof that they hold."""
