"""Distributions, planned."""
