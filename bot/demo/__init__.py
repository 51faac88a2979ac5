"""Cagnotte without a token: a seeded group on the sandbox, live in the browser or replayed in the terminal."""
