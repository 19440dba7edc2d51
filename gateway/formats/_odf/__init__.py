"""OpenDocument: packages and flat files."""
