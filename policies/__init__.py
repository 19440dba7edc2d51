"""Ready-made policies."""
