"""Wishes: a room that is no part of Cagnotte. CONTRIBUTING.md shows what adding one takes, and a test adds this one."""
