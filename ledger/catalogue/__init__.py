"""Producers and products of a group, and their import from the file a coordinator sends."""
