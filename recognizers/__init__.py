"""Presidio recognisers by country or domain, each with its own examples."""
