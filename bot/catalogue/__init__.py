"""The catalogue, brought in as a file."""
