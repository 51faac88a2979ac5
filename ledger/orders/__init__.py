"""Distributions, baskets and orders: what members choose, and what it becomes when they also choose how to pay."""
