"""Macros of Office files (VBA projects), read only: source, names, texts of forms."""
