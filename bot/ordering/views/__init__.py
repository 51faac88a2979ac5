"""Pure functions from data to screens."""
