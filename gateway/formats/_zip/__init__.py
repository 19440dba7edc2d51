"""Zip archives read strictly and written again."""
